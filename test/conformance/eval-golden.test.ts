import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/eval/index.ts';
import { parseProgram } from '../../src/ir/index.ts';
import type { GoldenCase } from './eval-golden.ts';
import { differenceOf, goldenFamilies, readGolden } from './eval-golden.ts';

/** Evaluates a case; returns what is wrong with its outputs, or undefined. */
function failureOf({ name, text, inputs, outputs }: GoldenCase): string | undefined {
  try {
    const actual = evaluate(parseProgram(new TextEncoder().encode(text)), inputs);
    if (actual.length !== outputs.length) return `${name}: ${actual.length} outputs, not ${outputs.length}`;
    for (const [i, output] of outputs.entries()) {
      const difference = differenceOf(actual[i], output);
      if (difference !== undefined) return `${name}: output ${i}: ${difference}`;
    }
    return undefined;
  } catch (error) {
    return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

for (const family of goldenFamilies()) {
  describe(`the interpreter agrees with XLA on ${family}`, () => {
    const byOperation = groupByOperation(readGolden(family));
    for (const [operation, cases] of byOperation) {
      test(`${operation} in ${cases.length} cases`, () => {
        expect(cases.map(failureOf).filter(failure => failure !== undefined)).toEqual([]);
      });
    }
  });
}

function groupByOperation(cases: readonly GoldenCase[]): ReadonlyMap<string, readonly GoldenCase[]> {
  const groups = new Map<string, GoldenCase[]>();
  for (const golden of cases) {
    const operation = golden.name.split(' ')[0];
    groups.set(operation, [...(groups.get(operation) ?? []), golden]);
  }
  return groups;
}
