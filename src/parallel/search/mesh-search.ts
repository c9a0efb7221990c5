import { createRandom } from '../../base/index.ts';
import {
  hideableValues,
  noDefects,
  type Overlap,
  overlapOf,
  type PlannerDefects,
  tellsHideable,
} from '../../cost/index.ts';
import type { ValueId } from '../../ir/index.ts';
import { type Assignment, type ProgramFacts, programFacts } from '../../sharding/index.ts';
import type { Fold } from '../fold-types.ts';
import type { MeshCandidate } from '../meshes.ts';
import type { ShardingProblem } from '../problem.ts';
import { type MeshProblem, problemOnMesh } from '../problem-mesh.ts';
import { assignmentBytes } from '../recost.ts';
import type { ChoiceRules } from '../space.ts';
import { type BuiltModel, buildModel, type ModelOptions } from './build-model.ts';
import { classPartials } from './class-partials.ts';
import { embedStates, refineAxes } from './embed.ts';
import { idealSeconds } from './ideal-seconds.ts';
import { improveStates, type Terrain } from './improve.ts';
import { Labels } from './labels.ts';
import { type MemoryTerm, MemoryTerms, memoryPenalty } from './memory-terms.ts';
import { buildEdges, buildGraph, createScratch, GraphCosts, type Penalty } from './message-graph.ts';
import { boundOfMessages, decodeStates, passMessages } from './message-kernel.ts';
import { type SearchVariable, statesOf } from './model.ts';
import { ModelShapes } from './model-shape.ts';
import { improveByPropagation } from './propagate.ts';
import { buildSkeleton, type Skeleton } from './skeleton.ts';
import { storedValues } from './stored-values.ts';
import { assignmentOf } from './unfold.ts';

/** What the searches of all meshes of a problem share. */
export interface SearchBase {
  readonly problem: ShardingProblem;
  readonly facts: ProgramFacts;
  readonly fold: Fold;
  readonly skeleton: Skeleton;
  /** See `storedValues`. */
  readonly stored: Int32Array;
  /** The values that can be partial sums on some mesh. */
  readonly partial: ReadonlySet<number>;
  /** No plan on any mesh takes fewer: see `idealSeconds`. */
  readonly idealSeconds: number;
  readonly defects: PlannerDefects;
  /** What devices hide of moves behind computing. */
  readonly overlap: Overlap;
  readonly model?: ModelOptions;
  /** What the models of its meshes have in common; filled as they are built. */
  readonly shapes: ModelShapes;
}

/** Prepares the search of a problem's meshes. Throws the diagnostics of pins that do not fit `first`. */
export function openSearch(
  problem: ShardingProblem,
  fold: Fold,
  first: MeshCandidate,
  {
    defects = noDefects,
    facts = programFacts(problem.program),
  }: { readonly defects?: PlannerDefects; readonly facts?: ProgramFacts } = {},
): SearchBase {
  const ground = problemOnMesh(problem, first.mesh, facts, defects);
  const overlap = overlapOf(ground.problem.cluster.profile);
  const hideable = tellsHideable(problem.cluster) ? hideableValues(facts.func, facts.facts.cheap) : new Set<ValueId>();
  const skeleton = buildSkeleton(ground, fold, hideable);
  return {
    problem,
    facts,
    fold,
    skeleton,
    stored: storedValues(ground),
    partial: classPartials(ground, fold),
    idealSeconds: idealSeconds(ground, skeleton),
    defects,
    overlap,
    shapes: new ModelShapes(),
  };
}

/** What is found on one mesh. */
export interface MeshOutcome {
  /** No plan on this mesh that fits takes fewer seconds. */
  readonly bound: number;
  /** The best that fits; undefined where none was found. */
  readonly best: MeshPlan | undefined;
  /** The best of all, whether it fits or not. */
  readonly free: MeshPlan;
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
  readonly candidate: MeshCandidate;
  readonly ground: MeshProblem;
  readonly variables: readonly SearchVariable[];
  readonly states: Int32Array;
  readonly assignment: Assignment;
  /** Seconds of a step, by the search's own books: with those that break ties. */
  readonly seconds: number;
  /** Of a device: exact where a quick estimate is near the limit, else that estimate. */
  readonly memoryBytes: number;
}

/** How hard a mesh is searched. */
export interface MeshEffort {
  readonly rounds: number;
  /** Rounds where the tables have more than a million entries. */
  readonly roundsOfLarge: number;
  readonly passesPerRound: number;
  /** Forests that are tried in each round to improve what the messages say. */
  readonly forestsPerRound: number;
  /** Propagated changes in a row without gain, times the states of all variables, after which no more are tried. */
  readonly propagatedStates: number;
  /** Rounds with each price of memory, and how many prices are tried. */
  readonly memoryRounds: number;
  readonly memoryPrices: number;
  /** A gap at which a mesh is searched no further. */
  readonly gap: number;
}

