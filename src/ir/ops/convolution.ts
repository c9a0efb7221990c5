import type { ConvolutionDimensions } from '../access.ts';
import { convolutionDimensions, integerAttribute, integersAttribute } from '../access.ts';
import type { Operation } from '../program.ts';
import type { Type } from '../types.ts';
import { tensorType } from '../types.ts';

import {
  optionalIntegers,
  optionalPadding,
  precisionConfig,
  requiredInteger,
  requiredRecord,
} from './attribute-forms.ts';
import { verifyConvolution } from './convolution-rules.ts';
import type { AttributeDefinition, OperationContext, OperationDefinition } from './definition.ts';
import { none, one, operandTensor, two } from './definition.ts';
import { paddingPairs } from './dense-integers.ts';
import type { WindowDimension } from './window.ts';
import { validPositions, windowCount } from './window.ts';

const optionalBooleans: AttributeDefinition = { form: { kind: 'booleans' }, required: false };

/** `convolution` over any number of spatial dimensions, with feature and batch groups. */
export const convolution: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.convolution',
    tier: 'A',
    attributes: {
      window_strides: optionalIntegers,
      padding: optionalPadding,
      lhs_dilation: optionalIntegers,
      rhs_dilation: optionalIntegers,
      window_reversal: optionalBooleans,
      dimension_numbers: requiredRecord('conv'),
      feature_group_count: requiredInteger,
      batch_group_count: requiredInteger,
      precision_config: precisionConfig,
    },
    operands: two,
    results: one,
    regions: none,
    infer: inferConvolution,
    verify: verifyConvolution,
    flops: convolutionFlops,
  },
];

/** The window of each spatial dimension: sizes from the kernel, the rest from attributes or their defaults. */
export function convolutionWindow(operation: Operation, kernel: readonly number[]): readonly WindowDimension[] {
  const { kernelSpatial } = convolutionDimensions(operation);
  const strides = integersAttribute(operation, 'window_strides');
  const lhsDilation = integersAttribute(operation, 'lhs_dilation');
  const rhsDilation = integersAttribute(operation, 'rhs_dilation');
  const padding = paddingPairs(operation, kernelSpatial.length);
  return kernelSpatial.map((dimension, index) => ({
    size: kernel[dimension],
    stride: strides[index] ?? 1,
    paddingLow: padding[index][0],
    paddingHigh: padding[index][1],
    baseDilation: lhsDilation[index] ?? 1,
    windowDilation: rhsDilation[index] ?? 1,
  }));
}

/** The element type is the declared one, or else the input's. */
function inferConvolution(context: OperationContext): readonly Type[] {
  const { operation } = context;
  const dimensions = convolutionDimensions(operation);
  const lhs = operandTensor(context, 0);
  const rhs = operandTensor(context, 1);
  const window = convolutionWindow(operation, rhs.shape);
  const shape: number[] = [];
  shape[dimensions.outputBatch] =
    lhs.shape[dimensions.inputBatch] / integerAttribute(operation, 'batch_group_count', 1);
  shape[dimensions.outputFeature] = rhs.shape[dimensions.kernelOutputFeature];
  for (const [index, dimension] of dimensions.outputSpatial.entries()) {
    shape[dimension] = windowCount(lhs.shape[dimensions.inputSpatial[index]], window[index]);
  }
  const declared = context.results[0];
  return [tensorType(shape, declared?.kind === 'tensor' ? declared.element : lhs.element)];
}

/**
 * Two operations per multiply-add, counted as XLA's cost analysis does: only where a kernel element meets an element
 * of the input, so that zeros from padding and dilation cost nothing.
 */
function convolutionFlops(context: OperationContext): number {
  const { operation } = context;
  const dimensions: ConvolutionDimensions = convolutionDimensions(operation);
  const input = operandTensor(context, 0).shape;
  const kernel = operandTensor(context, 1).shape;
  const batch = input[dimensions.inputBatch] / integerAttribute(operation, 'batch_group_count', 1);
  const window = convolutionWindow(operation, kernel);
  let multiplyAdds = batch * kernel[dimensions.kernelInputFeature] * kernel[dimensions.kernelOutputFeature];
  for (const [index, dimension] of dimensions.inputSpatial.entries()) {
    multiplyAdds *= validPositions(input[dimension], window[index]);
  }
  return 2 * multiplyAdds;
}
