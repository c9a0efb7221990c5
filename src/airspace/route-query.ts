import type { IntervalTable } from './interval-table-kernel.ts';

/** One flight that is looked for: plain numbers, no names. */
export interface RouteQuery {
  readonly legs: readonly RouteLeg[];
  /**
   * Take-off of the first leg is in one of these windows, `[start, end]` pairs in ascending order; delay counts from
   * `earliest`.
   */
  readonly takeOffs: readonly (readonly [start: number, end: number])[];
  readonly earliest: number;
  readonly groundPrice: number;
  readonly hoverPrice: number;
  /** Longest air time of a leg, or of all legs where `limitTogether`; may be infinite. */
  readonly airSeconds: number;
  readonly limitTogether: boolean;
  /** Labels that may be expanded before the search gives up. */
  readonly nodes: number;
  /** Present where part of the flight is flown already. */
  readonly begun?: BegunRoute;
}

/** What is flown of a flight before its first leg, which may itself be begun. */
export interface BegunRoute {
  /** Cost before the first leg, less `groundPrice` times the first time at which that may take off. */
  readonly base: number;
  /** Air time of legs before, where one limit holds for all. */
  readonly spent: number;
  /**
   * Present where it is in the air: it took off at `takeOff`, has moved for `moving` and is at the leg's start at
   * `time`.
   */
  readonly airborne?: { readonly time: number; readonly takeOff: number; readonly moving: number };
}

export interface RouteLeg {
  readonly start: number;
  readonly goal: number;
  /** When it may land, ascending, and until when the pad is free then. */
  readonly landings: readonly LandingWindow[];
  /** Least time on the pad before the next leg. */
  readonly stopSeconds: number;
  /** Least seconds of flight from each vertex to the goal; infinite where there is no way. Consistent. */
  readonly flight: FlightBound;
  /** The same goal for flights of any time, so that what is found out about it serves them all. */
  readonly anyTime?: AnyTimeGoal;
  /** Says more about when it can land, where it was worked out. */
  readonly profile?: ArrivalProfile;
}

export interface AnyTimeGoal {
  /** Tells goals at one vertex apart, whose pads are held for different times. */
  readonly holdSeconds: number;
  /** When one may land there without a deadline. */
  readonly landings: () => readonly LandingWindow[];
  /** True where the leg's flight bound is this query's own: what is found out with it is kept for no other. */
  readonly isOwn?: boolean;
}

export interface LandingWindow {
  readonly start: number;
  readonly end: number;
  readonly padEnd: number;
}

/** A lower bound of the seconds from a vertex to one goal. */
export interface FlightBound {
  at(vertex: number): number;
}

/** When a flight can land at a goal at the earliest, past all that is reserved near it. */
export interface ArrivalProfile {
  /**
   * A lower bound of the landing of a vehicle that is at a vertex at a time of `[low, high]`, all in one gap, and that
   * could land at `free` if nothing were in its way; infinite if it cannot land at all.
   */
  landing(vertex: number, low: number, high: number, free: number): number;
}

/** The sky as one class sees it. */
export interface RouteGraph {
  readonly edgeOffsets: Int32Array;
  readonly edgeTargets: Int32Array;
  readonly edgeSeconds: Float64Array;
  readonly hover: Uint8Array;
  readonly edges: IntervalTable;
  readonly vertices: IntervalTable;
}

export interface RouteLegTimes {
  readonly vertices: number[];
  readonly arrivals: number[];
  readonly departures: number[];
}

/** The cheapest route, or why there is none: `exhausted` when every label was looked at, `limit` when nodes ran out. */
export type RouteResult = (
  | { readonly kind: 'found'; readonly legs: readonly RouteLegTimes[]; readonly cost: number }
  | { readonly kind: 'exhausted' }
  | { readonly kind: 'limit' }
) & { readonly expansions: number };
