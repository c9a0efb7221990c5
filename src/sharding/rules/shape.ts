import { integerAttribute, integersAttribute } from '../../ir/index.ts';
import { type FactorRule, RuleBuilder, type RuleContext } from './rule.ts';

/** `constant`, `iota`: every device makes its own piece. */
export function sourceRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  for (const [dimension, size] of context.results[0].shape.entries()) {
    rule.result(0, dimension, rule.factor(size, 'passthrough'));
  }
  return rule.build();
}

/** Result dimensions that the operand does not fill (new or stretched ones) are factors of the result alone. */
export function broadcastRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const [operand] = context.operands;
  const [result] = context.results;
  const dimensions = integersAttribute(context.operation, 'broadcast_dimensions');
  for (const [dimension, size] of result.shape.entries()) {
    const factor = rule.factor(size, 'passthrough');
    rule.result(0, dimension, factor);
    const source = dimensions.indexOf(dimension);
    if (source >= 0 && operand.shape[source] === size) rule.operand(0, source, factor);
  }
  return rule.build();
}

export function transposeRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  for (const [dimension, source] of integersAttribute(context.operation, 'permutation').entries()) {
    const factor = rule.factor(context.results[0].shape[dimension], 'passthrough');
    rule.operand(0, source, factor);
    rule.result(0, dimension, factor);
  }
  return rule.build([[0]]);
}

/**
 * Splits and merges: both shapes are walked together, and each step takes the largest factor that divides what is
 * left of both current dimensions. From where neither divides the other on, dimensions cannot be cut.
 */
export function reshapeRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const from = context.operands[0].shape;
  const to = context.results[0].shape;
  if (from.includes(0)) return rule.build([[0]]);
  let i = 0;
  let o = 0;
  let left = from[0] ?? 1;
  let right = to[0] ?? 1;
  while (i < from.length && o < to.length) {
    if (left % right !== 0 && right % left !== 0) break;
    const size = Math.min(left, right);
    const factor = rule.factor(size, 'passthrough');
    rule.operand(0, i, factor);
    rule.result(0, o, factor);
    left /= size;
    right /= size;
    if (left === 1) left = from[++i] ?? 1;
    if (right === 1) right = to[++o] ?? 1;
  }
  for (; i < from.length; left = from[++i]) rule.operand(0, i, rule.factor(left, 'replicate'));
  for (; o < to.length; right = to[++o]) rule.result(0, o, rule.factor(right, 'replicate'));
  return rule.build([[0]]);
}

/** Dimensions that are kept whole pass through; those that are cut by the slice cannot be cut by a mesh. */
export function sliceRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const [operand] = context.operands;
  const [result] = context.results;
  for (const [dimension, size] of result.shape.entries())
    keepOrReplicate(rule, dimension, operand.shape[dimension], size);
  return rule.build([[0]]);
}

function keepOrReplicate(rule: RuleBuilder, dimension: number, operandSize: number, resultSize: number): void {
  if (operandSize === resultSize) {
    const factor = rule.factor(operandSize, 'passthrough');
    rule.operand(0, dimension, factor);
    rule.result(0, dimension, factor);
    return;
  }
  rule.operand(0, dimension, rule.factor(operandSize, 'replicate'));
  rule.result(0, dimension, rule.factor(resultSize, 'replicate'));
}

/** Unpadded dimensions pass through. */
export function padRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const { operation } = context;
  const edges = ['edge_padding_low', 'edge_padding_high', 'interior_padding'].map(name =>
    integersAttribute(operation, name),
  );
  for (const [dimension, size] of context.results[0].shape.entries()) {
    const whole = edges.every(edge => (edge[dimension] ?? 0) === 0);
    const operandSize = context.operands[0].shape[dimension];
    if (whole) keepOrReplicate(rule, dimension, size, size);
    else {
      rule.operand(0, dimension, rule.factor(operandSize, 'replicate'));
      rule.result(0, dimension, rule.factor(size, 'replicate'));
    }
  }
  return rule.build();
}

export function concatenateRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const joined = integerAttribute(context.operation, 'dimension');
  for (const [dimension, size] of context.results[0].shape.entries()) {
    const factor = rule.factor(size, dimension === joined ? 'replicate' : 'passthrough');
    rule.result(0, dimension, factor);
    for (const [index, operand] of context.operands.entries()) {
      rule.operand(
        index,
        dimension,
        dimension === joined ? rule.factor(operand.shape[dimension], 'replicate') : factor,
      );
    }
  }
  return rule.build([context.operands.map((_, index) => index)]);
}

/** A reversed dimension cannot be cut: its pieces would have to change places. */
export function reverseRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const reversed = integersAttribute(context.operation, 'dimensions');
  for (const [dimension, size] of context.results[0].shape.entries()) {
    const factor = rule.factor(size, reversed.includes(dimension) ? 'replicate' : 'passthrough');
    rule.operand(0, dimension, factor);
    rule.result(0, dimension, factor);
  }
  return rule.build([[0]]);
}

/** `dynamic_update_slice`: operand, update, starts. Where the update covers the whole dimension it passes through. */
export function dynamicUpdateSliceRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const [operand, update] = context.operands;
  for (const [dimension, size] of operand.shape.entries()) {
    const covered = update.shape[dimension] === size;
    const factor = rule.factor(size, covered ? 'passthrough' : 'replicate');
    rule.operand(0, dimension, factor);
    rule.result(0, dimension, factor);
    rule.operand(1, dimension, covered ? factor : rule.factor(update.shape[dimension], 'replicate'));
  }
  return rule.build([[0, 1]]);
}
