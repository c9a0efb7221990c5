import { type FactorRule, RuleBuilder, type RuleContext } from './rule.ts';

/** Operations whose result element depends on the operands' elements at the same place. */
export const elementwiseNames: readonly string[] = [
  ...['abs', 'cbrt', 'ceil', 'convert', 'cosine', 'count_leading_zeros', 'exponential', 'exponential_minus_one'],
  ...['floor', 'imag', 'is_finite', 'log', 'log_plus_one', 'logistic', 'negate', 'not', 'popcnt', 'real'],
  ...['reduce_precision', 'round_nearest_afz', 'round_nearest_even', 'rsqrt', 'sign', 'sine', 'sqrt', 'tan', 'tanh'],
  ...['add', 'and', 'atan2', 'complex', 'divide', 'maximum', 'minimum', 'multiply', 'or', 'power', 'remainder'],
  ...['shift_left', 'shift_right_arithmetic', 'shift_right_logical', 'subtract', 'xor', 'compare', 'select', 'clamp'],
  ...['map', 'bitcast_convert', 'optimization_barrier'],
].map(name => `stablehlo.${name}`);

export const chloElementwiseNames: readonly string[] = [
  ...['acos', 'acosh', 'asin', 'asinh', 'atan', 'atanh', 'bessel_i1e', 'conj', 'cosh', 'digamma', 'erf', 'erf_inv'],
  ...[
    'erfc',
    'is_inf',
    'is_neg_inf',
    'is_pos_inf',
    'lgamma',
    'mulhi',
    'next_after',
    'polygamma',
    'sinh',
    'square',
    'tan',
    'zeta',
  ],
].map(name => `chlo.${name}`);

/** One factor per dimension, shared by all tensors; scalars among the operands (`select`, `clamp`) carry none. */
export function elementwiseRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const [result] = context.results;
  for (const [dimension, size] of result.shape.entries()) {
    const factor = rule.factor(size, 'passthrough');
    rule.result(0, dimension, factor);
    for (const [index, operand] of context.operands.entries()) {
      if (dimension < operand.shape.length) rule.operand(index, dimension, factor);
    }
  }
  return rule.build(linearOperands(context));
}

function linearOperands({ operation, results }: RuleContext): readonly (readonly number[])[] {
  switch (operation.name) {
    case 'stablehlo.add':
    case 'stablehlo.subtract':
      return [[0, 1]];
    case 'stablehlo.multiply':
      return [[0], [1]];
    case 'stablehlo.divide':
    case 'stablehlo.negate':
      return isInteger(results[0].element) && operation.name === 'stablehlo.divide' ? [] : [[0]];
    default:
      return [];
  }
}

function isInteger(element: string): boolean {
  return /^u?i\d/.test(element) || element === 'index';
}

/** `optimization_barrier`, `while` and their like: result i is operand i, dimension by dimension. */
export function pairwiseRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  for (const [index, type] of context.results.entries()) {
    for (const [dimension, size] of type.shape.entries()) {
      const factor = rule.factor(size, 'passthrough');
      rule.operand(index, dimension, factor);
      rule.result(index, dimension, factor);
    }
  }
  return rule.build();
}

/** `bitcast_convert`: a dimension that appears or vanishes at the end holds the bits of one element. */
export function bitcastRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const [from] = context.operands;
  const [to] = context.results;
  const shared = Math.min(from.shape.length, to.shape.length);
  for (let dimension = 0; dimension < shared; dimension++) {
    const factor = rule.factor(to.shape[dimension], 'passthrough');
    rule.operand(0, dimension, factor);
    rule.result(0, dimension, factor);
  }
  if (from.shape.length > shared) rule.operand(0, shared, rule.factor(from.shape[shared], 'replicate'));
  if (to.shape.length > shared) rule.result(0, shared, rule.factor(to.shape[shared], 'replicate'));
  return rule.build();
}
