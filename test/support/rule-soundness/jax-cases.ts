import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { elementCount, type Program, parseProgram, walkOperations } from '../../../src/ir/index.ts';
import { formatFactorRule } from '../../../src/sharding/index.ts';
import { goldenFamilies, readGolden } from '../../conformance/eval-golden.ts';
import { type RuleCase, ruleCase } from './case.ts';

/** Operations whose regions or callees work on the same tensors: their pieces need pieces of what is inside. */
const nested = new Set(['stablehlo.while', 'stablehlo.case', 'stablehlo.if', 'func.call', 'stablehlo.composite']);

/** Larger operations of whole programs are left out: they take long, and their rules are those of small ones. */
const mostElements = 4096;
const examples = new URL('../../../examples/programs/', import.meta.url);

/**
 * Every different operation on tensors in what JAX wrote: the golden vectors and the small example programs. Operations
 * that differ only in sizes, and have the same rule but for its sizes, count as one.
 */
export function jaxCases(): RuleCase[] {
  const cases = new Map<string, RuleCase>();
  const add = (program: Program, isWanted: (found: RuleCase) => boolean) => {
    for (const found of casesOf(program)) {
      const key = keyOf(found);
      if (!cases.has(key) && isWanted(found)) cases.set(key, found);
    }
  };
  for (const { text } of goldenFamilies().flatMap(readGolden))
    add(parseProgram(new TextEncoder().encode(text)), () => true);
  for (const file of readdirSync(examples).filter(name => /(tiny|mlp).*\.mlir\.gz$/.test(name))) {
    add(parseProgram(gunzipSync(readFileSync(new URL(file, examples)))), isSmall);
  }
  return [...cases.values()];
}

function casesOf(program: Program): RuleCase[] {
  const cases: RuleCase[] = [];
  for (const func of program.functions) {
    walkOperations(func.body, operation => {
      if (nested.has(operation.name) || operation.name.endsWith('.return')) return;
      const found = ruleCase(program, func, operation);
      if (found !== undefined && found.rule.factors.length > 0) cases.push(found);
    });
  }
  return cases;
}

function isSmall({ operandTypes, resultTypes }: RuleCase): boolean {
  return [...operandTypes, ...resultTypes].every(({ shape }) => elementCount(shape) <= mostElements);
}

function keyOf({ text, rule }: RuleCase): string {
  const withoutSizes = formatFactorRule(rule).replace(/=\d+/g, '');
  return `${text.replace(/(?<=[<x])\d+(?=x)/g, size => (size === '1' ? '1' : 'n'))} ${withoutSizes}`;
}
