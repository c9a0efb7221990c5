import { type FactorRule, RuleBuilder, type RuleContext } from './rule.ts';

/** `case`, `if`: the branches decide, so each result is a tensor of its own factors. */
export function branchRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  for (const [index, type] of context.results.entries()) {
    for (const [dimension, size] of type.shape.entries())
      rule.result(index, dimension, rule.factor(size, 'passthrough'));
  }
  return rule.build();
}

/** Operations on the last `inner` dimensions of each tensor; the dimensions before them are a batch. */
export function batchRule(inner: number): (context: RuleContext) => FactorRule {
  return context => {
    const rule = new RuleBuilder(context);
    const ranks = [...context.operands, ...context.results].map(type => type.shape.length);
    const batch = Math.max(0, Math.min(...ranks) - inner);
    for (let dimension = 0; dimension < batch; dimension++) {
      const factor = rule.factor(context.results[0].shape[dimension], 'passthrough');
      for (const index of context.operands.keys()) rule.operand(index, dimension, factor);
      for (const index of context.results.keys()) rule.result(index, dimension, factor);
    }
    const rest = (shape: readonly number[], add: (dimension: number, factor: number) => void) => {
      for (let dimension = batch; dimension < shape.length; dimension++)
        add(dimension, rule.factor(shape[dimension], 'replicate'));
    };
    for (const [index, type] of context.operands.entries())
      rest(type.shape, (d, factor) => rule.operand(index, d, factor));
    for (const [index, type] of context.results.entries())
      rest(type.shape, (d, factor) => rule.result(index, d, factor));
    return rule.build();
  };
}