export const defaultEffort: MeshEffort = {
  rounds: 4,
  roundsOfLarge: 2,
  passesPerRound: 6,
  forestsPerRound: 6,
  propagatedStates: 1.5e6,
  memoryRounds: 2,
  memoryPrices: 10,
  gap: 0.003,
};

/** What is known when the search of a mesh begins. */
export interface KnownPlans {
  /** Seconds of the best plan that fits. */
  readonly enough: number;
  /** Plans on other meshes. */
  readonly seeds: readonly MeshPlan[];
  /** Reckon the memory of every plan exactly; else only of those that may be too large by a quick estimate. */
  readonly exactMemory: boolean;
}

/**
 * Searches one mesh. `known` are plans on other meshes: where they lie on this one too, they are starting points, and
 * where none better than the best that fits can be, the search ends.
 */
export function searchMesh(
  base: SearchBase,
  candidate: MeshCandidate,
  rules: ChoiceRules,
  effort: MeshEffort,
  known: KnownPlans,
): MeshOutcome {
  return new MeshSearch(base, candidate, rules, effort, known.exactMemory).run(known.enough, known.seeds);
}

/** Entries of a graph's tables above which a round is dear. */
const largeTable = 1e6;

/** Propagated changes without gain after which nothing more is expected, however few states there are. */
const mostPatience = 1000;

/** An estimate of memory this far below the limit needs no exact reckoning while searching. */
const memoryMargin = 1.6;

class MeshSearch {
  readonly #candidate: MeshCandidate;
  readonly #ground: MeshProblem;
  readonly #effort: MeshEffort;
  readonly #exactMemory: boolean;
  readonly #built: BuiltModel;
  readonly #terrain: Terrain;
  readonly #memory: MemoryTerms;
  readonly #random = createRandom(1);
  #shares: readonly Float64Array[];
  #passes = 0;

