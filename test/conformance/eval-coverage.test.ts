import { describe, expect, test } from 'vitest';
import { evaluatedOperations } from '../../src/eval/index.ts';
import { operationDefinition, operationNames } from '../../src/ir/index.ts';
import { goldenFamilies, operationsIn, readGolden } from './eval-golden.ts';

/** Operations of tier A without a golden vector, with the reason. */
const unchecked: Readonly<Record<string, string>> = {
  'stablehlo.rng': 'no two implementations draw the same numbers',
  'stablehlo.collective_broadcast': 'XLA does not run it on a CPU',
  'sdy.reshard': 'XLA refuses it in the text of a program',
};

const tierA = operationNames().filter(name => {
  const definition = operationDefinition(name);
  // Terminators are not evaluated: a block's value is what its terminator hands on.
  return definition?.tier === 'A' && definition.terminator !== true;
});

describe('every operation of tier A', () => {
  test('has an evaluator', () => {
    const known = new Set(evaluatedOperations());
    expect(tierA.filter(name => !known.has(name))).toEqual([]);
  });

  test('has a golden vector, or a reason for having none', () => {
    const covered = new Set(
      goldenFamilies()
        .flatMap(readGolden)
        .flatMap(({ text }) => [...operationsIn(text)]),
    );
    expect(tierA.filter(name => !covered.has(name)).sort()).toEqual(Object.keys(unchecked).sort());
  });
});
