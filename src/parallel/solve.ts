import type { Diagnostic } from '../base/index.ts';
import type { PlannerDefects } from '../cost/index.ts';
import { formatMesh, type ProgramFacts } from '../sharding/index.ts';
import { firstThatFits, type ShardingSolution } from './choose-plan.ts';
import { foldProgram } from './fold.ts';
import type { Fold } from './fold-types.ts';
import { type HelpfulChange, largerCluster } from './larger-clusters.ts';
import { listMeshes, type MeshCandidate, type MeshRules, meshRules } from './meshes.ts';
import { dimensionSizes, entryOf, type ShardingProblem } from './problem.ts';
import type { AssignmentCost } from './recost.ts';
import { refineMeshes } from './refine.ts';
import { meshSearchOf } from './search/choose-search.ts';
import { type IntegerTrace, integerEffort } from './search/integer-search.ts';
import {
  defaultEffort,
  type MeshEffort,
  type MeshOutcome,
  type MeshPlan,
  openSearch,
  type SearchBase,
} from './search/mesh-search.ts';
import { graceSeconds } from './search/solve-integer-program.ts';
import { type ChoiceRules, choiceRules } from './space.ts';
import { validateAssignment } from './validate.ts';

export interface ShardingOptions {
  /** O1, messages and descent on each mesh, or O2: then integer programs, where a mesh may have a better plan. */
  readonly level?: 'O1' | 'O2';
  /**
   * No further mesh is begun after so many seconds, and integer programs end then; the best plan so far is returned. Where
   * all meshes were searched by then, the best may still be searched once more, see `searchIdle`. Without limit at O1, 60
   * at O2.
   */
  readonly timeLimitSeconds?: number;
  /** Default: `choiceRules`, and without the one for products where that is worth a search: see `searchIdle`. */
  readonly rules?: ChoiceRules;
  readonly meshRules?: MeshRules;
  readonly effort?: MeshEffort;
  /**
   * The share of a step by which a plan on a mesh of fewer axes may be slower and still be preferred. Prices are not as
   * exact as that, and compilers join less of what many small axes cut, and order it anew. 0.001 where it is left out.
   */
  readonly simplicity?: number;
  /** The repeats of the program and what is known of it on any mesh, found anew where they are left out. */
  readonly fold?: Fold;
  readonly facts?: ProgramFacts;
  /** Mistakes to make on purpose: for tests. */
  readonly defects?: PlannerDefects;
  /** Hears of every mesh when it has been searched. */
  readonly trace?: (entry: MeshTrace) => void;
  /** Hears of every integer program before and after it is solved. */
  readonly traceProgram?: (entry: IntegerTrace) => void;
  /** Where the thread that solves integer programs is found; for tests. */
  readonly solver?: URL;
}

/** Seconds that O2 takes at most unless told otherwise. */
const refinedSeconds = 60;

/** What came of one mesh. */
export interface MeshTrace {
  readonly mesh: string;
  readonly bound: number;
  /** Of the best plan on this mesh that fits, undefined where none was found. */
  readonly stepSeconds: number | undefined;
  readonly leastBytes: number;
  readonly variables: number;
  readonly states: number;
  readonly passes: number;
  /** Meshes done, and how many there are. */
  readonly done: number;
  readonly all: number;
}

export interface ShardingStats {
  readonly seconds: number;
  /** Of these, those of the search of meshes alone: without folding, and without pricing and checking what was found. */
  readonly meshSeconds: number;
  /** Meshes that were searched, all that there are, and which rules left out how many. */
  readonly meshes: number;
  readonly meshesInAll: number;
  readonly meshesPruned: readonly { readonly rule: string; readonly meshes: number; readonly why: string }[];
  /** Strategies of classes of operations, before and after rules left some out, on all meshes. */
  readonly choicesCounted: number;
  readonly choicesKept: number;
  readonly variables: number;
  readonly states: number;
  readonly passes: number;
  /** Integer programs that were solved, or begun. */
  readonly programs: number;
}

/** Why there is no plan. */
export interface NoPlan {
  readonly kind: 'memory';
  readonly limitBytes: number;
  /** Fewest bytes on a device of any plan that was looked at, and its mesh. */
  readonly leastBytes: number;
  readonly mesh: string;
  /** No plan needs fewer bytes on a device. */
  readonly boundBytes: number;
  /** What would help, the smallest change of each kind. */
  readonly changes: readonly HelpfulChange[];
}

