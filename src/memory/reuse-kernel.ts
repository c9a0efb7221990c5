import type { ReuseColumns } from './graph.ts';

/** Memory for `matchReuse`, allocated once. */
export interface ReuseScratch {
  /** Pair → 1 where it is possible now. Set by the caller for the operator's pairs. */
  readonly usable: Uint8Array;
  /** Buffer → the pair that takes it over, or -1. Left with -1 everywhere by `clearMatches`. */
  readonly takenBy: Int32Array;
  readonly stamp: Int32Array;
  clock: number;
}

export function createReuseScratch(reuse: ReuseColumns, bufferCount: number): ReuseScratch {
  return {
    usable: new Uint8Array(reuse.from.length),
    takenBy: new Int32Array(bufferCount).fill(-1),
    stamp: new Int32Array(bufferCount),
    clock: 0,
  };
}

/**
 * Finds which outputs of an operator take over which of its dying inputs, as many as can be: forced pairs, then a largest
 * matching of the rest (the pairs that could stand for each other all have one size). Returns the bytes saved; the
 * matches are in `scratch.takenBy` until `clearMatches`.
 */
export function matchReuse(
  reuse: ReuseColumns,
  operator: number,
  scratch: ReuseScratch,
  bufferBytes: Float64Array,
): number {
  const begin = reuse.start[operator];
  const end = reuse.start[operator + 1];
  let saved = 0;
  for (let pair = begin; pair < end; pair++) {
    if (!scratch.usable[pair] || !reuse.forced[pair] || scratch.takenBy[reuse.from[pair]] >= 0) continue;
    scratch.takenBy[reuse.from[pair]] = pair;
    saved += bufferBytes[reuse.to[pair]];
  }
  for (let first = begin; first < end; ) {
    let last = first + 1;
    while (last < end && reuse.to[last] === reuse.to[first]) last++;
    const settled = reuse.forced[first] === 1 && scratch.takenBy[reuse.from[first]] === first;
    if (!settled) {
      scratch.clock++;
      if (findTaker(reuse, first, end, scratch)) saved += bufferBytes[reuse.to[first]];
    }
    first = last;
  }
  return saved;
}

/** Tries to give an output (its pairs begin at `first`) some input, moving others aside (H. Kuhn, 1955). */
function findTaker(reuse: ReuseColumns, first: number, end: number, scratch: ReuseScratch): boolean {
  for (let pair = first; pair < end && reuse.to[pair] === reuse.to[first]; pair++) {
    const from = reuse.from[pair];
    if (!scratch.usable[pair] || scratch.stamp[from] === scratch.clock) continue;
    scratch.stamp[from] = scratch.clock;
    const holder = scratch.takenBy[from];
    if (holder >= 0 && reuse.forced[holder]) continue;
    if (holder < 0 || findTaker(reuse, firstPairOf(reuse, holder), end, scratch)) {
      scratch.takenBy[from] = pair;
      return true;
    }
  }
  return false;
}

function firstPairOf(reuse: ReuseColumns, pair: number): number {
  let first = pair;
  while (first > 0 && reuse.to[first - 1] === reuse.to[pair]) first--;
  return first;
}

/** Takes the matches of an operator back. */
export function clearMatches(reuse: ReuseColumns, operator: number, scratch: ReuseScratch): void {
  for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
    scratch.takenBy[reuse.from[pair]] = -1;
  }
}
