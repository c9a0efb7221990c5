import type { FlightMapData, MapPlace } from '../src/report/index.ts';

/** Degrees a metre, at the place on the Earth where a degree is as long in both directions. */
const degreesPerMetre = 360 / 40_075_016.686;

export type Bounds = readonly [west: number, south: number, east: number, north: number];

/** The same map in longitudes and latitudes: a plane is laid where the equator meets the meridian of 0. */
export function toGeographic(data: FlightMapData): FlightMapData {
  if (data.frame === 'geographic') return data;
  const place = ([x, y]: MapPlace): MapPlace => [x * degreesPerMetre, y * degreesPerMetre];
  return {
    ...data,
    coast: data.coast.map(ring => ring.map(place)),
    zones: data.zones.map(zone => ({ ...zone, rings: zone.rings.map(ring => ring.map(place)) })),
    pads: data.pads.map(pad => ({ ...pad, place: place(pad.place) })),
    flights: data.flights.map(flight => ({
      ...flight,
      legs: flight.legs.map(leg =>
        leg.map(([x, y, height, seconds]) => [x * degreesPerMetre, y * degreesPerMetre, height, seconds] as const),
      ),
    })),
    refusals: data.refusals.map(refusal => ({ ...refusal, from: place(refusal.from), to: place(refusal.to) })),
  };
}

/** What of a map should be in sight: where there are pads and flights; otherwise everything. */
export function boundsOf({ pads, flights, refusals, zones, coast }: FlightMapData): Bounds {
  const flown = [...pads.map(({ place }) => place), ...refusals.flatMap(({ from, to }) => [from, to])];
  for (const { legs } of flights) for (const leg of legs) for (const [east, north] of leg) flown.push([east, north]);
  const places = flown.length > 0 ? flown : [...zones.flatMap(({ rings }) => rings.flat()), ...coast.flat()];
  let [west, south, east, north] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -180, -90];
  for (const [x, y] of places) {
    [west, east] = [Math.min(west, x), Math.max(east, x)];
    [south, north] = [Math.min(south, y), Math.max(north, y)];
  }
  return places.length > 0 ? [west, south, east, north] : [-0.01, -0.01, 0.01, 0.01];
}

/** Lines of a grid of 1, 2 or 5 times a power of ten metres, about a dozen over the bounds and some around them. */
export function gridLines([west, south, east, north]: Bounds): [MapPlace, MapPlace][] {
  const size = Math.max(east - west, north - south, 10 * degreesPerMetre);
  const metres = size / degreesPerMetre / 12;
  const power = 10 ** Math.floor(Math.log10(metres));
  const step = ([1, 2, 5].find(factor => factor * power >= metres) ?? 10) * power * degreesPerMetre;
  const from = (low: number): number => Math.floor((low - size) / step);
  const to = (high: number): number => Math.ceil((high + size) / step);
  const lines: [MapPlace, MapPlace][] = [];
  for (let column = from(west); column <= to(east); column++) {
    lines.push([
      [column * step, from(south) * step],
      [column * step, to(north) * step],
    ]);
  }
  for (let row = from(south); row <= to(north); row++) {
    lines.push([
      [from(west) * step, row * step],
      [to(east) * step, row * step],
    ]);
  }
  return lines;
}
