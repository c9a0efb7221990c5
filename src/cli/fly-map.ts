import {
  type AirspaceProblem,
  createProjection,
  type Flight,
  type FlightPlan,
  type FlightRequest,
  type FlightWait,
  type Place,
  readSingapore,
  takeOffOf,
  type Zone,
} from '../airspace/index.ts';
import type { FlightMapData, MapFlight, MapPlace, MapPoint, MapRefusal, MapRing, MapZone } from '../report/index.ts';
import { alternativeWords, placeName, refusalReason, requestsByName, vertexName, waitReason } from './fly-words.ts';

/** Corners of a circle: a kilometre of radius is off by half a metre. */
const circleCorners = 96;

/** A coast is shown where the frame touches the Earth within so many degrees of it. */
const nearDegrees = 0.5;

type ToMap = (x: number, y: number) => MapPlace;

/**
 * What the map page shows of a plan. `waits` has an entry for each flight of the plan. Of several changes of a flight
 * the last is told; a flight that is cancelled is shown without a way, in place of its refusal.
 */
export function flightMapData(
  problem: AirspaceProblem,
  plan: FlightPlan,
  waits: readonly (readonly FlightWait[])[],
): FlightMapData {
  const toMap = projectionOf(problem);
  const requests = requestsByName(problem);
  const changeOf = new Map(plan.changes?.map(change => [change.flight, change]));
  const shown = (flight: Flight, own: readonly FlightWait[]): MapFlight => {
    const { state = 'kept', cause } = changeOf.get(flight.name) ?? {};
    const change = { state, ...(cause === undefined ? {} : { stateCause: cause }) };
    return { ...mapFlight(problem, flight, requests.get(flight.name), own, toMap), ...change };
  };
  const cancelled = problem.flights.filter(({ name }) => changeOf.get(name)?.state === 'cancelled');
  const flights = [
    ...plan.flights.map((flight, index) => shown(flight, waits[index] ?? [])),
    ...cancelled.map(flight => shown({ ...flight, legs: [] }, [])),
  ];
  const refused = plan.refusals.filter(({ request }) => changeOf.get(request)?.state !== 'cancelled');
  const refusals = refused.flatMap(refusal => mapRefusal(problem, refusal, requests.get(refusal.request), toMap));
  return {
    format: 'skein.flight-map/1',
    name: problem.name,
    epoch: problem.epoch,
    ...spanOf(problem, flights, refusals),
    frame: problem.frame.kind === 'plane' ? 'plane' : 'geographic',
    ...coastOf(problem),
    zones: problem.zones.map(zone => mapZone(zone, toMap)),
    pads: problem.pads.map(({ name, vertex }) => ({ name, place: vertexPlace(problem, vertex, toMap) })),
    flights,
    refusals,
  };
}

/** Degrees to a centimetre, or metres to a millimetre. */
function projectionOf({ frame }: AirspaceProblem): ToMap {
  if (frame.kind === 'plane') return (x, y) => [round(x, 1e3), round(y, 1e3)];
  const { toEarth } = createProjection(frame);
  return (x, y) => {
    const [longitude, latitude] = toEarth(x, y);
    return [round(longitude, 1e7), round(latitude, 1e7)];
  };
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}

/** From the first time that anything is wanted or flown to the last landing, in whole minutes. */
function spanOf(
  { zones }: AirspaceProblem,
  flights: readonly MapFlight[],
  refusals: readonly MapRefusal[],
): { readonly start: number; readonly end: number } {
  const windows = zones.flatMap(zone => zone.windows.map(({ start }) => start));
  const times = flights.flatMap(({ legs, waits }) => [
    ...waits.map(({ start }) => start),
    ...legs.flatMap(leg => [leg[0]?.[3] ?? 0, leg.at(-1)?.[3] ?? 0]),
  ]);
  const all = [...times, ...refusals.map(({ earliest }) => earliest)];
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of all.length > 0 ? all : [0, ...windows]) {
    start = Math.min(start, time);
    end = Math.max(end, time);
  }
  const first = Math.floor(start / 60) * 60;
  return { start: first, end: Math.max(Math.ceil(end / 60) * 60, first + 60) };
}

