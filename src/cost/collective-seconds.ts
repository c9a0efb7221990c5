import type { LinkLevel } from './cluster.ts';

export type CollectiveAlgorithm = 'none' | 'ring' | 'tree' | 'hierarchical' | 'torus' | 'pairwise' | 'direct' | 'copy';

/** A collective among `groupSize` devices. */
export interface CollectiveWork {
  /** As HLO names it: `all-reduce`, `all-gather`, ... */
  readonly kind: string;
  /** The larger of operand and result on one device. */
  readonly bytes: number;
  /** Product of the sizes of `levels`. */
  readonly groupSize: number;
  /** The links between the devices of the group, innermost first; see `groupLevels`. */
  readonly levels: readonly LinkLevel[];
}

export interface CollectiveEstimate {
  readonly seconds: number;
  readonly algorithm: CollectiveAlgorithm;
}

/** Seconds of one algorithm by the bytes that it moves. */
export interface CollectiveLine {
  readonly latencySeconds: number;
  readonly secondsPerByte: number;
}

/** Seconds of a collective with the best of the known algorithms. Throws an internal error for an unknown kind. */
export function collectiveSeconds(work: CollectiveWork): number {
  return estimateCollective(work).seconds;
}

/**
 * Seconds and algorithm of a collective, by alpha-beta formulas: a hop takes `latencySeconds`, a byte one over the
 * bandwidth that collectives reach. All groups of a mesh axis run at the same time, each device with its own links.
 *
 * Ring and tree as NVIDIA's nccl-tests derive them (doc/PERFORMANCE.md); hierarchical: reduce inside, then across with
 * a part each, then gather inside; torus: rings in both directions of every axis at once (How to Scale Your Model,
 * jax-ml.github.io/scaling-book, chapter on sharding). Devices that share a memory meet, then each copies its bytes.
 */
export function estimateCollective(work: CollectiveWork): CollectiveEstimate {
  const levels = work.levels.filter(level => level.size > 1);
  const size = levels.reduce((product, level) => product * level.size, 1);
  if (size !== work.groupSize)
    throw new Error(`internal: levels join ${size} devices, the group has ${work.groupSize}`);
  if (size === 1) return { seconds: 0, algorithm: 'none' };
  return candidates(work.kind, work.bytes, reachedBy(work.kind, levels)).reduce((best, next) =>
    next.seconds < best.seconds ? next : best,
  );
}

/** Links with the share of their peak that collectives of a kind reach. */
function reachedBy(kind: string, levels: readonly LinkLevel[]): LinkLevel[] {
  return levels.map(level => ({ ...level, efficiency: level.efficiencyOf?.[kind] ?? level.efficiency }));
}

/**
 * The same as straight lines in the bytes: a collective takes the least of `latencySeconds + bytes * secondsPerByte`, one
 * line for each algorithm. Empty for a group of one. Permutations over several link levels are no such thing, and throw
 * an internal error.
 */
export function collectiveLines(kind: string, levels: readonly LinkLevel[]): CollectiveLine[] {
  if (kind === 'collective-permute') throw new Error('internal: a permutation is the slowest of lines');
  const joined = reachedBy(
    kind,
    levels.filter(level => level.size > 1),
  );
  if (joined.length === 0) return [];
  // Enough bytes that nothing is lost when the latency is taken off again.
  const many = 2 ** 40;
  const [empty, full] = [0, many].map(bytes => candidates(kind, bytes, joined));
  return empty.map(({ seconds }, index) => ({
    latencySeconds: seconds,
    secondsPerByte: (full[index].seconds - seconds) / many,
  }));
}

function candidates(kind: string, bytes: number, levels: readonly LinkLevel[]): CollectiveEstimate[] {
  if (levels.every(level => level.topology === 'shared')) return [copies(bytes, levels)];
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
      return gatherEstimates(bytes, levels);
    case 'all-reduce':
      return [...gatherEstimates(bytes, levels).map(twice), tree(bytes, levels)];
    case 'all-to-all':
    case 'ragged-all-to-all':
      return [exchange(bytes, levels)];
    case 'collective-permute':
      return [{ seconds: slowest(levels, level => level.latencySeconds + bytes * beta(level)), algorithm: 'direct' }];
    case 'collective-broadcast':
      return [{ seconds: treeHops(levels) + bytes * slowest(levels, beta), algorithm: 'tree' }];
    default:
      throw new Error(`internal: unknown collective ${kind}`);
  }
}

