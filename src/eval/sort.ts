import { integerAttribute, tensorType } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType, tensorsOf } from './call.ts';
import { totalOrder } from './compare.ts';
import { elementAt, take } from './movement.ts';
import { stridedPositions, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';
import { isFloat, scalarValue } from './tensor.ts';

/** Operations that order elements. */
export const sort: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.sort': sortTensors,
  'chlo.top_k': topK,
};

/** Always stable, whether asked for or not. */
function sortTensors(call: TensorCall): readonly Tensor[] {
  const { operation, operands } = call;
  const { shape } = operands[0].type;
  const [comparator] = operation.regions;
  const declared = integerAttribute(operation, 'dimension', -1);
  const dimension = declared < 0 ? declared + shape.length : declared;
  const stride = stridesOf(shape)[dimension];
  const order = new Int32Array(operands[0].data.length);
  const starts = stridedPositions(shape.with(dimension, 1), stridesOf(shape));
  const isBefore = (a: number, b: number): boolean => {
    const pairs = operands.flatMap(operand => [elementAt(operand, a), elementAt(operand, b)]);
    return scalarValue(tensorsOf(call.runRegion(comparator, pairs))[0]) !== 0;
  };
  for (const start of starts) {
    const line = Array.from({ length: shape[dimension] }, (_, i) => start + i * stride);
    const sorted = line.toSorted((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));
    for (const [i, position] of sorted.entries()) order[line[i]] = position;
  }
  return operands.map(operand => take(operand, shape, order));
}

/** The k largest along the last dimension, largest first, earlier ones first among equals, and where they were. */
function topK(call: TensorCall): readonly Tensor[] {
  const [operand] = call.operands;
  const { shape } = resultType(call);
  const k = shape[shape.length - 1];
  const length = operand.type.shape[operand.type.shape.length - 1];
  const keys = isFloat(operand.type.element) ? totalOrder(operand) : operand.data;
  const lines = length === 0 ? 0 : operand.data.length / length;
  const positions = new Int32Array(lines * k);
  const indices = new Int32Array(lines * k);
  for (let line = 0; line < lines; line++) {
    const order = Array.from({ length }, (_, i) => line * length + i);
    order.sort((a, b) => (keys[a] > keys[b] ? -1 : keys[a] < keys[b] ? 1 : 0));
    for (let i = 0; i < k; i++) {
      positions[line * k + i] = order[i];
      indices[line * k + i] = order[i] - line * length;
    }
  }
  return [take(operand, shape, positions), { type: tensorType(shape, 'i32'), data: indices }];
}
