import { addRank, createRankSet, rankAbove, rankBelow, removeRank } from './rank-set-kernel.ts';

/** Bytes [low, high) in use during [from, to), by what `owner` says. */
export interface PlacedUse {
  readonly owner: number;
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/** Two uses that share bytes at some time. */
export interface Collision {
  readonly first: PlacedUse;
  readonly second: PlacedUse;
}

/**
 * Pairs of uses that share bytes at some time: a sweep over time that keeps what is in use sorted by address and looks at
 * the two neighbours of whatever comes. A use that collides is told and left out, so that every use that collides with
 * one that is kept is found, and none of a valid plan. O(n log n).
 */
export function findCollisions(uses: readonly PlacedUse[]): Collision[] {
  const solid = uses.filter(use => use.low < use.high && use.from < use.to);
  const byLow = solid.map((_, index) => index).sort((a, b) => solid[a].low - solid[b].low || a - b);
  const rankOf = new Int32Array(solid.length);
  byLow.forEach((use, rank) => {
    rankOf[use] = rank;
  });
  const events = solid.flatMap(({ from, to }, use) => [
    { time: to, begins: 0, use },
    { time: from, begins: 1, use },
  ]);
  events.sort((a, b) => a.time - b.time || a.begins - b.begins || a.use - b.use);
  const active = createRankSet(solid.length);
  const collisions: Collision[] = [];
  for (const { begins, use } of events) {
    const rank = rankOf[use];
    if (begins === 0) {
      removeRank(active, rank);
      continue;
    }
    const below = rankBelow(active, rank);
    const above = rankAbove(active, rank);
    const other = [below, above].filter(at => at >= 0).map(at => solid[byLow[at]]);
    const hit = other.find(({ low, high }) => low < solid[use].high && solid[use].low < high);
    if (hit === undefined) addRank(active, rank);
    else collisions.push({ first: hit, second: solid[use] });
  }
  return collisions;
}
