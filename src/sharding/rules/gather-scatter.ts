import { gatherDimensions, integersAttribute, scatterDimensions } from '../../ir/index.ts';
import { regionCombiner } from './reduce.ts';
import { type FactorRule, RuleBuilder, type RuleContext } from './rule.ts';

/**
 * `gather(operand, indices)`. Batch dimensions of the indices pass through; so do slices that are as long as the
 * operand. An indexed dimension of slice size 1 is a reduction: each device looks up what lies in its piece, zero
 * elsewhere, and the results are added.
 */
export function gatherRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const [operand, indices] = context.operands;
  const numbers = gatherDimensions(context.operation);
  const sliceSizes = integersAttribute(context.operation, 'slice_sizes');
  const batch = context.results[0].shape.map((_, dimension) => dimension).filter(d => !numbers.offset.includes(d));
  const indexDimensions = indices.shape.map((_, dimension) => dimension).filter(d => d !== numbers.indexVector);
  for (const [position, dimension] of indexDimensions.entries()) {
    const factor = rule.factor(indices.shape[dimension], 'passthrough');
    rule.operand(1, dimension, factor);
    rule.result(0, batch[position], factor);
    const batching = numbers.indicesBatching.indexOf(dimension);
    if (batching >= 0) rule.operand(0, numbers.operandBatching[batching], factor);
  }
  if (numbers.indexVector < indices.shape.length) {
    rule.operand(1, numbers.indexVector, rule.factor(indices.shape[numbers.indexVector], 'replicate'));
  }
  let offset = 0;
  for (const [dimension, size] of operand.shape.entries()) {
    if (numbers.operandBatching.includes(dimension)) continue;
    if (numbers.collapsedSlice.includes(dimension)) {
      rule.operand(0, dimension, rule.factor(size, 'reduction', { combiner: 'add', indexedBy: 1 }));
      continue;
    }
    const resultDimension = numbers.offset[offset++];
    const whole = sliceSizes[dimension] === size;
    const factor = rule.factor(size, whole ? 'passthrough' : 'replicate');
    rule.operand(0, dimension, factor);
    rule.result(0, resultDimension, whole ? factor : rule.factor(sliceSizes[dimension], 'replicate'));
  }
  return rule.build();
}

/**
 * `scatter(inputs..., indices, updates...)`. Batching dimensions and whole windows pass through. An indexed dimension
 * passes through inputs and results: each device takes the updates that fall into its piece. The updates' own
 * dimensions are a reduction where the body adds; the inputs are then counted on one device only.
 */
export function scatterRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const count = context.results.length;
  const indices = context.operands[count];
  const update = context.operands[count + 1];
  const [input] = context.operands;
  const numbers = scatterDimensions(context.operation);
  const each = Array.from({ length: count }, (_, index) => index);
  const both = (dimension: number, factor: number) => {
    for (const index of each) {
      rule.operand(index, dimension, factor);
      rule.result(index, dimension, factor);
    }
  };
  const combiner = regionCombiner(context.operation.regions[0]);
  const updateBatch = update.shape.map((_, dimension) => dimension).filter(d => !numbers.updateWindow.includes(d));
  const indexDimensions = indices.shape.map((_, dimension) => dimension).filter(d => d !== numbers.indexVector);
  for (const [position, dimension] of indexDimensions.entries()) {
    const size = indices.shape[dimension];
    const batching = numbers.indicesBatching.indexOf(dimension);
    const summed = combiner === 'add' && count === 1;
    const kind = batching >= 0 ? 'passthrough' : summed ? 'reduction' : 'replicate';
    const factor = rule.factor(size, kind, kind === 'reduction' ? { combiner: 'add' } : {});
    rule.operand(count, dimension, factor);
    for (const index of each) rule.operand(count + 1 + index, updateBatch[position], factor);
    if (batching >= 0) both(numbers.inputBatching[batching], factor);
  }
  if (numbers.indexVector < indices.shape.length) {
    rule.operand(count, numbers.indexVector, rule.factor(indices.shape[numbers.indexVector], 'replicate'));
  }
  let window = 0;
  for (const [dimension, size] of input.shape.entries()) {
    if (numbers.inputBatching.includes(dimension)) continue;
    if (numbers.insertedWindow.includes(dimension)) {
      both(dimension, rule.factor(size, 'passthrough', { indexedBy: count }));
      continue;
    }
    const updateDimension = numbers.updateWindow[window++];
    const whole = update.shape[updateDimension] === size && !numbers.operandDims.includes(dimension);
    const factor = rule.factor(size, whole ? 'passthrough' : 'replicate');
    both(dimension, factor);
    const own = whole ? factor : rule.factor(update.shape[updateDimension], 'replicate');
    for (const index of each) rule.operand(count + 1 + index, updateDimension, own);
  }
  return rule.build();
}