/** The coast of Singapore, where the plane touches the Earth near it. */
function coastOf({ frame }: AirspaceProblem): Pick<FlightMapData, 'coast' | 'attribution'> {
  if (frame.kind === 'plane') return { coast: [] };
  const { origin, coast, attribution } = readSingapore();
  const isNear =
    Math.abs(frame.longitude - origin.longitude) < nearDegrees &&
    Math.abs(frame.latitude - origin.latitude) < nearDegrees;
  if (!isNear) return { coast: [] };
  const rings = coast.map(ring =>
    Array.from({ length: ring.length / 2 }, (_, at): MapPlace => [ring[2 * at] as number, ring[2 * at + 1] as number]),
  );
  return { coast: rings, attribution: attribution.join(' ') };
}

function mapZone({ name, area, floorMetres, ceilingMetres, windows, rule }: Zone, toMap: ToMap): MapZone {
  return {
    name,
    rings: [ringOf(area, toMap)],
    floorMetres,
    ceilingMetres,
    windows: windows.map(({ start, end }) => (end === Number.POSITIVE_INFINITY ? { start } : { start, end })),
    rule,
  };
}

function ringOf(area: Zone['area'], toMap: ToMap): MapRing {
  if (area.kind === 'polygon') return area.corners.map(([x, y]) => toMap(x, y));
  const [x, y] = area.centre;
  return Array.from({ length: circleCorners }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / circleCorners;
    return toMap(x + area.radiusMetres * Math.cos(angle), y + area.radiusMetres * Math.sin(angle));
  });
}

function vertexPlace({ network }: AirspaceProblem, vertex: number, toMap: ToMap): MapPlace {
  return toMap(network.x[vertex] as number, network.y[vertex] as number);
}

function mapFlight(
  problem: AirspaceProblem,
  flight: Flight,
  request: FlightRequest | undefined,
  waits: readonly FlightWait[],
  toMap: ToMap,
): MapFlight {
  const vehicle = problem.classes.find(({ name }) => name === flight.class);
  const [first] = flight.legs;
  const isLate = request !== undefined && first !== undefined;
  return {
    name: flight.name,
    class: flight.class,
    from: placeName(problem, flight.from),
    to: destination(problem, flight),
    legs: flight.legs.map(leg => mapLeg(problem, leg, toMap)),
    separationMetres: (vehicle?.radiusMetres ?? 0) + problem.separation.bufferMetres / 2,
    waits: waits.map(wait => ({
      kind: wait.kind,
      start: wait.start,
      end: wait.end,
      place: vertexName(problem, wait.vertex),
      reason: waitReason(wait, problem),
    })),
    state: 'kept',
    delaySeconds: isLate ? round(startOf(problem, first) - wantedAt(problem, request), 1e3) : 0,
  };
}

/** Where a flight goes, or has to go instead. */
function destination(problem: AirspaceProblem, { to, diverted }: Flight): string {
  const asked = placeName(problem, to);
  return diverted === undefined ? asked : `${placeName(problem, diverted)}, diverted from ${asked}`;
}

/** In classic mode vehicles are at their starts from time 0. */
function startOf({ mode }: AirspaceProblem, leg: Flight['legs'][number]): number {
  return mode === 'classic' ? (leg.departures[0] ?? 0) : takeOffOf(leg);
}

function wantedAt({ mode }: AirspaceProblem, { earliest }: FlightRequest): number {
  return mode === 'classic' ? 0 : earliest;
}

function mapLeg(problem: AirspaceProblem, leg: Flight['legs'][number], toMap: ToMap): MapPoint[] {
  return leg.vertices.flatMap((vertex, stop) => {
    const place = vertexPlace(problem, vertex, toMap);
    const point = (seconds: number): MapPoint => [...place, problem.network.z[vertex] as number, seconds];
    const [arrival, departure] = [leg.arrivals[stop] as number, leg.departures[stop] as number];
    return departure > arrival ? [point(arrival), point(departure)] : [point(arrival)];
  });
}

function mapRefusal(
  problem: AirspaceProblem,
  refusal: FlightPlan['refusals'][number],
  request: FlightRequest | undefined,
  toMap: ToMap,
): MapRefusal[] {
  if (request === undefined) return [];
  const placeOf = (place: Place): MapPlace => {
    const vertex = typeof place === 'number' ? place : problem.pads.find(({ name }) => name === place)?.vertex;
    return vertexPlace(problem, vertex ?? 0, toMap);
  };
  const alternative = alternativeWords(problem, refusal);
  return [
    {
      request: refusal.request,
      kind: refusal.kind,
      cause: refusalReason(problem, refusal),
      flights: refusal.flights,
      zones: refusal.zones,
      ...(alternative === undefined ? {} : { alternative }),
      from: placeOf(request.from),
      to: placeOf(request.to),
      earliest: request.earliest,
    },
  ];
}
