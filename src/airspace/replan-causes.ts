import { blockersOf } from './blockers.ts';
import { stateOf } from './flight-state.ts';
import type { Planner } from './planner.ts';
import {
  endOfLeg,
  type Flight,
  type FlightChange,
  type FlightRequest,
  type FlightState,
  landingOf,
  type Refusal,
  serviceSecondsOf,
} from './problem.ts';
import { laterAlternative } from './refusals.ts';
import type { Attempt, ReplanContext } from './replan-attempts.ts';
import type { ReplanTask } from './replan-search.ts';

/** Whoever is met for less is touched. */
const touchSeconds = 1e-9;

/** What became of a flight, and why. */
export function changeOf(planner: Planner, task: ReplanTask, attempt: Attempt): FlightChange {
  const { flight, request } = task;
  const after = attempt.flight;
  const state = stateOf(flight, after);
  const zones = task.zones.map(({ name }) => name);
  const isLost = state === 'diverted' || state === 'cancelled';
  const flights = isLost ? blockersOf(planner, flight, touchSeconds).flights.filter(name => name !== flight.name) : [];
  const late = after === undefined || state === 'diverted' ? 0 : lateness(after, request);
  const cause = causeOf(task, attempt, state, zones, flights, late);
  return { flight: flight.name, state, cause, zones, flights, ...(late > 0 ? { lateSeconds: late } : {}) };
}

/** By how much it misses its deadlines at most. */
function lateness({ legs }: Flight, { deadline, roundTrip }: FlightRequest): number {
  const limits = [deadline, roundTrip?.deadline];
  const late = legs.map((leg, index) => landingOf(leg) - (limits[index] ?? Number.POSITIVE_INFINITY));
  const most = Math.max(...late);
  return most > 1e-9 ? most : 0;
}

function causeOf(
  { flight, progress, entry }: ReplanTask,
  { flight: after, outAt, gaveUp }: Attempt,
  state: FlightState,
  zones: readonly string[],
  flights: readonly string[],
  late: number,
): string {
  const closed = zones.length === 1 ? `${zones[0]} is closed` : `${zones.join(' and ')} are closed`;
  const goal = endOfLeg(flight, flight.legs.length - 1);
  const inTheWay = flights.length === 0 ? '' : ` past ${flights.join(', ')}`;
  const parts: string[] = [];
  if (entry === Number.POSITIVE_INFINITY)
    parts.push(`${closed} on what it had flown or begun, and not on what is left`);
  else if (outAt !== undefined) {
    const how = state === 'kept' && after === flight ? 'it lands' : 'it is out the quickest way';
    parts.push(`${closed} where it is, and ${how} at ${seconds(outAt)} s`);
  } else parts.push(`${closed} on its way`);
  if (late > 0) parts.push(`it lands ${seconds(late)} s after its deadline`);
  if (state === 'diverted' && progress.kind === 'stopped') parts.push(`it stays at ${after?.diverted}`);
  else if (state === 'diverted') {
    parts.push(`it cannot get to ${goal}${inTheWay}, and ${after?.diverted} is the nearest pad that is free`);
  }
  if (state === 'cancelled' && progress.kind === 'waiting') parts.push(`no way leads to ${goal} in time${inTheWay}`);
  else if (state === 'cancelled') parts.push(`no pad can be reached${inTheWay}`);
  if (state === 'cancelled' && gaveUp) parts.push('the search was given up');
  return parts.join('; ');
}

function seconds(value: number): string {
  return String(Number(value.toFixed(1)));
}

/**
 * The refusal of a flight that is cancelled. Its own way before is the witness: without those that this meets, it can
 * be flown. The alternative departs after `now`.
 */
export function refusalOf({ planner, now, nodes }: ReplanContext, task: ReplanTask, gaveUp: boolean): Refusal {
  const { flight, request, progress } = task;
  const { flights, zones } = blockersOf(planner, flight, touchSeconds);
  const fromNow = {
    ...request,
    earliest: Math.max(request.earliest, now + serviceSecondsOf(planner.problem, request.from)),
  };
  const later = progress.kind === 'waiting' ? laterAlternative(planner, fromNow, nodes) : undefined;
  return {
    request: flight.name,
    kind: gaveUp ? 'gave-up' : 'proved',
    cause: gaveUp ? 'gave-up' : 'zones',
    flights: flights.filter(name => name !== flight.name),
    zones,
    ...(later === undefined ? {} : { alternative: later }),
  };
}
