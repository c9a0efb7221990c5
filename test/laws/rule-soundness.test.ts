import { describe, expect, test } from 'vitest';
import { operationDefinition, operationNames } from '../../src/ir/index.ts';
import { hasFactorRule } from '../../src/sharding/index.ts';
import { builtCases } from '../support/rule-soundness/built-cases.ts';
import { cutsOf, describeCase, describeCut, type RuleCase, smallestDivisor } from '../support/rule-soundness/case.ts';
import { nonlinearity, unsoundCuts } from '../support/rule-soundness/check.ts';
import { jaxCases } from '../support/rule-soundness/jax-cases.ts';
import { needlesslyWhole, replicatedFactors, shorterHalos } from '../support/rule-soundness/whole-factors.ts';

/**
 * The law of rule soundness: cut the operands of an operation along factors of its rule, run the operation on the
 * pieces, join them as the rule says, and the result is that of the whole operation.
 */

const seed = 31;
const shownFailures = 3;
const timeout = 60_000;

/** Operations of tier A that are planned whole, with the reason. */
const plannedWhole: Readonly<Record<string, string>> = {
  'func.call': 'calls are inlined before anything is placed',
  'stablehlo.composite': 'its decomposition is not inlined',
  'stablehlo.custom_call': 'what it computes is not known',
  'stablehlo.rng': 'each device would draw numbers of its own',
  'stablehlo.rng_bit_generator': 'the numbers are one sequence, and the next state tells how many were drawn',
  'stablehlo.tuple': 'gives no tensor',
  'stablehlo.get_tuple_element': 'takes no tensor',
  'stablehlo.partition_id': 'differs from device to device',
  'stablehlo.replica_id': 'differs from device to device',
  'stablehlo.all_gather': 'belongs to a program that is distributed already',
  'stablehlo.all_reduce': 'belongs to a program that is distributed already',
  'stablehlo.all_to_all': 'belongs to a program that is distributed already',
  'stablehlo.collective_broadcast': 'belongs to a program that is distributed already',
  'stablehlo.collective_permute': 'belongs to a program that is distributed already',
  'stablehlo.reduce_scatter': 'belongs to a program that is distributed already',
  'sdy.constant': 'belongs to a program that is placed already',
  'sdy.propagation_barrier': 'belongs to a program that is placed already',
  'sdy.reshard': 'belongs to a program that is placed already',
  'sdy.sharding_constraint': 'belongs to a program that is placed already',
  'sdy.sharding_group': 'belongs to a program that is placed already',
};

/** Operations of which a rule leaves a factor whole that could be cut, with the reason. */
const cautious: Readonly<Record<string, string>> = {
  'stablehlo.reduce': 'a body that subtracts starts with one value and takes sums from it; only plain bodies are known',
  'stablehlo.scatter': 'only updates that are added are joined, though maxima and products could be as well',
};

const built = builtCases();
const cases = [...built, ...jaxCases()];
const byName = new Map<string, RuleCase[]>();
for (const found of cases) {
  const { name } = found.operation;
  byName.set(name, [...(byName.get(name) ?? []), found]);
}
const cutsByCase = new Map(cases.map(found => [found, cutsOf(found.rule)]));
const cutsIn = (list: readonly RuleCase[]) => list.flatMap(found => cutsByCase.get(found) ?? []);

describe('pieces cut along the factors of a rule join to the whole', () => {
  for (const [name, list] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const count = cutsIn(list).length;
    if (count === 0) continue;
    test(`${name} in ${list.length} cases and ${count} cuts`, { timeout }, () => {
      const failures = list.flatMap(found =>
        [...unsoundCuts(found, cutsIn([found]), seed)].map(([cut, problem]) => describeCut(found, cut, seed, problem)),
      );
      expect(failures.slice(0, shownFailures)).toEqual([]);
    });
  }
});

describe('every operation of tier A', () => {
  const tierA = operationNames().filter(name => {
    const definition = operationDefinition(name);
    return definition?.tier === 'A' && definition.terminator !== true;
  });

  test('is cut along some factor, or planned whole for a reason', () => {
    const uncut = tierA.filter(name => cutsIn(byName.get(name) ?? []).length === 0);
    expect(uncut.sort()).toEqual(Object.keys(plannedWhole).sort());
  });

  test('has a rule of its own unless it is planned whole', () => {
    expect(tierA.filter(name => !hasFactorRule(name)).sort()).toEqual(Object.keys(plannedWhole).sort());
  });
});

describe('factor rules', () => {
  test('make every dimension of their factors, and reduce none that a result has', () => {
    const failures = cases.filter(({ rule, operandTypes, resultTypes }) => {
      const isWhole = (factors: readonly number[], size: number) =>
        size === 0 || factors.reduce((product, factor) => product * rule.factors[factor].size, 1) === size;
      const reduced = rule.results.flat(2).some(factor => rule.factors[factor].kind === 'reduction');
      const operands = operandTypes.every(({ shape }, i) =>
        shape.every((size, d) => isWhole(rule.operands[i][d], size)),
      );
      const results = resultTypes.every(({ shape }, i) => shape.every((size, d) => isWhole(rule.results[i][d], size)));
      return reduced || !operands || !results;
    });
    expect(failures.map(describeCase)).toEqual([]);
  });

  test('call operations linear only in operands whose sums they keep', () => {
    const failures = cases.flatMap(found =>
      found.rule.linear.flatMap(set => {
        const problem = nonlinearity(found, set, seed);
        return problem === undefined ? [] : [`${describeCase(found)}\n  operands ${set}, seed ${seed}: ${problem}`];
      }),
    );
    expect(cases.filter(({ rule }) => rule.linear.length > 0).length).toBeGreaterThan(0);
    expect(failures.slice(0, shownFailures)).toEqual([]);
  });

  test('leave whole what cannot be cut, with known exceptions', { timeout }, () => {
    const needless = built.map(found => ({ name: found.operation.name, factors: needlesslyWhole(found, seed) }));
    const names = needless.filter(({ factors }) => factors.length > 0).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(cautious)));
    // The other way round: to cut factors regardless is found out for most of them.
    const needlessCount = needless.flatMap(({ factors }) => factors).length;
    expect(needlessCount).toBeLessThan(built.flatMap(replicatedFactors).length / 2);
  });

  test('ask for no wider halos than pieces need', { timeout }, () => {
    const shortened = built.flatMap(found => shorterHalos(found).map(({ factor, rule }) => ({ factor, found, rule })));
    const needless = shortened.filter(({ factor, found, rule }) => {
      const cut = rule.factors.map(({ size }, other) => (other === factor ? smallestDivisor(size) : 1));
      return unsoundCuts({ ...found, rule }, [cut], seed).size === 0;
    });
    expect(shortened.length).toBeGreaterThan(0);
    expect(needless.map(({ found }) => describeCase(found))).toEqual([]);
  });
});
