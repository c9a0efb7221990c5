import { CutNetwork } from './cut-kernel.ts';
import type { OrderGraph } from './graph.ts';

/** The least that can be there at an operator's step, and what has run before it then. */
export interface OperatorCut {
  /** Of the banks counted: no order has less at this step. */
  readonly bytes: number;
  /** Operator → 1 for those that run before it where this little is there, as few as that allows. */
  readonly before: Uint8Array;
  /** Nodes of the networks that were cut. */
  readonly nodes: number;
}

/** Operators that shall run before, or after, the one that is cut at; with all that this entails. */
export interface ForcedSides {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** More choices than these of what outputs take over are not told apart: all count as taken over. */
const mostChoices = 6;

/**
 * The least that can be there at the step of `operator` in one bank (or all: -1), over all sets of operators that could have
 * run before it; undefined where `forced` contradicts the edges. What is live after a set has run is what its border cuts,
 * so that the least is a minimum cut: a buffer costs its bytes where something that makes it has run and something that
 * reads it has not, and an operator that has run pulls along all that come before it. O(N + E) and a cut among those
 * operators that could run on either side.
 */
export function cutAtOperator(
  graph: OrderGraph,
  operator: number,
  bank: number,
  forced: ForcedSides = { before: [], after: [] },
): OperatorCut | undefined {
  const side = new Uint8Array(graph.operatorCount);
  side[operator] = runsAfter;
  spread(side, [operator], graph.successors, runsAfter);
  spread(side, [operator], graph.predecessors, runsBefore);
  if (!force(side, forced.before, graph.predecessors, runsBefore)) return undefined;
  if (!force(side, forced.after, graph.successors, runsAfter)) return undefined;
  let best: OperatorCut | undefined;
  let nodes = 0;
  for (const takenOver of reuseChoices(graph, operator, bank)) {
    const found = cutWith(graph, operator, bank, side, takenOver);
    nodes += found.nodes;
    if (best === undefined || found.bytes < best.bytes) best = found;
  }
  return best && { ...best, nodes };
}

/** The least that can be live between two steps, and the most operators that can have run by then. */
export function leastLive(graph: OrderGraph): { readonly bytes: number; readonly before: Uint8Array } {
  const { buffers, touchedBy, operatorCount } = graph;
  const network = new SideNetwork(graph, new Uint8Array(operatorCount));
  let always = 0;
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    const [begun, lasts] = [buffers.atStart[buffer] === 1, buffers.atEnd[buffer] === 1];
    const touchers = touchedBy.items.subarray(touchedBy.start[buffer], touchedBy.start[buffer + 1]);
    if (begun && lasts) always += buffers.bytes[buffer];
    else network.addBuffer(buffers.bytes[buffer], begun, lasts, touchers);
  }
  const bytes = always + network.cut();
  return { bytes, before: network.markMost() };
}

/** The side of an operator: free ones may run on either. */
const free = 0;
const runsBefore = 1;
const runsAfter = 2;

/** Marks free operators that `edges` lead to. False when one is on the other side. */
function spread(side: Uint8Array, from: readonly number[], edges: OrderGraph['successors'], mark: number): boolean {
  const stack = [...from];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (let edge = edges.start[node]; edge < edges.start[node + 1]; edge++) {
      const next = edges.items[edge];
      if (side[next] === mark) continue;
      if (side[next] !== free) return false;
      side[next] = mark;
      stack.push(next);
    }
  }
  return true;
}

function force(side: Uint8Array, operators: readonly number[], edges: OrderGraph['successors'], mark: number): boolean {
  for (const operator of operators) {
    if (side[operator] === mark) continue;
    if (side[operator] !== free) return false;
    side[operator] = mark;
    if (!spread(side, [operator], edges, mark)) return false;
  }
  return true;
}

/** Which inputs its outputs may take over: every choice of one for each output. */
function reuseChoices({ reuse, buffers, touches }: OrderGraph, operator: number, bank: number): readonly number[][] {
  if (reuse.start[operator] === reuse.start[operator + 1]) return [[]];
  const touched = touches.items.subarray(touches.start[operator], touches.start[operator + 1]);
  const byOutput = new Map<number, number[]>();
  for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
    const [from, to] = [reuse.from[pair], reuse.to[pair]];
    if (!touched.includes(from) || buffers.atEnd[from] || buffers.atStart[to]) continue;
    if (bank >= 0 && buffers.bank[from] !== bank) continue;
    byOutput.set(to, [...(byOutput.get(to) ?? []), from]);
  }
  const lists = [...byOutput.values()];
  if (lists.reduce((product, list) => product * list.length, 1) > mostChoices) return [[...new Set(lists.flat())]];
  return lists.reduce<number[][]>((all, list) => all.flatMap(chosen => list.map(one => [...chosen, one])), [[]]);
}

