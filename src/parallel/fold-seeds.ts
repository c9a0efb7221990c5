import type { FoldGraph } from './fold-graph.ts';
import type { Growth, NodePair } from './fold-growth.ts';
import { readOrbits } from './fold-orbits.ts';

/** A matching that was found: the seeds it grows from, and how many operations it folds away, roughly. */
export interface Attempt {
  readonly seeds: readonly NodePair[];
  readonly saved: number;
}

/** Work per round of attempts, in matched pairs, as a multiple of the number of nodes. */
const mostWork = 12;
/** How far apart, in members of one class, neighbouring instances are looked for at most. */
const mostGap = 3;

/**
 * Tries matchings from pairs of anchors whose surroundings look alike, those that look alike furthest first, and
 * returns them with the most operations first. The members of a class in the order of their depth are one per layer, or
 * a few: neighbours at a small gap are tried. A pair that an earlier matching contains is not tried again, so that each
 * way to shift the program onto itself costs one attempt.
 */
export function findAttempts(
  graph: FoldGraph,
  hashes: readonly Int32Array[],
  growth: Growth,
  anchors: readonly number[],
): readonly Attempt[] {
  const attempts: Attempt[] = [];
  const covered = new Set<number>();
  let work = mostWork * graph.nodeCount;
  const tryGap = (members: readonly number[], gap: number): boolean => {
    const seeds = neighbours(members, gap);
    const [{ from, to }] = seeds;
    if (work < 0 || covered.has(from * graph.nodeCount + to)) return false;
    growth.grow([seeds[0]]);
    const isChain = seeds.every(seed => growth.next[seed.from] === seed.to);
    growth.grow(seeds);
    work -= growth.matched.length;
    attempts.push({ seeds, saved: readOrbits(graph, growth).counts[0]?.saved ?? 0 });
    for (const anchor of anchors) {
      const partner = growth.next[anchor];
      if (partner < 0) continue;
      covered.add(anchor * graph.nodeCount + partner);
      covered.add(partner * graph.nodeCount + anchor);
    }
    growth.clear();
    return isChain;
  };
  for (let radius = hashes.length - 1; radius >= 0; radius = radius === 0 ? -1 : radius >> 1) {
    for (const members of classesAt(hashes[radius], graph, anchors)) {
      // Where one pair pulls all others along, a larger gap is only that matching repeated.
      for (let gap = 1; gap <= mostGap && gap < members.length; gap++) if (tryGap(members, gap)) break;
    }
  }
  return attempts.sort((a, b) => b.saved - a.saved);
}

/** Anchors of equal hash, in order of depth; large classes first. */
function classesAt(hashes: Int32Array, graph: FoldGraph, anchors: readonly number[]): readonly (readonly number[])[] {
  const classes = new Map<number, number[]>();
  for (const anchor of anchors) {
    const members = classes.get(hashes[anchor]);
    if (members === undefined) classes.set(hashes[anchor], [anchor]);
    else members.push(anchor);
  }
  const repeated = [...classes.values()].filter(members => members.length > 1);
  for (const members of repeated) members.sort((a, b) => graph.depths[a] - graph.depths[b] || a - b);
  return repeated.sort((a, b) => b.length - a.length || a[0] - b[0]);
}

/**
 * The pairs of members `gap` apart, from the middle of the class on: at the ends of a chain the surroundings differ.
 * The pairs after the first join instances that do not hang together, such as parallel branches.
 */
function neighbours(members: readonly number[], gap: number): readonly NodePair[] {
  const pairs: NodePair[] = [];
  for (let index = 0; index + gap < members.length; index++) {
    pairs.push({ from: members[index], to: members[index + gap] });
  }
  const middle = pairs.length >> 1;
  return [...pairs.slice(middle), ...pairs.slice(0, middle).reverse()];
}
