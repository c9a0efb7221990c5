import { readHloText } from './hlo-text.ts';
import { countExecutions } from './loop-trips.ts';

/** Cycles of one chip in one run of the program, as the TPU compiler estimates them. */
export interface EstimatedCycles {
  readonly total: number;
  /** By operation: nearly all lie in fusions, the rest in copies between layouts and single operations. */
  readonly byOperation: Readonly<Record<string, number>>;
  /** False where the text does not tell how often a loop with cycles in it runs; such a loop counts once. */
  readonly tripsKnown: boolean;
}

/**
 * Sums the `estimated_cycles` that the TPU compiler notes at each operation that it runs on its own, loops counted as
 * often as they run: `untoldTrips` times where the text does not tell it. Collectives, and copies between memories that run beside the computing, have none.
 */
export function readEstimatedCycles(hloText: string | Iterable<string>, untoldTrips?: number): EstimatedCycles {
  const byOperation = new Map<string, number>();
  let total = 0;
  let tripsKnown = true;
  for (const [computation, { trips, known }] of countExecutions(readHloText(hloText), untoldTrips)) {
    for (const { opcode, attributes } of computation.instructions.values()) {
      const noted = /"estimated_cycles":"(\d+)"/.exec(attributes)?.[1];
      if (noted === undefined) continue;
      const cycles = Number(noted) * trips;
      total += cycles;
      tripsKnown &&= known;
      byOperation.set(opcode, (byOperation.get(opcode) ?? 0) + cycles);
    }
  }
  const sorted = [...byOperation].sort((a, b) => b[1] - a[1]);
  return { total, byOperation: Object.fromEntries(sorted), tripsKnown };
}
