import { type Progress, silentProgress } from '../base/index.ts';
import { repairTogether, serveByDeadline } from './batch.ts';
import { planFleet } from './fleet.ts';
import { type Served, type ServeOptions, serveOnline } from './online.ts';
import { createPlanner } from './planner.ts';
import type { AirspaceProblem, Flight, FlightPlan, Refusal } from './problem.ts';
import { createRefusalExplainer } from './refusals.ts';
import { costOf } from './roster.ts';
import { validateFlightPlan } from './validate.ts';

/**
 * How requests are served together.
 *
 * - `first-come`: as they are submitted, as Shi and Ng do (ICUAS 2018): each flight is the cheapest past all that is
 *   accepted, and no accepted flight is ever moved. Each route is optimal, given those before it; their order is not.
 * - `bump`: as they are submitted too, but who has no route is let in where others that have not departed can be moved
 *   for it, by no more than their tolerance in all, with nobody lost.
 * - `batch`: all at once, as if they were submitted together: in a good order, then by large-neighbourhood repair.
 */
export type FlightMode = 'first-come' | 'bump' | 'batch';

export interface FlightSolveOptions {
  /** Default `first-come`. */
  readonly mode?: FlightMode;
  /** For `batch`; default 0. The same seed gives the same plan on every machine. */
  readonly seed?: number;
  /** For `batch`: rounds of repair. Default: more, the more are refused at first. */
  readonly repairs?: number;
  /**
   * Whether refusals name who stands in the way and the nearest alternative, and what everybody would cost alone is
   * worked out. Default true. Without, refusals have causes only, and numbers that nobody needed for the plan are
   * absent.
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

/**
 * Serves requests in one of three modes. The plan has passed the validator; one that does not is a bug, and thrown as
 * such.
 */
export function solve(problem: AirspaceProblem, options: FlightSolveOptions = {}): FlightOutcome {
  const { mode = 'first-come', explain = true, nodesPerRequest = 1_000_000, progress = silentProgress } = options;
  const explainer = createRefusalExplainer(problem, { brief: !explain });
  const serving = { nodes: nodesPerRequest, explainer, progress };
  const served =
    mode === 'batch' ? serveTogether(problem, options, serving) : serveOnline(problem, serving, mode === 'bump');
  const { name, epoch } = problem;
  const flights = served.planner.flights();
  const { refusals, moves } = served;
  const more = moves === undefined ? {} : { moves };
  const plan: FlightPlan = { format: 'skein.flights/1', problem: name, epoch, flights, refusals, ...more };
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

/**
 * Plans all requests together and explains who is refused by what is in the sky in the end. It begins with the best of
 * three plans, so that it serves no fewer than any: first come, first served; with others moved, which all may be now;
 * by deadlines.
 */
function serveTogether(problem: AirspaceProblem, options: FlightSolveOptions, serving: ServeOptions): Served {
  const { nodes, explainer, progress } = serving;
  const { seed = 0, repairs } = options;
  const starts = startsOf(problem, options, serving);
  let [best] = starts;
  for (const start of starts) if (isBetter(start, best ?? start)) best = start;
  const rounds = repairs === undefined ? {} : { repairs };
  const { planner, ...roster } = repairTogether(problem, best?.flights ?? [], { seed, nodes, progress, ...rounds });
  const refusals: Refusal[] = [];
  let expansions = roster.expansions() + starts.reduce((total, start) => total + start.expansions, 0);
  for (const request of roster.requests.values()) {
    if (roster.served.has(request.name)) continue;
    const answer = planner.find(request, { nodes });
    expansions += answer.expansions;
    if (answer.kind === 'found') planner.accept(answer.flight);
    else refusals.push(explainer.explain(planner, request, answer.kind, nodes));
  }
  return { planner, refusals, expansions };
}

interface Start {
  readonly flights: readonly Flight[];
  readonly expansions: number;
}

/** Flights of plans to begin with, those of the problem not among them. */
function startsOf(problem: AirspaceProblem, options: FlightSolveOptions, serving: ServeOptions): Start[] {
  const { nodes, progress } = serving;
  const kept = new Set(problem.flights.map(({ name }) => name));
  const brief = { ...serving, explainer: createRefusalExplainer(problem, { brief: true }) };
  const online = (bump: boolean): Start => {
    const { planner, expansions } = serveOnline(problem, brief, bump);
    return { flights: planner.flights().filter(({ name }) => !kept.has(name)), expansions };
  };
  if (problem.mode === 'classic') {
    const { seed = 0, repairs } = options;
    const rounds = repairs === undefined ? {} : { repairs };
    return [online(false), planFleet(problem, { seed, nodesPerRequest: nodes, progress, ...rounds })];
  }
  const first = online(false);
  if (first.flights.length === problem.requests.length) return [first];
  const byDeadline = serveByDeadline(problem, nodes);
  return [first, online(true), { flights: [...byDeadline.served.values()], expansions: byDeadline.expansions() }];
}

/** Serving more comes before costing less. */
function isBetter(one: Start, other: Start): boolean {
  const more = one.flights.length - other.flights.length;
  return more > 0 || (more === 0 && costOf(one.flights) < costOf(other.flights));
}
