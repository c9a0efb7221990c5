import type { GatherDimensions } from '../ir/index.ts';
import { elementCount, gatherDimensions } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType } from './call.ts';
import { take } from './movement.ts';
import { indicesOf, othersThan, permuted, positionOf, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';

export const gather: Readonly<Record<string, TensorEvaluator>> = { 'stablehlo.gather': gatherSlices };

/** Slices that would reach outside are moved inside. The slice sizes are the result's where it has them. */
function gatherSlices(call: TensorCall): readonly Tensor[] {
  const [operand, indices] = call.operands;
  const dimensions = gatherDimensions(call.operation);
  const { shape } = resultType(call);
  const batchDimensions = othersThan(shape.length, dimensions.offset);
  const windowDimensions = othersThan(operand.type.shape.length, dimensions.collapsedSlice, dimensions.operandBatching);
  const sizes = operand.type.shape.map(() => 1);
  for (const [k, dimension] of windowDimensions.entries()) sizes[dimension] = shape[dimensions.offset[k]];
  const strides = stridesOf(operand.type.shape);
  const positions = new Int32Array(elementCount(shape));
  let i = 0;
  for (const index of indicesOf(shape)) {
    const batch = permuted(index, batchDimensions);
    const place = sliceStart(indices, batch, dimensions, operand.type.shape, sizes);
    for (const [k, dimension] of windowDimensions.entries()) place[dimension] += index[dimensions.offset[k]];
    positions[i++] = positionOf(place, strides);
  }
  return [take(operand, shape, positions)];
}

/** Where in the operand the slice for one batch index starts. */
function sliceStart(
  indices: Tensor,
  batch: readonly number[],
  dimensions: GatherDimensions,
  shape: readonly number[],
  sizes: readonly number[],
): number[] {
  const start = shape.map(() => 0);
  const vector = indexVector(indices, batch, dimensions.indexVector, dimensions.startIndexMap.length);
  for (const [k, dimension] of dimensions.startIndexMap.entries()) {
    start[dimension] = Math.max(0, Math.min(vector[k], shape[dimension] - sizes[dimension]));
  }
  for (const [k, dimension] of dimensions.operandBatching.entries()) {
    start[dimension] = batchCoordinate(batch, dimensions.indicesBatching[k], dimensions.indexVector);
  }
  return start;
}

/** The index vector at a batch index: the numbers along `vectorDimension`, which may be one past the last dimension. */
export function indexVector(
  indices: Tensor,
  batch: readonly number[],
  vectorDimension: number,
  length: number,
): number[] {
  const strides = stridesOf(indices.type.shape);
  const start = batch.toSpliced(vectorDimension, 0, 0).slice(0, strides.length);
  const position = positionOf(start, strides);
  const stride = strides[vectorDimension] ?? 0;
  return Array.from({ length }, (_, k) => Number(indices.data[position + k * stride]));
}

/** The coordinate of a batch index along a dimension of the indices. */
export function batchCoordinate(batch: readonly number[], dimension: number, vectorDimension: number): number {
  return batch[dimension < vectorDimension ? dimension : dimension - 1];
}
