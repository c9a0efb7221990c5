import { noDefects, type PlannerDefects } from '../cost/index.ts';
import { type Assignment, formatMesh } from '../sharding/index.ts';
import { foldProgram } from './fold.ts';
import type { Fold } from './fold-types.ts';
import { listMeshes, type MeshCandidate, type MeshRules, meshRules } from './meshes.ts';
import { dimensionSizes, entryOf, type ShardingProblem } from './problem.ts';
import { type MeshProblem, problemOnMesh } from './problem-mesh.ts';
import { type AssignmentCost, recostAssignment } from './recost.ts';
import { meshSearchOf } from './search/choose-search.ts';
import { defaultEffort, type MeshEffort, type MeshOutcome, type MeshPlan, openSearch } from './search/mesh-search.ts';
import { type ChoiceRules, choiceRules } from './space.ts';
import { tidyMesh } from './tidy-mesh.ts';
import { validateAssignment } from './validate.ts';

export interface ShardingOptions {
  /** No further mesh is begun after so many seconds; the best plan so far is returned. */
  readonly timeLimitSeconds?: number;
  readonly rules?: ChoiceRules;
  readonly meshRules?: MeshRules;
  readonly effort?: MeshEffort;
  /** The repeats of the program, found anew where it is left out. */
  readonly fold?: Fold;
  /** Mistakes to make on purpose: for tests. */
  readonly defects?: PlannerDefects;
  /** Hears of every mesh when it has been searched. */
  readonly trace?: (entry: MeshTrace) => void;
}

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
}

/** A plan that fits, with what it costs. Its axes are joined and named, where the search chose the mesh. */
export interface ShardingSolution {
  readonly ground: MeshProblem;
  readonly assignment: Assignment;
  readonly cost: AssignmentCost;
  /** Seconds of a step, by the search's own books. */
  readonly seconds: number;
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
}

/** A gap that counts as none: the books are kept in floating point. */
const closed = 1e-6;

/**
 * Searches all meshes of a problem's cluster, those with few axes first, since their plans are found quickly and end the
 * search of finer meshes early. Deterministic but for the time limit, which only cuts between meshes. Every plan that is
 * returned has passed `validateAssignment`.
 */
