import { type AirspaceProblem, type FlightPlan, landingOf, takeOffOf } from './problem.ts';
import { depthTolerance, roundingOf, show, type Violation, violationOf } from './violation.ts';

/**
 * Promises that are not kept: whoever was accepted and is moved for the sake of others is served, as is who was let in,
 * and takes off and lands by no more than its tolerance later than it was promised first. Zones that appear later may
 * break that.
 */
export function checkPromises({ requests }: AirspaceProblem, plan: FlightPlan): Violation[] {
  const found: Violation[] = [];
  const served = new Map(plan.flights.map(flight => [flight.name, flight]));
  const changed = new Set((plan.changes ?? []).map(({ flight }) => flight));
  const tolerances = new Map(requests.map(({ name, toleranceSeconds = 0 }) => [name, toleranceSeconds]));
  const first = new Map<string, string>();
  for (const { flight: name, promised, request } of plan.moves ?? []) {
    const wrong = (message: string, time?: number): void =>
      void found.push(violationOf('promise', name, message, time));
    if (!served.has(request) && !changed.has(request)) wrong(`was moved for ${request}, which does not fly`);
    const promise = JSON.stringify([promised.takeOff, promised.landings]);
    if ((first.get(name) ?? promise) !== promise) wrong('was promised different times');
    first.set(name, first.get(name) ?? promise);
    if (changed.has(name)) continue;
    const flight = served.get(name);
    if (flight === undefined) {
      wrong('was moved, and does not fly');
      continue;
    }
    if (promised.landings.length !== flight.legs.length) {
      wrong(`was promised ${promised.landings.length} legs and has ${flight.legs.length}`);
      continue;
    }
    const tolerance = tolerances.get(name) ?? 0;
    const check = (what: string, time: number, planned: number): void => {
      if (time <= planned + tolerance + depthTolerance + roundingOf(time)) return;
      const limit = `promised were ${show(planned)} s, and ${show(tolerance)} s more are tolerated`;
      wrong(`${what} at ${show(time)} s; ${limit}`, time);
    };
    check('takes off', takeOffOf(flight.legs[0]), promised.takeOff);
    flight.legs.forEach((leg, index) => void check('lands', landingOf(leg), promised.landings[index]));
  }
  return found;
}
