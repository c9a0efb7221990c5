import {
  type AirspaceProblem,
  createProjection,
  endOfLeg,
  type Flight,
  type FlightChange,
  type FlightPlan,
  type FlightRequest,
  type FlightWait,
  landingOf,
  takeOffOf,
} from '../airspace/index.ts';
import { isoTime, placeName, requestsByName, vertexName, waitReason } from './fly-words.ts';

/**
 * The flights of a plan as GeoJSON, a LineString for every leg, in the form that kepler.gl animates: positions are
 * longitude, latitude, metres above mean sea level and seconds since 1970, to the millisecond; hovering repeats a
 * place. On a plane they are x, y, height and seconds from the epoch. `waits` has an entry for each flight of the plan.
 */
export function flightsGeojson(
  problem: AirspaceProblem,
  plan: FlightPlan,
  waits: readonly (readonly FlightWait[])[],
): string {
  const place = placesOf(problem);
  const requests = requestsByName(problem);
  const changes = new Map(plan.changes?.map(change => [change.flight, change]));
  const features = plan.flights.flatMap((flight, index) =>
    flight.legs.map((leg, at) => ({
      type: 'Feature',
      properties: propertiesOf(
        problem,
        flight,
        requests.get(flight.name),
        changes.get(flight.name),
        at,
        waits[index] ?? [],
      ),
      geometry: {
        type: 'LineString',
        coordinates: leg.vertices.flatMap((vertex, stop) => {
          const [arrival, departure] = [leg.arrivals[stop] as number, leg.departures[stop] as number];
          const isAlone = leg.vertices.length === 1;
          return departure > arrival || isAlone
            ? [place(vertex, arrival), place(vertex, departure)]
            : [place(vertex, arrival)];
        }),
      },
    })),
  );
  const head = JSON.stringify({
    type: 'FeatureCollection',
    name: plan.problem,
    epoch: plan.epoch,
    frame: problem.frame.kind,
  });
  const lines = features.map(feature => `\n${JSON.stringify(feature)}`);
  return `${head.slice(0, -1)},"features":[${lines.join(',')}\n]}\n`;
}

function propertiesOf(
  problem: AirspaceProblem,
  flight: Flight,
  request: FlightRequest | undefined,
  change: FlightChange | undefined,
  leg: number,
  waits: readonly FlightWait[],
): object {
  const { epoch } = problem;
  const [from, to] = [leg === 0 ? flight.from : endOfLeg(flight, leg - 1), endOfLeg(flight, leg)];
  const { arrivals, departures } = flight.legs[leg];
  const times = { vertices: [], arrivals, departures };
  return {
    flight: flight.name,
    class: flight.class,
    leg: leg + 1,
    legs: flight.legs.length,
    from: placeName(problem, from),
    to: placeName(problem, to),
    ...(change === undefined ? {} : { state: change.state, cause: change.cause }),
    takeOff: isoTime(epoch, takeOffOf(times)),
    landing: isoTime(epoch, landingOf(times)),
    ...(request === undefined || leg > 0 ? {} : { delaySeconds: toMilli(takeOffOf(times) - request.earliest) }),
    waits: waits
      .filter(wait => wait.leg === leg)
      .map(wait => ({
        kind: wait.kind,
        place: vertexName(problem, wait.vertex),
        start: isoTime(epoch, wait.start),
        end: isoTime(epoch, wait.end),
        reason: waitReason(wait, problem),
      })),
  };
}

function placesOf({ network, frame, epoch }: AirspaceProblem): (vertex: number, seconds: number) => number[] {
  const { x, y, z } = network;
  if (frame.kind === 'plane') {
    return (vertex, seconds) => [x[vertex], y[vertex], z[vertex], seconds].map(value => toMilli(value as number));
  }
  const { toEarth } = createProjection(frame);
  const base = Date.parse(epoch) / 1000;
  return (vertex, seconds) => {
    const [longitude, latitude] = toEarth(x[vertex] as number, y[vertex] as number);
    return [toCentimetre(longitude), toCentimetre(latitude), toMilli(z[vertex] as number), toMilli(base + seconds)];
  };
}

function toMilli(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Degrees to 1e-7, which is a centimetre. */
function toCentimetre(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7;
}
