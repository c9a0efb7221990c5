import type { FlightMapData, MapFlight, MapPoint, MapWait, MapZone } from './flight-map.ts';

/** Place and height of a vehicle in the air. */
export type VehiclePosition = readonly [east: number, north: number, heightMetres: number];

/** When a flight first takes off and last lands; nothing where it does not fly. */
export function flightTimes(flight: MapFlight): { readonly start: number; readonly end: number } | undefined {
  const first = flight.legs[0]?.[0];
  const last = flight.legs.at(-1)?.at(-1);
  return first === undefined || last === undefined ? undefined : { start: first[3], end: last[3] };
}

/** Where a vehicle is at a time; nothing while it is on the ground. */
export function positionAt(flight: MapFlight, seconds: number): VehiclePosition | undefined {
  for (const leg of flight.legs) {
    const [first, last] = [leg[0], leg[leg.length - 1]];
    if (first !== undefined && seconds >= first[3] && seconds < last[3]) return interpolate(leg, seconds);
  }
  return undefined;
}

/** Between the last point that is not after `seconds` and the next; there is one of each. */
function interpolate(leg: readonly MapPoint[], seconds: number): VehiclePosition {
  let low = 0;
  let high = leg.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (leg[middle][3] <= seconds) low = middle;
    else high = middle;
  }
  const [from, to] = [leg[low], leg[high]];
  const part = to[3] > from[3] ? (seconds - from[3]) / (to[3] - from[3]) : 0;
  return [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1]), from[2] + part * (to[2] - from[2])];
}

/** The wait that a flight is in. */
export function waitAt(flight: MapFlight, seconds: number): MapWait | undefined {
  return flight.waits.find(({ start, end }) => seconds >= start && seconds < end);
}

/** What a vehicle does at a time, in words. */
export function activityAt(flight: MapFlight, seconds: number): string {
  if (flight.state === 'cancelled') return 'cancelled';
  const times = flightTimes(flight);
  const wait = waitAt(flight, seconds);
  if (wait !== undefined) {
    return `${wait.kind === 'ground' ? 'waits on the ground' : 'hovers'} at ${wait.place}: ${wait.reason}`;
  }
  const position = positionAt(flight, seconds);
  if (position !== undefined) return `in the air at ${Math.round(position[2])} m`;
  if (times === undefined || seconds < times.start) return 'not yet departed';
  return seconds >= times.end ? 'landed' : 'on the ground between its legs';
}

export function isZoneActive(zone: MapZone, seconds: number): boolean {
  return zone.windows.some(({ start, end = Number.POSITIVE_INFINITY }) => seconds >= start && seconds < end);
}

/** Vehicles in the air at the start of each of `count` equal parts of the time that a map covers. */
export function airborneCounts({ flights, start, end }: FlightMapData, count: number): number[] {
  const changes = new Array<number>(count + 1).fill(0);
  const partSeconds = (end - start) / count;
  const partOf = (seconds: number): number => Math.min(count, Math.max(0, Math.ceil((seconds - start) / partSeconds)));
  for (const { legs } of flights) {
    for (const leg of legs) {
      if (leg.length === 0) continue;
      changes[partOf(leg[0][3])]++;
      changes[partOf(leg[leg.length - 1][3])]--;
    }
  }
  let flying = 0;
  return changes.slice(0, count).map(change => {
    flying += change;
    return flying;
  });
}