export interface ShardingOutcome {
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'timeout';
  readonly solution?: ShardingSolution;
  /** The next best plan, on another mesh. */
  readonly second?: MeshPlan;
  /** No plan in the stated space takes fewer seconds. */
  readonly bound: number;
  /** How far the solution may be from the best, over the solution: from 0 to 1. */
  readonly gap: number;
  readonly stats: ShardingStats;
  readonly explanation?: NoPlan;
  /** What went wrong on the way to it. */
  readonly warnings: readonly Diagnostic[];
}

/** A gap that counts as none: the books are kept in floating point, and ties are seconds. */
const closed = 1e-4;

/** How many plans of other meshes a mesh begins with. */
const mostSeeds = 2;

/**
 * Searches all meshes of a problem's cluster, those with few axes first, since their plans are found quickly and end the
 * search of finer meshes early. Deterministic but for the time limit, which only cuts between meshes. Every plan that is
 * returned has passed `validateAssignment`.
 */
export async function solveSharding(problem: ShardingProblem, options: ShardingOptions = {}): Promise<ShardingOutcome> {
  const start = performance.now();
  const fold = options.fold ?? foldProgram(problem.program);
  const meshes = meshesOf(problem, options.meshRules ?? meshRules);
  const base = openSearch(problem, fold, meshes.list[0].mesh, options);
  const { level = 'O1' } = options;
  const limitSeconds = options.timeLimitSeconds ?? (level === 'O2' ? refinedSeconds : Number.POSITIVE_INFINITY);
  const deadline = start + 1000 * limitSeconds;
  const { simplicity = 1e-3 } = options;
  const opened = performance.now();
  let searched = await searchMeshes(base, meshes.list, options, deadline, false);
  const began = performance.now();
  let solution = firstThatFits(base, searched.plans, simplicity);
  const finishing = performance.now() - began;
  if (solution === undefined && searched.plans.length > 0) {
    // What was taken to fit does not: once more, with exact memory throughout.
    searched = await searchMeshes(base, meshes.list, options, deadline, true);
    solution = firstThatFits(base, searched.plans, simplicity);
  }
  let [programs, warnings]: [number, readonly Diagnostic[]] = [0, []];
  let { rules = choiceRules } = options;
  if (options.rules === undefined && solution !== undefined && !searched.unsearched) {
    const idle = searchIdle(base, searched, solution.tidy.cost, options.effort);
    if (idle !== undefined) {
      [searched, rules] = [idle, idleRules];
      solution = firstThatFits(base, searched.plans, simplicity);
    }
  }
  if (level === 'O2') {
    // What comes after takes as long once more.
    const end = deadline - 2 * finishing - 1000 * graceSeconds;
    ({ searched, programs, warnings } = await refineSearched(base, searched, { ...options, rules }, end));
    solution = firstThatFits(base, searched.plans, simplicity);
  }
  const seconds = (performance.now() - start) / 1000;
  const meshSeconds = (began - opened) / 1000;
  const stats = { ...statsOf(searched.outcomes, meshes), seconds, meshSeconds, programs };
  const bound = boundOf(base, searched);
  if (solution === undefined) return { ...noPlan(problem, fold, searched), bound, gap: 1, stats, warnings };
  const { tidy, second } = solution;
  const violations = validateAssignment(tidy.ground, tidy.assignment, tidy.cost);
  if (violations.length > 0)
    throw new Error(`internal: the search broke ${violations.map(({ message }) => message).join('; ')}`);
  const gap = Math.max(0, 1 - bound / tidy.cost.stepSeconds);
  const status = gap <= closed ? 'optimal' : 'feasible';
  const proven = Math.min(bound, tidy.cost.stepSeconds);
  const rest = second === undefined ? {} : { second };
  return { status, solution: tidy, ...rest, bound: proven, gap, stats, warnings };
}

/**
 * How many times longer than it computes a plan must move before it is worth a search to let devices do what others do:
 * where that search is short, since the mesh has few states, and where it is not.
 */
const moving = { short: 0.1, long: 4 };
const fewStates = 5000;

