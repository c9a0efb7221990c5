import { integersAttribute } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType } from './call.ts';
import { copyOf, filled, put, take } from './movement.ts';
import { indicesOf, positionOf, stridedPositions, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';
import { scalarValue } from './tensor.ts';

/**
 * Operations that cut out or put in a window. The window's size is the result's, not the attribute's, so that they
 * also work on pieces of the tensors that they were written for.
 */
export const slice: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.slice': staticSlice,
  'stablehlo.dynamic_slice': dynamicSlice,
  'stablehlo.dynamic_update_slice': dynamicUpdateSlice,
  'stablehlo.pad': pad,
};

function staticSlice(call: TensorCall): readonly Tensor[] {
  const [operand] = call.operands;
  const { shape } = resultType(call);
  const starts = integersAttribute(call.operation, 'start_indices');
  const steps = integersAttribute(
    call.operation,
    'strides',
    shape.map(() => 1),
  );
  const strides = stridesOf(operand.type.shape);
  const stepped = strides.map((stride, dimension) => stride * steps[dimension]);
  return [take(operand, shape, stridedPositions(shape, stepped, positionOf(starts, strides)))];
}

function dynamicSlice(call: TensorCall): readonly Tensor[] {
  const [operand, ...starts] = call.operands;
  const { shape } = resultType(call);
  const strides = stridesOf(operand.type.shape);
  const start = clampedStart(starts, operand.type.shape, shape);
  return [take(operand, shape, stridedPositions(shape, strides, positionOf(start, strides)))];
}

function dynamicUpdateSlice({ operands }: TensorCall): readonly Tensor[] {
  const [operand, update, ...starts] = operands;
  const strides = stridesOf(operand.type.shape);
  const start = clampedStart(starts, operand.type.shape, update.type.shape);
  const result = copyOf(operand);
  put(update, result, stridedPositions(update.type.shape, strides, positionOf(start, strides)));
  return [result];
}

/** Where a window starts: moved so that all of it lies inside. */
function clampedStart(starts: readonly Tensor[], shape: readonly number[], window: readonly number[]): number[] {
  return starts.map((start, dimension) =>
    Math.max(0, Math.min(scalarValue(start), shape[dimension] - window[dimension])),
  );
}

function pad(call: TensorCall): readonly Tensor[] {
  const [operand, value] = call.operands;
  const { operation } = call;
  const rank = operand.type.shape.length;
  const low = integersAttribute(operation, 'edge_padding_low', new Array(rank).fill(0));
  const interior = integersAttribute(operation, 'interior_padding', new Array(rank).fill(0));
  const { shape } = resultType(call);
  const result = filled(value, shape);
  const strides = stridesOf(shape);
  const from: number[] = [];
  const to: number[] = [];
  let position = 0;
  for (const index of indicesOf(operand.type.shape)) {
    const target = index.map((i, dimension) => low[dimension] + i * (interior[dimension] + 1));
    // Negative padding leaves elements out.
    if (target.every((i, dimension) => i >= 0 && i < shape[dimension])) {
      from.push(position);
      to.push(positionOf(target, strides));
    }
    position++;
  }
  const kept = take(operand, [from.length], Int32Array.from(from));
  put(kept, result, Int32Array.from(to));
  return [result];
}
