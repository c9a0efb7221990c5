import { mostAtEnds } from './bounds.ts';
import type { MemoryGraph } from './graph.ts';
import { positionsOf } from './liveness.ts';
import { computeLifetimes, sumLiveBytes } from './liveness-kernel.ts';
import { cutAtOperator } from './operator-cut.ts';
import type { WorkBudget } from './work-budget.ts';

/** A proven lower bound on the peak of every order, and what proves it. */
export interface PeakBound {
  readonly bytes: number;
  /**
   * `ends`: what is there before or after all; `cut`: at the operator, whatever runs before; `pair`: at it or at another,
   * whichever of the two runs first; `search`: through so many states.
   */
  readonly proof: 'ends' | 'cut' | 'pair' | 'search';
  /** Of a cut or a pair; else -1. */
  readonly operator: number;
  /** Of a pair; else -1. */
  readonly other: number;
  /** Of a search. */
  readonly nodes: number;
}

/** Operators above the bound that are paired, and others with each. */
const mostAbove = 16;
const mostPartners = 120;

/**
 * Bounds the peak of one bank (or of all: -1) by cuts at operators. The least that was there at an operator's step in the
 * orders seen is no less than what a cut proves there, so that only operators above the bound are worth one, the neediest
 * first.
 */
export class PeakBounds {
  bound: PeakBound;
  readonly #graph: MemoryGraph;
  readonly #bank: number;
  readonly #least: Float64Array;
  readonly #isCut: Uint8Array;

  constructor(graph: MemoryGraph, bank: number) {
    this.#graph = graph;
    this.#bank = bank;
    this.bound = { bytes: mostAtEnds(graph, bank), operator: -1, other: -1, proof: 'ends', nodes: 0 };
    this.#least = new Float64Array(graph.operatorCount).fill(Number.POSITIVE_INFINITY);
    this.#isCut = new Uint8Array(graph.operatorCount);
  }

  /** Takes notice of an order. O(N + E). */
  see(order: Int32Array): void {
    const live = this.#liveBytes(order);
    for (let step = 0; step < order.length; step++) {
      if (live[step] < this.#least[order[step]]) this.#least[order[step]] = live[step];
    }
  }

  /** Takes notice of what a search proved. */
  prove(bytes: number, nodes: number): void {
    if (bytes > this.bound.bytes) this.bound = { bytes, operator: -1, other: -1, proof: 'search', nodes };
  }

  /** Cuts at operators that may raise the bound, until none is left, `nodes` were spent, or the budget is. */
  raise(budget: WorkBudget, nodes: number): void {
    const end = budget.nodes + nodes;
    const open = [...this.#least.keys()].filter(o => !this.#isCut[o] && this.#least[o] > this.bound.bytes);
    open.sort((a, b) => this.#least[b] - this.#least[a] || a - b);
    for (const operator of open) {
      if (this.#least[operator] <= this.bound.bytes || budget.nodes >= end || budget.isSpent()) return;
      const cut = cutAtOperator(this.#graph, operator, this.#bank);
      if (cut === undefined) throw new Error('internal: a cut contradicts itself');
      budget.nodes += cut.nodes;
      this.#isCut[operator] = 1;
      if (cut.bytes > this.bound.bytes) this.bound = { bytes: cut.bytes, operator, other: -1, proof: 'cut', nodes: 0 };
    }
  }

  /**
   * Tells two operators apart: of each pair one runs first, and either way both must be there where they need least. `order`
   * says which are worth it: one above the bound, and another of the neediest. Ends when the bound reaches the order's
   * peak, after `nodes`, or with the budget.
   */
  raiseByPairs(order: Int32Array, budget: WorkBudget, nodes: number): void {
    const end = budget.nodes + nodes;
    const live = this.#liveBytes(order);
    const steps = [...order.keys()].sort((a, b) => live[b] - live[a] || a - b);
    const others = steps.slice(0, mostPartners).map(step => order[step]);
    if (this.bound.operator >= 0) others.unshift(this.bound.operator);
    for (const other of others) {
      for (const step of steps.slice(0, mostAbove)) {
        if (live[step] <= this.bound.bytes) break;
        if (budget.nodes >= end || budget.isSpent()) return;
        const operator = order[step];
        if (operator === other) continue;
        const bytes = Math.min(this.#needInTurn(operator, other, budget), this.#needInTurn(other, operator, budget));
        if (bytes > this.bound.bytes && bytes < Number.POSITIVE_INFINITY) {
          this.bound = { bytes, operator, other, proof: 'pair', nodes: 0 };
        }
      }
    }
  }

  /** The most that is needed at either of two operators when the first runs before the second; infinite where it cannot. */
  #needInTurn(first: number, second: number, budget: WorkBudget): number {
    const atFirst = cutAtOperator(this.#graph, first, this.#bank, { before: [], after: [second] });
    const atSecond = cutAtOperator(this.#graph, second, this.#bank, { before: [first], after: [] });
    budget.nodes += (atFirst?.nodes ?? 1) + (atSecond?.nodes ?? 1);
    return Math.max(atFirst?.bytes ?? Number.POSITIVE_INFINITY, atSecond?.bytes ?? Number.POSITIVE_INFINITY);
  }

  /** Bytes of the bank at each step of an order. */
  #liveBytes(order: Int32Array): Float64Array {
    const { buffers } = this.#graph;
    const [start, end] = [new Int32Array(buffers.count), new Int32Array(buffers.count)];
    computeLifetimes(this.#graph, positionsOf(order), start, end);
    const live = new Float64Array(Math.max(1, order.length));
    sumLiveBytes(this.#graph, order, start, end, this.#bank, live);
    return live;
  }
}
