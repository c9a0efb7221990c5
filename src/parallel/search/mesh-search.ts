import { createRandom } from '../../base/index.ts';
import type { Assignment } from '../assignment.ts';
import type { Fold } from '../fold-types.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import { type AssignmentCost, recostAssignment } from '../recost.ts';
import type { ChoiceRules } from '../space.ts';
import { type BuiltModel, buildModel } from './build-model.ts';
import { improveStates } from './improve.ts';
import { Labels } from './labels.ts';
import { type MemoryTerm, MemoryTerms, memoryPenalty } from './memory-terms.ts';
import { buildEdges, buildGraph, createScratch, type GraphEdge, type Penalty, setCosts } from './message-graph.ts';
import {
  boundOfMessages,
  decodeStates,
  type MessageGraph,
  type MessageScratch,
  passMessages,
} from './message-kernel.ts';
import { statesOf } from './model.ts';
import { storedValues } from './stored-values.ts';
import { assignmentOf } from './unfold.ts';

/** What is found on one mesh. */
export interface MeshOutcome {
  /** No plan on this mesh that fits takes fewer seconds. */
  readonly bound: number;
  /** The best that fits; undefined where none was found. */
  readonly best: MeshPlan | undefined;
  /** No plan on this mesh needs fewer bytes on a device, as far as was proved; and the fewest that were found. */
  readonly boundBytes: number;
  readonly leastBytes: number;
  readonly variables: number;
  readonly states: number;
  readonly choices: { readonly counted: number; readonly kept: number };
  /** Passes of messages through all variables. */
  readonly passes: number;
}

export interface MeshPlan {
  readonly ground: MeshProblem;
  readonly assignment: Assignment;
  readonly cost: AssignmentCost;
  /** Seconds by the search's own books. */
  readonly seconds: number;
}

/** How hard a mesh is searched. */
export interface MeshEffort {
  readonly rounds: number;
  readonly passesPerRound: number;
  /** Forests that are tried in each round to improve what the messages say. */
  readonly forestsPerRound: number;
  /** Rounds with each price of memory, and how many prices are tried. */
  readonly memoryRounds: number;
  readonly memoryPrices: number;
}

export const defaultEffort: MeshEffort = {
  rounds: 4,
  passesPerRound: 6,
  forestsPerRound: 6,
  memoryRounds: 2,
  memoryPrices: 10,
};

/** Searches one mesh. `enough` is the seconds of a plan that is known: the search ends where it cannot be beaten. */
export function searchMesh(
  ground: MeshProblem,
  fold: Fold,
  rules: ChoiceRules,
  effort: MeshEffort,
  enough: number,
): MeshOutcome {
  return new MeshSearch(ground, fold, rules, effort).run(enough);
}

class MeshSearch {
  readonly #ground: MeshProblem;
  readonly #effort: MeshEffort;
  readonly #built: BuiltModel;
  readonly #edges: readonly GraphEdge[];
  readonly #labels: Labels;
  readonly #graph: MessageGraph;
  readonly #scratch: MessageScratch;
  readonly #memory: MemoryTerms;
  readonly #random = createRandom(1);
  #shares: readonly Float64Array[];
  #passes = 0;

  constructor(ground: MeshProblem, fold: Fold, rules: ChoiceRules, effort: MeshEffort) {
    this.#ground = ground;
    this.#effort = effort;
    this.#built = buildModel(ground, fold, rules);
    const { model, moves } = this.#built;
    this.#edges = buildEdges(model, moves);
    this.#labels = new Labels(model, this.#edges);
    this.#graph = buildGraph(model, this.#edges);
    this.#scratch = createScratch(this.#graph);
    this.#memory = new MemoryTerms(this.#built, this.#edges, storedValues(ground));
    this.#shares = this.#labels.equalShares();
  }

