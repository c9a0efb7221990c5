import { type Blockers, blockersOf } from './blockers.ts';
import type { Planner } from './planner.ts';
import {
  endOfLeg,
  type Flight,
  type FlightLeg,
  type FlightRequest,
  landingOf,
  serviceSecondsOf,
  takeOffOf,
} from './problem.ts';

/** A wait of a flight, and who is the reason. */
export interface FlightWait {
  readonly kind: 'ground' | 'hover';
  /** Which leg it belongs to, from 0: a ground wait comes before its leg. */
  readonly leg: number;
  /** At which of its vertices it waits, from 0. */
  readonly stop: number;
  readonly vertex: number;
  readonly start: number;
  readonly end: number;
  /** Without all of these it could go on at once along the same way. Empty where nothing is in the way any more. */
  readonly blockers: Blockers;
  /** Those that it would still meet just before it goes: it waits for them last. */
  readonly last: Blockers;
}

/** Shorter waits than this are margins and rounding. */
const leastSeconds = 1e-3;

/** Whoever is met by less is touched: less than the margin of blocked intervals, more than rounding. */
const graceSeconds = 1e-7;

/**
 * The waits of a flight in the sky of `planner`, which may hold the flight itself: on the ground from when it was
 * wanted to take off, and in the air. The reason of a wait is read off the reservations that the same way would meet if
 * the flight went on at once: up to its next wait, or, if that is free, up to where waiting less would have paid.
 * Ground waits before the first leg are told only with a request, which says when it was wanted.
 */
export function explainWaits(planner: Planner, flight: Flight, request?: FlightRequest): FlightWait[] {
  const { problem } = planner;
  const waits: FlightWait[] = [];
  const add = (kind: FlightWait['kind'], leg: number, stop: number, start: number, end: number): void => {
    if (end - start < leastSeconds) return;
    const vertex = flight.legs[leg]?.vertices[stop] ?? -1;
    waits.push({ kind, leg, stop, vertex, start, end, ...reasonOf(planner, flight, { leg, stop, kind }, end - start) });
  };
  flight.legs.forEach((leg, index) => {
    if (problem.mode === 'delivery') {
      const ready = index === 0 ? request?.earliest : readyAgain(planner, flight, request);
      add('ground', index, 0, ready ?? takeOffOf(leg), takeOffOf(leg));
    }
    leg.vertices.forEach((_, stop) => {
      add('hover', index, stop, leg.arrivals[stop] as number, leg.departures[stop] as number);
    });
  });
  return waits;
}

/** When the vehicle of a round trip has done what it stops for. */
function readyAgain({ problem }: Planner, flight: Flight, request?: FlightRequest): number | undefined {
  const [first] = flight.legs;
  if (first === undefined) return undefined;
  const stop = endOfLeg(flight, 0);
  return landingOf(first) + (request?.roundTrip?.stopSeconds ?? serviceSecondsOf(problem, stop));
}

/** Where a wait is: at a stop of a leg. */
export interface WaitPlace {
  readonly leg: number;
  readonly stop: number;
  readonly kind: FlightWait['kind'];
}

/** How much of what follows a wait is done earlier with it. */
export const reaches = ['next wait', 'leg', 'flight'] as const;
export type Reach = (typeof reaches)[number];

function reasonOf(
  planner: Planner,
  flight: Flight,
  place: WaitPlace,
  seconds: number,
): Pick<FlightWait, 'blockers' | 'last'> {
  const met = (earlier: number): Blockers => {
    for (const reach of reaches) {
      const { flights, zones } = blockersOf(planner, goEarlier(flight, place, earlier, reach), graceSeconds);
      const others = flights.filter(name => name !== flight.name);
      if (others.length + zones.length > 0) return { flights: others, zones };
    }
    return { flights: [], zones: [] };
  };
  return { blockers: met(seconds), last: met(Math.min(leastSeconds, seconds) / 2) };
}

/** The flight with so many seconds less of one wait; what it gains is waited for later, or is gained for good. */
export function goEarlier(flight: Flight, { leg, stop, kind }: WaitPlace, seconds: number, reach: Reach): Flight {
  const legs = flight.legs.map((other, index): FlightLeg => {
    if (index < leg || (index > leg && reach !== 'flight')) return other;
    const { vertices, arrivals, departures } = other;
    // On the ground also the arrival at the first stop, which is the take-off, moves.
    const from = index > leg ? 0 : stop;
    const isArrivalMoved = index > leg || kind === 'ground';
    const isWait = (at: number): boolean => (departures[at] as number) - (arrivals[at] as number) >= leastSeconds;
    const next = vertices.findIndex((_, at) => at > from && isWait(at));
    const last = reach === 'next wait' && next >= 0 ? next : vertices.length;
    return {
      vertices,
      arrivals: arrivals.map((time, at) => {
        const isMoved = at === from ? isArrivalMoved : at > from && at <= last;
        return isMoved ? time - seconds : time;
      }),
      departures: departures.map((time, at) => (at >= from && at < last ? time - seconds : time)),
    };
  });
  return { ...flight, legs };
}
