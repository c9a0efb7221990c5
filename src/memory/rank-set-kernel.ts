/** A set of whole numbers of [0, size) as bitmaps of bitmaps: bit i of a level says whether word i below has any bit. */
export interface RankSet {
  readonly levels: readonly Uint32Array[];
}

export function createRankSet(size: number): RankSet {
  const levels: Uint32Array[] = [];
  let bits = Math.max(1, size);
  do {
    bits = (bits + 31) >> 5;
    levels.push(new Uint32Array(bits));
  } while (bits > 1);
  return { levels };
}

export function addRank(set: RankSet, rank: number): void {
  let at = rank;
  for (const level of set.levels) {
    level[at >> 5] |= 1 << (at & 31);
    at >>= 5;
  }
}

export function removeRank(set: RankSet, rank: number): void {
  let at = rank;
  for (const level of set.levels) {
    level[at >> 5] &= ~(1 << (at & 31));
    if (level[at >> 5] !== 0) return;
    at >>= 5;
  }
}

/** The largest member below `rank`, or -1. O(log size). */
export function rankBelow(set: RankSet, rank: number): number {
  let at = rank;
  for (let depth = 0; depth < set.levels.length; depth++) {
    const below = set.levels[depth][at >> 5] & ((1 << (at & 31)) - 1);
    if (below === 0) {
      at >>= 5;
      continue;
    }
    at = (at & ~31) | (31 - Math.clz32(below));
    for (let down = depth - 1; down >= 0; down--) at = (at << 5) | (31 - Math.clz32(set.levels[down][at]));
    return at;
  }
  return -1;
}

/** The smallest member above `rank`, or -1. O(log size). */
export function rankAbove(set: RankSet, rank: number): number {
  let at = rank;
  for (let depth = 0; depth < set.levels.length; depth++) {
    const above = (at & 31) === 31 ? 0 : set.levels[depth][at >> 5] & (-1 << ((at & 31) + 1));
    if (above === 0) {
      at >>= 5;
      continue;
    }
    at = (at & ~31) | lowestBit(above);
    for (let down = depth - 1; down >= 0; down--) at = (at << 5) | lowestBit(set.levels[down][at]);
    return at;
  }
  return -1;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
