/** A place in the frame of a map: longitude and latitude in degrees, or metres east and north in a plane. */
export type MapPlace = readonly [east: number, north: number];

/** Where a vehicle is at a time: a place, metres above mean sea level, seconds from the epoch. */
export type MapPoint = readonly [east: number, north: number, heightMetres: number, seconds: number];

/** Corners; the first may be repeated at the end. */
export type MapRing = readonly MapPlace[];

/**
 * All that the map page of a flight plan shows, as JSON. Times are seconds from `epoch`, intervals half-open. Names of
 * flights and of requests are the same names: a refused request has no flight.
 */
export interface FlightMapData {
  readonly format: 'skein.flight-map/1';
  readonly name: string;
  /** ISO 8601 with a zone; clock times on the page are of that zone. */
  readonly epoch: string;
  /** What the slider covers. */
  readonly start: number;
  readonly end: number;
  readonly frame: 'geographic' | 'plane';
  /** Land, as rings; empty: none is known, and a plane shows a grid instead. */
  readonly coast: readonly MapRing[];
  /** Where the data of the coast come from; shown on the map. */
  readonly attribution?: string;
  readonly zones: readonly MapZone[];
  readonly pads: readonly MapPad[];
  readonly flights: readonly MapFlight[];
  readonly refusals: readonly MapRefusal[];
  readonly density?: MapDensity;
}

export interface MapZone {
  readonly name: string;
  /** The border, then holes. */
  readonly rings: readonly MapRing[];
  readonly floorMetres: number;
  readonly ceilingMetres: number;
  /** An end that is left out is never reached. */
  readonly windows: readonly MapWindow[];
  readonly rule: 'closed' | 'permit';
}

export interface MapWindow {
  readonly start: number;
  readonly end?: number;
}

export interface MapPad {
  readonly name: string;
  readonly place: MapPlace;
}

/** What became of a flight when a zone appeared or others were moved; `kept` where nothing did. */
export type MapFlightState = 'kept' | 're-timed' | 're-routed' | 'diverted' | 'cancelled';

export interface MapFlight {
  readonly name: string;
  readonly class: string;
  readonly from: string;
  readonly to: string;
  /** One leg, or two of a round trip; none where it is cancelled. Points are in order of time; waiting repeats a place. */
  readonly legs: readonly (readonly MapPoint[])[];
  /** Half the distance that two such vehicles keep: discs that touch are no conflict. */
  readonly separationMetres: number;
  readonly waits: readonly MapWait[];
  readonly state: MapFlightState;
  /** Why it is in this state, where it is not as it was. */
  readonly stateCause?: string;
  /** From the earliest take-off that was asked for to the one that is planned. */
  readonly delaySeconds: number;
}

export interface MapWait {
  readonly kind: 'ground' | 'hover';
  readonly start: number;
  readonly end: number;
  /** Name of the pad or vertex. */
  readonly place: string;
  readonly reason: string;
}

export interface MapRefusal {
  readonly request: string;
  readonly kind: 'proved' | 'gave-up';
  /** In words. */
  readonly cause: string;
  /** Names of flights and zones without which it would be served. */
  readonly flights: readonly string[];
  readonly zones: readonly string[];
  /** The nearest request that would be served, in words. */
  readonly alternative?: string;
  readonly from: MapPlace;
  readonly to: MapPlace;
  /** Take-off that was asked for. */
  readonly earliest: number;
}

/** Share of requests that are served against how many there are, a line for each way of planning. */
export interface MapDensity {
  /** What is counted, with its unit, such as `requests per km² and hour`. */
  readonly unit: string;
  readonly lines: readonly DensityLine[];
}

export interface DensityLine {
  readonly name: string;
  readonly points: readonly { readonly density: number; readonly share: number }[];
}
