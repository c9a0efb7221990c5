import type { FoldGraph } from './fold-graph.ts';
import type { Growth } from './fold-growth.ts';
import { type Reader, retime } from './fold-retiming.ts';

/**
 * The orbits of a matching: chains of nodes of which each is matched with the next. An orbit is one role, its nodes are
 * the role in successive instances.
 *
 * ```
 *   matched:   embed > add0 > add1 > add2      norm0 > norm1 > norm2 > final norm      dot0 > dot1 > dot2
 *   instances:    -1     0      1      2          0       1       2         3            0      1      2
 * ```
 *
 * At the ends of a chain of layers something outside often looks like part of a layer, so orbits differ in length.
 */
export interface Orbits {
  readonly members: readonly (readonly number[])[];
  /** Numbers of instances that the main block may have, best first. */
  readonly counts: readonly InstanceCount[];
}

/** A number of instances, and the operations that it folds away: in the orbits as long or longer, and in all. */
export interface InstanceCount {
  readonly instances: number;
  readonly savedInMain: number;
  readonly saved: number;
}

/** Reads the orbits of a matching. What stands in a region of a matched operation goes along with that. */
export function readOrbits(graph: FoldGraph, growth: Growth): Orbits {
  const members: number[][] = [];
  for (const start of growth.matched) {
    // A matching that runs in a circle has no first instance; such nodes stay unfolded.
    if (growth.previous[start] >= 0 || isInside(graph, growth, start)) continue;
    const orbit: number[] = [];
    for (let node = start; node >= 0; node = growth.next[node]) orbit.push(node);
    members.push(orbit);
  }
  members.sort((a, b) => a[0] - b[0]);
  return { members, counts: instanceCounts(graph, members) };
}

function isInside(graph: FoldGraph, growth: Growth, node: number): boolean {
  const parent = graph.parents[node];
  return parent >= 0 && (growth.next[parent] >= 0 || growth.previous[parent] >= 0);
}

function instanceCounts(graph: FoldGraph, members: readonly (readonly number[])[]): readonly InstanceCount[] {
  const operations: number[] = [];
  for (const orbit of members) {
    if (orbit[0] >= graph.operations.length) continue;
    while (operations.length <= orbit.length) operations.push(0);
    operations[orbit.length] += graph.subtreeEnd[orbit[0]] - orbit[0];
  }
  const counts: InstanceCount[] = [];
  let longer = 0;
  let shorter = 0;
  for (let length = 2; length < operations.length; length++) longer += operations[length];
  for (let instances = 2; instances < operations.length; instances++) {
    const savedInMain = longer * (instances - 1);
    if (operations[instances] > 0) counts.push({ instances, savedInMain, saved: savedInMain + shorter });
    longer -= operations[instances];
    shorter += operations[instances] * (instances - 1);
  }
  // A few long orbits do not make a main block: the final norm, which looks like one more norm of a layer.
  const best = Math.max(...counts.map(each => each.savedInMain));
  const isLarge = ({ savedInMain }: InstanceCount): number => (4 * savedInMain >= 3 * best ? 1 : 0);
  return counts.sort((a, b) => isLarge(b) - isLarge(a) || b.saved - a.saved);
}

/**
 * The instance of the first node of each orbit. Orbits as long as there are instances start at 0. Longer ones are placed so that
 * the values alive from one instance to another are as few as possible, see `retime`; shorter ones go where most of
 * what they read and are read by is.
 */
export function alignOrbits(
  graph: FoldGraph,
  members: readonly (readonly number[])[],
  instanceCount: number,
): Int32Array {
  const readers = readReaders(graph, members, instanceCount);
  const lowest = Int32Array.from(members, ({ length }) => Math.min(0, instanceCount - length));
  const highest = new Int32Array(members.length);
  const isLong = members.map(({ length }) => length >= instanceCount);
  const offsets = retime({ readers, isMoved: isLong, lowest, highest });
  placeShort(members, readers, offsets, instanceCount);
  return offsets;
}

/** The readers of each orbit that read it in at least half of the instances. */
function readReaders(
  graph: FoldGraph,
  members: readonly (readonly number[])[],
  instanceCount: number,
): readonly (readonly Reader[])[] {
  const orbitOf = new Int32Array(graph.nodeCount).fill(-1);
  const positionOf = new Int32Array(graph.nodeCount);
  for (const [orbit, nodes] of members.entries()) {
    for (const [position, node] of nodes.entries()) {
      const end = node < graph.operations.length ? graph.subtreeEnd[node] : node + 1;
      orbitOf.fill(orbit, node, end);
      positionOf.fill(position, node, end);
    }
  }
  return members.map((nodes, orbit) => {
    const counts = new Map<number, { reader: Reader; count: number }>();
    for (const [position, node] of nodes.entries()) {
      for (let edge = graph.userStart[node]; edge < graph.userStart[node + 1]; edge++) {
        const user = graph.userNode[edge];
        if (orbitOf[user] < 0 || orbitOf[user] === orbit) continue;
        const shift = positionOf[user] - position;
        const key = shift * members.length + orbitOf[user];
        const known = counts.get(key);
        if (known === undefined) counts.set(key, { reader: { orbit: orbitOf[user], shift }, count: 1 });
        else known.count++;
      }
    }
    const regular = [...counts.values()].filter(({ count }) => 2 * count >= Math.min(instanceCount, nodes.length) - 1);
    return regular.map(({ reader }) => reader);
  });
}

/** Places orbits shorter than the number of instances, each where most of its neighbours want it, in two rounds. */
function placeShort(
  members: readonly (readonly number[])[],
  readers: readonly (readonly Reader[])[],
  offsets: Int32Array,
  instanceCount: number,
): void {
  const wishes: { other: number; shift: number }[][] = members.map(() => []);
  for (const [orbit, list] of readers.entries()) {
    for (const reader of list) {
      wishes[orbit].push({ other: reader.orbit, shift: reader.shift });
      wishes[reader.orbit].push({ other: orbit, shift: -reader.shift });
    }
  }
  const isPlaced = members.map(({ length }) => length >= instanceCount);
  for (let round = 0; round < 2; round++) {
    for (const [orbit, nodes] of members.entries()) {
      const slack = instanceCount - nodes.length;
      if (slack <= 0) continue;
      const votes = new Int32Array(slack + 1);
      for (const { other, shift } of wishes[orbit]) {
        const offset = offsets[other] + shift;
        if (isPlaced[other] && offset >= 0 && offset <= slack) votes[offset]++;
      }
      offsets[orbit] = votes.indexOf(Math.max(...votes));
      isPlaced[orbit] = true;
    }
  }
}
