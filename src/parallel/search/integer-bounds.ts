import type { KeptStates } from './build-integer-program.ts';
import type { Labels } from './labels.ts';
import { type MemoryTerm, memoryPenalty } from './memory-terms.ts';
import { buildGraph, createScratch, GraphCosts, type GraphEdge, type Penalty } from './message-graph.ts';
import { type MessageGraph, type MessageScratch, passMessages } from './message-kernel.ts';
import { type SearchModel, statesOf } from './model.ts';
import { createStateBounds, raiseStateBounds, type StateBounds } from './state-bounds-kernel.ts';

/** Rounds of messages at most, and passes in each. */
const mostRounds = 8;
const passesPerRound = 6;

/** A bound that rises by a smaller share than this does not rise. */
const risen = 1e-6;

/** What a state costs of which it is proved that no plan of interest has it. */
const excludedSeconds = 1e3;

/** Prices of memory that are tried each time. */
const mostPrices = 6;

/** Bounds of a mesh's plans, by the states and pairs of states that they contain. Proved by messages. */
export class IntegerBounds {
  readonly #model: SearchModel;
  readonly #edges: readonly GraphEdge[];
  readonly #labels: Labels;
  readonly #graph: MessageGraph;
  readonly #costs: GraphCosts;
  readonly #scratch: MessageScratch;
  readonly #bounds: StateBounds;
  /** By edge its number in the graph; -1 where it is none there. */
  readonly #numbers: readonly number[];
  #shares: readonly Float64Array[];
  /** Seconds of all memory that may be used: what it is priced at. */
  #memorySeconds = 0;

  constructor(model: SearchModel, edges: readonly GraphEdge[], labels: Labels) {
    this.#model = model;
    this.#edges = edges;
    this.#labels = labels;
    this.#graph = buildGraph(model, edges);
    this.#costs = new GraphCosts(this.#graph, model, edges);
    this.#scratch = createScratch(this.#graph);
    this.#bounds = createStateBounds(this.#graph);
    this.#shares = labels.equalShares();
    let next = 0;
    this.#numbers = edges.map(({ producer, reader }) => (producer === reader ? -1 : next++));
  }

  get bound(): number {
    return this.#bounds.bound;
  }

  /**
   * Raises the bounds. `states` are a good plan, whose moves are paid for exactly; plans that take more than `cutoff` are
   * of no interest, and those that need more than `limit` bytes at the time of a term are none.
   */
  raise(states: Int32Array, cutoff: number, terms: readonly MemoryTerm[], limit: number): void {
    if (terms.length === 0) {
      this.#rounds(states, cutoff, undefined, 0);
      return;
    }
    const tryPrice = (memorySeconds: number): number =>
      this.#rounds(states, cutoff, memoryPenalty(terms, memorySeconds / limit), memorySeconds * terms.length);
    if (this.#memorySeconds === 0) {
      tryPrice(0);
      this.#memorySeconds = 0.05 * this.bound;
    }
    let [best, factor] = [tryPrice(this.#memorySeconds), 4];
    for (let tried = 1; tried < mostPrices; tried++) {
      const next = tryPrice(this.#memorySeconds * factor);
      if (next > best) [best, this.#memorySeconds] = [next, this.#memorySeconds * factor];
      else factor = factor > 1 ? 1 / factor : 1 / Math.sqrt(factor);
    }
  }

  /** Rounds of messages as long as they prove more; returns the best bound of these rounds. */
  #rounds(states: Int32Array, cutoff: number, penalty: Penalty | undefined, lower: number): number {
    const exact = this.#labels.sharesFor(states);
    let best = 0;
    for (let round = 0; round < mostRounds; round++) {
      const part = 0.5 / (1 + round / 2);
      this.#shares = this.#shares.map((shares, edge) =>
        shares.map((share, column) => (1 - part) * share + part * exact[edge][column]),
      );
      this.#costs.set(this.#shares, this.#excluding(cutoff, penalty));
      for (let pass = 0; pass < passesPerRound; pass++) passMessages(this.#graph, this.#scratch);
      const bound = raiseStateBounds(this.#graph, this.#bounds, lower, this.#scratch);
      if (round > 0 && bound <= best * (1 + risen)) break;
      best = Math.max(best, bound);
    }
    return best;
  }

  /** A penalty for states of which it is proved that plans with them take more than a cutoff. */
  #excluding(cutoff: number, penalty: Penalty | undefined): Penalty {
    const variables = this.#model.variables.map((variable, index) => {
      const extra = penalty?.variables[index]?.slice() ?? new Float64Array(statesOf(variable));
      const start = this.#graph.stateStart[index];
      for (let state = 0; state < extra.length; state++) {
        if (this.#bounds.states[start + state] > cutoff) extra[state] += excludedSeconds;
      }
      return extra;
    });
    return { variables, edges: penalty?.edges ?? new Map() };
  }

  /** The highest threshold, up to `cutoff`, below which there are no more than so many pairs. */
  threshold(pairs: number, cutoff: number): number {
    const below = this.#bounds.pairs.filter(bound => bound <= cutoff);
    return below.length <= pairs ? cutoff : below.sort()[pairs];
  }

  /** The states and pairs of plans of which it is not proved that they take more than a threshold, and those of `also`. */
  keptBelow(threshold: number, also: Int32Array | undefined): KeptStates {
    const { stateStart, tableStart } = this.#graph;
    const { states: stateBounds, pairs } = this.#bounds;
    const states = this.#model.variables.map((variable, index) => {
      const bounds = stateBounds.subarray(stateStart[index], stateStart[index] + statesOf(variable));
      const below = (state: number): boolean => bounds[state] <= threshold || also?.[index] === state;
      const kept = Int32Array.from(bounds.keys()).filter(below);
      return kept.length > 0 ? kept : Int32Array.of(bounds.indexOf(Math.min(...bounds)));
    });
    const keepsPair = (edge: number, row: number, column: number): boolean => {
      const { producer, reader, homes, reads, rows, columns } = this.#edges[edge];
      if (also !== undefined && homes[also[producer]] === row && reads[also[reader]] === column) return true;
      const within = producer < reader ? row * columns + column : column * rows + row;
      return pairs[tableStart[this.#numbers[edge]] + within] <= threshold;
    };
    return { states, keepsPair };
  }
}
