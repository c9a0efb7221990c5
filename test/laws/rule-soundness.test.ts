import { describe, expect, test } from 'vitest';
import { builtCases } from '../support/rule-soundness/built-cases.ts';
import { cutsOf, describeCut, type RuleCase } from '../support/rule-soundness/case.ts';
import { unsoundCuts } from '../support/rule-soundness/check.ts';
import { goldenRuleCases } from '../support/rule-soundness/golden-cases.ts';

/**
 * The law of rule soundness: cut the operands of an operation along factors of its rule, run the operation on the
 * pieces, join them as the rule says, and the result is that of the whole operation.
 */

const seed = 31;
const shownFailures = 3;
const timeoutMilliseconds = 60_000;

const cases = [...builtCases(), ...goldenRuleCases()];
const byName = new Map<string, RuleCase[]>();
for (const found of cases) {
  const { name } = found.operation;
  byName.set(name, [...(byName.get(name) ?? []), found]);
}

describe('pieces cut along the factors of a rule join to the whole', () => {
  for (const [name, list] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const cuts = list.map(ruled => cutsOf(ruled.rule));
    const count = cuts.flat().length;
    if (count === 0) continue;
    test(`${name} in ${list.length} cases and ${count} cuts`, { timeout: timeoutMilliseconds }, () => {
      const failures = list.flatMap((ruled, index) =>
        [...unsoundCuts(ruled, cuts[index], seed)].map(([cut, problem]) => describeCut(ruled, cut, seed, problem)),
      );
      expect(failures.slice(0, shownFailures)).toEqual([]);
    });
  }
});
