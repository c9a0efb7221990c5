/** A reader of an orbit's value: `shift` is the reader's position in its own orbit less the producer's. */
export interface Reader {
  readonly orbit: number;
  readonly shift: number;
}

/** Orbits to be placed, each with its offset in [lowest, highest]. Those that are not `isMoved` are not looked at. */
export interface RetimingProblem {
  readonly readers: readonly (readonly Reader[])[];
  readonly isMoved: readonly boolean[];
  readonly lowest: Int32Array;
  readonly highest: Int32Array;
}

/**
 * Offsets of orbits for which the values, each once whoever reads it, are alive over as few borders of instances as
 * possible. That is retiming (Leiserson and Saxe, 1991, Retiming synchronous circuitry) with shared registers: with
 * `last[a]` the last instance and `first[a]` the first in which the value of orbit a is made or read,
 *
 * ```
 *   minimize  sum of last[a] - first[a]     with  first[a] <= offset[a]         <= last[a]
 *                                                 first[a] <= offset[b] + shift <= last[a]   for each reader b of a
 * ```
 *
 * Difference constraints with a linear cost are L-natural-convex: from any start, steps that raise or lower a whole set
 * of variables by one reach the optimum. The best set is a closure of the tight constraints, found by maximum flow.
 */
export function retime(problem: RetimingProblem): Int32Array {
  const offsets = problem.highest.slice();
  for (const direction of [-1, 1]) {
    while (step(problem, offsets, direction)) {
      // Each step lowers the cost by one at least.
    }
  }
  return offsets;
}

/**
 * Moves the best set of orbits by `direction`; false when none lowers the cost. Variables that stand in the graph:
 * orbit a is node a, the bound that the move relaxes at a profit of one is node a + n, the one that it may have to take
 * along at a cost of one is node a + 2n. An arc says that its tail moves only together with its head.
 */
function step({ readers, isMoved, lowest, highest }: RetimingProblem, offsets: Int32Array, direction: number): boolean {
  const count = readers.length;
  const arcs: number[][] = Array.from({ length: 3 * count }, () => []);
  const limits = direction > 0 ? highest : lowest;
  const isBlocked = (orbit: number): boolean => offsets[orbit] === limits[orbit];
  for (let orbit = 0; orbit < count; orbit++) {
    if (!isMoved[orbit]) continue;
    const ends = [{ orbit, at: offsets[orbit] }];
    for (const reader of readers[orbit]) {
      if (isMoved[reader.orbit]) ends.push({ orbit: reader.orbit, at: offsets[reader.orbit] + reader.shift });
    }
    const places = ends.map(end => end.at * direction);
    const front = Math.max(...places);
    const rear = Math.min(...places);
    for (const [index, end] of ends.entries()) {
      if (places[index] === front) arcs[end.orbit].push(orbit + 2 * count);
      if (places[index] === rear) arcs[orbit + count].push(end.orbit);
    }
  }
  const moved = bestClosure(arcs, count, isBlocked);
  for (const orbit of moved) offsets[orbit] += direction;
  return moved.length > 0;
}

/**
 * The orbits of a closure of the most profit: sources [n, 2n) earn one each, sinks [2n, 3n) cost one each, blocked
 * orbits cannot be in it. Empty when no closure earns anything. Augmenting paths of unit flow.
 */
function bestClosure(arcs: readonly number[][], count: number, isBlocked: (orbit: number) => boolean): number[] {
  const flow = new Map<number, number>();
  const back: number[][] = arcs.map(() => []);
  const isFull = new Uint8Array(count);
  const from = new Int32Array(arcs.length);
  const reached: number[] = [];
  const search = (source: number): number => {
    from.fill(-1);
    from[source] = source;
    reached.length = 0;
    reached.push(source);
    for (let head = 0; head < reached.length; head++) {
      const node = reached[head];
      if (node < count && isBlocked(node)) return node;
      if (node >= 2 * count && isFull[node - 2 * count] === 0) return node;
      for (const next of arcs[node]) visit(node, next);
      for (const next of back[node]) if ((flow.get(next * arcs.length + node) ?? 0) > 0) visit(node, next);
    }
    return -1;
  };
  const visit = (node: number, next: number): void => {
    if (from[next] >= 0) return;
    from[next] = node;
    reached.push(next);
  };
  const moved = new Set<number>();
  for (let source = count; source < 2 * count; source++) {
    if (arcs[source].length === 0) continue;
    const end = search(source);
    if (end < 0) {
      for (const node of reached) if (node < count) moved.add(node);
      continue;
    }
    if (end >= 2 * count) isFull[end - 2 * count] = 1;
    for (let node = end; node !== source; node = from[node]) push(flow, back, from[node], node, arcs);
  }
  return [...moved];
}

function push(
  flow: Map<number, number>,
  back: readonly number[][],
  tail: number,
  head: number,
  arcs: readonly number[][],
): void {
  const forward = tail * arcs.length + head;
  const reverse = head * arcs.length + tail;
  if ((flow.get(reverse) ?? 0) > 0) {
    flow.set(reverse, (flow.get(reverse) ?? 0) - 1);
    return;
  }
  flow.set(forward, (flow.get(forward) ?? 0) + 1);
  if (flow.get(forward) === 1) back[head].push(tail);
}
