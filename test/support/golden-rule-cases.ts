import { parseProgram, walkOperations } from '../../src/ir/index.ts';
import { goldenFamilies, readGolden } from '../conformance/eval-golden.ts';
import { type RuleCase, ruleCase } from './rule-case.ts';

/** Operations whose regions or callees work on the same tensors: their pieces need pieces of what is inside. */
const nested = new Set(['stablehlo.while', 'stablehlo.case', 'stablehlo.if', 'func.call', 'stablehlo.composite']);

/** Every different operation of the golden vectors that works on tensors. */
export function goldenRuleCases(): RuleCase[] {
  const cases = new Map<string, RuleCase>();
  for (const { text } of goldenFamilies().flatMap(readGolden)) {
    const program = parseProgram(new TextEncoder().encode(text));
    for (const func of program.functions) {
      walkOperations(func.body, operation => {
        if (nested.has(operation.name) || operation.name.endsWith('.return')) return;
        const found = ruleCase(program, func, operation);
        if (found !== undefined && found.rule.factors.length > 0) cases.set(found.text, found);
      });
    }
  }
  return [...cases.values()];
}
