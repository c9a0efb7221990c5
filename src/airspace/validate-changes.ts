import {
  type AirspaceProblem,
  type Flight,
  type FlightChange,
  type FlightLeg,
  type FlightPlan,
  type FlightRequest,
  landingOf,
  takeOffOf,
} from './problem.ts';
import type { Standing } from './validate-flights.ts';
import { depthTolerance, roundingOf, show, type Violation, violationOf } from './violation.ts';

/** Whether what a plan says of flights that zones changed is true, and what they had begun is as it was. */
export function checkChanges(problem: AirspaceProblem, plan: FlightPlan): Violation[] {
  const { changes, changedAt, appeared } = plan;
  if (changes === undefined && changedAt === undefined && appeared === undefined) return [];
  if (changes === undefined || changedAt === undefined || !Number.isFinite(changedAt) || appeared === undefined) {
    const message = `the plan has changes at ${changedAt} s by ${appeared}; give changes, changedAt and appeared, or none`;
    return [{ kind: 'plan', message, flights: [] }];
  }
  const accepted = new Map(problem.flights.map(flight => [flight.name, flight]));
  const planned = new Map(plan.flights.map(flight => [flight.name, flight]));
  const zones = new Set(problem.zones.map(({ name }) => name).filter(name => appeared.includes(name)));
  const requests = new Map(problem.requests.map(request => [request.name, request]));
  const seen = new Set<string>();
  return changes.flatMap(change => {
    const before = accepted.get(change.flight);
    const wrong = (message: string): Violation => violationOf('change', change.flight, message);
    if (before === undefined || !hasTimes(before)) return [wrong('is said to be changed, and was not accepted before')];
    if (seen.has(change.flight)) return [wrong('is said to be changed twice')];
    seen.add(change.flight);
    const after = planned.get(change.flight);
    const unknown = change.zones.find(name => !zones.has(name));
    return [
      ...(unknown === undefined ? [] : [wrong(`is changed by ${unknown}, which is no zone that appeared`)]),
      ...checkState(change, before, after).map(wrong),
      ...(after === undefined ? [] : checkBegun(problem, before, after, changedAt).map(wrong)),
      ...(after === undefined
        ? []
        : checkLateness(change, before, after, requests.get(change.flight), changedAt).map(wrong)),
    ];
  });
}

function checkState({ state }: FlightChange, before: Flight, after: Flight | undefined): string[] {
  const actual = after === undefined ? 'cancelled' : stateOf(before, after);
  return actual === state ? [] : [`is said to be ${state}, and is ${actual}`];
}

function stateOf(before: Flight, after: Flight): FlightChange['state'] {
  if (before.diverted !== after.diverted || before.legs.length !== after.legs.length) return 'diverted';
  const isSame = (key: keyof FlightLeg): boolean =>
    before.legs.every((leg, index) => isSameList(leg[key], after.legs[index][key]));
  if (!isSame('vertices')) return 're-routed';
  return isSame('arrivals') && isSame('departures') ? 'kept' : 're-timed';
}

