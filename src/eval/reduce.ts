import { elementCount, integersAttribute } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { fold } from './fold.ts';
import { filled } from './movement.ts';
import { othersThan, permuted, stridedPositions, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';

export const reduce: Readonly<Record<string, TensorEvaluator>> = { 'stablehlo.reduce': reduceDimensions };

function reduceDimensions(call: TensorCall): readonly Tensor[] {
  const { operation, operands } = call;
  const half = operands.length / 2;
  const inputs = operands.slice(0, half);
  const { shape } = inputs[0].type;
  const reduced = integersAttribute(operation, 'dimensions');
  // How often initial values take part is open; like XLA, not at all when nothing is reduced.
  if (reduced.length === 0) return inputs;
  const kept = othersThan(shape.length, reduced);
  const keptShape = permuted(shape, kept);
  const keptStrides = stridesOf(keptShape);
  const accumulators = operands.slice(half).map(initial => filled(initial, keptShape));
  // Elements that differ only along reduced dimensions fall on the same accumulator.
  const strides = shape.map((_, dimension) => (kept.includes(dimension) ? keptStrides[kept.indexOf(dimension)] : 0));
  const steps = {
    from: Int32Array.from({ length: elementCount(shape) }, (_, i) => i),
    to: stridedPositions(shape, strides),
  };
  return fold(call, operation.regions[0], accumulators, inputs, steps);
}
