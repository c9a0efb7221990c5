import type { CompiledCollective } from './compiled-collectives.ts';

/** What a prediction says of one collective; `src/sharding`'s collectives are such. */
export interface PredictedCollective {
  readonly kind: string;
  /** Mesh axes, major to minor. */
  readonly axes: readonly string[];
  /** The larger of operand and result on one device, for one execution. */
  readonly bytesPerDevice: number;
  readonly trips: number;
}

/** Bytes per device in one run of the program, loops counted, and the number of tensors moved. */
export interface Traffic {
  readonly bytes: number;
  readonly count: number;
}

/** All collectives of one kind over the same mesh axes. */
export interface CollectiveRow {
  readonly kind: string;
  /** Axis names with commas between them: `dp`, `dp,tp`, or `other`. */
  readonly axis: string;
  readonly ideal: Traffic;
  readonly predicted: Traffic;
  readonly compiled: Traffic;
  /** 100 (predicted - compiled) / compiled; null where only the prediction has such a collective. */
  readonly differencePercent: number | null;
}

export interface CollectiveComparison {
  readonly rows: readonly CollectiveRow[];
  readonly compiledBytes: number;
  /** Sum of |predicted - compiled| over the rows. */
  readonly unexplainedBytes: number;
  /** Unexplained over compiled bytes; 0 where both are 0, infinite where only the prediction moves bytes. */
  readonly unexplainedShare: number;
  /** Compiled collectives inside loops whose trip count is unknown; each counts as one execution. */
  readonly unknownTrips: number;
}

/** Lays ideal prediction, backend prediction and compiled program side by side, by kind and mesh axis. */
export function compareCollectives(
  ideal: readonly PredictedCollective[],
  backend: readonly PredictedCollective[],
  compiled: readonly CompiledCollective[],
): CollectiveComparison {
  const [ideals, predictions, measures] = [sumTraffic(ideal), sumTraffic(backend), sumTraffic(compiled)];
  const keys = [...new Set([...ideals.keys(), ...predictions.keys(), ...measures.keys()])].sort();
  const none: Traffic = { bytes: 0, count: 0 };
  const rows = keys.map((key): CollectiveRow => {
    const [kind, axis] = key.split(' ');
    const predicted = predictions.get(key) ?? none;
    const found = measures.get(key) ?? none;
    return {
      kind,
      axis,
      ideal: ideals.get(key) ?? none,
      predicted,
      compiled: found,
      differencePercent: percentDifference(predicted.bytes, found.bytes),
    };
  });
  const compiledBytes = rows.reduce((sum, row) => sum + row.compiled.bytes, 0);
  const unexplainedBytes = rows.reduce((sum, row) => sum + Math.abs(row.predicted.bytes - row.compiled.bytes), 0);
  return {
    rows,
    compiledBytes,
    unexplainedBytes,
    unexplainedShare: unexplainedBytes === 0 ? 0 : unexplainedBytes / compiledBytes,
    unknownTrips: compiled.filter(collective => !collective.tripsKnown).length,
  };
}

/** True when in every row the predicted bytes differ from the compiled by at most `share` of the compiled. */
export function matchesWithin(comparison: CollectiveComparison, share: number): boolean {
  return comparison.rows.every(
    ({ predicted, compiled }) => Math.abs(predicted.bytes - compiled.bytes) <= share * compiled.bytes,
  );
}

function percentDifference(predicted: number, compiled: number): number | null {
  if (predicted === compiled) return 0;
  return compiled === 0 ? null : (100 * (predicted - compiled)) / compiled;
}

/** Sums by `kind axis`. Collectives of a single device move nothing and are left out. */
function sumTraffic(collectives: readonly (PredictedCollective & { count?: number })[]): Map<string, Traffic> {
  const sums = new Map<string, Traffic>();
  for (const { kind, axes, bytesPerDevice, trips, count = 1 } of collectives) {
    if (axes.length === 0) continue;
    const key = `${kind} ${[...axes].sort().join(',')}`;
    const sum = sums.get(key) ?? { bytes: 0, count: 0 };
    sums.set(key, { bytes: sum.bytes + bytesPerDevice * trips, count: sum.count + count * trips });
  }
  return sums;
}
