import type { Overlap } from '../../cost/index.ts';

/** What a second of a step counts as in a sum. */
export interface StepWeights {
  readonly computing: number;
  /** Of moves that can be hidden behind computing; others count as they are. */
  readonly hideable: number;
}

/** Each second counts as it is. */
export const plainWeights: StepWeights = { computing: 1, hideable: 1 };

/**
 * With C seconds of computing, H of moves that can be hidden and B of others, a step is no sum of what is chosen, but the
 * larger of two such sums, since the slowdown s is at most 2 (see `Overlap`):
 *
 *      all is hidden        C + (s-1) H + B                  H <= share C
 *      computing is full    (1 - share (2-s)) C + H + B      H >= share C
 *
 * This is what seconds count in a mean of both, with `weight` of the second one, from 0 to 1. No mean is more than the
 * larger sum, so what bounds a mean from below bounds the step.
 */
export function overlapWeights({ share, slowdown }: Overlap, weight: number): StepWeights {
  return {
    computing: 1 - weight * share * (2 - slowdown),
    hideable: weight + (1 - weight) * (slowdown - 1),
  };
}