const idleRules: ChoiceRules = { ...choiceRules, busyProducts: false };

/**
 * The mesh of the best plan once more, with products that may leave axes idle, where that plan moves much: over slow links
 * each device may sooner have done what others do as well. Undefined where it is of no use.
 */
function searchIdle(
  base: SearchBase,
  searched: SearchedMeshes,
  { computeSeconds, communicationSeconds }: AssignmentCost,
  effort: MeshEffort = defaultEffort,
): SearchedMeshes | undefined {
  const [best] = searched.plans;
  const mesh = formatMesh(best.candidate.mesh);
  const states = searched.outcomes.find(other => other.mesh === mesh)?.outcome.states ?? Number.POSITIVE_INFINITY;
  const least = states <= fewStates ? moving.short : moving.long;
  if (base.defects.axisByAxis || communicationSeconds <= least * computeSeconds) return undefined;
  const known = { enough: Number.POSITIVE_INFINITY, seeds: [], exactMemory: true };
  const outcome = meshSearchOf(base)(base, best.candidate, idleRules, effort, known);
  if (outcome.best === undefined || outcome.best.seconds >= best.seconds) return undefined;
  // It bounds what else this mesh has; what other meshes have with idle products is not in the space.
  const outcomes = [...searched.outcomes.filter(other => other.mesh !== mesh), { outcome, mesh, covers: true }];
  const others = searched.plans.filter(({ candidate }) => candidate !== best.candidate);
  return { ...searched, outcomes, plans: [outcome.best, ...others] };
}

const overlapping: Diagnostic = {
  code: 'SK2305',
  severity: 'warning',
  message: 'integer programs do not know what hides behind computing, so none was solved',
  next: 'leave --level O2 away, or plan for a cluster whose profile has no overlap',
};

/** Integer programs for meshes on which there may be a better plan. */
async function refineSearched(
  base: SearchBase,
  searched: SearchedMeshes,
  { rules = choiceRules, traceProgram, solver }: ShardingOptions,
  deadline: number,
): Promise<{ searched: SearchedMeshes; programs: number; warnings: readonly Diagnostic[] }> {
  if (base.overlap.share > 0) return { searched, programs: 0, warnings: [overlapping] };
  const best = searched.plans[0]?.seconds ?? Number.POSITIVE_INFINITY;
  const { meshes, programs, warnings } = await refineMeshes(base, searched.outcomes, best, {
    rules,
    effort: integerEffort,
    timeLimitSeconds: (deadline - performance.now()) / 1000,
    ...(traceProgram === undefined ? {} : { trace: traceProgram }),
    ...(solver === undefined ? {} : { solver }),
  });
  const plans = meshes.flatMap(({ outcome }) => outcome.best ?? []).sort(bySeconds);
  return { searched: { ...searched, outcomes: meshes, plans }, programs, warnings };
}

/** What came of the meshes that were searched; plans by their seconds. */
interface SearchedMeshes {
  readonly outcomes: readonly SearchedMesh[];
  readonly plans: readonly MeshPlan[];
  /** True where time ran out before all meshes were searched. */
  readonly unsearched: boolean;
}

interface SearchedMesh {
  readonly outcome: MeshOutcome;
  readonly mesh: string;
  readonly covers: boolean;
}

async function searchMeshes(
  base: SearchBase,
  list: readonly ListedMesh[],
  { rules = choiceRules, effort = defaultEffort, trace }: ShardingOptions,
  deadline: number,
  exactMemory: boolean,
): Promise<SearchedMeshes> {
  const searchMesh = meshSearchOf(base);
  const outcomes: SearchedMesh[] = [];
  const plans: MeshPlan[] = [];
  for (const { mesh, covers } of list) {
    if (outcomes.length > 0 && performance.now() > deadline) return { outcomes, plans, unsearched: true };
    const enough = plans[0]?.seconds ?? Number.POSITIVE_INFINITY;
    const seeds = outcomes.map(({ outcome }) => outcome.best ?? outcome.free).sort(bySeconds);
    const known = { enough, seeds: seeds.slice(0, mostSeeds), exactMemory };
    const outcome = searchMesh(base, mesh, rules, effort, known);
    outcomes.push({ outcome, mesh: formatMesh(mesh.mesh), covers });
    if (outcome.best !== undefined) plans.push(outcome.best);
    plans.sort(bySeconds);
    const { bound, best, leastBytes, variables, states, passes } = outcome;
    const done = { done: outcomes.length, all: list.length };
    const stepSeconds = best?.seconds;
    trace?.({ mesh: formatMesh(mesh.mesh), bound, stepSeconds, leastBytes, variables, states, passes, ...done });
    await new Promise(resolve => setImmediate(resolve));
  }
  return { outcomes, plans, unsearched: false };
}

