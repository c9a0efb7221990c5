import { type FlightProgress, progressOf } from './flight-progress.ts';
import { type AirspaceProblem, type Flight, landingOf, takeOffOf, type Zone } from './problem.ts';
import type { VehicleClass } from './vehicle.ts';
import { type Bounds, boundsOf, sharesOfEdge, visitDepartures, zoneMargin } from './zone-closing.ts';
import { isInZone } from './zone-times.ts';

/** A flight that meets zones, with the planner's margin. */
export interface ZoneMeeting {
  readonly flight: Flight;
  readonly progress: FlightProgress;
  /** Zones that it meets, begun or not. */
  readonly zones: readonly Zone[];
  /** When it first meets one in what it has not begun; infinite where it meets them only in what it has. */
  readonly entry: number;
}

/**
 * Finds the flights that meet closed zones, exactly those that would meet their blocked intervals. A flight that is not
 * met after `now` may stay in the tables as it is. Zones and flights far apart in time or place are told apart before
 * anything is computed.
 */
export function flightsInZones(
  problem: AirspaceProblem,
  flights: readonly Flight[],
  zones: readonly Zone[],
  now: number,
): ZoneMeeting[] {
  const margin = zoneMargin(problem);
  const classes = new Map(problem.classes.map(vehicle => [vehicle.name, vehicle]));
  const closed = zones
    .filter(({ rule, windows }) => rule === 'closed' && windows.length > 0)
    .map(zone => ({
      zone,
      bounds: boundsOf(zone),
      start: Math.min(...zone.windows.map(({ start }) => start)) - margin,
      end: Math.max(...zone.windows.map(({ end }) => end)) + margin,
    }));
  return flights.flatMap(flight => {
    const vehicle = classes.get(flight.class);
    const last = flight.legs.at(-1);
    const first = flight.legs[0];
    if (vehicle === undefined || first === undefined || last === undefined) return [];
    const [takeOff, landing] = [takeOffOf(first), landingOf(last)];
    const near = closed.filter(({ start, end }) => takeOff < end && landing > start);
    if (near.length === 0) return [];
    const progress = progressOf(flight, now);
    let entry = Number.POSITIVE_INFINITY;
    const met = near.filter(({ zone, bounds }) => {
      const first = firstMeetings(problem, vehicle, flight, progress, zone, bounds, margin);
      if (first === undefined) return false;
      entry = Math.min(entry, first.entry);
      return true;
    });
    return met.length === 0 ? [] : [{ flight, progress, zones: met.map(({ zone }) => zone), entry }];
  });
}

/** When a flight first meets a zone in what is not begun, undefined where it meets it nowhere. */
function firstMeetings(
  { network }: AirspaceProblem,
  vehicle: VehicleClass,
  { legs }: Flight,
  progress: FlightProgress,
  zone: Zone,
  bounds: Bounds,
  margin: number,
): { readonly entry: number } | undefined {
  const { x, y, z } = network;
  let isMet = false;
  let entry = Number.POSITIVE_INFINITY;
  const meets = (from: number, to: number): boolean =>
    zone.windows.some(({ start, end }) => start - margin < to && end + margin > from);
  legs.forEach(({ vertices, arrivals, departures }, leg) => {
    for (let stop = 0; stop < vertices.length; stop++) {
      const vertex = vertices[stop] as number;
      const [px, py] = [x[vertex] as number, y[vertex] as number];
      const isInBounds = px >= bounds.left && px <= bounds.right && py >= bounds.bottom && py <= bounds.top;
      const [arrival, departure] = [arrivals[stop] as number, departures[stop] as number];
      if (isInBounds && meets(arrival, departure) && isInZone(zone, px, py, z[vertex] as number)) {
        isMet = true;
        if (!isBegun(progress, leg, stop - 1)) entry = Math.min(entry, arrival);
        // It has to come to the vertex where it goes on, but not to stay.
        else if (isAt(progress, leg, stop) && departure > progress.time && meets(progress.time, departure)) {
          entry = Math.min(entry, progress.time);
        }
      }
      const next = vertices[stop + 1];
      if (next === undefined) continue;
      const shares = sharesOfEdge(network, zone, bounds, vertex, next);
      visitDepartures(network, vehicle, zone, shares, margin, vertex, next, (start, end) => {
        if (!(start < departure && departure < end)) return;
        isMet = true;
        if (!isBegun(progress, leg, stop)) entry = Math.min(entry, departure);
      });
    }
  });
  return isMet ? { entry } : undefined;
}

function isAt(progress: FlightProgress, leg: number, stop: number): progress is FlightProgress & { kind: 'flying' } {
  return progress.kind === 'flying' && progress.leg === leg && progress.stop === stop;
}

/**
 * Whether a flight has left a stop for the next: the vertex where it goes on is the first that it can leave otherwise.
 */
function isBegun(progress: FlightProgress, leg: number, stop: number): boolean {
  switch (progress.kind) {
    case 'waiting':
      return false;
    case 'landed':
      return true;
    case 'stopped':
      return leg === 0;
    case 'flying':
      return leg < progress.leg || (leg === progress.leg && stop < progress.stop);
    default:
      return progress satisfies never;
  }
}
