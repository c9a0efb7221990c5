import type { MemoryProblem } from '../../src/memory/index.ts';
import { createMemoryGraph, type Liveness, type MemoryGraph, measureLiveness } from '../../src/memory/index.ts';

/** The least of everything, over all orders and layouts. */
export interface Optimum {
  /** The lowest peak of any order. */
  readonly peakBytes: number;
  /** The smallest arena of any order and layout. */
  readonly arenaBytes: number;
  readonly orders: number;
}

interface Rectangle {
  readonly block: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Tries every order, every choice of optional reuses and every placement of a problem of one bank without fixed addresses:
 * the oracle of the solvers' tests. Exponential: for up to nine operators. Of the layouts of given lifetimes, some
 * smallest one is found by placing the blocks in some sequence, each at its lowest free address.
 */
export function solveByBruteForce(problem: MemoryProblem): Optimum {
  const graph = createMemoryGraph(problem);
  let [peakBytes, arenaBytes, orders] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  for (const order of allOrders(graph)) {
    orders++;
    const liveness = measureLiveness(graph, order);
    peakBytes = Math.min(peakBytes, liveness.peakBytes);
    if (liveness.peakBytes < arenaBytes) arenaBytes = leastArena(graph, order, liveness, arenaBytes);
  }
  return { peakBytes, arenaBytes, orders };
}

/** Every topological order. */
export function* allOrders({ operatorCount, successors, predecessors }: MemoryGraph): Generator<Int32Array> {
  const waiting = Int32Array.from(
    { length: operatorCount },
    (_, o) => predecessors.start[o + 1] - predecessors.start[o],
  );
  const order = new Int32Array(operatorCount);
  function* extend(step: number): Generator<Int32Array> {
    if (step === operatorCount) yield order.slice();
    for (let operator = 0; operator < operatorCount; operator++) {
      if (waiting[operator] !== 0) continue;
      const later = successors.items.subarray(successors.start[operator], successors.start[operator + 1]);
      waiting[operator] = -1;
      for (const next of later) waiting[next]--;
      order[step] = operator;
      yield* extend(step + 1);
      waiting[operator] = 0;
      for (const next of later) waiting[next]++;
    }
  }
  yield* extend(0);
}

/** The smallest arena of an order below `limit`, or `limit`. Every subset of the reuses that the order allows is tried. */
function leastArena(graph: MemoryGraph, order: Int32Array, liveness: Liveness, limit: number): number {
  const { buffers, reuse, mustReuse, workspaceBytes } = graph;
  const { start, end, peakBytes } = liveness;
  const optional: [number, number][] = [];
  order.forEach((operator, step) => {
    for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
      const [from, to] = [reuse.from[pair], reuse.to[pair]];
      const dies = end[from] === step + 1 && !buffers.atEnd[from];
      if (dies && start[to] === step && !buffers.atStart[to]) optional.push([from, to]);
    }
  });
  const forced = Array.from(mustReuse.from, (from, pair): [number, number] => [from, mustReuse.to[pair]]);
  const workspaces = Array.from(order, (operator, step) => ({ step, bytes: workspaceBytes[operator] }));
  let best = limit;
  // No layout is below the peak, so that one that reaches it ends the search.
  for (let subset = 2 ** optional.length - 1; subset >= 0 && best > peakBytes; subset--) {
    const joined = [...forced, ...optional.filter((_, index) => (subset >> index) & 1)];
    const group = Int32Array.from({ length: buffers.count }, (_, buffer) => buffer);
    for (const [from, to] of joined) {
      const [keep, drop] = [group[from], group[to]];
      group.forEach((member, buffer) => {
        if (member === drop) group[buffer] = keep;
      });
    }
    const uses = Array.from(group, (block, buffer): Rectangle => ({ block, from: start[buffer], to: end[buffer] }));
    const isLegal = (a: number, b: number): boolean =>
      [...optional, ...forced].some(([x, y]) => x === a && y === b) && end[a] === start[b] + 1;
    if (!groupsHold(uses, isLegal)) continue;
    best = Math.min(best, leastTop(graph, uses, workspaces, peakBytes, best));
  }
  return best;
}

/** True when no two buffers of a group live together, but for the step of a legal take-over. */
function groupsHold(uses: readonly Rectangle[], isLegal: (a: number, b: number) => boolean): boolean {
  return uses.every((a, i) =>
    uses.every((b, j) => {
      if (i >= j || a.block !== b.block || a.from >= b.to || b.from >= a.to) return true;
      return isLegal(i, j) || isLegal(j, i);
    }),
  );
}

/** The lowest top of any placement below `limit`, or `limit`. */
function leastTop(
  graph: MemoryGraph,
  uses: readonly Rectangle[],
  workspaces: readonly { readonly step: number; readonly bytes: number }[],
  peakBytes: number,
  limit: number,
): number {
  const { buffers, problem } = graph;
  const groups = [...new Set(uses.map(use => use.block))].filter(block => buffers.bytes[block] > 0);
  const blocks = groups.map(block => ({
    bytes: buffers.bytes[block],
    alignment: Math.max(...uses.flatMap((use, buffer) => (use.block === block ? [buffers.alignment[buffer]] : []))),
    times: uses.filter(use => use.block === block).map(({ from, to }) => ({ from, to })),
  }));
  for (const { step, bytes } of workspaces) {
    if (bytes > 0) blocks.push({ bytes, alignment: problem.alignmentBytes, times: [{ from: step, to: step + 1 }] });
  }
  const together = blocks.map(a =>
    blocks.map(b => a.times.some(x => b.times.some(y => x.from < y.to && y.from < x.to))),
  );
  const offsets = blocks.map(() => -1);
  let best = limit;
  const place = (placed: number, top: number): void => {
    if (top >= best || best <= peakBytes) return;
    if (placed === blocks.length) {
      best = top;
      return;
    }
    for (let block = 0; block < blocks.length; block++) {
      if (offsets[block] >= 0) continue;
      offsets[block] = lowestFree(blocks, together, offsets, block);
      place(placed + 1, Math.max(top, offsets[block] + blocks[block].bytes));
      offsets[block] = -1;
    }
  };
  place(0, 0);
  return best;
}

function lowestFree(
  blocks: readonly { readonly bytes: number; readonly alignment: number }[],
  together: readonly (readonly boolean[])[],
  offsets: readonly number[],
  block: number,
): number {
  const { bytes, alignment } = blocks[block];
  const others = offsets.flatMap((offset, other) => (offset >= 0 && together[block][other] ? [other] : []));
  const candidates = [
    0,
    ...others.map(other => Math.ceil((offsets[other] + blocks[other].bytes) / alignment) * alignment),
  ];
  const isFree = (at: number): boolean =>
    others.every(other => at + bytes <= offsets[other] || offsets[other] + blocks[other].bytes <= at);
  return Math.min(...candidates.filter(isFree));
}
