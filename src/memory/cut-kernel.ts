/**
 * A network of nodes and edges with capacities, and its minimum cut: the nodes that stay with the source when the edges
 * that lead away from them are as small as they can be together.
 *
 * Edges lie in pairs: `2 i` as it was added, `2 i + 1` back. Capacities are exact as long as their sums stay below 2^53;
 * an infinite one is never cut.
 */
export class CutNetwork {
  readonly nodeCount: number;
  #edgeCount = 0;
  #target: Int32Array;
  /** What may still flow along each edge. */
  #left: Float64Array;
  /** Edge → the next one of its source, or -1. */
  #next: Int32Array;
  /** Node → its edge added last, or -1. */
  readonly #first: Int32Array;
  readonly #level: Int32Array;
  readonly #current: Int32Array;
  readonly #queue: Int32Array;
  readonly #path: Int32Array;

  constructor(nodeCount: number, edgeGuess = 16) {
    this.nodeCount = nodeCount;
    this.#target = new Int32Array(2 * edgeGuess);
    this.#left = new Float64Array(2 * edgeGuess);
    this.#next = new Int32Array(2 * edgeGuess);
    this.#first = new Int32Array(nodeCount).fill(-1);
    this.#level = new Int32Array(nodeCount);
    this.#current = new Int32Array(nodeCount);
    this.#queue = new Int32Array(nodeCount);
    this.#path = new Int32Array(nodeCount);
  }

  addEdge(from: number, to: number, capacity: number): void {
    if (2 * this.#edgeCount === this.#target.length) this.#grow();
    this.#put(2 * this.#edgeCount, from, to, capacity);
    this.#put(2 * this.#edgeCount + 1, to, from, 0);
    this.#edgeCount++;
  }

  /**
   * The least capacity of edges whose removal parts the sink from the source, by blocking flows (E. Dinitz, 1970). Once per
   * network: it uses the capacities up. Infinite where every path that it would cut is. O(V^2 E), in practice near O(E).
   */
  minimumCut(source: number, sink: number): number {
    let flow = 0;
    while (this.#findLevels(source, sink)) {
      this.#current.set(this.#first);
      for (;;) {
        const sent = this.#augment(source, sink);
        if (sent === 0) break;
        flow += sent;
        if (flow === Number.POSITIVE_INFINITY) return flow;
      }
    }
    return flow;
  }

  /** After `minimumCut`: marks the fewest nodes that can be on the source's side. */
  markSourceSide(source: number): Uint8Array {
    const marks = new Uint8Array(this.nodeCount);
    const queue = this.#queue;
    let [head, tail] = [0, 0];
    queue[tail++] = source;
    marks[source] = 1;
    while (head < tail) {
      for (let edge = this.#first[queue[head++]]; edge >= 0; edge = this.#next[edge]) {
        const node = this.#target[edge];
        if (marks[node] || this.#left[edge] <= 0) continue;
        marks[node] = 1;
        queue[tail++] = node;
      }
    }
    return marks;
  }

  /** After `minimumCut`: marks the most nodes that can be on the source's side. */
  markLargestSourceSide(sink: number): Uint8Array {
    const marks = new Uint8Array(this.nodeCount).fill(1);
    const queue = this.#queue;
    let [head, tail] = [0, 0];
    queue[tail++] = sink;
    marks[sink] = 0;
    while (head < tail) {
      for (let edge = this.#first[queue[head++]]; edge >= 0; edge = this.#next[edge]) {
        const node = this.#target[edge];
        if (!marks[node] || this.#left[edge ^ 1] <= 0) continue;
        marks[node] = 0;
        queue[tail++] = node;
      }
    }
    return marks;
  }

  #put(edge: number, from: number, to: number, capacity: number): void {
    this.#target[edge] = to;
    this.#left[edge] = capacity;
    this.#next[edge] = this.#first[from];
    this.#first[from] = edge;
  }

  #grow(): void {
    const length = 2 * this.#target.length;
    const target = new Int32Array(length);
    const left = new Float64Array(length);
    const next = new Int32Array(length);
    target.set(this.#target);
    left.set(this.#left);
    next.set(this.#next);
    [this.#target, this.#left, this.#next] = [target, left, next];
  }

  /** Distances to the sink along edges with something left; false when the source has none. */
  #findLevels(source: number, sink: number): boolean {
    const level = this.#level.fill(-1);
    const queue = this.#queue;
    let [head, tail] = [0, 0];
    queue[tail++] = sink;
    level[sink] = 0;
    while (head < tail && level[source] < 0) {
      const node = queue[head++];
      for (let edge = this.#first[node]; edge >= 0; edge = this.#next[edge]) {
        const other = this.#target[edge];
        if (level[other] >= 0 || this.#left[edge ^ 1] <= 0) continue;
        level[other] = level[node] + 1;
        queue[tail++] = other;
      }
    }
    return level[source] >= 0;
  }

  /** Sends along one shortest path as much as it takes; 0 when none is left. */
  #augment(source: number, sink: number): number {
    const level = this.#level;
    const path = this.#path;
    let depth = 0;
    let node = source;
    while (node !== sink) {
      let edge = this.#current[node];
      while (edge >= 0 && (this.#left[edge] <= 0 || level[this.#target[edge]] !== level[node] - 1)) {
        edge = this.#next[edge];
      }
      this.#current[node] = edge;
      if (edge >= 0) {
        path[depth++] = edge;
        node = this.#target[edge];
        continue;
      }
      // A dead end: one step back, and not here again.
      if (depth === 0) return 0;
      level[node] = -1;
      node = this.#target[path[--depth] ^ 1];
    }
    let sent = Number.POSITIVE_INFINITY;
    for (let step = 0; step < depth; step++) sent = Math.min(sent, this.#left[path[step]]);
    for (let step = 0; step < depth; step++) {
      this.#left[path[step]] -= sent;
      this.#left[path[step] ^ 1] += sent;
    }
    return sent;
  }
}
