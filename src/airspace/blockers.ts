import { findEdge } from './moves.ts';
import { padHolds } from './occupancy.ts';
import type { Planner } from './planner.ts';
import type { Flight } from './problem.ts';

/** Who stands in the way, by name. */
export interface Blockers {
  readonly flights: readonly string[];
  readonly zones: readonly string[];
}

/** Flights and zones whose intervals a flight would meet, by more than `graceSeconds`. */
export function blockersOf(planner: Planner, flight: Flight, graceSeconds = 0): Blockers {
  const { problem, occupancy } = planner;
  const tables = occupancy.classes[problem.classes.findIndex(({ name }) => name === flight.class)];
  if (tables === undefined) throw new Error(`internal: no class ${flight.class}`);
  const owners = new Set<number>();
  const note = (owner: number): void => void owners.add(owner);
  for (const leg of flight.legs) {
    leg.vertices.forEach((vertex, index) => {
      const last = index + 1 === leg.vertices.length;
      const arrival = leg.arrivals[index] as number;
      const forEver = last && problem.mode === 'classic';
      const departure = forEver ? Number.POSITIVE_INFINITY : (leg.departures[index] as number);
      tables.vertices.visitOwners(vertex, arrival + graceSeconds, departure - graceSeconds, note);
      if (last) return;
      const edge = findEdge(problem.network, vertex, leg.vertices[index + 1] as number);
      tables.edges.visitOwners(edge, departure + graceSeconds, departure - graceSeconds, note);
    });
  }
  if (problem.mode === 'delivery') {
    for (const { pad, start, end } of padHolds(problem, flight)) {
      const index = problem.pads.findIndex(({ name }) => name === pad);
      occupancy.pads.visitOwners(index, start + graceSeconds, end - graceSeconds, note);
    }
  }
  const closed = [...owners].flatMap(owner => planner.zoneOfOwner(owner) ?? []);
  const zones = planner.zones().filter(zone => closed.includes(zone));
  const flights = [...owners].flatMap(owner => planner.nameOfOwner(owner) ?? []);
  return { flights: flights.sort(), zones: zones.map(({ name }) => name) };
}