/** The least when these inputs are taken over where nothing else is left to read them. */
function cutWith(
  graph: OrderGraph,
  operator: number,
  bank: number,
  side: Uint8Array,
  takenOver: readonly number[],
): OperatorCut {
  const { buffers, touches, touchedBy, workspaceBytes, workspaceBank } = graph;
  const network = new SideNetwork(graph, side);
  let always = bank < 0 || workspaceBank[operator] === bank ? workspaceBytes[operator] : 0;
  const isTouched = new Uint8Array(buffers.count);
  for (let place = touches.start[operator]; place < touches.start[operator + 1]; place++) {
    isTouched[touches.items[place]] = 1;
  }
  const touchers: number[] = [];
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    if (bank >= 0 && buffers.bank[buffer] !== bank) continue;
    const bytes = buffers.bytes[buffer];
    const isTakenOver = takenOver.includes(buffer);
    if (isTouched[buffer] && !isTakenOver) {
      always += bytes;
      continue;
    }
    let begun = buffers.atStart[buffer] === 1 || isTakenOver;
    let lasts = buffers.atEnd[buffer] === 1;
    touchers.length = 0;
    for (let place = touchedBy.start[buffer]; place < touchedBy.start[buffer + 1]; place++) {
      const toucher = touchedBy.items[place];
      if (toucher === operator) continue;
      if (side[toucher] === runsBefore) begun = true;
      else if (side[toucher] === runsAfter) lasts = true;
      else touchers.push(toucher);
    }
    if (begun && lasts) always += bytes;
    else network.addBuffer(bytes, begun, lasts, touchers);
  }
  const bytes = always + network.cut();
  return { bytes, before: network.markLeast(), nodes: network.nodeCount };
}

const source = 0;
const sink = 1;

/** The network of what may run on either side. Nodes: what has run, what has not, the free operators, joints. */
class SideNetwork {
  nodeCount = 2;
  readonly #side: Uint8Array;
  /** Operator → its node, or -1 where it is not free. */
  readonly #nodeOf: Int32Array;
  /** Edges in threes: from, to, capacity. */
  readonly #edges: number[] = [];
  #network: CutNetwork | undefined;

  constructor({ operatorCount, predecessors }: OrderGraph, side: Uint8Array) {
    this.#side = side;
    this.#nodeOf = new Int32Array(operatorCount).fill(-1);
    for (let operator = 0; operator < operatorCount; operator++) {
      if (side[operator] === free) this.#nodeOf[operator] = this.nodeCount++;
    }
    for (let operator = 0; operator < operatorCount; operator++) {
      if (side[operator] !== free) continue;
      for (let edge = predecessors.start[operator]; edge < predecessors.start[operator + 1]; edge++) {
        const before = this.#nodeOf[predecessors.items[edge]];
        if (before >= 0) this.#edges.push(this.#nodeOf[operator], before, Number.POSITIVE_INFINITY);
      }
    }
  }

  /**
   * A buffer costs `bytes` where it has begun, by itself or by one of `touchers`, and is needed, by itself or by one of them.
   * `touchers` are free operators.
   */
  addBuffer(bytes: number, begun: boolean, lasts: boolean, touchers: ArrayLike<number>): void {
    if (bytes === 0 || touchers.length === 0 || (touchers.length === 1 && !begun && !lasts)) return;
    const from = begun ? source : this.#joint(touchers, true);
    const to = lasts ? sink : this.#joint(touchers, false);
    this.#edges.push(from, to, bytes);
  }

  /** The least cost. Once. */
  cut(): number {
    const edges = this.#edges;
    this.#network = new CutNetwork(this.nodeCount, edges.length / 3);
    for (let at = 0; at < edges.length; at += 3) this.#network.addEdge(edges[at], edges[at + 1], edges[at + 2]);
    return this.#network.minimumCut(source, sink);
  }

  /** After `cut`: operator → 1 for those that have run, as few as can be. */
  markLeast(): Uint8Array {
    return this.#markOperators(this.#network?.markSourceSide(source));
  }

  /** The same, as many as can be. */
  markMost(): Uint8Array {
    return this.#markOperators(this.#network?.markLargestSourceSide(sink));
  }

  #markOperators(marks: Uint8Array = new Uint8Array(this.nodeCount)): Uint8Array {
    return this.#side.map((side, operator) =>
      side === free ? marks[this.#nodeOf[operator]] : Number(side === runsBefore),
    );
  }

  /** A node that has run when any of `operators` has, or has not when any of them has not. */
  #joint(operators: ArrayLike<number>, hasRun: boolean): number {
    if (operators.length === 1) return this.#nodeOf[operators[0]];
    const joint = this.nodeCount++;
    for (let at = 0; at < operators.length; at++) {
      const node = this.#nodeOf[operators[at]];
      if (hasRun) this.#edges.push(node, joint, Number.POSITIVE_INFINITY);
      else this.#edges.push(joint, node, Number.POSITIVE_INFINITY);
    }
    return joint;
  }
}