const bySeconds = (a: MeshPlan, b: MeshPlan): number => a.seconds - b.seconds;

function boundOf(base: SearchBase, { outcomes, unsearched }: SearchedMeshes): number {
  const covering = outcomes.filter(({ covers }) => covers).map(({ outcome }) => outcome.bound);
  return Math.min(...covering, ...(unsearched ? [base.idealSeconds] : []));
}

function statsOf(
  outcomes: readonly SearchedMesh[],
  meshes: MeshesToSearch,
): Omit<ShardingStats, 'seconds' | 'meshSeconds' | 'programs'> {
  const sum = (of: (outcome: MeshOutcome) => number): number =>
    outcomes.reduce((all, { outcome }) => all + of(outcome), 0);
  return {
    meshes: outcomes.length,
    meshesInAll: meshes.total,
    meshesPruned: meshes.pruned,
    choicesCounted: sum(({ choices }) => choices.counted),
    choicesKept: sum(({ choices }) => choices.kept),
    variables: Math.max(...outcomes.map(({ outcome }) => outcome.variables)),
    states: Math.max(...outcomes.map(({ outcome }) => outcome.states)),
    passes: sum(({ passes }) => passes),
  };
}

function noPlan(
  problem: ShardingProblem,
  fold: Fold,
  { outcomes, unsearched }: SearchedMeshes,
): { readonly status: 'infeasible' | 'timeout'; readonly explanation: NoPlan } {
  const [least] = [...outcomes].sort((a, b) => a.outcome.leastBytes - b.outcome.leastBytes);
  const covering = outcomes.filter(({ covers }) => covers);
  const boundBytes = unsearched ? 0 : Math.min(...covering.map(({ outcome }) => outcome.boundBytes));
  const { leastBytes } = least.outcome;
  const { memoryLimitBytes: limitBytes, cluster } = problem;
  const larger = largerCluster(problem, fold);
  const memory: HelpfulChange = { kind: 'memory', cluster: cluster.notation, memoryBytes: leastBytes };
  const changes = larger === undefined ? [memory] : [memory, larger];
  return {
    status: boundBytes > limitBytes ? 'infeasible' : 'timeout',
    explanation: { kind: 'memory', limitBytes, leastBytes, mesh: least.mesh, boundBytes, changes },
  };
}

interface ListedMesh {
  readonly mesh: MeshCandidate;
  readonly covers: boolean;
}

interface MeshesToSearch {
  readonly list: readonly ListedMesh[];
  readonly total: number;
  readonly pruned: ShardingStats['meshesPruned'];
}

/** The meshes to search, few axes first. Those that cover the space bound it; the others only find plans early. */
function meshesOf(problem: ShardingProblem, rules: MeshRules): MeshesToSearch {
  if (problem.mesh !== undefined) {
    const extents = problem.mesh.axes.map(
      (_, axis) => problem.mesh?.axes.map(({ size }, own) => (own === axis ? size : 1)) ?? [],
    );
    return { list: [{ mesh: { mesh: problem.mesh, extents }, covers: true }], total: 1, pruned: [] };
  }
  const dimensions = dimensionSizes(entryOf(problem.program));
  const { candidates, total, pruned } = listMeshes(problem.cluster, dimensions, rules);
  const covering = new Set(candidates.map(({ mesh }) => formatMesh(mesh)));
  const all = listMeshes(problem.cluster, dimensions, { ...rules, contained: false }).candidates;
  const list = all
    .map((mesh: MeshCandidate) => ({ mesh, covers: covering.has(formatMesh(mesh.mesh)) }))
    .sort((a, b) => a.mesh.mesh.axes.length - b.mesh.mesh.axes.length);
  return { list, total, pruned };
}