  run(enough: number): MeshOutcome {
    const limit = this.#ground.problem.memoryLimitBytes;
    const free = this.#rounds(this.#effort.rounds, undefined, enough);
    let bound = free.bound;
    let best = this.#planOf(free.states);
    let leastBytes = best.cost.memoryBytes;
    if (leastBytes <= limit || bound >= enough)
      return this.#outcome(bound, leastBytes <= limit ? best : undefined, 0, leastBytes);
    // A price for memory, raised until what is cheapest fits, then lowered as far as it still does.
    const terms: MemoryTerm[] = [];
    let [low, high, price] = [0, Number.POSITIVE_INFINITY, (0.05 * free.bound) / limit];
    let [fits, boundBytes, states] = [false, 0, free.states];
    for (let step = 0; step < this.#effort.memoryPrices; step++) {
      const { position } = this.#memory.peak(states);
      if (!terms.some(term => term.position === position)) terms.push(this.#memory.at(position));
      const penalty = memoryPenalty(terms, price);
      const found = this.#rounds(this.#effort.memoryRounds, penalty, Number.POSITIVE_INFINITY);
      states = found.states;
      bound = Math.max(bound, found.bound - price * limit * terms.length);
      const plan = this.#planOf(states);
      leastBytes = Math.min(leastBytes, plan.cost.memoryBytes);
      if (plan.cost.memoryBytes <= limit) {
        if (!fits || plan.cost.stepSeconds < best.cost.stepSeconds) best = plan;
        fits = true;
        high = price;
      } else low = price;
      if (bound >= enough || (fits && best.cost.stepSeconds <= bound * 1.001)) break;
      price = high === Number.POSITIVE_INFINITY ? price * 6 : Math.sqrt(Math.max(low, high / 36) * high);
    }
    if (!fits) boundBytes = this.#leastArgumentBytes();
    return this.#outcome(bound, fits ? best : undefined, boundBytes, leastBytes);
  }

  #outcome(bound: number, best: MeshPlan | undefined, boundBytes: number, leastBytes: number): MeshOutcome {
    const { variables } = this.#built.model;
    return {
      bound,
      best,
      boundBytes,
      leastBytes,
      variables: variables.length,
      states: variables.reduce((sum, variable) => sum + statesOf(variable), 0),
      choices: this.#built.choices,
      passes: this.#passes,
    };
  }

  /** Rounds of messages, each followed by a plan; returns the best one by seconds and penalty, and the best bound. */
  #rounds(
    rounds: number,
    penalty: Penalty | undefined,
    enough: number,
  ): { readonly bound: number; readonly states: Int32Array } {
    const { model } = this.#built;
    const states = new Int32Array(model.variables.length);
    let [bound, least, best] = [0, Number.POSITIVE_INFINITY, states.slice()];
    for (let round = 0; round < rounds; round++) {
      setCosts(this.#graph, model, this.#edges, this.#shares, penalty);
      for (let pass = 0; pass < this.#effort.passesPerRound; pass++) passMessages(this.#graph, this.#scratch);
      this.#passes += this.#effort.passesPerRound;
      bound = Math.max(bound, boundOfMessages(this.#graph, this.#scratch));
      if (bound >= enough && least < Number.POSITIVE_INFINITY) break;
      decodeStates(this.#graph, states, this.#scratch.belief);
      const cost = improveStates(
        { model, edges: this.#edges, labels: this.#labels, graph: this.#graph, scratch: this.#scratch },
        states,
        penalty,
        this.#random,
        this.#effort.forestsPerRound,
      );
      if (cost < least) [least, best] = [cost, states.slice()];
      if (least <= bound * (1 + 1e-6)) break;
      this.#mixShares(best, 0.5 / (1 + round / 2));
    }
    return { bound, states: best };
  }

  /** Moves the shares a part of the way to those that pay for what was found exactly. */
  #mixShares(states: Int32Array, part: number): void {
    const exact = this.#labels.sharesFor(states);
    this.#shares = this.#shares.map((shares, edge) =>
      shares.map((share, column) => (1 - part) * share + part * exact[edge][column]),
    );
  }

  #planOf(states: Int32Array): MeshPlan {
    const assignment = assignmentOf(this.#ground, this.#built, states);
    const cost = recostAssignment(this.#ground, assignment);
    return { ground: this.#ground, assignment, cost, seconds: this.#labels.cost(states) };
  }

  /** Bytes of the arguments where each is cut as far as it can be. */
  #leastArgumentBytes(): number {
    const { variables } = this.#memory.at(-1);
    return variables.reduce((sum, bytes) => sum + (bytes === undefined ? 0 : Math.min(...bytes)), 0);
  }
}
