import { elementCount, integerAttribute, integersAttribute, tensorType } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType } from './call.ts';
import { put, take } from './movement.ts';
import { permuted, stridedPositions, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';
import { isBig, settle, zeros } from './tensor.ts';

/** Operations that arrange elements anew without choosing among them, and `iota`. */
export const shape: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.reshape': reshape,
  'stablehlo.transpose': transpose,
  'stablehlo.broadcast_in_dim': broadcastInDim,
  'stablehlo.reverse': reverse,
  'stablehlo.concatenate': concatenate,
  'stablehlo.iota': iota,
};

function reshape(call: TensorCall): readonly Tensor[] {
  const [{ type, data }] = call.operands;
  const { shape } = resultType(call);
  if (elementCount(shape) !== elementCount(type.shape)) {
    throw new Error(`internal: [${type.shape.join(', ')}] cannot be reshaped to [${shape.join(', ')}]`);
  }
  return [{ type: tensorType(shape, type.element), data }];
}

function transpose({ operation, operands: [operand] }: TensorCall): readonly Tensor[] {
  const order = integersAttribute(operation, 'permutation');
  const shape = permuted(operand.type.shape, order);
  const strides = permuted(stridesOf(operand.type.shape), order);
  return [take(operand, shape, stridedPositions(shape, strides))];
}

function broadcastInDim(call: TensorCall): readonly Tensor[] {
  const [operand] = call.operands;
  const type = resultType(call);
  const dimensions = integersAttribute(call.operation, 'broadcast_dimensions');
  const strides = stridesOf(operand.type.shape);
  const spread = type.shape.map((_, dimension) => {
    const from = dimensions.indexOf(dimension);
    return from < 0 || operand.type.shape[from] === 1 ? 0 : strides[from];
  });
  return [take(operand, type.shape, stridedPositions(type.shape, spread))];
}

function reverse({ operation, operands: [operand] }: TensorCall): readonly Tensor[] {
  const { shape } = operand.type;
  const reversed = integersAttribute(operation, 'dimensions');
  const strides = stridesOf(shape);
  let start = 0;
  if (elementCount(shape) > 0) for (const dimension of reversed) start += (shape[dimension] - 1) * strides[dimension];
  const backwards = strides.map((stride, dimension) => (reversed.includes(dimension) ? -stride : stride));
  return [take(operand, shape, stridedPositions(shape, backwards, start))];
}

function concatenate({ operation, operands }: TensorCall): readonly Tensor[] {
  const dimension = integerAttribute(operation, 'dimension');
  const [{ type }] = operands;
  const total = operands.reduce((sum, operand) => sum + operand.type.shape[dimension], 0);
  const result = zeros(tensorType(type.shape.with(dimension, total), type.element));
  const strides = stridesOf(result.type.shape);
  let start = 0;
  for (const operand of operands) {
    put(operand, result, stridedPositions(operand.type.shape, strides, start * strides[dimension]));
    start += operand.type.shape[dimension];
  }
  return [result];
}

function iota(call: TensorCall): readonly Tensor[] {
  const type = resultType(call);
  const dimension = integerAttribute(call.operation, 'iota_dimension');
  const along = type.shape.map((_, i) => (i === dimension ? 1 : 0));
  const numbers = stridedPositions(type.shape, along);
  const result = zeros(type);
  const { data } = result;
  const width = data.length / Math.max(numbers.length, 1);
  if (isBig(data)) for (let i = 0; i < numbers.length; i++) data[i] = BigInt(numbers[i]);
  else for (let i = 0; i < numbers.length; i++) data[i * width] = numbers[i];
  return [settle(result.type, data)];
}
