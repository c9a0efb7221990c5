import type { OrderGraph } from './graph.ts';
import { leastLive } from './operator-cut.ts';
import { intervalOf } from './order-interval.ts';
import { clearMatches, createReuseScratch, matchReuse, type ReuseScratch } from './reuse-kernel.ts';

/** How a search for an order ended: `none` proves that no order stays below the ceiling. */
export type OrderSearchEnd = 'found' | 'none' | 'limit';

/**
 * Searches all orders of a graph for one of least peak, over the sets of operators that may have run. What is live after a
 * set has run does not depend on the order, so that sets are visited once, those reached with the lowest peak first, and
 * the first order that is complete has the least. An operator that needs no more than has been needed already, and leaves
 * no more than it found, runs at once: by submodularity what others need afterwards cannot grow.
 *
 * States are rows: `words` numbers of 32 bits for the set, and one entry of each column.
 */
export class OrderSearch {
  /** States that were expanded. */
  nodes = 0;
  /** After `found`: the order and its peak. */
  order = new Int32Array(0);
  peakBytes = 0;
  readonly #graph: OrderGraph;
  readonly #words: number;
  /** Operator → bits of those that must come before; buffer → bits of those that touch it. */
  readonly #before: Uint32Array;
  readonly #touching: Uint32Array;
  readonly #reuse: ReuseScratch;
  readonly #unreadBytes: number;
  #capacity = 1024;
  #count = 0;
  #sets: Uint32Array;
  #live: Float64Array;
  #peak: Float64Array;
  #executed: Int32Array;
  #parent: Int32Array;
  #operator: Int32Array;
  #closed: Uint8Array;
  /** Open addressing: a state, or -1. */
  #table: Int32Array;
  #heap: Int32Array;
  #heapSize = 0;
  readonly #candidate: Uint32Array;
  /** Operators that have run for good, in order; and a mark for each. */
  readonly #settled: number[] = [];
  readonly #done: Uint8Array;
  #rootLive: number;

  constructor(graph: OrderGraph) {
    const { operatorCount, buffers, predecessors, touchedBy } = graph;
    this.#graph = graph;
    this.#words = Math.max(1, (operatorCount + 31) >> 5);
    this.#before = this.#rows(operatorCount, predecessors);
    this.#touching = this.#rows(buffers.count, touchedBy);
    this.#reuse = createReuseScratch(graph.reuse, buffers.count);
    this.#unreadBytes = unreadBytes(graph);
    this.#sets = new Uint32Array(this.#capacity * this.#words);
    this.#live = new Float64Array(this.#capacity);
    this.#peak = new Float64Array(this.#capacity);
    this.#executed = new Int32Array(this.#capacity);
    this.#parent = new Int32Array(this.#capacity);
    this.#operator = new Int32Array(this.#capacity);
    this.#closed = new Uint8Array(this.#capacity);
    this.#table = new Int32Array(2 * this.#capacity).fill(-1);
    this.#heap = new Int32Array(this.#capacity);
    this.#candidate = new Uint32Array(this.#words);
    this.#done = new Uint8Array(operatorCount);
    this.#rootLive = liveAfter(graph, this.#done) - this.#unreadBytes;
  }

