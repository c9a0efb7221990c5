import type { Tensor } from '../../../src/eval/index.ts';
import { evaluateOperation } from '../../../src/eval/index.ts';
import { type RuleCase, randomOperands } from './case.ts';
import { evaluateCut, sameElements, sameNumber } from './cut-evaluation.ts';
import type { Cut } from './factor-cut.ts';

/**
 * What is wrong with an operation that is evaluated in pieces, by cut; cuts that are right are left out. The
 * elements must be equal: random operands are such that sums are exact.
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
    for (const [index, result] of whole.entries()) {
      const difference = differenceOf(joined[index], result);
      if (difference !== undefined) return `result ${index}: ${difference}`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function differenceOf(joined: Tensor, whole: Tensor): string | undefined {
  if (sameElements(joined, whole)) return undefined;
  for (const [at, value] of whole.data.entries()) {
    if (!sameNumber(value, joined.data[at])) return `element ${at} is ${joined.data[at]}, not ${value}`;
  }
  return `${joined.data.length} elements, not ${whole.data.length}`;
}
