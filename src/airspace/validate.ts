import type { AirspaceProblem, Flight, FlightPlan, FlightRequest } from './problem.ts';
import { checkChanges, standingsOf } from './validate-changes.ts';
import { checkFlight, isSound, type SoundFlight } from './validate-flights.ts';
import { checkPads } from './validate-pads.ts';
import { checkPromises } from './validate-promises.ts';
import { createSegments } from './validate-segments.ts';
import { checkSeparation } from './validate-separation.ts';
import { checkZones } from './validate-zones.ts';
import { type Violation, violationOf } from './violation.ts';

export interface FlightValidationOptions {
  /**
   * Names of flights of the problem that were accepted before and may be flown otherwise now, besides those of which
   * the plan says how zones that appeared changed them. Default: none.
   */
  readonly changed?: ReadonlySet<string>;
}

/**
 * Checks a flight plan against its problem, from what is written alone, knowing nothing of how it was found: every
 * request is served or refused; accepted flights are as they were; vehicles fly along edges at the speed of their
 * class, hover only where that is allowed, and keep to times and limits; pads hold one flight at a time; nobody is
 * inside a closed zone or too close to another; costs are what they say; and who was moved keeps what was promised.
 * Where flights are is a piecewise linear function of time, and distances are compared exactly, at all times and not at
 * samples. Of two flights that come too close, or of a flight inside a zone, the first time is told. Returns every rule
 * that is broken; an empty list means that the plan is valid.
 */
export function validateFlightPlan(
  problem: AirspaceProblem,
  plan: FlightPlan,
  options: FlightValidationOptions = {},
): Violation[] {
  const changed = new Set([...(options.changed ?? []), ...(plan.changes ?? []).map(({ flight }) => flight)]);
  const found = [...checkHead(problem, plan), ...checkRoster(problem, plan, changed), ...checkChanges(problem, plan)];
  const requests = new Map(problem.requests.map(request => [request.name, request]));
  const classes = new Map(problem.classes.map(vehicle => [vehicle.name, vehicle]));
  const standings = standingsOf(problem, plan, options.changed ?? new Set());
  const sound: SoundFlight[] = [];
  for (const flight of plan.flights) {
    const isWhole = isSound(problem, flight, found);
    const vehicle = classes.get(flight.class);
    if (!isWhole || vehicle === undefined) continue;
    const request = requests.get(flight.name);
    const standing = standings.get(flight.name);
    const more = { ...(request === undefined ? {} : { request }), ...(standing === undefined ? {} : { standing }) };
    sound.push({ flight, vehicle, ...more });
  }
  const segments = createSegments(problem, sound);
  const flights = sound.map(({ flight }) => flight);
  return [
    ...found,
    ...sound.flatMap(flight => checkFlight(problem, flight)),
    ...(problem.mode === 'classic' ? [] : checkPads(problem, flights)),
    ...checkZones(problem, sound, segments),
    ...checkSeparation(problem, sound, segments),
    ...(plan.moves === undefined ? [] : checkPromises(problem, { ...plan, flights })),
  ];
}

function checkHead(problem: AirspaceProblem, plan: FlightPlan): Violation[] {
  const found: Violation[] = [];
  const check = (what: string, actual: string, expected: string): void => {
    if (actual === expected) return;
    found.push({ kind: 'plan', message: `the plan is of ${what} ${actual}, not ${expected}`, flights: [] });
  };
  check('format', plan.format, 'skein.flights/1');
  check('problem', plan.problem, problem.name);
  check('epoch', plan.epoch, problem.epoch);
  return found;
}

/** Who is in the plan: all that were accepted, as they were, and each request once, served or refused. */
function checkRoster(problem: AirspaceProblem, plan: FlightPlan, changed: ReadonlySet<string>): Violation[] {
  const found: Violation[] = [];
  const served = new Map<string, Flight>();
  const refused = new Set<string>();
  for (const flight of plan.flights) {
    if (served.has(flight.name)) found.push(violationOf('name', flight.name, 'is there twice'));
    else served.set(flight.name, flight);
  }
  for (const { request } of plan.refusals) {
    if (refused.has(request)) found.push(violationOf('name', request, 'is refused twice'));
    refused.add(request);
  }
  const asked = new Set<string>();
  for (const { name } of [...problem.flights, ...problem.requests] satisfies (Flight | FlightRequest)[]) {
    if (asked.has(name)) continue;
    asked.add(name);
    if (served.has(name) && refused.has(name)) found.push(violationOf('request', name, 'is both served and refused'));
  }
  for (const { name } of problem.requests) {
    if (!served.has(name) && !refused.has(name)) {
      found.push(violationOf('request', name, 'is neither served nor refused'));
    }
  }
  for (const name of new Set([...served.keys(), ...refused])) {
    if (!asked.has(name)) found.push(violationOf('request', name, 'is in the plan, and nobody asked for it'));
  }
  for (const accepted of problem.flights) {
    const flight = served.get(accepted.name);
    const fault = flight === undefined ? missing(accepted, refused, changed) : changeOf(accepted, flight, changed);
    if (fault !== undefined) found.push(violationOf('accepted flight', accepted.name, fault));
  }
  return found;
}

function missing({ name }: Flight, refused: ReadonlySet<string>, changed: ReadonlySet<string>): string | undefined {
  if (refused.has(name) && changed.has(name)) return undefined;
  return refused.has(name) ? 'was accepted before and is refused now' : 'was accepted before and is not there any more';
}

/** How a flight differs from what was accepted; one that may be changed still goes from there to there. */
function changeOf(accepted: Flight, flight: Flight, changed: ReadonlySet<string>): string | undefined {
  for (const key of ['class', 'from', 'to', 'diverted', 'cost'] as const) {
    if ((key === 'cost' || key === 'diverted') && changed.has(accepted.name)) continue;
    if (flight[key] !== accepted[key]) {
      return `was accepted with ${key} ${accepted[key]} and has ${key} ${flight[key]} now`;
    }
  }
  if (flight.legs.length !== accepted.legs.length && !(changed.has(accepted.name) && flight.diverted !== undefined)) {
    return `was accepted with ${accepted.legs.length} legs and has ${flight.legs.length} now`;
  }
  if (changed.has(accepted.name)) return undefined;
  for (const [index, leg] of accepted.legs.entries()) {
    for (const key of ['vertices', 'arrivals', 'departures'] as const) {
      const [before, now] = [leg[key], flight.legs[index][key]];
      const differs = now.length !== before.length || before.some((value, stop) => now[stop] !== value);
      if (differs) return `was accepted with ${key} [${before}] in leg ${index + 1} and has [${now}] now`;
    }
  }
  return undefined;
}
