import { type Progress, silentProgress } from '../base/index.ts';
import { createPlanner, type Planner } from './planner.ts';
import type { AirspaceProblem, FlightPlan, FlightRequest, Refusal } from './problem.ts';
import { createRefusalExplainer } from './refusals.ts';
import { validateFlightPlan } from './validate.ts';

export interface FlightSolveOptions {
  /** Labels that may be expanded for one request before it is given up. Default: one million. */
  readonly nodesPerRequest?: number;
  readonly progress?: Progress;
}

/** What came of a problem's requests. */
export interface FlightOutcome {
  readonly plan: FlightPlan;
  readonly stats: FlightStats;
}

export interface FlightStats {
  readonly served: number;
  /** Served at more than they would cost alone. */
  readonly delayed: number;
  readonly proved: number;
  readonly gaveUp: number;
  readonly expansions: number;
  /** Sum of the costs of those who are served, and of what they would cost alone in the sky: a lower bound. */
  readonly cost: number;
  readonly boundCost: number;
  /** Requests that could be served if each were alone in the sky: no plan serves more. */
  readonly servedBound: number;
}

/**
 * Serves requests first come, first served, as Shi and Ng do (ICUAS 2018): each flight is the cheapest past all that is
 * accepted, and no accepted flight is ever moved. Each route is optimal, given those before it; their order is not. The plan has
 * passed the validator; one that does not is a bug, and thrown as such.
 */
export function solve(problem: AirspaceProblem, options: FlightSolveOptions = {}): FlightOutcome {
  const { nodesPerRequest = 1_000_000, progress = silentProgress } = options;
  const planner = createPlanner(problem);
  const alone = createPlanner(problem, { withoutFlights: true });
  const explainer = createRefusalExplainer(problem);
  const refusals: Refusal[] = [];
  const stats = { served: 0, delayed: 0, proved: 0, gaveUp: 0, expansions: 0, cost: 0, boundCost: 0, servedBound: 0 };
  const order = inOrderOfSubmission(problem.requests);
  progress.phase('planning flights', order.length);
  order.forEach((request, index) => {
    const answer = planner.find(request, { nodes: nodesPerRequest });
    const best = alone.find(request, { nodes: nodesPerRequest });
    stats.expansions += answer.expansions;
    if (best.kind !== 'proved') stats.servedBound++;
    if (answer.kind === 'found') {
      planner.accept(answer.flight);
      stats.served++;
      stats.cost += answer.flight.cost;
      const bound = best.kind === 'found' ? best.flight.cost : answer.flight.cost;
      stats.boundCost += bound;
      if (answer.flight.cost > bound + 1e-6) stats.delayed++;
    } else {
      if (answer.kind === 'proved') stats.proved++;
      else stats.gaveUp++;
      refusals.push(explainer.explain(planner, request, answer.kind, nodesPerRequest));
    }
    progress.advance(index + 1);
  });
  progress.end();
  const plan = planOf(problem, planner, refusals);
  const [violation] = validateFlightPlan(problem, plan);
  if (violation !== undefined) throw new Error(`internal: ${violation.message}`);
  return { plan, stats };
}

/** By time of submission; those submitted together in the order of the problem. */
function inOrderOfSubmission(requests: readonly FlightRequest[]): readonly FlightRequest[] {
  const time = ({ submitted, earliest }: FlightRequest): number => submitted ?? earliest;
  return [...requests].sort((a, b) => time(a) - time(b));
}

function planOf(problem: AirspaceProblem, planner: Planner, refusals: readonly Refusal[]): FlightPlan {
  const { name, epoch } = problem;
  return { format: 'skein.flights/1', problem: name, epoch, flights: planner.flights(), refusals };
}