export async function solveSharding(problem: ShardingProblem, options: ShardingOptions = {}): Promise<ShardingOutcome> {
  const start = performance.now();
  const { rules = choiceRules, effort = defaultEffort, timeLimitSeconds = Number.POSITIVE_INFINITY } = options;
  const { defects = noDefects } = options;
  const fold = options.fold ?? foldProgram(problem.program);
  const meshes = meshesOf(problem, options.meshRules ?? meshRules);
  const elapsed = (): number => (performance.now() - start) / 1000;
  const base = openSearch(problem, fold, meshes.list[0].mesh, defects);
  const searchMesh = meshSearchOf(base);
  const outcomes: { readonly outcome: MeshOutcome; readonly mesh: string; readonly covers: boolean }[] = [];
  const plans: MeshPlan[] = [];
  let solution: (MeshPlan & ShardingSolution) | undefined;
  let unsearched = false;
  for (const { mesh, covers } of meshes.list) {
    if (outcomes.length > 0 && elapsed() > timeLimitSeconds) {
      unsearched = true;
      break;
    }
    const enough = solution?.seconds ?? Number.POSITIVE_INFINITY;
    const seeds = outcomes.map(({ outcome }) => outcome.best ?? outcome.free).sort(bySeconds);
    const outcome = searchMesh(base, mesh, rules, effort, { enough, seeds: seeds.slice(0, mostSeeds) });
    outcomes.push({ outcome, mesh: formatMesh(mesh.mesh), covers });
    if (outcome.best !== undefined) {
      plans.push(outcome.best);
      if (outcome.best.seconds < enough) solution = pricedPlan(outcome.best) ?? solution;
    }
    options.trace?.({
      mesh: formatMesh(mesh.mesh),
      bound: outcome.bound,
      stepSeconds: outcome.best?.seconds,
      leastBytes: outcome.leastBytes,
      variables: outcome.variables,
      states: outcome.states,
      passes: outcome.passes,
      done: outcomes.length,
      all: meshes.list.length,
    });
    await new Promise(resolve => setImmediate(resolve));
  }
  const sum = (of: (outcome: MeshOutcome) => number): number =>
    outcomes.reduce((all, { outcome }) => all + of(outcome), 0);
  const stats: ShardingStats = {
    seconds: elapsed(),
    meshes: outcomes.length,
    meshesInAll: meshes.total,
    meshesPruned: meshes.pruned,
    choicesCounted: sum(({ choices }) => choices.counted),
    choicesKept: sum(({ choices }) => choices.kept),
    variables: Math.max(...outcomes.map(({ outcome }) => outcome.variables)),
    states: Math.max(...outcomes.map(({ outcome }) => outcome.states)),
    passes: sum(({ passes }) => passes),
  };
  const covering = outcomes.filter(({ covers }) => covers);
  const second = plans.filter(plan => plan.states !== solution?.states).sort(bySeconds)[0];
  const bound = unsearched
    ? 0
    : Math.min(...covering.map(({ outcome }) => outcome.bound), solution?.cost.stepSeconds ?? Number.POSITIVE_INFINITY);
  if (solution === undefined) {
    const [least] = [...outcomes].sort((a, b) => a.outcome.leastBytes - b.outcome.leastBytes);
    const boundBytes = Math.min(...covering.map(({ outcome }) => outcome.boundBytes));
    const limitBytes = problem.memoryLimitBytes;
    return {
      status: boundBytes > limitBytes && !unsearched ? 'infeasible' : 'timeout',
      bound,
      gap: 1,
      stats,
      explanation: { kind: 'memory', limitBytes, leastBytes: least.outcome.leastBytes, mesh: least.mesh, boundBytes },
    };
  }
  const tidy = tidied(problem, solution);
  const violations = validateAssignment(tidy.ground, tidy.assignment, tidy.cost);
  if (violations.length > 0)
    throw new Error(`internal: the search broke ${violations.map(({ message }) => message).join('; ')}`);
  const gap = 1 - bound / solution.cost.stepSeconds;
  const status = gap <= closed ? 'optimal' : 'feasible';
  return { status, solution: tidy, ...(second === undefined ? {} : { second }), bound, gap: Math.max(0, gap), stats };
}

/** How many plans of other meshes a mesh begins with. */
const mostSeeds = 2;

const bySeconds = (a: MeshPlan, b: MeshPlan): number => a.seconds - b.seconds;

/** A plan with its exact cost; undefined where it turns out not to fit. */
function pricedPlan(plan: MeshPlan): (MeshPlan & ShardingSolution) | undefined {
  const cost = recostAssignment(plan.ground, plan.assignment);
  return cost.memoryBytes > plan.ground.problem.memoryLimitBytes ? undefined : { ...plan, cost };
}

/** The same plan on the mesh that its layouts are about, unless the user gave the mesh. */
function tidied(problem: ShardingProblem, { ground, assignment, cost, seconds }: ShardingSolution): ShardingSolution {
  if (problem.mesh !== undefined) return { ground, assignment, cost, seconds };
  const tidy = tidyMesh(assignment, problem.batchArguments);
  const renamed = problemOnMesh(problem, tidy.mesh, ground, ground.defects);
  const recost = recostAssignment(renamed, tidy.assignment);
  if (Math.abs(recost.stepSeconds / cost.stepSeconds - 1) > 1e-9)
    throw new Error(`internal: on the tidy mesh ${recost.stepSeconds} s, before ${cost.stepSeconds} s`);
  return { ground: renamed, assignment: tidy.assignment, cost: recost, seconds };
}

/** The meshes to search, few axes first. Those that cover the space bound it; the others only find plans early. */
function meshesOf(problem: ShardingProblem, rules: MeshRules) {
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
