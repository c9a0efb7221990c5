import { createRandom } from '../../base/index.ts';

/** Ends of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

/**
 * 95 % percentile intervals of estimates by the bootstrap (Efron, "Bootstrap Methods: Another Look at the Jackknife",
 * 1979): groups, here all that belongs to a seed, are drawn with replacement, as many as there are, and the estimates
 * made again from each draw. One interval for each number that `estimate` returns. Estimates may be infinite, and so
 * may ends; one that is not a number leaves the interval open above. Deterministic for a seed.
 */
export function bootstrapIntervals<T>(
  groups: readonly T[],
  estimate: (drawn: readonly T[]) => readonly number[],
  options: { readonly resamples: number; readonly seed: number },
): readonly Interval[] {
  const random = createRandom(options.seed);
  const columns: number[][] = [];
  for (let resample = 0; resample < options.resamples && groups.length > 0; resample++) {
    const values = estimate(groups.map(() => random.pick(groups)));
    for (const [index, value] of values.entries()) {
      const column = columns[index] ?? [];
      columns[index] = column;
      column.push(Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
    }
  }
  return columns.map(values => {
    const sorted = Float64Array.from(values).sort();
    return [percentile(sorted, 0.025), percentile(sorted, 0.975)];
  });
}

/** Between two neighbours in a sorted list where it falls between them. */
function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return low === high ? low : low + (high - low) * (place - Math.floor(place));
}
