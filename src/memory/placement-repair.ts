import type { Random } from '../base/index.ts';
import type { Csr } from './csr-kernel.ts';
import { type Placement, partOfPlacement } from './placement.ts';
import { PlacementSearch } from './placement-search-kernel.ts';

/** How many rectangles move at once; all are tried in turn. */
const moving = [8, 16, 32, 64];

/** What is lowered, and how hard is tried. */
export interface Lowering {
  readonly placement: Placement;
  readonly neighbours: Csr;
  /** By rectangle; is written into. */
  readonly addresses: Float64Array;
  readonly capacity: number;
  readonly random: Random;
  /** Nodes of one attempt. */
  readonly limit: number;
}

/**
 * Tries to lower one rectangle that lies above the capacity: searches other addresses for it and for some that live with
 * it, the rest staying where it is. Returns the nodes that it took, or 0 where nothing lies above.
 */
export function lowerTop(
  { placement, neighbours, addresses, capacity, random, limit }: Lowering,
  attempt: number,
): number {
  const above: number[] = [];
  for (let rectangle = 0; rectangle < placement.count; rectangle++) {
    if (addresses[rectangle] + placement.bytes[rectangle] > capacity) above.push(rectangle);
  }
  if (above.length === 0) return 0;
  const start = above[random.integer(0, above.length)];
  const others = neighbours.items.slice(neighbours.start[start], neighbours.start[start + 1]);
  const key = keysOf(placement, addresses, others, attempt, random);
  const near = [...others.keys()].sort((a, b) => key[a] - key[b]).slice(0, moving[attempt % moving.length]);
  const free = [start, ...near.map(place => others[place])];
  const search = new PlacementSearch(partOfPlacement(placement, neighbours, addresses, free));
  const end = search.run(capacity, limit);
  if (end === 'found') for (const [at, rectangle] of free.entries()) addresses[rectangle] = search.addresses[at];
  return search.nodes + 1;
}

/** Those with the smallest keys move: the highest, those that live around some time, or any. */
function keysOf(
  { from, to }: Placement,
  addresses: Float64Array,
  others: Int32Array,
  attempt: number,
  random: Random,
): Float64Array {
  const way = Math.floor(attempt / moving.length) % 3;
  if (way === 0) return Float64Array.from(others, other => -addresses[other]);
  if (way === 1) return Float64Array.from(others, () => random.next());
  const center = others.length === 0 ? 0 : others[random.integer(0, others.length)];
  return Float64Array.from(others, other => Math.abs(from[other] + to[other] - from[center] - to[center]));
}
