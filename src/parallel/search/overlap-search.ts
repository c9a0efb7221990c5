import type { MeshCandidate } from '../meshes.ts';
import { type AssignmentCost, recostAssignment } from '../recost.ts';
import type { ChoiceRules } from '../space.ts';
import {
  type KnownPlans,
  type MeshEffort,
  type MeshOutcome,
  type MeshPlan,
  type SearchBase,
  searchMesh,
} from './mesh-search.ts';
import { overlapWeights } from './overlap-weights.ts';

/** Most weights that are tried on one mesh. */
const mostWeights = 5;

/** A plan this close to the bound needs no further weights. */
const closeEnough = 1e-4;

/**
 * Searches a mesh where moves can be hidden behind computing, by means of the two sums of which a step is the larger one
 * (see `overlapWeights`). The best bound is concave in the weight, so the weight moves to the first sum as long as the
 * plan that it finds has room to hide more, and else to the second (Lagrangian relaxation; Fisher 1981). What the plans
 * of all weights really take is reckoned anew. A plan that is best by no mean can be missed; the bound holds all the same.
 */
export function searchOverlapped(
  base: SearchBase,
  candidate: MeshCandidate,
  rules: ChoiceRules,
  effort: MeshEffort,
  known: KnownPlans,
): MeshOutcome {
  let found: MeshOutcome | undefined;
  let [low, high] = [0, 1];
  for (let tried = 0; tried < mostWeights; tried++) {
    // Both ends first: one of them is the best where hiding is never, or always, limited by computing.
    const weight = tried === 0 ? 1 : tried === 1 ? 0 : (low + high) / 2;
    const seeds = found === undefined ? known.seeds : [found.best ?? found.free, ...known.seeds];
    const model = { weights: overlapWeights(base.overlap, weight) };
    const outcome = searchMesh({ ...base, model }, candidate, rules, effort, { ...known, seeds });
    const { cost, priced } = reprice(outcome);
    found = found === undefined ? priced : joined(found, priced);
    if (found.bound >= known.enough || (found.best ?? found.free).seconds <= found.bound * (1 + closeEnough)) break;
    if (base.overlap.share * cost.computeSeconds > cost.hideableSeconds) high = weight;
    else low = weight;
  }
  if (found === undefined) throw new Error('internal: no weight was tried');
  return found;
}

/** What was found by weighed seconds, in seconds; and the cost of the best of it. */
function reprice(outcome: MeshOutcome): { readonly cost: AssignmentCost; readonly priced: MeshOutcome } {
  const price = (plan: MeshPlan): AssignmentCost => recostAssignment(plan.ground, plan.assignment);
  const freeCost = price(outcome.free);
  const free = { ...outcome.free, seconds: freeCost.stepSeconds };
  if (outcome.best === undefined || outcome.best === outcome.free) {
    return { cost: freeCost, priced: { ...outcome, free, best: outcome.best === undefined ? undefined : free } };
  }
  const cost = price(outcome.best);
  return { cost, priced: { ...outcome, free, best: { ...outcome.best, seconds: cost.stepSeconds } } };
}

/** The better of two searches of one mesh in every respect. */
function joined(a: MeshOutcome, b: MeshOutcome): MeshOutcome {
  const better = (one: MeshPlan, other: MeshPlan): MeshPlan => (other.seconds < one.seconds ? other : one);
  return {
    ...a,
    bound: Math.max(a.bound, b.bound),
    best: a.best === undefined || b.best === undefined ? (a.best ?? b.best) : better(a.best, b.best),
    free: better(a.free, b.free),
    boundBytes: Math.max(a.boundBytes, b.boundBytes),
    leastBytes: Math.min(a.leastBytes, b.leastBytes),
    passes: a.passes + b.passes,
  };
}
