import { scatterDimensions } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { fold } from './fold.ts';
import { batchCoordinate, indexVector } from './gather.ts';
import { copyOf } from './movement.ts';
import { indicesOf, othersThan, permuted, positionOf, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';

export const scatter: Readonly<Record<string, TensorEvaluator>> = { 'stablehlo.scatter': scatterUpdates };

/**
 * Updates go in one by one, in row-major order. A window that does not lie wholly inside is dropped as a whole, as XLA
 * does and JAX relies on; the specification would keep the part that lies inside.
 */
function scatterUpdates(call: TensorCall): readonly Tensor[] {
  const { operation, operands } = call;
  const count = (operands.length - 1) / 2;
  const inputs = operands.slice(0, count);
  const updates = operands.slice(count + 1);
  const targets = updateTargets(call, inputs[0].type.shape, operands[count], updates[0].type.shape);
  const from: number[] = [];
  const to: number[] = [];
  for (const [i, target] of targets.entries()) {
    if (target < 0) continue;
    from.push(i);
    to.push(target);
  }
  const steps = { from: Int32Array.from(from), to: Int32Array.from(to) };
  return fold(call, operation.regions[0], inputs.map(copyOf), updates, steps);
}

/** For every update element the position in the input that it goes to, or -1. */
function updateTargets(
  call: TensorCall,
  shape: readonly number[],
  indices: Tensor,
  updateShape: readonly number[],
): readonly number[] {
  const dimensions = scatterDimensions(call.operation);
  const batchDimensions = othersThan(updateShape.length, dimensions.updateWindow);
  const windowDimensions = othersThan(shape.length, dimensions.insertedWindow, dimensions.inputBatching);
  const window = shape.map(() => 1);
  for (const [k, dimension] of windowDimensions.entries()) window[dimension] = updateShape[dimensions.updateWindow[k]];
  const strides = stridesOf(shape);
  const targets: number[] = [];
  for (const index of indicesOf(updateShape)) {
    const batch = permuted(index, batchDimensions);
    const place = shape.map(() => 0);
    const vector = indexVector(indices, batch, dimensions.indexVector, dimensions.operandDims.length);
    for (const [k, dimension] of dimensions.operandDims.entries()) place[dimension] = vector[k];
    for (const [k, dimension] of dimensions.inputBatching.entries()) {
      place[dimension] = batchCoordinate(batch, dimensions.indicesBatching[k], dimensions.indexVector);
    }
    const inside = place.every((start, dimension) => start >= 0 && start + window[dimension] <= shape[dimension]);
    for (const [k, dimension] of windowDimensions.entries()) place[dimension] += index[dimensions.updateWindow[k]];
    targets.push(inside ? positionOf(place, strides) : -1);
  }
  return targets;
}
