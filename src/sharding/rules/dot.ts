import { dotDimensions } from '../../ir/index.ts';
import { type FactorRule, RuleBuilder, type RuleContext } from './rule.ts';

/** `dot_general`: batching dimensions and any number of free ones pass through, contracted ones are reduced. */
export function dotGeneralRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const [lhs, rhs] = context.operands;
  const numbers = dotDimensions(context.operation);
  let next = 0;
  for (const [index, dimension] of numbers.lhsBatching.entries()) {
    const factor = rule.factor(lhs.shape[dimension], 'passthrough');
    rule.operand(0, dimension, factor);
    rule.operand(1, numbers.rhsBatching[index], factor);
    rule.result(0, next++, factor);
  }
  const free = (operand: 0 | 1, shape: readonly number[], used: readonly number[]) => {
    for (const [dimension, size] of shape.entries()) {
      if (used.includes(dimension)) continue;
      const factor = rule.factor(size, 'passthrough');
      rule.operand(operand, dimension, factor);
      rule.result(0, next++, factor);
    }
  };
  free(0, lhs.shape, [...numbers.lhsBatching, ...numbers.lhsContracting]);
  free(1, rhs.shape, [...numbers.rhsBatching, ...numbers.rhsContracting]);
  for (const [index, dimension] of numbers.lhsContracting.entries()) {
    const factor = rule.factor(lhs.shape[dimension], 'reduction', { combiner: 'add' });
    rule.operand(0, dimension, factor);
    rule.operand(1, numbers.rhsContracting[index], factor);
  }
  return rule.build();
}
