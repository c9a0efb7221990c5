import { formatMesh } from '../../sharding/index.ts';
import { problemOnMesh } from '../problem-mesh.ts';
import { assignmentBytes } from '../recost.ts';
import type { ChoiceRules } from '../space.ts';
import { buildIntegerProgram } from './build-integer-program.ts';
import { type BuiltModel, buildModel } from './build-model.ts';
import { withoutTies } from './exact-model.ts';
import { IntegerBounds } from './integer-bounds.ts';
import { Labels } from './labels.ts';
import { type MemoryTerm, MemoryTerms } from './memory-terms.ts';
import type { MeshPlan, SearchBase } from './mesh-search.ts';
import { buildEdges, type GraphEdge } from './message-graph.ts';
import type { SearchModel } from './model.ts';
import { type IntegerOutcome, solveIntegerProgram } from './solve-integer-program.ts';
import { assignmentOf } from './unfold.ts';

/** How hard the integer programs of a mesh are tried. */
export interface IntegerEffort {
  /** Pairs of states along edges that the first program of a mesh may have, and how many times more each further one. */
  readonly pairs: number;
  readonly growth: number;
  /** Programs that are solved once more since what they found does not fit. */
  readonly memoryRounds: number;
}

export const integerEffort: IntegerEffort = { pairs: 12_000, growth: 4, memoryRounds: 6 };

/** An integer program that is about to be solved, or has been. */
export interface IntegerTrace {
  readonly mesh: string;
  readonly columns: number;
  readonly integers: number;
  readonly rows: number;
  /** Undefined as long as it is being solved. */
  readonly end?: IntegerOutcome['end'];
  /** No plan on this mesh that fits takes fewer seconds, and what the best one takes that is known on any mesh. */
  readonly bound: number;
  readonly stepSeconds: number;
}

export interface IntegerTask {
  readonly base: SearchBase;
  readonly rules: ChoiceRules;
  readonly effort: IntegerEffort;
  /** The best plan that is known on the mesh, and whether it fits. */
  readonly known: MeshPlan;
  readonly fits: boolean;
  /** Seconds of the best plan on any mesh that fits: others are of interest only if they take fewer. */
  readonly enough: number;
  /** What is known to be a bound. */
  readonly bound: number;
  readonly timeLimitSeconds: number;
  readonly trace?: (entry: IntegerTrace) => void;
  /** Where the thread of the solver is found; for tests. */
  readonly solver?: URL;
}

/** What integer programs made of a mesh. */
export interface IntegerMeshOutcome {
  /** No plan on this mesh that fits takes fewer seconds; not above `enough`. */
  readonly bound: number;
  /** A plan that fits and takes fewer seconds than `enough`, if there is one. */
  readonly best: MeshPlan | undefined;
  /** Of the best plan that is known on any mesh. */
  readonly seconds: number;
  readonly programs: number;
  /** Why the solver failed, where it did. */
  readonly failure?: string;
}

/** Bounds and seconds that differ by less are equal. */
const closed = 1e-7;

/** The gap at which a program counts as solved, and what its bound may be wrong by: less than 1e-6 together. */
const solverGap = 5e-7;
const solverError = 2e-7;

/** Seconds of a cost of 1. */
const microsecond = 1e-6;

/** An estimate of memory this far below the limit needs no exact reckoning. */
const memoryMargin = 2;

/** With less time than this no further program is begun. */
const leastSeconds = 0.05;

/**
 * Searches a mesh by integer programs. Each has the states and pairs of states of which it is not proved that plans with
 * them take more than a threshold: so no plan takes fewer seconds than the lesser of the threshold and what the program
 * proves. The threshold rises until the program is the whole mesh. Deterministic but for the time limit.
 */
export function searchIntegers(task: IntegerTask): Promise<IntegerMeshOutcome> {
  return new IntegerSearch(task).run();
}

class IntegerSearch {
  readonly #task: IntegerTask;
  readonly #start = performance.now();
  readonly #built: BuiltModel;
  /** Without ties. */
  readonly #model: SearchModel;
  readonly #edges: readonly GraphEdge[];
  readonly #labels: Labels;
  /** With ties. */
  readonly #tied: Labels;
  readonly #bounds: IntegerBounds;
  readonly #memory: MemoryTerms;
  readonly #terms: MemoryTerm[] = [];
  /** How much of the memory limit is used; less than 1 where plans turned out to need more than the terms say. */
  #squeeze = 1;
  #bound: number;
  #cutoff: number;
  #best: MeshPlan | undefined;
  #incumbent: Int32Array | undefined;

  constructor(task: IntegerTask) {
    const { base, rules, known, fits, enough, bound } = task;
    this.#task = task;
    this.#built = buildModel(
      problemOnMesh(base.problem, known.candidate.mesh, base.facts),
      base.skeleton,
      base.partial,
      rules,
      { shapes: base.shapes },
    );
    this.#model = withoutTies(this.#built);
    this.#edges = buildEdges(this.#built.model, this.#built.moves, 0);
    this.#labels = new Labels(this.#model, this.#edges);
    const tiedEdges = buildEdges(this.#built.model, this.#built.moves, this.#built.ties.secondsPerChange);
    this.#tied = new Labels(this.#built.model, tiedEdges);
    this.#bounds = new IntegerBounds(this.#model, this.#edges, this.#labels);
    this.#memory = new MemoryTerms(this.#built, this.#edges, base.stored);
    this.#bound = bound;
    this.#cutoff = enough;
    if (fits) this.#accept(known.states);
    else this.#limitAt(known.states);
  }

