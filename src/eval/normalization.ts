import type { Operation } from '../ir/index.ts';
import { elementCount, integerAttribute, tensorType } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { stridedPositions } from './positions.ts';
import type { Tensor } from './tensor.ts';
import { settle, tensor, zeros } from './tensor.ts';

/** Batch normalization over all dimensions but the feature dimension; the variance is the biased one. */
export const normalization: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.batch_norm_training': ({ operation, operands: [x, scale, offset] }) => {
    const statistics = momentsOf(x, operation);
    return [
      normalize(x, numbersOf(scale), numbersOf(offset), statistics, operation),
      likeScale(scale, statistics.mean),
      likeScale(scale, statistics.variance),
    ];
  },
  'stablehlo.batch_norm_inference': ({ operation, operands: [x, scale, offset, mean, variance] }) => [
    normalize(
      x,
      numbersOf(scale),
      numbersOf(offset),
      { mean: numbersOf(mean), variance: numbersOf(variance) },
      operation,
    ),
  ],
  'stablehlo.batch_norm_grad': gradient,
};

interface Moments {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** The feature that each element belongs to, in storage order. */
function featuresOf(x: Tensor, operation: Operation): Int32Array {
  const feature = integerAttribute(operation, 'feature_index');
  return stridedPositions(
    x.type.shape,
    x.type.shape.map((_, dimension) => (dimension === feature ? 1 : 0)),
  );
}

function sumByFeature(x: Tensor, operation: Operation, value: (i: number, feature: number) => number): number[] {
  const sums = new Array<number>(x.type.shape[integerAttribute(operation, 'feature_index')]).fill(0);
  for (const [i, feature] of featuresOf(x, operation).entries()) sums[feature] += value(i, feature);
  return sums;
}

function momentsOf(x: Tensor, operation: Operation): Moments {
  const values = numbersOf(x);
  const count = elementCount(x.type.shape) / x.type.shape[integerAttribute(operation, 'feature_index')];
  const mean = sumByFeature(x, operation, i => values[i]).map(sum => sum / count);
  const variance = sumByFeature(x, operation, (i, k) => (values[i] - mean[k]) ** 2).map(sum => sum / count);
  return { mean, variance };
}

function normalize(
  x: Tensor,
  scale: readonly number[],
  offset: readonly number[],
  { mean, variance }: Moments,
  operation: Operation,
): Tensor {
  const epsilon = epsilonOf(operation);
  const result = zeros(x.type);
  for (const [i, k] of featuresOf(x, operation).entries()) {
    result.data[i] = ((Number(x.data[i]) - mean[k]) / Math.sqrt(variance[k] + epsilon)) * scale[k] + offset[k];
  }
  return settle(result.type, result.data);
}

function gradient({ operation, operands }: TensorCall): readonly Tensor[] {
  const [x, scale, meanTensor, varianceTensor, gradOutput] = operands;
  const epsilon = epsilonOf(operation);
  const values = numbersOf(x);
  const grads = numbersOf(gradOutput);
  const mean = numbersOf(meanTensor);
  const deviation = numbersOf(varianceTensor).map(variance => Math.sqrt(variance + epsilon));
  const centred = (i: number, k: number): number => (values[i] - mean[k]) / deviation[k];
  const gradOffset = sumByFeature(x, operation, i => grads[i]);
  const gradScale = sumByFeature(x, operation, (i, k) => grads[i] * centred(i, k));
  const count = elementCount(x.type.shape) / gradOffset.length;
  const result = zeros(x.type);
  for (const [i, k] of featuresOf(x, operation).entries()) {
    const whole = count * grads[i] - gradOffset[k] - centred(i, k) * gradScale[k];
    result.data[i] = (Number(scale.data[k]) / deviation[k] / count) * whole;
  }
  return [settle(x.type, result.data), likeScale(scale, gradScale), likeScale(scale, gradOffset)];
}

function epsilonOf(operation: Operation): number {
  const { epsilon } = operation.attributes;
  if (epsilon?.kind !== 'float') throw new Error(`internal: ${operation.name} without epsilon`);
  return Math.fround(Number(epsilon.text));
}

function numbersOf({ data }: Tensor): readonly number[] {
  return Array.from(data as Float32Array);
}

function likeScale(scale: Tensor, values: readonly number[]): Tensor {
  const { shape, element } = tensorType(scale.type.shape, scale.type.element);
  return tensor(element, shape, values);
}
