import { type ShardingOutcome, spaceSize } from '../parallel/index.ts';
import type { PlannedSearch } from '../plan/index.ts';
import type { Alternative } from './second.ts';

/** What a plan says of the search that found it. */
export function plannedSearch(outcome: ShardingOutcome, second: Alternative | undefined): PlannedSearch {
  const { stats, bound, gap, solution } = outcome;
  const { seconds, meshes, meshesInAll, meshesPruned, choicesCounted, choicesKept } = stats;
  const assignments = solution === undefined ? 1n : spaceSize(solution.ground).assignments;
  return {
    seconds,
    bound,
    gap,
    space: {
      assignmentsLog10: decimalLogarithm(assignments),
      meshes,
      meshesInAll,
      choicesCounted,
      choicesKept,
      pruned: meshesPruned,
    },
    ...(second === undefined
      ? {}
      : { second: { mesh: second.mesh, stepSeconds: second.stepSeconds, memoryBytes: second.memoryBytes } }),
  };
}

/** To one decimal, of a number that may be far beyond what floating point holds. */
function decimalLogarithm(number: bigint): number {
  const digits = number.toString();
  return Math.round(10 * (digits.length - 1 + Math.log10(Number(`${digits[0]}.${digits.slice(1, 12)}`)))) / 10;
}
