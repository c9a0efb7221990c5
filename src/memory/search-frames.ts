/** A range of sections, and what may be placed next in it. Columns by depth. */
export interface Frames {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The rectangle placed last, or -1, and its place among the members. */
  readonly placed: Int32Array;
  readonly place: Int32Array;
  /** True where it meets nothing that is still to be placed. */
  readonly isAlone: Uint8Array;
  /** Its candidates not yet tried: `[next, end)`. */
  readonly next: Int32Array;
  readonly end: Int32Array;
  /** How long the trails and the list of pending ranges were when it was opened. */
  readonly placedCount: Int32Array;
  readonly raisedCount: Int32Array;
  readonly pendingCount: Int32Array;
}

/** Frames of so many depths, empty. */
export function createFrames(depths: number): Frames {
  return {
    from: new Int32Array(depths),
    to: new Int32Array(depths),
    placed: new Int32Array(depths),
    place: new Int32Array(depths),
    isAlone: new Uint8Array(depths),
    next: new Int32Array(depths),
    end: new Int32Array(depths),
    placedCount: new Int32Array(depths),
    raisedCount: new Int32Array(depths),
    pendingCount: new Int32Array(depths),
  };
}
