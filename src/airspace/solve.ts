import { type Progress, silentProgress } from '../base/index.ts';
import { planFleet } from './fleet.ts';
import { type Served, type ServeOptions, serveOnline } from './online.ts';
import { createPlanner } from './planner.ts';
import type { AirspaceProblem, Flight, FlightPlan, Refusal } from './problem.ts';
import { createRefusalExplainer } from './refusals.ts';
import { validateFlightPlan } from './validate.ts';

/**
 * How requests are served together.
 *
 * - `first-come`: as they are submitted, as Shi and Ng do (ICUAS 2018): each flight is the cheapest past all that is
 *   accepted, and no accepted flight is ever moved. Each route is optimal, given those before it; their order is not.
 * - `batch`: all at once, as if they were submitted together: in a good order, then by large-neighbourhood repair.
 */
export type FlightMode = 'first-come' | 'bump' | 'batch';

export interface FlightSolveOptions {
  /** Default `first-come`. */
  readonly mode?: FlightMode;
  /** For `batch`; default 0. The same seed gives the same plan on every machine. */
  readonly seed?: number;
  /** For `batch`: rounds of repair. */
  readonly repairs?: number;
  /**
   * Whether refusals name who stands in the way and the nearest alternative, and what everybody would cost alone is worked
   * out. Default true. Without, refusals have causes only, and numbers that nobody needed for the plan are absent.
   */
  readonly explain?: boolean;
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
  readonly proved: number;
  readonly gaveUp: number;
  readonly expansions: number;
  /** Sum of the costs of those who are served. */
  readonly cost: number;
  /** Served at more than they would cost alone. Absent, as the next two, where `explain` is false. */
  readonly delayed?: number;
  /** What those who are served would cost alone in the sky: a lower bound. */
  readonly boundCost?: number;
  /** Requests that could be served if each were alone in the sky: no plan serves more. */
  readonly servedBound?: number;
}

/** Serves requests in one of three modes. The plan has passed the validator; one that does not is a bug, and thrown as such. */
export function solve(problem: AirspaceProblem, options: FlightSolveOptions = {}): FlightOutcome {
  const { mode = 'first-come', explain = true, nodesPerRequest = 1_000_000, progress = silentProgress } = options;
  const explainer = createRefusalExplainer(problem, { brief: !explain });
  const serving = { nodes: nodesPerRequest, explainer, progress };
  const served = mode === 'batch' ? serveTogether(problem, options, serving) : serveOnline(problem, serving);
  const { name, epoch } = problem;
  const flights = served.planner.flights();
  const { refusals } = served;
  const plan: FlightPlan = { format: 'skein.flights/1', problem: name, epoch, flights, refusals };
  const [violation] = validateFlightPlan(problem, plan);
  if (violation !== undefined) throw new Error(`internal: ${violation.message}`);
  const asked = new Map(problem.requests.map(request => [request.name, request]));
  const own = flights.filter(flight => asked.has(flight.name));
  const stats: FlightStats = {
    served: own.length,
    proved: refusals.filter(({ kind }) => kind === 'proved').length,
    gaveUp: refusals.filter(({ kind }) => kind === 'gave-up').length,
    expansions: served.expansions,
    cost: own.reduce((total, { cost }) => total + cost, 0),
  };
  return { plan, stats: explain ? { ...stats, ...boundsOf(problem, own, nodesPerRequest) } : stats };
}

/** What each request would cost alone in the sky, beside what those who are served cost. */
function boundsOf(
  problem: AirspaceProblem,
  flights: readonly Flight[],
  nodes: number,
): Required<Pick<FlightStats, 'delayed' | 'boundCost' | 'servedBound'>> {
  const alone = createPlanner(problem, { withoutFlights: true });
  const served = new Map(flights.map(flight => [flight.name, flight.cost]));
  const bounds = { delayed: 0, boundCost: 0, servedBound: 0 };
  for (const request of problem.requests) {
    const best = alone.find(request, { nodes });
    if (best.kind !== 'proved') bounds.servedBound++;
    const cost = served.get(request.name);
    if (cost === undefined) continue;
    const bound = best.kind === 'found' ? best.flight.cost : cost;
    bounds.boundCost += bound;
    if (cost > bound + 1e-6) bounds.delayed++;
  }
  return bounds;
}

/** Plans all requests together, and explains who is refused by what is in the sky in the end. */
function serveTogether(problem: AirspaceProblem, options: FlightSolveOptions, serving: ServeOptions): Served {
  const { nodes, explainer, progress } = serving;
  const { seed = 0, repairs = 200 } = options;
  const fleet = planFleet(problem, { seed, repairs, nodesPerRequest: nodes, progress });
  const planner = createPlanner(problem);
  for (const flight of fleet.flights) planner.accept(flight);
  const refusals: Refusal[] = [];
  let { expansions } = fleet;
  for (const request of fleet.refused) {
    const answer = planner.find(request, { nodes });
    expansions += answer.expansions;
    if (answer.kind === 'found') planner.accept(answer.flight);
    else refusals.push(explainer.explain(planner, request, answer.kind, nodes));
  }
  return { planner, refusals, expansions };
}
