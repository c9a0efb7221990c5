import type { Func } from '../ir/index.ts';
import type { Mesh } from '../sharding/index.ts';
import type { Cluster, LinkLevel } from './cluster.ts';
import { estimateCollective } from './collective-seconds.ts';
import { groupAlongAxes, groupLevels } from './group-levels.ts';
import { gradientBytes } from './hideable-values.ts';
import { overlapOf } from './overlap.ts';

/** A collective as far as its time goes. */
export interface PlacedCollective {
  readonly kind: string;
  /** Mesh axes of the group. */
  readonly axes: readonly string[];
  /** The larger of operand and result on one device, for one execution. */
  readonly bytesPerDevice: number;
  readonly trips: number;
  /** Whether it can run beside computing: see `hideableValues`. */
  readonly hideable?: boolean;
}

/** Seconds of collectives on the links that their mesh axes lie on; links and equal collectives are looked at once. */
export class CollectivePrices {
  readonly #mesh: Mesh;
  readonly #cluster: Cluster;
  readonly #levels = new Map<string, readonly LinkLevel[]>();
  readonly #seconds = new Map<string, number>();

  constructor(mesh: Mesh, cluster: Cluster) {
    this.#mesh = mesh;
    this.#cluster = cluster;
  }

  /** Seconds of one execution of what the compiler makes of a collective; its share of one where several are joined. */
  seconds({ kind, axes, bytesPerDevice, hideable = false }: Omit<PlacedCollective, 'trips'>): number {
    const along = axes.join();
    const key = `${kind}:${along}:${bytesPerDevice}:${hideable}`;
    const known = this.#seconds.get(key);
    if (known !== undefined) return known;
    const levels = this.#levels.get(along) ?? groupLevels(this.#cluster, groupAlongAxes(this.#mesh, axes));
    this.#levels.set(along, levels);
    const groupSize = levels.reduce((product, level) => product * level.size, 1);
    const made = this.#cluster.profile.compiledAs?.[kind] ?? kind;
    const bytes = Math.max(bytesPerDevice, hideable ? joinedBytes(this.#cluster, made, groupSize) : 0);
    const joined = estimateCollective({ kind: made, bytes, groupSize, levels }).seconds;
    const seconds = bytes === 0 ? joined : (joined * bytesPerDevice) / bytes;
    this.#seconds.set(key, seconds);
    return seconds;
  }
}

/**
 * Bytes for which collectives of a kind that can wait pay their latency once, in a group of so many devices: the larger of
 * what goes in and comes out, as collectives are measured. 0 where each pays its own.
 */
export function joinedBytes({ profile }: Pick<Cluster, 'profile'>, kind: string, groupSize: number): number {
  const given = profile.joinedBytes?.[kind] ?? 0;
  return Math.min(
    kind === 'reduce-scatter' ? given * groupSize : given,
    profile.mostJoinedBytes ?? Number.POSITIVE_INFINITY,
  );
}

/**
 * A cluster whose compiler joins no more than a program has to be joined: the bytes of its gradients, so that all together
 * pay at least one latency. Where gradients are cut, or sums of several kinds or groups share them, there is less to be
 * joined than that: then each of them is at most one latency too cheap. A program with less than fills one joined
 * collective is too quick for such an error, so there each collective pays its own. Itself where nothing is joined, or
 * where less is joined already.
 */
export function joiningWithin<T extends Pick<Cluster, 'profile'>>(cluster: T, func: Func): T {
  const { joinedBytes: joined, ...rest } = cluster.profile;
  if (joined === undefined) return cluster;
  const mostJoinedBytes = gradientBytes(func);
  if (mostJoinedBytes < Math.min(...Object.values(joined))) return { ...cluster, profile: rest };
  if (mostJoinedBytes >= (rest.mostJoinedBytes ?? Number.POSITIVE_INFINITY)) return cluster;
  return { ...cluster, profile: { ...cluster.profile, mostJoinedBytes } };
}

/** Whether it matters on a cluster which collectives can wait. */
export function tellsHideable({ profile }: Pick<Cluster, 'profile'>): boolean {
  return overlapOf(profile).share > 0 || profile.joinedBytes !== undefined;
}
