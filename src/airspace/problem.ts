import type { AirNetwork, NetworkSource, Point } from './network.ts';
import type { VehicleClass } from './vehicle.ts';

/**
 * Flights that want to be made over an air-route network: who flies from where to where and when, past which zones and
 * which flights that are accepted already.
 *
 * Places are in metres on a plane (x east, y north), heights in metres above mean sea level, times in seconds from
 * `epoch`. Two vehicles are in conflict at a time at which their horizontal distance is less than the sum of their radii
 * and their vertical distance less than the sum of their half-heights, both with `bufferMetres` added; touching is no
 * conflict. `bufferSeconds` widens every occupied interval both ways: a vehicle may not be where another was less than
 * so long ago, or will be.
 *
 * `delivery`: a pad holds one vehicle, from `serviceSeconds` before take-off to take-off and from landing to
 * `serviceSeconds` after; outside of these a vehicle is off the network, so waiting on the ground holds nothing.
 * `classic`: as in multi-agent path finding, vehicles are at their starts from time 0, at their goals for ever, and know no
 * pads.
 */
export interface AirspaceProblem {
  readonly format: 'skein.airspace/1';
  readonly name: string;
  /** ISO 8601 with a zone, such as `2026-08-09T17:00:00+08:00`. */
  readonly epoch: string;
  readonly mode: 'delivery' | 'classic';
  readonly frame: Frame;
  /** Where the network comes from: what a problem file holds. */
  readonly source: NetworkSource;
  readonly network: AirNetwork;
  readonly classes: readonly VehicleClass[];
  readonly separation: Separation;
  readonly prices: Prices;
  readonly pads: readonly Pad[];
  readonly zones: readonly Zone[];
  /** Flights that are accepted already; nothing of them may change unless asked for. */
  readonly flights: readonly Flight[];
  readonly requests: readonly FlightRequest[];
}

/** The plane of x and y: a local tangent plane that touches the Earth at an origin, or no place on Earth. */
export type Frame =
  | { readonly kind: 'plane' }
  | { readonly kind: 'tangent'; readonly longitude: number; readonly latitude: number };

export interface Separation {
  /** Added to the sums of radii and of half-heights. */
  readonly bufferMetres: number;
  readonly bufferSeconds: number;
}

/**
 * What a second costs: of ground delay (take-off after `earliest`, or after the stop of a round trip is over) and of
 * hovering. A second of moving costs 1. `ground` is at most `hover`: otherwise vehicles would take off only to hover.
 */
export interface Prices {
  readonly ground: number;
  readonly hover: number;
}

/** A place for take-off and landing, at a vertex. Capacity 1. */
export interface Pad {
  readonly name: string;
  readonly vertex: number;
  readonly serviceSeconds: number;
}

/**
 * A volume that is closed to flight in `[start, end)` of its windows, or that needs a permit. An open set: its border
 * may be touched.
 */
export interface Zone {
  readonly name: string;
  readonly area: ZoneArea;
  readonly floorMetres: number;
  readonly ceilingMetres: number;
  readonly windows: readonly TimeWindow[];
  /** `permit` zones are flags on the map; they block nothing. */
  readonly rule: 'closed' | 'permit';
}

export type ZoneArea =
  | { readonly kind: 'circle'; readonly centre: Point; readonly radiusMetres: number }
  /** A simple polygon, first corner not repeated. */
  | { readonly kind: 'polygon'; readonly corners: readonly Point[] };

/** Half-open: `[start, end)`. `end` may be infinite; in files it is left out then. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** The name of a pad, or, in classic mode, the index of a vertex. */
export type Place = string | number;

export interface FlightRequest {
  readonly name: string;
  /** Name of its vehicle class. */
  readonly class: string;
  readonly from: Place;
  readonly to: Place;
  /** Earliest take-off. */
  readonly earliest: number;
  /** Latest landing at `to`; absent: none. */
  readonly deadline?: number;
  /** Flies back to `from`: two legs that are accepted or refused together, with the pad at `to` held between them. */
  readonly roundTrip?: RoundTrip;
  /** When it is submitted; absent: `earliest`. Requests are served in this order where first come is first served. */
  readonly submitted?: number;
  /** By how much an accepted flight may still be moved later before it departs, for the sake of others; absent: 0. */
  readonly toleranceSeconds?: number;
}

export interface RoundTrip {
  /** Least time on the pad between landing and the second take-off; absent: the pad's service time. */
  readonly stopSeconds?: number;
  /** Latest landing back at `from`; absent: none. */
  readonly deadline?: number;
  /** False: the air time of both legs together is limited, not that of each; absent: true. */
  readonly recharge?: boolean;
}

