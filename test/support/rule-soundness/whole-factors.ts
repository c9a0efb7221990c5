import type { Factor, FactorRule } from '../../../src/sharding/index.ts';
import { type RuleCase, smallestDivisor } from './case.ts';
import { unsoundCuts } from './check.ts';

const combiners = ['add', 'maximum', 'minimum', 'multiply', 'and', 'or'] as const;
const draws = 4;

/** The factors that a rule does not let be cut. */
export function replicatedFactors({ rule }: RuleCase): number[] {
  return rule.factors.flatMap(({ kind, size }, factor) => (kind === 'replicate' && size > 1 ? [factor] : []));
}

/**
 * The factors that a rule does not let be cut although pieces would join to the whole: side by side where results have
 * the factor, or else by one of the combiners. A cut counts as right when it is for several random operands.
 */
export function needlesslyWhole(ruled: RuleCase, seed: number): number[] {
  return replicatedFactors(ruled).filter(factor => {
    const { size } = ruled.rule.factors[factor];
    const cut = ruled.rule.factors.map((_, other) => (other === factor ? smallestDivisor(size) : 1));
    return waysToJoin(ruled, factor).some(changed => {
      const freed = { ...ruled, rule: { ...ruled.rule, factors: ruled.rule.factors.with(factor, changed) } };
      return Array.from({ length: draws }, (_, draw) => seed + draw).every(
        drawn => unsoundCuts(freed, [cut], drawn).size === 0,
      );
    });
  });
}

function waysToJoin({ rule }: RuleCase, factor: number): Factor[] {
  const { size } = rule.factors[factor];
  if (rule.results.flat(2).includes(factor)) return [{ size, kind: 'passthrough' }];
  return combiners.map(combiner => ({ size, kind: 'reduction', combiner }));
}

/** The rule of a case with each halo, in turn, one element shorter on one side. */
export function shorterHalos({ rule }: RuleCase): { readonly factor: number; readonly rule: FactorRule }[] {
  return rule.factors.flatMap((old, factor) => {
    const { halo } = old;
    if (halo === undefined) return [];
    const shorter = [
      { ...halo, before: halo.before - 1 },
      { ...halo, after: halo.after - 1 },
    ].filter(({ before, after }) => before >= 0 && after >= 0);
    return shorter.map(less => ({
      factor,
      rule: { ...rule, factors: rule.factors.with(factor, { ...old, halo: less }) },
    }));
  });
}