  /**
   * Looks for an order of least peak below `ceiling`; at or below `floor` no difference is made. Expands at most `limit`
   * states. Once per search.
   */
  run(floor: number, ceiling: number, limit: number): OrderSearchEnd {
    const { operatorCount } = this.#graph;
    const live = liveAfter(this.#graph, this.#done);
    this.#candidate.fill(0);
    this.#visit(-1, -1, live, Math.max(live, floor), ceiling);
    while (this.#heapSize > 0) {
      const state = this.#pop();
      if (this.#closed[state]) continue;
      this.#closed[state] = 1;
      if (this.#executed[state] === operatorCount) {
        this.#trace(state);
        return 'found';
      }
      if (this.nodes >= limit) return 'limit';
      this.nodes++;
      if (this.#parent[state] >= 0 && this.#live[state] <= this.#rootLive) this.#settle(state, ceiling);
      else this.#expand(state, ceiling);
    }
    return 'none';
  }

  /**
   * Begins anew where least is live among all sets between where the search began and `goal`, which leaves no more than
   * there was: whatever an order does from the beginning, it can do from there as well.
   */
  #settle(goal: number, ceiling: number): void {
    const operators: number[] = [];
    for (let state = goal; this.#parent[state] >= 0; state = this.#parent[state]) operators.push(this.#operator[state]);
    operators.reverse();
    const chosen = this.#leastAmong(Int32Array.from(operators));
    const peak = this.#peak[goal];
    for (const operator of chosen) {
      this.#settled.push(operator);
      this.#done[operator] = 1;
    }
    const live = liveAfter(this.#graph, this.#done) - this.#unreadBytes;
    this.#count = 0;
    this.#heapSize = 0;
    this.#table.fill(-1);
    this.#closed.fill(0);
    this.#candidate.fill(0);
    for (const operator of this.#settled) this.#candidate[operator >> 5] |= 1 << (operator & 31);
    this.#rootLive = live;
    this.#visit(-1, -1, live, peak, ceiling);
  }

  /** Those of `operators`, which ran one after another, that have run where least is live; as many as can be. */
  #leastAmong(operators: Int32Array): Int32Array {
    if (operators.length < 2) return operators;
    const { graph } = intervalOf(this.#graph, operators, this.#done);
    const { before } = leastLive(graph);
    this.nodes += Math.ceil(operators.length / 8);
    return operators.filter((_, index) => before[index]);
  }

  #expand(state: number, ceiling: number): void {
    const { operatorCount } = this.#graph;
    const words = this.#words;
    const base = state * words;
    const step = { during: 0, after: 0 };
    let [worst, bestOperator, bestAfter] = [0, -1, this.#live[state]];
    const ready: number[] = [];
    for (let operator = 0; operator < operatorCount; operator++) {
      if (!this.#isReady(base, operator)) continue;
      this.#measure(state, operator, step);
      // Nothing is lost by running this one at once; of several the one that leaves least.
      if (step.during <= this.#peak[state] && step.after <= bestAfter) {
        if (bestOperator < 0 || step.after < bestAfter)
          [bestOperator, bestAfter, worst] = [operator, step.after, step.during];
      }
      ready.push(operator, step.during, step.after);
    }
    const go = (operator: number, during: number, after: number): void => {
      for (let word = 0; word < words; word++) this.#candidate[word] = this.#sets[base + word];
      this.#candidate[operator >> 5] |= 1 << (operator & 31);
      this.#visit(state, operator, after, Math.max(this.#peak[state], during), ceiling);
    };
    if (bestOperator >= 0) go(bestOperator, worst, bestAfter);
    else for (let at = 0; at < ready.length; at += 3) go(ready[at], ready[at + 1], ready[at + 2]);
  }

  #isReady(base: number, operator: number): boolean {
    const sets = this.#sets;
    if ((sets[base + (operator >> 5)] >>> (operator & 31)) & 1) return false;
    const row = operator * this.#words;
    for (let word = 0; word < this.#words; word++) {
      if ((this.#before[row + word] & ~sets[base + word]) !== 0) return false;
    }
    return true;
  }

  /** Bytes at the step of `operator` after the set of `state`, and after it: as `measureStep` says. */
  #measure(state: number, operator: number, step: { during: number; after: number }): void {
    const { touches, buffers, workspaceBytes, reuse } = this.#graph;
    const isFirst = this.#executed[state] === 0;
    let [made, freed] = [0, 0];
    for (let place = touches.start[operator]; place < touches.start[operator + 1]; place++) {
      const buffer = touches.items[place];
      if (!this.#isBorn(state, buffer)) made += buffers.bytes[buffer];
      if (!buffers.atEnd[buffer] && this.#isLeftToNone(state, buffer, operator)) freed += buffers.bytes[buffer];
    }
    step.during = this.#live[state] + workspaceBytes[operator] + made;
    step.after = this.#live[state] + made - freed - (isFirst ? this.#unreadBytes : 0);
    if (reuse.start[operator] === reuse.start[operator + 1]) return;
    for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
      const from = reuse.from[pair];
      const dies = !buffers.atEnd[from] && this.#leavesAt(state, from, operator, isFirst);
      const isUsable = dies && this.#isBorn(state, from) && !this.#isBorn(state, reuse.to[pair]);
      this.#reuse.usable[pair] = isUsable ? 1 : 0;
    }
    step.during -= matchReuse(reuse, operator, this.#reuse, buffers.bytes);
    clearMatches(reuse, operator, this.#reuse);
  }

  #isBorn(state: number, buffer: number): boolean {
    if (this.#graph.buffers.atStart[buffer]) return true;
    const [base, row] = [state * this.#words, buffer * this.#words];
    for (let word = 0; word < this.#words; word++) {
      if ((this.#sets[base + word] & this.#touching[row + word]) !== 0) return true;
    }
    return false;
  }

  /** True when nobody but `operator` is left to touch a buffer that it touches. */
  #isLeftToNone(state: number, buffer: number, operator: number): boolean {
    const [base, row] = [state * this.#words, buffer * this.#words];
    for (let word = 0; word < this.#words; word++) {
      let left = this.#touching[row + word] & ~this.#sets[base + word];
      if (word === operator >> 5) left &= ~(1 << (operator & 31));
      if (left !== 0) return false;
    }
    return true;
  }

  /** True when a buffer leaves at the step of `operator`: exactly one is left to touch it, or at the first step none. */
  #leavesAt(state: number, buffer: number, operator: number, isFirst: boolean): boolean {
    const { touchedBy } = this.#graph;
    if (touchedBy.start[buffer] === touchedBy.start[buffer + 1]) return isFirst;
    const [base, row] = [state * this.#words, buffer * this.#words];
    let left = 0;
    for (let word = 0; word < this.#words; word++) {
      for (let bits = this.#touching[row + word] & ~this.#sets[base + word]; bits !== 0; bits &= bits - 1) left++;
    }
    return left === 1 && this.#isLeftToNone(state, buffer, operator);
  }

  /** Notes that the set in `#candidate` can be reached so. */
  #visit(parent: number, operator: number, live: number, peak: number, ceiling: number): void {
    if (peak >= ceiling) return;
    let slot = this.#slotOf();
    let state = this.#table[slot];
    if (state >= 0) {
      if (this.#closed[state] || this.#peak[state] <= peak) return;
      // Reached with a lower peak: its old place in the heap is passed over by the copy made here.
      this.#closed[state] = 1;
    }
    if (this.#count === this.#capacity) {
      this.#grow();
      slot = this.#slotOf();
    }
    state = this.#count++;
    this.#table[slot] = state;
    this.#sets.set(this.#candidate, state * this.#words);
    this.#live[state] = live;
    this.#peak[state] = peak;
    this.#executed[state] = parent < 0 ? this.#settled.length : this.#executed[parent] + 1;
    this.#parent[state] = parent;
    this.#operator[state] = operator;
    this.#push(state);
  }

  /** The place of the set in `#candidate`, or the free one where it belongs. */
  #slotOf(): number {
    const mask = this.#table.length - 1;
    let hash = 0;
    for (let word = 0; word < this.#words; word++) {
      hash = Math.imul(hash ^ this.#candidate[word], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    let slot = hash & mask;
    while (this.#table[slot] >= 0 && !this.#equals(this.#table[slot])) slot = (slot + 1) & mask;
    return slot;
  }

  #equals(state: number): boolean {
    const base = state * this.#words;
    for (let word = 0; word < this.#words; word++) if (this.#sets[base + word] !== this.#candidate[word]) return false;
    return true;
  }

  #grow(): void {
    const capacity = 2 * this.#capacity;
    const sets = new Uint32Array(capacity * this.#words);
    sets.set(this.#sets);
    this.#sets = sets;
    this.#live = grown(this.#live, new Float64Array(capacity));
    this.#peak = grown(this.#peak, new Float64Array(capacity));
    this.#executed = grown(this.#executed, new Int32Array(capacity));
    this.#parent = grown(this.#parent, new Int32Array(capacity));
    this.#operator = grown(this.#operator, new Int32Array(capacity));
    this.#closed = grown(this.#closed, new Uint8Array(capacity));
    this.#heap = grown(this.#heap, new Int32Array(capacity));
    this.#capacity = capacity;
    const wanted = this.#candidate.slice();
    this.#table = new Int32Array(2 * capacity).fill(-1);
    for (let state = 0; state < this.#count; state++) {
      this.#candidate.set(this.#sets.subarray(state * this.#words, (state + 1) * this.#words));
      this.#table[this.#slotOf()] = state;
    }
    this.#candidate.set(wanted);
  }

  /** Lower peak first, then less that is live, then more operators. */
  #isSooner(a: number, b: number): boolean {
    if (this.#peak[a] !== this.#peak[b]) return this.#peak[a] < this.#peak[b];
    if (this.#live[a] !== this.#live[b]) return this.#live[a] < this.#live[b];
    return this.#executed[a] !== this.#executed[b] ? this.#executed[a] > this.#executed[b] : a < b;
  }

  #push(state: number): void {
    const heap = this.#heap;
    let place = this.#heapSize++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isSooner(state, heap[parent])) break;
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = state;
  }

  #pop(): number {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap[--this.#heapSize];
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#heapSize) break;
      if (child + 1 < this.#heapSize && this.#isSooner(heap[child + 1], heap[child])) child++;
      if (!this.#isSooner(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
    return top;
  }

  #trace(goal: number): void {
    this.order = new Int32Array(this.#graph.operatorCount);
    this.order.set(this.#settled);
    this.peakBytes = this.#peak[goal];
    for (let state = goal; this.#parent[state] >= 0; state = this.#parent[state]) {
      this.order[this.#executed[state] - 1] = this.#operator[state];
    }
  }

  #rows(count: number, lists: OrderGraph['touchedBy']): Uint32Array {
    const rows = new Uint32Array(count * this.#words);
    for (let list = 0; list < count; list++) {
      for (let place = lists.start[list]; place < lists.start[list + 1]; place++) {
        rows[list * this.#words + (lists.items[place] >> 5)] |= 1 << (lists.items[place] & 31);
      }
    }
    return rows;
  }
}

function grown<Column extends Float64Array | Int32Array | Uint8Array>(old: Column, larger: Column): Column {
  larger.set(old);
  return larger;
}

/** Bytes that are live once the operators marked in `done` have run. */
function liveAfter({ buffers, touchedBy }: OrderGraph, done: Uint8Array): number {
  let live = 0;
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    let begun = buffers.atStart[buffer] === 1;
    let lasts = buffers.atEnd[buffer] === 1 || touchedBy.start[buffer] === touchedBy.start[buffer + 1];
    for (let place = touchedBy.start[buffer]; place < touchedBy.start[buffer + 1]; place++) {
      if (done[touchedBy.items[place]]) begun = true;
      else lasts = true;
    }
    if (begun && lasts) live += buffers.bytes[buffer];
  }
  return live;
}

/** Bytes of inputs that nothing reads and nobody keeps: they leave after the first step. */
function unreadBytes({ buffers, touchedBy }: OrderGraph): number {
  let sum = 0;
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    const isRead = touchedBy.start[buffer] !== touchedBy.start[buffer + 1];
    if (buffers.atStart[buffer] && !buffers.atEnd[buffer] && !isRead) sum += buffers.bytes[buffer];
  }
  return sum;
}
