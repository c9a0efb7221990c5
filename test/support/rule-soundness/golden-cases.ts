import { parseProgram, walkOperations } from '../../../src/ir/index.ts';
import { formatFactorRule } from '../../../src/sharding/index.ts';
import { goldenFamilies, readGolden } from '../../conformance/eval-golden.ts';
import { type RuleCase, ruleCase } from './case.ts';

/** Operations whose regions or callees work on the same tensors: their pieces need pieces of what is inside. */
const nested = new Set(['stablehlo.while', 'stablehlo.case', 'stablehlo.if', 'func.call', 'stablehlo.composite']);

/**
 * Every different operation of the golden vectors that works on tensors. Operations that differ only in sizes, and have
 * the same rule but for its sizes, count as one.
 */
export function goldenRuleCases(): RuleCase[] {
  const cases = new Map<string, RuleCase>();
  for (const { text } of goldenFamilies().flatMap(readGolden)) {
    const program = parseProgram(new TextEncoder().encode(text));
    for (const func of program.functions) {
      walkOperations(func.body, operation => {
        if (nested.has(operation.name) || operation.name.endsWith('.return')) return;
        const found = ruleCase(program, func, operation);
        if (found !== undefined && found.rule.factors.length > 0) cases.set(keyOf(found), found);
      });
    }
  }
  return [...cases.values()];
}

function keyOf({ text, rule }: RuleCase): string {
  const withoutSizes = formatFactorRule(rule).replace(/=\d+/g, '');
  return `${text.replace(/(?<=[<x])\d+(?=x)/g, size => (size === '1' ? '1' : 'n'))} ${withoutSizes}`;
}
