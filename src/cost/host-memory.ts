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
  /** The largest argument, whole: inputs are made and outputs are saved one by one. */
  readonly largestArgumentBytes: number;
}

/** Python with JAX, the compiler's heap and the program's code. */
const processBytes = 0.6e9;
/** Making or saving an argument holds it once as an array and once in the buffer that is filled or written. */
const copiesOfLargest = 2;

/**
 * Bytes of resident memory that a run on virtual CPU devices takes on one host at its highest. They share the host's
 * memory, so what would be spread over machines comes together here.
 */
export function predictHostBytes(demand: HostDemand): number {
  const perDevice = demand.argumentBytes + demand.freshOutputBytes + demand.temporaryBytes;
  return (
    demand.processes * processBytes +
    demand.devices * perDevice +
    demand.processes * copiesOfLargest * demand.largestArgumentBytes
  );
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
