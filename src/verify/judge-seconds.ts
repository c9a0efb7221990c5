import { type Cluster, estimateCollective, groupLevels } from '../cost/index.ts';
import type { CompiledCollective } from './compiled-collectives.ts';

/** Compiled collectives of one kind over the same mesh axes, in one run of the program. */
export interface JudgedCollectives {
  readonly kind: string;
  /** Axis names with commas between them, or `other`. */
  readonly axis: string;
  /** Executions; a combined collective of several tensors is one. */
  readonly count: number;
  readonly bytesPerDevice: number;
  readonly seconds: number;
}

/**
 * What the compiled collectives take on the links of a cluster, by kind and mesh axis, the longest first. One after the
 * other, except that two permutes which send the same bytes in opposite directions (the compiler makes such pairs to
 * use both) run together. `deviceIds` gives the device of the cluster at each mesh position.
 */
export function judgeCollectives(
  collectives: readonly CompiledCollective[],
  cluster: Cluster,
  deviceIds: readonly number[] | undefined,
): JudgedCollectives[] {
  const rows = new Map<string, JudgedCollectives>();
  const waiting = new Map<string, number>();
  for (const collective of collectives) {
    const { kind, trips, bytesPerDevice } = collective;
    // Groups of a single device move nothing.
    if (collective.axes.length === 0) continue;
    const axis = [...collective.axes].sort().join(',');
    const together = kind === 'collective-permute' && joinsOpposite(collective, waiting);
    const seconds = together ? 0 : trips * secondsOnce(collective, cluster, deviceIds);
    const key = `${kind} ${axis}`;
    const row = rows.get(key) ?? { kind, axis, count: 0, bytesPerDevice: 0, seconds: 0 };
    rows.set(key, {
      ...row,
      count: row.count + trips,
      bytesPerDevice: row.bytesPerDevice + trips * bytesPerDevice,
      seconds: row.seconds + seconds,
    });
  }
  return [...rows.values()].sort((a, b) => b.seconds - a.seconds || b.bytesPerDevice - a.bytesPerDevice);
}

function secondsOnce(
  { kind, groups, bytesPerDevice }: CompiledCollective,
  cluster: Cluster,
  deviceIds: readonly number[] | undefined,
): number {
  const place = (position: number): number => deviceIds?.[position] ?? position;
  // Groups are alike in size but may lie on other links; the program waits for the slowest.
  const shapes = new Map(
    groups.map(group => {
      const levels = groupLevels(cluster, group.map(place));
      return [levels.map(({ name, size }) => `${name}*${size}`).join(), levels] as const;
    }),
  );
  const seconds = [...shapes.values()].map(levels => {
    const groupSize = levels.reduce((product, level) => product * level.size, 1);
    return estimateCollective({ kind, bytes: bytesPerDevice, groupSize, levels }).seconds;
  });
  return Math.max(0, ...seconds);
}

/** True, once, for a permute that sends against an earlier one; else it waits for one that does. */
function joinsOpposite({ groups, bytesPerDevice, trips }: CompiledCollective, waiting: Map<string, number>): boolean {
  const key = (pairs: readonly (readonly number[])[]): string =>
    `${trips} ${bytesPerDevice} ${pairs
      .map(pair => pair.join('>'))
      .sort()
      .join()}`;
  const opposite = key(groups.map(pair => [...pair].reverse()));
  const there = waiting.get(opposite) ?? 0;
  if (there > 0) {
    waiting.set(opposite, there - 1);
    return true;
  }
  const own = key(groups);
  waiting.set(own, (waiting.get(own) ?? 0) + 1);
  return false;
}
