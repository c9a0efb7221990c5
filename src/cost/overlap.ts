import type { DeviceProfile, Overlap } from './profile.ts';

/** Nothing is hidden. */
const nothingHidden: Overlap = { share: 0, slowdown: 1 };

/** What a device hides; nothing where its profile does not say. */
export function overlapOf({ overlap }: Pick<DeviceProfile, 'overlap'>): Overlap {
  return overlap ?? nothingHidden;
}

/**
 * Seconds that a step is shorter because collectives run beside computing: those that can, `hideableSeconds`, are hidden
 * behind a share of the computing, which they slow down.
 */
export function hiddenSeconds(computeSeconds: number, hideableSeconds: number, { share, slowdown }: Overlap): number {
  return (2 - slowdown) * Math.min(hideableSeconds, share * computeSeconds);
}
