import type { Tensor } from '../../src/eval/index.ts';
import { evaluateOperation } from '../../src/eval/index.ts';
import { evaluateCut, isExact, sameElements } from './cut-evaluation.ts';
import type { Cut } from './factor-cut.ts';
import { type RuleCase, randomOperands } from './rule-case.ts';

/** How far joined sums may be off, as a share of the largest element. */
const tolerances: Readonly<Record<string, number>> = {
  f64: 1e-13,
  'complex<f64>': 1e-13,
  f32: 1e-6,
  'complex<f32>': 1e-6,
  f16: 2e-3,
  bf16: 2e-2,
};

/**
 * What is wrong with an operation that is evaluated in pieces, by cut; cuts that are right are left out. Without a cut
 * reduction the pieces must be equal to the whole, bit by bit.
 */
export function unsoundCuts(ruled: RuleCase, cuts: readonly Cut[], seed: number): Map<Cut, string> {
  const operands = randomOperands(ruled, seed);
  const whole = evaluateOperation(ruled.operation, operands, ruled.resultTypes, ruled.context);
  const found = new Map<Cut, string>();
  for (const cut of cuts) {
    const problem = problemOf(ruled, operands, cut, whole);
    if (problem !== undefined) found.set(cut, problem);
  }
  return found;
}

function problemOf(
  ruled: RuleCase,
  operands: readonly Tensor[],
  cut: Cut,
  whole: readonly Tensor[],
): string | undefined {
  try {
    const joined = evaluateCut(ruled, operands, cut, ruled.context);
    const isSum = ruled.rule.factors.some(({ kind }, factor) => kind === 'reduction' && cut[factor] > 1);
    for (const [index, result] of whole.entries()) {
      const difference = isSum ? distanceOf(joined[index], result) : differenceOf(joined[index], result);
      if (difference !== undefined) return `result ${index}: ${difference}`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function differenceOf(joined: Tensor, whole: Tensor): string | undefined {
  if (sameElements(joined, whole)) return undefined;
  const at = Array.from(whole.data, Number).findIndex((value, i) => !Object.is(value, Number(joined.data[i])));
  return `element ${at} of ${whole.data.length} is ${joined.data[at]}, not ${whole.data[at]}`;
}

function distanceOf(joined: Tensor, whole: Tensor): string | undefined {
  const { element } = whole.type;
  if (isExact(element)) return differenceOf(joined, whole);
  const expected = Array.from(whole.data, Number);
  const floor = (tolerances[element] ?? 0) * Math.max(1, ...expected.map(Math.abs).filter(Number.isFinite));
  const at = expected.findIndex((value, i) => {
    const found = Number(joined.data[i]);
    return !Object.is(value, found) && !(Math.abs(found - value) <= floor);
  });
  return at < 0 ? undefined : `element ${at} of ${expected.length} is ${joined.data[at]}, not ${expected[at]}`;
}
