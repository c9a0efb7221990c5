import { endOfLeg, type Flight, type FlightLeg, landingOf, type Prices, takeOffOf } from './problem.ts';

/** How far a flight is at a time. What is flown or begun by then stays as it is. */
export type FlightProgress =
  /** Before its take-off. */
  | { readonly kind: 'waiting' }
  /** In the air: it goes on from the vertex of `leg` at `stop`, where it is at `time`, or hovers. */
  | { readonly kind: 'flying'; readonly leg: number; readonly stop: number; readonly time: number }
  /** On the pad between its two legs. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'landed' };

/** How far a flight is. In the air it is bound to fly on to the next vertex that it reaches, at `now` or later. */
export function progressOf({ legs }: Flight, now: number): FlightProgress {
  for (let leg = 0; leg < legs.length; leg++) {
    const part = legs[leg] as FlightLeg;
    if (takeOffOf(part) > now) return leg === 0 ? { kind: 'waiting' } : { kind: 'stopped' };
    if (landingOf(part) <= now) continue;
    const stop = part.departures.findIndex(departure => departure >= now);
    return { kind: 'flying', leg, stop, time: Math.max(now, part.arrivals[stop] as number) };
  }
  return { kind: 'landed' };
}

/** A leg as far as a stop, where it is left at `time`. */
export function upToStop({ vertices, arrivals, departures }: FlightLeg, stop: number, time: number): FlightLeg {
  return {
    vertices: vertices.slice(0, stop + 1),
    arrivals: arrivals.slice(0, stop + 1),
    departures: [...departures.slice(0, stop), time],
  };
}

/** A leg that is flown up to a stop, and then goes on where another begins: at the same vertex, when it is there. */
export function joinLegs(flown: FlightLeg, rest: FlightLeg): FlightLeg {
  const last = flown.vertices.length - 1;
  return {
    vertices: [...flown.vertices, ...rest.vertices.slice(1)],
    arrivals: [...flown.arrivals, ...rest.arrivals.slice(1)],
    departures: [...flown.departures.slice(0, last), ...rest.departures],
  };
}

/** Seconds that a leg spends moving. */
export function movingSeconds({ arrivals, departures }: FlightLeg): number {
  let seconds = 0;
  for (let stop = 1; stop < arrivals.length; stop++) {
    seconds += (arrivals[stop] as number) - (departures[stop - 1] as number);
  }
  return seconds;
}

/** What a leg costs in the air. */
export function airCost(leg: FlightLeg, { hover }: Prices): number {
  const moving = movingSeconds(leg);
  return moving + hover * (landingOf(leg) - takeOffOf(leg) - moving);
}

/**
 * What a flight keeps others from while it is being planned again: the edge that it is on, the vertex where it hovers,
 * or the pad where it stands until it can take off at `ready`. Undefined before take-off: it is on no pad for sure.
 */
export function begunPart(flight: Flight, progress: FlightProgress, now: number, ready: number): Flight | undefined {
  const held = { name: flight.name, class: flight.class, from: '', to: '', cost: 0 };
  if (progress.kind === 'flying') {
    const { vertices, arrivals, departures } = upToStop(
      flight.legs[progress.leg] as FlightLeg,
      progress.stop,
      progress.time,
    );
    const first = Math.max(0, (arrivals[progress.stop] as number) > now ? progress.stop - 1 : progress.stop);
    const leg = {
      vertices: vertices.slice(first),
      arrivals: arrivals.slice(first),
      departures: departures.slice(first),
    };
    return { ...held, legs: [leg] };
  }
  const [first] = flight.legs;
  if (progress.kind !== 'stopped' || first === undefined) return undefined;
  const time = Math.max(now, ready);
  const stay = { vertices: first.vertices.slice(-1), arrivals: [time], departures: [time] };
  return { ...held, to: endOfLeg(flight, 0), legs: [first, stay] };
}
