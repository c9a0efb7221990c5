/** One rule that a flight plan breaks. */
export interface Violation {
  readonly kind: ViolationKind;
  /** Who, where and when, with the actual and the allowed values. */
  readonly message: string;
  /** Names of the flights it is about. */
  readonly flights: readonly string[];
  /** Seconds from the epoch, where it has a time. */
  readonly time?: number;
}

export type ViolationKind =
  /** The plan is of another problem. */
  | 'plan'
  /** Two flights or refusals of one name. */
  | 'name'
  /** A request is neither served nor refused, or both, or nobody asked for a flight. */
  | 'request'
  /** A flight that was accepted before is changed or missing. */
  | 'accepted flight'
  /** A flight that is later than its first acceptance and its tolerance allow. */
  | 'promise'
  /** What is said of a flight that zones changed is not so, or what it had begun is not as it was. */
  | 'change'
  | 'class'
  /** An unknown pad, or a leg that does not lead from where to where it should. */
  | 'place'
  | 'vertex'
  /** A leg too few or too many, or one whose lists do not fit each other. */
  | 'legs'
  /** Two vertices in a row without an edge between them. */
  | 'edge'
  | 'edge time'
  | 'hover'
  /** A time that is no number, or lies before the one before it. */
  | 'time'
  | 'take-off'
  | 'deadline'
  | 'air time'
  | 'stop'
  | 'cost'
  | 'pad'
  | 'zone'
  | 'separation';

/** A violation by one flight. */
export function violationOf(kind: ViolationKind, flight: string, message: string, time?: number): Violation {
  return { kind, message: `${flight} ${message}`, flights: [flight], ...(time === undefined ? {} : { time }) };
}

/** Violations smaller than this are none: metres and seconds. */
export const depthTolerance = 1e-9;

/** What sums of a few doubles of a size may be off by. */
export function roundingOf(size: number): number {
  return 8 * Number.EPSILON * Math.abs(size);
}

/** A number for people, without the noise of rounding. */
export function show(value: number): string {
  return String(Number(value.toPrecision(12)));
}
