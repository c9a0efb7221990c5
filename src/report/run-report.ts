/** What the page of a run shows. Plain data; whoever ran the program fills it in. */
export interface RunReport {
  /** For example the program's file name. */
  readonly title: string;
  /** Short facts below the title: cluster, mesh, versions, seconds. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Absent where nothing was verified. */
  readonly verified?: boolean;
  /** Failures and warnings, one line each. */
  readonly notes: readonly string[];
  /** Empty where the program ran whole. */
  readonly traffic: readonly TrafficRow[];
  /** Absent where nothing was compiled. */
  readonly unexplainedShare?: number;
  /** One bar each, for example `predicted`, `compiled`, `one device`. */
  readonly memory: readonly MemoryBar[];
  readonly placements: readonly ArgumentPlacement[];
  /** Axes of the mesh, major to minor; empty where the program ran whole. */
  readonly mesh: readonly MeshAxisSize[];
  readonly outputs: readonly OutputError[];
}

/** Bytes on one device in collectives of one kind over the same mesh axes. */
export interface TrafficRow {
  readonly kind: string;
  readonly axis: string;
  readonly idealBytes: number;
  readonly predictedBytes: number;
  readonly compiledBytes: number;
}

export interface MemoryBar {
  readonly label: string;
  readonly parts: readonly { readonly kind: string; readonly bytes: number }[];
}

export interface MeshAxisSize {
  readonly name: string;
  readonly size: number;
}

export interface ArgumentPlacement {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** For each dimension the axes that cut it, major to minor: `tp`, or a part `tp:(2)2`. */
  readonly cuts: readonly (readonly string[])[];
  /** Of the whole argument. */
  readonly bytes: number;
}

export interface OutputError {
  readonly name: string;
  readonly dtype: string;
  /** L2(y - r) / L2(r). */
  readonly error: number;
  /** The largest error that counts as the same. */
  readonly limit: number;
  /** Elements that are NaN or infinite. */
  readonly nonFinite: number;
}
