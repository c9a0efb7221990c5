import type { Mesh } from '../sharding/index.ts';
import type { Cluster, LinkLevel } from './cluster.ts';
import { estimateCollective } from './collective-seconds.ts';
import { groupAlongAxes, groupLevels } from './group-levels.ts';

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

  /** Seconds of one execution of what the compiler makes of a collective. */
  seconds({ kind, axes, bytesPerDevice }: Omit<PlacedCollective, 'trips' | 'hideable'>): number {
    const along = axes.join();
    const key = `${kind}:${along}:${bytesPerDevice}`;
    const known = this.#seconds.get(key);
    if (known !== undefined) return known;
    const levels = this.#levels.get(along) ?? groupLevels(this.#cluster, groupAlongAxes(this.#mesh, axes));
    this.#levels.set(along, levels);
    const groupSize = levels.reduce((product, level) => product * level.size, 1);
    const made = this.#cluster.profile.compiledAs?.[kind] ?? kind;
    const { seconds } = estimateCollective({ kind: made, bytes: bytesPerDevice, groupSize, levels });
    this.#seconds.set(key, seconds);
    return seconds;
  }
}