function isSameList(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** How much of a flight is flown or begun at a time: whole legs, and stops of the one it is on. */
function begunOf(
  { legs }: Flight,
  now: number,
): { readonly legs: number; readonly stops: number; readonly at: number } {
  for (let leg = 0; leg < legs.length; leg++) {
    if (takeOffOf(legs[leg]) > now) return { legs: leg, stops: 0, at: now };
    if (landingOf(legs[leg]) <= now) continue;
    const stop = legs[leg].departures.findIndex(departure => departure >= now);
    return { legs: leg, stops: stop + 1, at: Math.max(now, legs[leg].arrivals[stop]) };
  }
  return { legs: legs.length, stops: 0, at: now };
}

/** What was flown or begun is as it was; what follows is not before it. */
function checkBegun({ pads }: AirspaceProblem, before: Flight, after: Flight, now: number): string[] {
  const begun = begunOf(before, now);
  for (let leg = 0; leg < begun.legs; leg++) {
    const [old, kept] = [before.legs[leg], after.legs[leg]];
    const isSame =
      kept !== undefined &&
      (['vertices', 'arrivals', 'departures'] as const).every(key => isSameList(old[key], kept[key]));
    if (!isSame) return [`had flown leg ${leg + 1} by ${show(now)} s, and it is another now`];
  }
  const next = after.legs[begun.legs];
  if (next === undefined) return [];
  const slack = depthTolerance + roundingOf(now);
  if (begun.stops === 0) {
    const service = pads.find(({ name }) => name === after.from)?.serviceSeconds ?? 0;
    const ready = begun.legs === 0 ? Math.min(takeOffOf(before.legs[0]), now + service) : now;
    if (takeOffOf(next) >= ready - slack) return [];
    return [`takes off at ${show(takeOffOf(next))} s; it cannot before ${show(ready)} s`];
  }
  const old = before.legs[begun.legs];
  const [stops, left] = [begun.stops, begun.stops - 1];
  const isSame =
    isSameList(old.vertices.slice(0, stops), next.vertices.slice(0, stops)) &&
    isSameList(old.arrivals.slice(0, stops), next.arrivals.slice(0, stops)) &&
    isSameList(old.departures.slice(0, left), next.departures.slice(0, left));
  if (!isSame) return [`had begun its way to vertex ${old.vertices[left]} by ${show(now)} s, and it is another now`];
  if (Number(next.departures[left]) >= begun.at - slack) return [];
  return [
    `leaves vertex ${old.vertices[left]} at ${show(Number(next.departures[left]))} s; it cannot before ${show(begun.at)} s`,
  ];
}

function checkLateness(
  { lateSeconds = 0, state }: FlightChange,
  before: Flight,
  after: Flight,
  request: FlightRequest | undefined,
  now: number,
): string[] {
  if (lateSeconds > 0 && takeOffOf(before.legs[0]) > now) return ['had not departed, and is said to be late'];
  if (request === undefined || state === 'diverted') return [];
  const limits = [request.deadline, request.roundTrip?.deadline];
  const late = after.legs.map((leg, index) => landingOf(leg) - (limits[index] ?? Number.POSITIVE_INFINITY));
  const most = Math.max(0, ...late);
  if (Math.abs(most - lateSeconds) <= 1e-6 || (lateSeconds === 0 && state === 'kept')) return [];
  return [`is said to be ${show(lateSeconds)} s late, and is ${show(most)} s`];
}

/** What accepted flights are not held to: those that are as they were, and those that zones changed on their way. */
export function standingsOf(
  problem: AirspaceProblem,
  plan: FlightPlan,
  changed: ReadonlySet<string>,
): ReadonlyMap<string, Standing> {
  const standings = new Map<string, Standing>();
  const changes = new Map((plan.changes ?? []).map(change => [change.flight, change]));
  const now = plan.changedAt ?? Number.NEGATIVE_INFINITY;
  const planned = new Map(plan.flights.map(flight => [flight.name, flight]));
  const none: ReadonlySet<string> = new Set();
  const oldZones: ReadonlySet<string> =
    plan.appeared === undefined
      ? none
      : new Set(problem.zones.map(({ name }) => name).filter(name => !plan.appeared?.includes(name)));
  for (const before of problem.flights) {
    const after = planned.get(before.name);
    if (after === undefined || !hasTimes(before) || (changed.has(before.name) && !changes.has(before.name))) continue;
    const change = changes.get(before.name);
    const isOnItsWay = takeOffOf(before.legs[0]) <= now;
    const isAsItWas = stateOf(before, after) === 'kept';
    const isLate = isOnItsWay && ((change?.lateSeconds ?? 0) > 0 || change?.state === 'diverted');
    standings.set(before.name, {
      mayBeLate: isAsItWas || isLate,
      oldZones: isAsItWas ? oldZones : none,
      zones: change === undefined ? none : new Set([...oldZones, ...change.zones]),
      settledAt: begunOf(before, now).at,
    });
  }
  return standings;
}

/** Flights of the problem are checked where it is read; one that is broken has nothing that could be kept. */
function hasTimes({ legs }: Flight): boolean {
  return legs.length > 0 && legs.every(({ departures }) => departures.length > 0);
}