/** A 4-D route that is flown. */
export interface Flight {
  /** Name of its request. */
  readonly name: string;
  readonly class: string;
  readonly from: Place;
  readonly to: Place;
  /** One leg, or two of a round trip; a round trip that is diverted on its way out, or ends at its stop, has one. */
  readonly legs: readonly FlightLeg[];
  readonly cost: number;
  /** The pad at which its last leg ends, where a zone that appeared lets it go no farther. */
  readonly diverted?: Place;
}

/**
 * One leg as the vertices it goes through, each with the times at which the vehicle is there. It takes off at
 * `arrivals[0]` and lands at the last of `departures`; where a departure is later than the arrival, it hovers in between.
 * In classic mode `arrivals[0]` is 0 and the vehicle stays where it arrives.
 */
export interface FlightLeg {
  readonly vertices: readonly number[];
  readonly arrivals: readonly number[];
  readonly departures: readonly number[];
}

/** A request that is not served, and why. */
export interface Refusal {
  readonly request: string;
  /** `proved`: no route exists, given the accepted flights. `gave-up`: the node limit was reached first. */
  readonly kind: 'proved' | 'gave-up';
  readonly cause: RefusalCause;
  /**
   * Flights and zones that stand in the way: without all of them the request is served, and where it is proved, without
   * all but one it is not. Empty where nothing helps.
   */
  readonly flights: readonly string[];
  readonly zones: readonly string[];
  /** The nearest request of its kind that is served. */
  readonly alternative?: FlightRequest;
}

/** What it is that a request fails for, by what would have to go: other flights, zones, or the request's own limits. */
export type RefusalCause = 'flights' | 'zones' | 'unreachable' | 'air-time' | 'deadline' | 'gave-up';

/** What is planned: a document of its own, with all that a validator needs beside the problem. */
export interface FlightPlan {
  readonly format: 'skein.flights/1';
  /** Name of the problem. */
  readonly problem: string;
  readonly epoch: string;
  /** Accepted flights, those of the problem included. */
  readonly flights: readonly Flight[];
  readonly refusals: readonly Refusal[];
  /**
   * These three are present where zones have appeared: what became of flights that they met. All others are as they
   * were accepted.
   */
  readonly changes?: readonly FlightChange[];
  /** When they appeared, in seconds: nothing that was flown by then, or begun, is changed. */
  readonly changedAt?: number;
  /** Names of the zones that appeared then. */
  readonly appeared?: readonly string[];
  /**
   * Flights that were accepted and then moved within their tolerance, in the order in which it happened; absent: none.
   */
  readonly moves?: readonly FlightMove[];
}

/** A flight that was moved to let a request in. */
export interface FlightMove {
  readonly flight: string;
  /** `re-timed`: over the same vertices at other times. `re-routed`: over others. */
  readonly state: 're-timed' | 're-routed';
  /** Who was let in. */
  readonly request: string;
  /**
   * When it takes off, and lands at the end of each leg, as it was accepted first. Both may be later by the tolerance
   * of its request in all, however often it is moved.
   */
  readonly promised: { readonly takeOff: number; readonly landings: readonly number[] };
}

/** What became of an accepted flight that a zone met which appeared. */
export interface FlightChange {
  readonly flight: string;
  readonly state: FlightState;
  /** In words: the zone, what could not be kept, and who was in the way. */
  readonly cause: string;
  readonly zones: readonly string[];
  /** Flights in the way, where it is diverted or cancelled. */
  readonly flights: readonly string[];
  /** By how much it lands after its deadline, or the later one of two; only of flights that were on their way. */
  readonly lateSeconds?: number;
}

/**
 * - `kept`: as it was. What it had begun lies inside, or it is out, or on the ground, as soon as it can be.
 * - `re-timed`: by the same vertices at other times.
 * - `re-routed`: by other vertices to the same pads.
 * - `diverted`: on its way already, it lands at another pad.
 * - `cancelled`: it does not fly, or, where it is in the air, no pad can be reached. It has a refusal.
 */
export type FlightState = 'kept' | 're-timed' | 're-routed' | 'diverted' | 'cancelled';

/** Where a leg of a flight ends. */
export function endOfLeg({ from, to, legs, diverted }: Flight, leg: number): Place {
  if (diverted !== undefined && leg === legs.length - 1) return diverted;
  return leg === 0 ? to : from;
}

/** When a vehicle takes off and lands on a leg. */
export function takeOffOf(leg: FlightLeg): number {
  return leg.arrivals[0] ?? Number.NaN;
}

export function landingOf(leg: FlightLeg): number {
  return leg.departures[leg.departures.length - 1] ?? Number.NaN;
}

/** Every second after `earliest` costs the same, however it is spent: cost is the time of landing. */
export const defaultPrices: Prices = { ground: 1, hover: 1 };

/** How long a pad is held before a take-off from it and after a landing; 0 of what is no pad. */
export function serviceSecondsOf({ pads }: Pick<AirspaceProblem, 'pads'>, place: Place): number {
  return pads.find(({ name }) => name === place)?.serviceSeconds ?? 0;
}
