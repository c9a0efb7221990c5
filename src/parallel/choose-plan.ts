import type { Assignment } from '../sharding/index.ts';
import { nextBestPlan } from './next-best.ts';
import { dataArguments, type MeshProblem, problemOnMesh } from './problem-mesh.ts';
import { type AssignmentCost, recostAssignment } from './recost.ts';
import type { MeshPlan, SearchBase } from './search/mesh-search.ts';
import { tidyMesh } from './tidy-mesh.ts';

/** A plan that fits, with what it costs. Its axes are joined and named, where the search chose the mesh. */
export interface ShardingSolution {
  readonly ground: MeshProblem;
  readonly assignment: Assignment;
  readonly cost: AssignmentCost;
  /** Seconds of a step, by the search's own books. */
  readonly seconds: number;
}

/** How far the books of a search may be from the cost reckoned anew: they count ties as seconds. */
const booksError = 2e-4;

/**
 * The fastest plan that fits, exactly reckoned, or a simpler one that is hardly slower, and the next other one. `plans`
 * are by their seconds; see `ShardingOptions` for `simplicity`.
 */
export function firstThatFits(
  base: SearchBase,
  plans: readonly MeshPlan[],
  simplicity: number,
): { readonly tidy: ShardingSolution; readonly second: MeshPlan | undefined } | undefined {
  const ordered = simplestFirst(plans, simplicity);
  for (const [index, plan] of ordered.entries()) {
    const tidy = tidied(base, plan);
    if (tidy.cost.memoryBytes <= tidy.ground.problem.memoryLimitBytes)
      return { tidy, second: nextBestPlan(ordered.slice(index + 1), plan) };
  }
  return undefined;
}

/** Plans by their seconds, before them the one of fewest axes among those that are hardly slower than the fastest. */
function simplestFirst(plans: readonly MeshPlan[], simplicity: number): readonly MeshPlan[] {
  const axes = ({ candidate }: MeshPlan): number => candidate.mesh.axes.length;
  const near = plans.filter(({ seconds }) => seconds <= plans[0].seconds * (1 + simplicity));
  const [simplest] = near.sort((a, b) => axes(a) - axes(b) || a.seconds - b.seconds);
  return near.length === 0 ? plans : [simplest, ...plans.filter(plan => plan !== simplest)];
}

/** The same plan on the mesh that its layouts are about, unless the user gave the mesh. */
function tidied({ problem, skeleton }: SearchBase, { ground, assignment, seconds }: MeshPlan): ShardingSolution {
  const { hideable } = skeleton;
  if (problem.mesh !== undefined)
    return { ground, assignment, cost: recostAssignment(ground, assignment, hideable), seconds };
  const tidy = tidyMesh(assignment, dataArguments(ground));
  const renamed = problemOnMesh(problem, tidy.mesh, ground, ground.defects);
  const cost = recostAssignment(renamed, tidy.assignment, hideable);
  if (Math.abs(cost.stepSeconds / seconds - 1) > booksError)
    throw new Error(`internal: a plan costs ${cost.stepSeconds} s, by the books of the search ${seconds} s`);
  return { ground: renamed, assignment: tidy.assignment, cost, seconds };
}
