import { type Progress, silentProgress } from '../base/index.ts';
import { blockersOf } from './blockers.ts';
import { BoxTable } from './box-table-kernel.ts';
import { createPlanner, type Planner } from './planner.ts';
import {
  type AirspaceProblem,
  type Flight,
  type FlightLeg,
  type FlightRequest,
  landingOf,
  serviceSecondsOf,
  takeOffOf,
} from './problem.ts';
import { inOrderOfSubmission } from './submission.ts';

export interface BoxRuleOptions {
  /** Whether a flight may take off later, until its deadline, to find room for its box. Default: false. */
  readonly groundDelay?: boolean;
  /** Labels that may be expanded for one route. Default: one million. */
  readonly nodesPerRequest?: number;
  readonly progress?: Progress;
}

export interface BoxRuleOutcome {
  /** In the order in which they were accepted, those of the problem first. */
  readonly flights: readonly Flight[];
  readonly refused: readonly FlightRequest[];
  /** Of those who are refused, how many had a route past the zones in time: boxes are all that stood in their way. */
  readonly refusedByBoxes: number;
}

/**
 * Serves requests first come, first served, by the rule of bounding boxes, as Flight Blender's built-in engine does: a
 * flight is refused if the box around all of it overlaps that of any accepted flight. Where the rule leaves a choice,
 * ours serves more:
 *
 * - boxes have heights, not only ground plans, and are no wider than keeps two vehicles apart;
 * - a box lasts from before the service at the start to after that at the goal, and no longer;
 * - the legs of a round trip have boxes of their own, that of the first until the second takes off;
 * - each flies its cheapest route past the zones, found by the exact search with nothing else in the sky: zones are
 *   not widened to boxes;
 * - with `groundDelay` it takes off at the first time at which its box overlaps no other, computed exactly. Where that
 *   leads into a zone, the cheapest route from then on is tried next.
 *
 * Other layers would not help: the box of a flight reaches down to its pads. Delivery mode only. Two flights whose
 * boxes do not overlap are never in conflict, and hold no pad together. O(requests x accepted flights) comparisons
 * besides the searches.
 */
export function solveByBoxes(problem: AirspaceProblem, options: BoxRuleOptions = {}): BoxRuleOutcome {
  const { groundDelay = false, nodesPerRequest: nodes = 1_000_000, progress = silentProgress } = options;
  if (problem.mode === 'classic')
    throw new Error('internal: boxes of vehicles that stay for ever are not flown around');
  const sky = createPlanner(problem, { withoutFlights: true });
  const table = new BoxTable();
  const flights: Flight[] = [];
  const accept = (flight: Flight): void => {
    for (const box of boxesOf(problem, flight)) table.add(box);
    flights.push(flight);
  };
  for (const flight of problem.flights) accept(flight);
  const refused: FlightRequest[] = [];
  let refusedByBoxes = 0;
  const order = inOrderOfSubmission(problem.requests);
  progress.phase('comparing boxes', order.length);
  order.forEach((request, index) => {
    const answer = fit(sky, table, request, groundDelay, nodes);
    if (typeof answer === 'string') {
      refused.push(request);
      if (answer === 'boxes') refusedByBoxes++;
    } else accept(answer);
    progress.advance(index + 1);
  });
  progress.end();
  return { flights, refused, refusedByBoxes };
}

/** The flight that the rule accepts for a request, or what refuses it. */
function fit(
  sky: Planner,
  table: BoxTable,
  request: FlightRequest,
  groundDelay: boolean,
  nodes: number,
): Flight | 'boxes' | 'route' {
  const { problem } = sky;
  const hasZones = problem.zones.some(({ rule }) => rule === 'closed');
  let earliest = request.earliest;
  for (;;) {
    const answer = sky.find({ ...request, earliest }, { nodes });
    if (answer.kind !== 'found') return earliest === request.earliest ? 'route' : 'boxes';
    const shift = table.leastShift(boxesOf(problem, answer.flight));
    if (shift > 0 && !groundDelay) return 'boxes';
    const delay = shift + (earliest - request.earliest);
    const flight = shifted(answer.flight, shift, answer.flight.cost + problem.prices.ground * delay);
    if (!isInTime(flight, request)) return 'boxes';
    if (shift === 0 || !hasZones || blockersOf(sky, flight).zones.length === 0) return flight;
    // No later start of the route before was free: nothing is left out but other routes from before.
    earliest = takeOffOf(flight.legs[0] as FlightLeg);
  }
}

function shifted(flight: Flight, seconds: number, cost: number): Flight {
  if (seconds === 0) return { ...flight, cost };
  const later = (times: readonly number[]): number[] => times.map(time => time + seconds);
  const legs = flight.legs.map(({ vertices, arrivals, departures }) => {
    return { vertices, arrivals: later(arrivals), departures: later(departures) };
  });
  return { ...flight, legs, cost };
}

function isInTime({ legs }: Flight, { deadline, roundTrip }: FlightRequest): boolean {
  const infinity = Number.POSITIVE_INFINITY;
  const limits = [deadline ?? infinity, roundTrip?.deadline ?? infinity];
  return legs.every((leg, index) => landingOf(leg) <= (limits[index] as number));
}

/**
 * The box of each leg: `[west, east, south, north, floor, ceiling, start, end]`, with half of what must lie between two
 * vehicles on every side, so that boxes that do not overlap keep vehicles apart.
 */
function boxesOf(problem: AirspaceProblem, { class: name, from, to, legs }: Flight): Float64Array[] {
  const { network, separation } = problem;
  const vehicle = problem.classes.find(each => each.name === name);
  if (vehicle === undefined) throw new Error(`internal: no class ${name}`);
  const aside = vehicle.radiusMetres + separation.bufferMetres / 2;
  const above = vehicle.halfHeightMetres + separation.bufferMetres / 2;
  return legs.map((leg, index) => {
    const infinity = Number.POSITIVE_INFINITY;
    const box = Float64Array.of(infinity, -infinity, infinity, -infinity, infinity, -infinity, 0, 0);
    for (const vertex of leg.vertices) {
      [network.x, network.y, network.z].forEach((column, axis) => {
        const at = column[vertex] as number;
        const half = axis === 2 ? above : aside;
        box[2 * axis] = Math.min(box[2 * axis] as number, at - half);
        box[2 * axis + 1] = Math.max(box[2 * axis + 1] as number, at + half);
      });
    }
    const next = legs[index + 1];
    const begin = takeOffOf(leg) - (index === 0 ? serviceSecondsOf(problem, from) : 0);
    const end =
      next === undefined ? landingOf(leg) + serviceSecondsOf(problem, index === 0 ? to : from) : takeOffOf(next);
    box[6] = begin - separation.bufferSeconds / 2;
    box[7] = end + separation.bufferSeconds / 2;
    return box;
  });
}