  constructor(
    base: SearchBase,
    candidate: MeshCandidate,
    rules: ChoiceRules,
    effort: MeshEffort,
    exactMemory: boolean,
  ) {
    this.#exactMemory = exactMemory;
    this.#candidate = candidate;
    this.#ground = problemOnMesh(base.problem, candidate.mesh, base.facts, base.defects);
    this.#effort = effort;
    const options = { ...base.model, shapes: base.shapes };
    this.#built = buildModel(this.#ground, base.skeleton, base.partial, rules, options);
    const { model, moves, ties } = this.#built;
    const edges = buildEdges(model, moves, ties.secondsPerChange);
    const graph = buildGraph(model, edges);
    this.#terrain = {
      model,
      edges,
      graph,
      costs: new GraphCosts(graph, model, edges),
      labels: new Labels(model, edges),
      scratch: createScratch(graph),
    };
    this.#memory = new MemoryTerms(this.#built, edges, base.stored);
    this.#shares = this.#terrain.labels.equalShares();
  }

  run(enough: number, seeds: readonly MeshPlan[]): MeshOutcome {
    const limit = this.#ground.problem.memoryLimitBytes;
    const { rounds, roundsOfLarge } = this.#effort;
    const start = this.#rounds(
      this.#terrain.graph.table.length > largeTable ? roundsOfLarge : rounds,
      undefined,
      enough,
      seeds.flatMap(seed => this.#embedded(seed) ?? []),
    );
    const free = this.#planOf(start.states);
    const freeBytes = free.memoryBytes;
    if (freeBytes <= limit || start.bound >= enough) {
      return this.#outcome(start.bound, free, freeBytes <= limit ? free : undefined, 0, freeBytes);
    }
    // A price for memory, raised until what is cheapest fits, then lowered as far as it still does.
    const terms: MemoryTerm[] = [];
    let [low, high, price] = [0, Number.POSITIVE_INFINITY, (0.05 * start.bound) / limit];
    let { bound, states } = start;
    let leastBytes = freeBytes;
    let best: MeshPlan | undefined;
    const boundBytes = this.#leastArgumentBytes();
    // Where nothing can fit, a few prices tell how much would be enough.
    const prices = boundBytes > limit ? Math.min(3, this.#effort.memoryPrices) : this.#effort.memoryPrices;
    for (let step = 0; step < prices; step++) {
      const { position } = this.#memory.peak(states);
      if (!terms.some(term => term.position === position)) terms.push(this.#memory.at(position));
      const penalty = memoryPenalty(terms, price);
      const found = this.#rounds(this.#effort.memoryRounds, penalty, Number.POSITIVE_INFINITY, [states]);
      states = found.states;
      bound = Math.max(bound, found.bound - price * limit * terms.length);
      const plan = this.#planOf(states);
      const bytes = plan.memoryBytes;
      leastBytes = Math.min(leastBytes, bytes);
      if (bytes <= limit) {
        if (best === undefined || plan.seconds < best.seconds) best = plan;
        high = price;
      } else low = price;
      if (bound >= enough || (best !== undefined && best.seconds * (1 - this.#effort.gap) <= bound)) break;
      price = high === Number.POSITIVE_INFINITY ? price * 6 : Math.sqrt(Math.max(low, high / 36) * high);
    }
    return this.#outcome(bound, free, best, best === undefined ? boundBytes : 0, leastBytes);
  }

  #outcome(
    bound: number,
    free: MeshPlan,
    best: MeshPlan | undefined,
    boundBytes: number,
    leastBytes: number,
  ): MeshOutcome {
    const { variables } = this.#terrain.model;
    return {
      bound,
      best,
      free,
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
    seeds: readonly Int32Array[],
  ): { readonly bound: number; readonly states: Int32Array } {
    const { model, graph, costs, scratch } = this.#terrain;
    const { passesPerRound, forestsPerRound } = this.#effort;
    let [bound, least] = [0, Number.POSITIVE_INFINITY];
    let best = new Int32Array(model.variables.length);
    const consider = (states: Int32Array): void => {
      const cost = improveStates(this.#terrain, states, penalty, this.#random, forestsPerRound);
      if (cost < least) [least, best] = [cost, states.slice()];
    };
    for (const seed of seeds) consider(seed.slice());
    for (let round = 0; round < rounds; round++) {
      if (least < Number.POSITIVE_INFINITY) this.#mixShares(best, 0.5 / (1 + round / 2));
      costs.set(this.#shares, penalty);
      for (let pass = 0; pass < passesPerRound; pass++) passMessages(graph, scratch);
      this.#passes += passesPerRound;
      bound = Math.max(bound, boundOfMessages(graph, scratch) - this.#built.ties.most);
      if (bound >= enough && least < Number.POSITIVE_INFINITY) break;
      const states = new Int32Array(model.variables.length);
      decodeStates(graph, states, scratch.belief);
      consider(states);
      if (this.#isClose(least, bound)) return { bound, states: best };
    }
    if (penalty === undefined && bound < enough) this.#propagate(best);
    return { bound, states: best };
  }

  /** True where it is not worth while to search for less. */
  #isClose(seconds: number, bound: number): boolean {
    return seconds - bound <= Math.max(this.#effort.gap * seconds, 2 * this.#built.ties.most);
  }

  #propagate(states: Int32Array): void {
    const patience = Math.round(this.#effort.propagatedStates / this.#terrain.graph.unary.length);
    improveByPropagation(this.#terrain, states, this.#random, Math.min(patience, mostPatience));
  }

  /** Moves the shares a part of the way to those that pay for what was found exactly. */
  #mixShares(states: Int32Array, part: number): void {
    const exact = this.#terrain.labels.sharesFor(states);
    this.#shares = this.#shares.map((shares, edge) =>
      shares === exact[edge] ? shares : shares.map((share, column) => (1 - part) * share + part * exact[edge][column]),
    );
  }

  #embedded({ candidate, variables, states }: MeshPlan): Int32Array | undefined {
    const refinement = refineAxes(candidate.extents, this.#candidate.extents);
    return refinement === undefined
      ? undefined
      : embedStates(variables, states, this.#terrain.model.variables, refinement);
  }

  #planOf(states: Int32Array): MeshPlan {
    const assignment = assignmentOf(this.#ground, this.#built, states);
    const { model, labels } = this.#terrain;
    const { variables } = model;
    return {
      candidate: this.#candidate,
      ground: this.#ground,
      variables,
      states,
      assignment,
      seconds: labels.cost(states),
      memoryBytes: this.#bytesOf(states, assignment),
    };
  }

  /** Bytes that a plan needs on a device: exact where they may be too many, else a quick estimate. */
  #bytesOf(states: Int32Array, assignment: Assignment): number {
    const { bytes } = this.#memory.peak(states);
    if (!this.#exactMemory && bytes * memoryMargin <= this.#ground.problem.memoryLimitBytes) return bytes;
    return assignmentBytes(this.#ground, assignment);
  }

  /** Bytes of the arguments where each is cut as far as it can be. */
  #leastArgumentBytes(): number {
    const { variables } = this.#memory.at(-1);
    return variables.reduce((sum, bytes) => sum + (bytes === undefined ? 0 : Math.min(...bytes)), 0);
  }
}
