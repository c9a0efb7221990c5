import { createRandom, type Random } from '../base/index.ts';
import type { Csr } from './csr-kernel.ts';
import type { Placement } from './placement.ts';
import { lowerTop } from './placement-repair.ts';
import { PlacementSearch, type SearchEnd } from './placement-search-kernel.ts';

/** What stays as it is while a bank is searched: plain columns, which go to other threads as they are. */
export interface SearchGround {
  readonly placement: Placement;
  readonly neighbours: Csr;
  /** What orders of preference are made of, by rectangle. */
  readonly facts: Readonly<Record<PreferenceKey, Float64Array>>;
}

export type PreferenceKey = 'contention' | 'duration' | 'area' | 'bytes';

/** What is preferred where addresses are equal: the largest by the first key, and so on. */
export interface Preference {
  /**
   * `load` comes first: the most that is still to be placed while a rectangle lives, asked for anew whenever a range falls
   * apart.
   */
  readonly keys: readonly ['load', PreferenceKey, ...PreferenceKey[]] | readonly [PreferenceKey, ...PreferenceKey[]];
  /** The key that is blurred: by chance up to `blur` larger. */
  readonly blurred: PreferenceKey;
  readonly blur: number;
}

/**
 * One piece of work, which depends on nothing but itself: a search for addresses below a capacity, or attempts to lower
 * what lies above it.
 */
export type SearchTask = {
  readonly capacity: number;
  /** Of nodes. */
  readonly limit: number;
  readonly seed: number;
} & (
  | { readonly kind: 'search'; readonly preference: Preference }
  | {
      readonly kind: 'lower';
      readonly addresses: Float64Array;
      readonly attempts: number;
      readonly firstAttempt: number;
      readonly attemptLimit: number;
    }
);

/** `found`: addresses below the capacity, or with less above it; `none`: proven that there are none. */
export interface TaskResult {
  readonly end: SearchEnd;
  readonly nodes: number;
  /** By rectangle, where found. */
  readonly addresses?: Float64Array;
}

/** Does tasks of one ground, one by one. */
export class TaskRunner {
  readonly ground: SearchGround;
  readonly #search: PlacementSearch;

  constructor(ground: SearchGround) {
    this.ground = ground;
    this.#search = new PlacementSearch(ground.placement, ground.neighbours);
  }

  /** What a task came to; the same on any runner of the ground. What is stopped has the end `limit`. */
  run(task: SearchTask, isStopped: () => boolean): TaskResult {
    if (isStopped()) return { end: 'limit', nodes: 0 };
    const random = createRandom(task.seed);
    if (task.kind === 'lower') return lower(this.ground, task, random, isStopped);
    const search = this.#search;
    const before = search.nodes;
    const order = orderOf(this.ground, task.preference, random);
    const byLoad = task.preference.keys[0] === 'load';
    const end = search.run(task.capacity, task.limit, { order, byLoad, isStopped });
    // A proof that opens nothing is work as well: bounds that rise by small steps come to an end.
    const nodes = Math.max(1, search.nodes - before);
    return end === 'found' ? { end, nodes, addresses: search.addresses.slice() } : { end, nodes };
  }
}

function lower(
  { placement, neighbours }: SearchGround,
  { addresses: known, capacity, limit, attempts, firstAttempt, attemptLimit }: SearchTask & { kind: 'lower' },
  random: Random,
  isStopped: () => boolean,
): TaskResult {
  const addresses = known.slice();
  const before = excessOf(placement, addresses, capacity);
  let nodes = 0;
  for (let attempt = 0; attempt < attempts && nodes < limit && !isStopped(); attempt++) {
    const lowering = { placement, neighbours, addresses, capacity, random };
    // One node counts for the attempt itself.
    const most = Math.min(attemptLimit, limit - nodes - 1);
    const spent = lowerTop({ ...lowering, limit: most }, firstAttempt + attempt);
    if (spent === 0) break;
    nodes += spent;
  }
  const isLess = excessOf(placement, addresses, capacity) < before;
  return isLess ? { end: 'found', nodes, addresses } : { end: 'limit', nodes };
}

/** By how much rectangles are above a capacity, all together. */
function excessOf({ bytes }: Placement, addresses: Float64Array, capacity: number): number {
  return addresses.reduce((sum, address, rectangle) => sum + Math.max(0, address + bytes[rectangle] - capacity), 0);
}

/** The rectangles in an order of preference; ties go to the lower number. */
function orderOf({ placement, facts }: SearchGround, { keys, blurred, blur }: Preference, random: Random): Int32Array {
  const drawn = { ...facts, [blurred]: facts[blurred].map(value => value * (1 + blur * random.next())) };
  const columns = keys.flatMap(key => (key === 'load' ? [] : [drawn[key]]));
  return Int32Array.from({ length: placement.count }, (_, rectangle) => rectangle).sort((a, b) => {
    for (const column of columns) if (column[a] !== column[b]) return column[b] - column[a];
    return a - b;
  });
}
