import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/eval/index.ts';
import { parseProgram } from '../../src/ir/index.ts';
import type { GoldenCase } from './eval-golden.ts';
import { differenceOf, goldenFamilies, readGolden } from './eval-golden.ts';

/** Evaluates a case; returns what is wrong with its outputs, or undefined. */
function failureOf({ name, text, inputs, outputs }: GoldenCase, wholeProgram: boolean): string | undefined {
  try {
    const actual = evaluate(parseProgram(new TextEncoder().encode(text)), inputs);
    if (actual.length !== outputs.length) return `${name}: ${actual.length} outputs, not ${outputs.length}`;
    for (const [i, output] of outputs.entries()) {
      const difference = differenceOf(actual[i], output, wholeProgram);
      if (difference !== undefined) return `${name}: output ${i}: ${difference}`;
    }
    return undefined;
  } catch (error) {
    return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

for (const family of goldenFamilies()) {
  describe(`the interpreter agrees with XLA on ${family}`, () => {
    const wholePrograms = family === 'programs';
    const groups = groupBy(readGolden(family), ({ name }) => (wholePrograms ? name : name.split(' ')[0]));
    for (const [title, cases] of groups) {
      test(wholePrograms ? title : `${title} in ${cases.length} cases`, () => {
        const failures = cases.map(golden => failureOf(golden, wholePrograms));
        expect(failures.filter(failure => failure !== undefined)).toEqual([]);
      });
    }
  });
}

function groupBy(
  cases: readonly GoldenCase[],
  title: (golden: GoldenCase) => string,
): ReadonlyMap<string, readonly GoldenCase[]> {
  const groups = new Map<string, GoldenCase[]>();
  for (const golden of cases) groups.set(title(golden), [...(groups.get(title(golden)) ?? []), golden]);
  return groups;
}
