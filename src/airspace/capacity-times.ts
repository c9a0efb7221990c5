import { createPlanner } from './planner.ts';
import type { AirspaceProblem, FlightRequest, TimeWindow } from './problem.ts';
import type { VehicleClass } from './vehicle.ts';

/** Between which times a request that can be served at all takes off and lands, whatever else is in the sky. */
export interface RequestTimes {
  readonly request: FlightRequest;
  readonly vehicle: VehicleClass;
  /** Pads, in the problem's order. */
  readonly from: number;
  readonly to: number;
  readonly takeOff: TimeWindow;
  readonly landing: TimeWindow;
  /** Least seconds in the air on the way out. */
  readonly outSeconds: number;
  readonly back?: BackTimes;
}

/** The same of the second leg of a round trip. */
export interface BackTimes {
  readonly stopSeconds: number;
  readonly takeOff: TimeWindow;
  readonly landing: TimeWindow;
  readonly outSeconds: number;
}

/** Margins of the search around what is blocked add up over a route; this is more than all of them. */
const slackSeconds = 1e-4;

/**
 * Times of all requests that are not proved to fail alone in the sky, past its zones.
 *
 * Earliest landings are exact: with every second at the same price the cheapest flight is the one that lands first.
 * Latest take-offs are the deadline less the seconds of free flight.
 */
export function timesAlone(problem: AirspaceProblem, nodes: number): RequestTimes[] {
  const sky = createPlanner({ ...problem, prices: { ground: 1, hover: 1 } }, { withoutFlights: true });
  const padIndex = new Map(problem.pads.map(({ name }, index) => [name, index]));
  const found: RequestTimes[] = [];
  for (const request of problem.requests) {
    const { roundTrip, earliest, deadline = Number.POSITIVE_INFINITY } = request;
    const vehicle = problem.classes.find(({ name }) => name === request.class);
    const [from, to] = [padIndex.get(String(request.from)), padIndex.get(String(request.to))];
    if (vehicle === undefined || from === undefined || to === undefined) throw new Error('internal: no such request');
    const answer = sky.find(request, { nodes });
    if (answer.kind === 'proved') continue;
    const outSeconds = sky.freeSeconds(vehicle.name, request.from, request.to);
    const last =
      answer.kind === 'found' ? answer.flight.legs.map(leg => leg.departures[leg.departures.length - 1]) : [];
    if (roundTrip === undefined) {
      const landing = windowOf(last[0] ?? earliest + outSeconds, deadline);
      const takeOff = windowOf(earliest, deadline - outSeconds);
      found.push({ request, vehicle, from, to, takeOff, landing, outSeconds });
      continue;
    }
    const { roundTrip: _, ...oneWay } = request;
    const first = sky.find(oneWay, { nodes });
    const landed = first.kind === 'found' ? first.flight.cost + earliest : earliest + outSeconds;
    const home = roundTrip.deadline ?? Number.POSITIVE_INFINITY;
    const stopSeconds = roundTrip.stopSeconds ?? problem.pads[to]?.serviceSeconds ?? 0;
    const backSeconds = sky.freeSeconds(vehicle.name, request.to, request.from);
    const landing = windowOf(landed, Math.min(deadline, home - backSeconds - stopSeconds));
    const back = {
      stopSeconds,
      takeOff: windowOf(landed + stopSeconds, home - backSeconds),
      landing: windowOf(last[1] ?? landed + stopSeconds + backSeconds, home),
      outSeconds: backSeconds,
    };
    const takeOff = windowOf(earliest, landing.end - outSeconds);
    found.push({ request, vehicle, from, to, takeOff, landing, outSeconds, back });
  }
  return found;
}

function windowOf(start: number, end: number): TimeWindow {
  return { start: start - slackSeconds, end: Math.max(start, end) + slackSeconds };
}