  async run(): Promise<IntegerMeshOutcome> {
    const { effort, timeLimitSeconds, known, solver } = this.#task;
    let [pairs, programs, memoryRounds] = [effort.pairs, 0, 0];
    let failure: string | undefined;
    while (failure === undefined) {
      this.#bounds.raise(this.#incumbent ?? known.states, this.#cutoff, this.#terms, this.#limit);
      this.#bound = Math.max(this.#bound, Math.min(this.#bounds.bound, this.#cutoff));
      const left = timeLimitSeconds - this.#elapsed();
      if (this.#bound >= this.#cutoff * (1 - closed) || left < leastSeconds) break;
      const threshold = this.#bounds.threshold(pairs, this.#cutoff);
      const kept = this.#bounds.keptBelow(threshold, this.#incumbent);
      const limits = this.#terms.map(term => ({ ...term, limit: this.#limit * this.#squeeze }));
      const built = buildIntegerProgram(this.#model, this.#edges, kept, limits, microsecond);
      const { program } = built;
      this.#tell(program);
      const start = this.#incumbent === undefined || this.#squeeze < 1 ? undefined : built.solutionOf(this.#incumbent);
      const outcome = await solveIntegerProgram(
        {
          program,
          ...(start === undefined ? {} : { start }),
          ...(Number.isFinite(this.#cutoff) ? { cutoff: (this.#cutoff / microsecond) * (1 + closed) } : {}),
          timeLimitSeconds: left,
          gap: solverGap,
        },
        solver,
      );
      programs++;
      const proved = outcome.end === 'none' ? this.#cutoff : outcome.bound * microsecond * (1 - solverError);
      if (this.#squeeze === 1) this.#bound = Math.max(this.#bound, Math.min(threshold, proved, this.#cutoff));
      const found = outcome.solution === undefined ? undefined : built.statesOf(outcome.solution);
      const fits = found === undefined || this.#accept(found);
      this.#tell(program, outcome.end);
      if (outcome.end === 'failed') failure = outcome.why ?? 'for no known reason';
      else if (!fits && memoryRounds++ < effort.memoryRounds) this.#limitAt(found);
      else if (outcome.end === 'limit' || this.#squeeze < 1 || !fits || threshold >= this.#cutoff) break;
      else pairs *= effort.growth;
    }
    const bound = Number.isFinite(this.#bound) ? this.#bound : this.#task.bound;
    return { bound, best: this.#best, seconds: this.#cutoff, programs, ...(failure === undefined ? {} : { failure }) };
  }

  get #limit(): number {
    return this.#task.base.problem.memoryLimitBytes;
  }

  #elapsed(): number {
    return (performance.now() - this.#start) / 1000;
  }

  #tell({ columns, integers, rows }: { columns: number; integers: number; rows: number }, end?: IntegerOutcome['end']) {
    const { trace, known } = this.#task;
    trace?.({
      mesh: formatMesh(known.candidate.mesh),
      columns,
      integers,
      rows,
      ...(end === undefined ? {} : { end }),
      bound: this.#bound,
      stepSeconds: this.#cutoff,
    });
  }

  /** Takes states as the best where they fit and are; false where they do not fit. */
  #accept(found: Int32Array): boolean {
    const states = found.slice();
    this.#tied.descend(states);
    const tidy = this.#labels.cost(states) <= this.#labels.cost(found) && this.#bytes(states) <= this.#limit;
    const chosen = tidy ? states : found;
    if (!tidy && this.#bytes(found) > this.#limit) return false;
    const seconds = this.#labels.cost(chosen);
    const isKnown = found === this.#task.known.states;
    if (isKnown || seconds < this.#cutoff * (1 - 1e-9)) {
      this.#incumbent = chosen;
      if (seconds < this.#cutoff * (1 - 1e-9)) this.#best = this.#planOf(chosen);
      this.#cutoff = Math.min(this.#cutoff, seconds);
    }
    return true;
  }

  /** Limits memory where some states need most, or uses less of it where it is limited there. */
  #limitAt(states: Int32Array | undefined): void {
    if (states === undefined) return;
    const { position } = this.#memory.peak(states);
    if (!this.#terms.some(term => term.position === position)) this.#terms.push(this.#memory.at(position));
    else this.#squeeze *= Math.min(0.999, this.#limit / this.#bytes(states));
  }

  #planOf(states: Int32Array): MeshPlan {
    const { candidate, ground } = this.#task.known;
    const { variables } = this.#built.model;
    const assignment = assignmentOf(ground, this.#built, states);
    const [seconds, memoryBytes] = [this.#tied.cost(states), this.#bytes(states)];
    return { candidate, ground, variables, states, assignment, seconds, memoryBytes };
  }

  /** Bytes that a device needs: exact where they may be too many. */
  #bytes(states: Int32Array): number {
    const { bytes } = this.#memory.peak(states);
    if (bytes * memoryMargin <= this.#limit) return bytes;
    const { ground } = this.#task.known;
    return assignmentBytes(ground, assignmentOf(ground, this.#built, states));
  }
}
