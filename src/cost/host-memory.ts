import { type Diagnostic, formatBytes } from '../base/index.ts';

/** What a run with virtual devices will hold in the memory of one host. */
export interface HostDemand {
  /** Virtual devices on this host, each with its own copy of everything. */
  readonly devices: number;
  readonly processes: number;
  /** On one device, from the compiler's statistics or from `memoryPerDevice`. */
  readonly argumentBytes: number;
  /** Outputs that do not lie in donated arguments. */
  readonly freshOutputBytes: number;
  readonly temporaryBytes: number;
  /** The largest argument, whole: inputs are made one by one. */
  readonly largestArgumentBytes: number;
}

/** Python with JAX, the compiler's heap and the program's code. */
const processBytes = 0.55e9;
/** Making an argument holds it once as an array and once in the buffer that is filled. */
const copiesOfLargest = 2;

/**
 * Bytes of resident memory that a run on virtual CPU devices takes on one host at its highest: while the inputs are made
 * or while the program runs. Virtual devices share the host's memory, so what would be spread over machines comes
 * together here. Within 3 % of what GPT-2 small (batch 8 x 128, f32, Adam) was measured to take on one and on two
 * devices, when given the compiler's own statistics.
 */
export function predictHostBytes(demand: HostDemand): number {
  const { devices, processes } = demand;
  const lasting = devices * (demand.argumentBytes + demand.freshOutputBytes);
  const placing = processes * copiesOfLargest * demand.largestArgumentBytes;
  return processes * processBytes + lasting + Math.max(devices * demand.temporaryBytes, placing);
}

/** SK2106 where a run would take more than the host has free; undefined where it fits. */
export function hostMemoryDiagnostic(predictedBytes: number, availableBytes: number): Diagnostic | undefined {
  if (predictedBytes <= availableBytes) return undefined;
  return {
    code: 'SK2106',
    severity: 'error',
    message: `the run would take about ${formatBytes(predictedBytes)} of memory, but ${formatBytes(availableBytes)} are free`,
    next: 'use fewer virtual devices, cut the state (for example with a second mesh axis), or use a smaller batch',
  };
}
