import type { Tensor } from '../../../src/eval/index.ts';
import { evaluateOperation } from '../../../src/eval/index.ts';
import type { RuleCase } from './case.ts';
import { combine, evaluateCut, sameElements, sameNumber } from './cut-evaluation.ts';
import type { Cut } from './factor-cut.ts';
import { randomOperands } from './random-operands.ts';

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

/**
 * What is wrong with a set of operands in which an operation is said to be linear: partial sums of these operands must
 * give partial sums of the results. Undefined when they do.
 */
export function nonlinearity(ruled: RuleCase, linear: readonly number[], seed: number): string | undefined {
  const { operation, resultTypes, context } = ruled;
  const one = randomOperands(ruled, seed);
  const other = randomOperands(ruled, seed + 1).map((operand, index) =>
    linear.includes(index) ? operand : one[index],
  );
  const sums = one.map((operand, index) => (linear.includes(index) ? combine('add', operand, other[index]) : operand));
  const [first, second, whole] = [one, other, sums].map(list =>
    evaluateOperation(operation, list, resultTypes, context),
  );
  const differences = whole.map((result, index) =>
    differenceOf(combine('add', first[index], second[index]), result, divisionTolerance),
  );
  return differences.find(difference => difference !== undefined);
}

/** Share of a number by which a division of complex numbers may be off. */
const divisionTolerance = 1e-6;

function differenceOf(joined: Tensor, whole: Tensor, tolerance = 0): string | undefined {
  if (sameElements(joined, whole)) return undefined;
  if (joined.data.length !== whole.data.length) return `${joined.data.length} elements, not ${whole.data.length}`;
  for (const [at, value] of whole.data.entries()) {
    const found = joined.data[at];
    const isClose = Math.abs(Number(found) - Number(value)) <= tolerance * Math.max(1, Math.abs(Number(value)));
    if (!sameNumber(value, found) && !(tolerance > 0 && isClose)) return `element ${at} is ${found}, not ${value}`;
  }
  return undefined;
}
