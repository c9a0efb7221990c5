import type { LayoutIds } from './layout-ids.ts';
import type { SearchModel } from './model.ts';
import type { Skeleton } from './skeleton.ts';

/** How much all ties of one kind together may weigh, as a share of the least that a step can take. */
const weight = 2e-5;

/** Seconds that tell plans of equal seconds apart. */
export interface Ties {
  /** For each byte of an argument on a device. */
  readonly secondsPerByte: number;
  /** For each value that is brought into another layout, be it by a local slice. */
  readonly secondsPerChange: number;
  /** The most that they can come to in one plan. */
  readonly most: number;
}

/**
 * Of plans that take equally long, the one with fewer bytes of arguments on a device is better, and then the one with
 * fewer changes of layout. Both count as seconds, too few to change anything else.
 */
export function weighTies({ variables, values }: SearchModel, { lives }: Skeleton): Ties {
  let least = 0;
  for (const { seconds } of variables) least += seconds.reduce((best, own) => Math.min(best, own));
  const bytes = lives.reduce((sum, { madeAt, bits }) => (madeAt < 0 ? sum + bits / 8 : sum), 0);
  const changes = values.reduce((sum, { count, reads }) => sum + count * reads.length, 0);
  return {
    secondsPerByte: (weight * least) / Math.max(1, bytes),
    secondsPerChange: (weight * least) / Math.max(1, changes),
    most: 2 * weight * least,
  };
}

/** Adds the ties of arguments to the seconds of a model's states. */
export function addArgumentTies(
  { variables }: SearchModel,
  { lives, homes: producers }: Skeleton,
  homes: readonly Int32Array[],
  layouts: LayoutIds,
  { secondsPerByte }: Ties,
): void {
  for (const { home, bits, madeAt } of lives) {
    if (madeAt >= 0) continue;
    const { seconds } = variables[producers[home].variable];
    for (let state = 0; state < seconds.length; state++) {
      seconds[state] += secondsPerByte * layouts.bytes(homes[home][state], bits);
    }
  }
}
