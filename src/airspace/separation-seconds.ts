import type { AirspaceProblem } from './problem.ts';

/**
 * Seconds that pass at least between two vehicles at places that are at most `1 - share` of the least distance apart,
 * across and upright, if the later is in the air all that time before: until so long before it comes, it is nearer
 * than it may be to where the other is, since it flies no faster than the fastest class and is no less wide than the
 * smallest.
 */
export function separationSeconds({ classes, separation }: AirspaceProblem, share: number): number {
  const across = leastAcross({ classes, separation }) / Math.max(...classes.map(each => each.speedMetresPerSecond));
  const rates = classes.map(each => Math.max(each.climbMetresPerSecond, each.descentMetresPerSecond));
  const upright = leastUpright({ classes, separation }) / Math.max(...rates);
  return share * Math.min(across, upright) + separation.bufferSeconds;
}

type Sizes = Pick<AirspaceProblem, 'classes' | 'separation'>;

/** What two vehicles must be apart at least, of the smallest class. */
export function leastAcross({ classes, separation }: Sizes): number {
  return 2 * Math.min(...classes.map(each => each.radiusMetres)) + separation.bufferMetres;
}

export function leastUpright({ classes, separation }: Sizes): number {
  return 2 * Math.min(...classes.map(each => each.halfHeightMetres)) + separation.bufferMetres;
}
