import {
  type ConvolutionDimensions,
  convolutionDimensions,
  convolutionWindow,
  integerAttribute,
  integersAttribute,
  type WindowDimension,
} from '../../ir/index.ts';
import { type FactorRule, RuleBuilder, type RuleContext } from './rule.ts';

/**
 * `convolution(input, kernel)`. Batch and output feature pass through, the input feature is reduced, groups of
 * features or of batches are one more factor, and spatial dimensions need a halo.
 */
export function convolutionRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const numbers = convolutionDimensions(context.operation);
  addBatchAndFeatures(rule, context, numbers);
  const windows = convolutionWindow(context.operation, context.operands[1].shape);
  for (const [index, window] of windows.entries()) addSpatial(rule, context, numbers, index, window);
  return rule.build();
}

function addBatchAndFeatures(rule: RuleBuilder, context: RuleContext, numbers: ConvolutionDimensions): void {
  const [input, kernel] = context.operands;
  const [output] = context.results;
  const batchGroups = integerAttribute(context.operation, 'batch_group_count', 1);
  const featureGroups = integerAttribute(context.operation, 'feature_group_count', 1);
  const batch = rule.factor(output.shape[numbers.outputBatch], 'passthrough');
  const groups = rule.factor(batchGroups * featureGroups, 'passthrough');
  const outputFeatures = kernel.shape[numbers.kernelOutputFeature] / (batchGroups * featureGroups);
  const outputFeature = rule.factor(outputFeatures, 'passthrough');
  const inputFeatures = input.shape[numbers.inputFeature] / featureGroups;
  const inputFeature = rule.factor(inputFeatures, 'reduction', { combiner: 'add' });
  rule.operand(0, numbers.inputBatch, ...(batchGroups > 1 ? [groups] : []), batch);
  rule.operand(0, numbers.inputFeature, ...(featureGroups > 1 ? [groups] : []), inputFeature);
  rule.operand(1, numbers.kernelInputFeature, inputFeature);
  rule.operand(1, numbers.kernelOutputFeature, groups, outputFeature);
  rule.result(0, numbers.outputBatch, batch);
  rule.result(0, numbers.outputFeature, groups, outputFeature);
}

/**
 * One spatial dimension. A weight gradient slides a kernel nearly as long as the input over few places: its kernel
 * dimension is contracted. Otherwise pieces of the input make pieces of the output, in step with stride or dilation.
 */
function addSpatial(
  rule: RuleBuilder,
  context: RuleContext,
  numbers: ConvolutionDimensions,
  index: number,
  window: WindowDimension,
): void {
  const inputDimension = numbers.inputSpatial[index];
  const kernelDimension = numbers.kernelSpatial[index];
  const outputDimension = numbers.outputSpatial[index];
  const inputSize = context.operands[0].shape[inputDimension];
  const outputSize = context.results[0].shape[outputDimension];
  const { size, stride, baseDilation, windowDilation, paddingLow } = window;
  const reach = (size - 1) * windowDilation;
  // A reversed kernel meets the input back to front: pieces of one would need other pieces of the other.
  const reversed = integersAttribute(context.operation, 'window_reversal')[index] === 1;
  if (!reversed && size > outputSize && baseDilation === 1 && inputSize === size * windowDilation) {
    const after = (outputSize - 1) * stride - paddingLow - windowDilation + 1;
    const halo = { operand: 0, before: Math.max(0, paddingLow), after: Math.max(0, after) };
    const contracted = rule.factor(size, 'reduction', { combiner: 'add', ...(isEmpty(halo) ? {} : { halo }) });
    rule.operand(0, inputDimension, contracted, rule.factor(windowDilation, 'replicate'));
    rule.operand(1, kernelDimension, contracted);
    rule.result(0, outputDimension, rule.factor(outputSize, 'replicate'));
    return;
  }
  rule.operand(1, kernelDimension, rule.factor(size, 'replicate'));
  const forward = baseDilation === 1 && inputSize === outputSize * stride;
  const transposed = stride === 1 && baseDilation > 1 && outputSize === inputSize * baseDilation;
  if (!forward && !transposed) {
    rule.operand(0, inputDimension, rule.factor(inputSize, 'replicate'));
    rule.result(0, outputDimension, rule.factor(outputSize, 'replicate'));
    return;
  }
  const before = forward ? paddingLow : Math.floor(paddingLow / baseDilation);
  const after = forward
    ? reach + 1 - stride - paddingLow
    : Math.floor((baseDilation - 1 - paddingLow + reach) / baseDilation);
  const halo = { operand: 0, before: Math.max(0, before), after: Math.max(0, after) };
  const factor = isEmpty(halo)
    ? rule.factor(Math.min(inputSize, outputSize), 'passthrough')
    : rule.factor(Math.min(inputSize, outputSize), 'permutation', { halo });
  rule.operand(0, inputDimension, factor, rule.factor(stride, 'replicate'));
  rule.result(0, outputDimension, factor, rule.factor(baseDilation, 'replicate'));
}

function isEmpty(halo: { before: number; after: number }): boolean {
  return halo.before === 0 && halo.after === 0;
}
