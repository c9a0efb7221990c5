import type { Func, Operation, ValueId } from '../../ir/index.ts';
import { batchRule, branchRule } from './control.ts';
import { convolutionRule } from './convolution.ts';
import { dotGeneralRule } from './dot.ts';
import { bitcastRule, chloElementwiseNames, elementwiseNames, elementwiseRule, pairwiseRule } from './elementwise.ts';
import { gatherRule, scatterRule } from './gather-scatter.ts';
import { reduceRule, reduceWindowRule, selectAndScatterRule, sortRule, topKRule } from './reduce.ts';
import { type FactorRule, type RuleOf, replicatedRule, ruleContext } from './rule.ts';
import {
  broadcastRule,
  concatenateRule,
  dynamicUpdateSliceRule,
  padRule,
  reshapeRule,
  reverseRule,
  sliceRule,
  sourceRule,
  transposeRule,
} from './shape.ts';

const rules: ReadonlyMap<string, RuleOf> = new Map<string, RuleOf>([
  ...[...elementwiseNames, ...chloElementwiseNames].map((name): [string, RuleOf] => [name, elementwiseRule]),
  ['stablehlo.bitcast_convert', bitcastRule],
  ['stablehlo.optimization_barrier', pairwiseRule],
  ['stablehlo.while', pairwiseRule],
  ['stablehlo.case', branchRule],
  ['stablehlo.if', branchRule],
  ['stablehlo.constant', sourceRule],
  ['chlo.constant', sourceRule],
  ['stablehlo.iota', sourceRule],
  ['stablehlo.broadcast_in_dim', broadcastRule],
  ['stablehlo.reshape', reshapeRule],
  ['stablehlo.transpose', transposeRule],
  ['stablehlo.slice', sliceRule],
  ['stablehlo.dynamic_slice', sliceRule],
  ['stablehlo.dynamic_update_slice', dynamicUpdateSliceRule],
  ['stablehlo.pad', padRule],
  ['stablehlo.concatenate', concatenateRule],
  ['stablehlo.reverse', reverseRule],
  ['stablehlo.dot_general', dotGeneralRule],
  ['stablehlo.convolution', convolutionRule],
  ['stablehlo.gather', gatherRule],
  ['stablehlo.scatter', scatterRule],
  ['stablehlo.reduce', reduceRule],
  ['stablehlo.reduce_window', reduceWindowRule],
  ['stablehlo.select_and_scatter', selectAndScatterRule],
  ['stablehlo.sort', sortRule],
  ['chlo.top_k', topKRule],
  ['stablehlo.cholesky', batchRule(2)],
  ['stablehlo.triangular_solve', batchRule(2)],
]);

/** True when the operation has a rule of its own; the others are planned as replicated. */
export function hasFactorRule(name: string): boolean {
  return rules.has(name);
}

/**
 * The factor rule of an operation of a function. Operations without one get factors that cannot be cut. `zeros` are
 * values known to be zero: a sum that starts at zero is linear.
 */
export function factorRule(func: Func, operation: Operation, zeros?: ReadonlySet<ValueId>): FactorRule {
  const context = ruleContext(func, operation, zeros);
  return (rules.get(operation.name) ?? replicatedRule)(context);
}

/** The operations that have a rule of their own. */
export function ruledOperations(): readonly string[] {
  return [...rules.keys()];
}