const twice = ({ seconds, algorithm }: CollectiveEstimate): CollectiveEstimate => ({ seconds: 2 * seconds, algorithm });

/** Seconds per byte over a level, with what collectives reach of its peak. */
const beta = (level: LinkLevel): number => 1 / (level.bandwidthBytesPerSecond * level.efficiency);

const slowest = (levels: readonly LinkLevel[], seconds: (level: LinkLevel) => number): number =>
  Math.max(...levels.map(seconds));

const sizeOf = (levels: readonly LinkLevel[]): number => levels.reduce((product, level) => product * level.size, 1);

/** All-gather or reduce-scatter of `bytes` in full: one ring around all, or level by level. */
function gatherEstimates(bytes: number, levels: readonly LinkLevel[]): CollectiveEstimate[] {
  const devices = sizeOf(levels);
  const hops = (devices - 1) * slowest(levels, level => level.latencySeconds);
  const ring = hops + ((devices - 1) / devices) * bytes * slowest(levels, beta);
  const all = levels.every(level => level.topology === 'torus');
  const flat: CollectiveEstimate = all ? torusGather(bytes, levels) : { seconds: ring, algorithm: 'ring' };
  const torusAxes = levels.filter(level => level.topology === 'torus');
  const groups = torusAxes.length > 0 ? [torusAxes, ...levels.slice(torusAxes.length).map(one)] : levels.map(one);
  if (groups.length === 1) return [flat];
  let seconds = 0;
  // The outermost level moves the parts that each inner group will complete, so it sees the fewest bytes.
  let share = bytes;
  for (const group of groups) {
    seconds += gatherEstimates(share, group)[0].seconds;
    share /= sizeOf(group);
  }
  return [flat, { seconds, algorithm: 'hierarchical' }];
}

const one = (level: LinkLevel): LinkLevel[] => [level];

/** A torus gathers along all axes at once; an axis of two has one link, longer ones a ring of both directions. */
function torusGather(bytes: number, axes: readonly LinkLevel[]): CollectiveEstimate {
  const devices = sizeOf(axes);
  const bandwidth = axes.reduce((sum, axis) => sum + directions(axis) / beta(axis), 0);
  const hops = axes.reduce((sum, axis) => sum + Math.ceil((axis.size - 1) / directions(axis)) * axis.latencySeconds, 0);
  return { seconds: hops + (((devices - 1) / devices) * bytes) / bandwidth, algorithm: 'torus' };
}

const directions = (axis: LinkLevel): number => (axis.size > 2 ? 2 : 1);

/** All devices meet, one after the other, and copy at the same time: how many make up a group changes no bytes. */
function copies(bytes: number, levels: readonly LinkLevel[]): CollectiveEstimate {
  const meeting = levels.reduce((sum, level) => sum + (level.size - 1) * level.latencySeconds, 0);
  return { seconds: meeting + bytes * slowest(levels, beta), algorithm: 'copy' };
}

/** Reduce up a binary tree and broadcast down: few hops, so best for small tensors. */
function tree(bytes: number, levels: readonly LinkLevel[]): CollectiveEstimate {
  return { seconds: 2 * (treeHops(levels) + bytes * slowest(levels, beta)), algorithm: 'tree' };
}

const treeHops = (levels: readonly LinkLevel[]): number =>
  levels.reduce((sum, level) => sum + Math.ceil(Math.log2(level.size)) * level.latencySeconds, 0);

/** All-to-all of `bytes` on each device: over each level goes what leaves the groups that it joins. */
function exchange(bytes: number, levels: readonly LinkLevel[]): CollectiveEstimate {
  const seconds = levels.reduce((sum, level) => {
    const leaving = ((level.size - 1) / level.size) * bytes;
    if (level.topology === 'switch' || level.topology === 'shared') {
      return sum + (level.size - 1) * level.latencySeconds + leaving * beta(level);
    }
    // Half of the ring's bytes cross the middle, which is one link in each direction on a line and two on a ring.
    const crossing = (level.size * bytes) / (4 * directions(level));
    return sum + (level.size / 2) * level.latencySeconds + crossing * beta(level);
  }, 0);
  return { seconds, algorithm: 'pairwise' };
}
