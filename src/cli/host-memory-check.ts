import { DiagnosticError, formatBytes } from '../base/index.ts';
import { hostMemoryDiagnostic, type MemoryOfKind, parseCluster, predictHostBytes } from '../cost/index.ts';
import { deviceMemory } from '../footprint/index.ts';
import { type Func, typeBytes } from '../ir/index.ts';
import type { SplitProgram } from '../plan/index.ts';
import type { CommandContext } from './command.ts';

/**
 * The compiler's temporaries are up to 1.6 times what liveness says. Measured on GPT-2 small, data-parallel on four
 * devices: 11.9 GB, where 9.7 GB were predicted without this margin.
 */
const margin = 1.25;

/** A run that is expected to take more than this much of what is free is announced. */
const announcedBytes = 4e9;

/**
 * Predicts the memory that a run takes on this machine, where virtual devices share it, and refuses what would not fit
 * (SK2106) before anything is compiled. `whole` says that the program also runs on one device, as `--verify` does.
 */
export function checkHostMemory(
  func: Func,
  split: SplitProgram | undefined,
  cluster: string,
  whole: boolean,
  context: CommandContext,
): void {
  const { devices, processes, profile } = parseCluster(cluster);
  if (profile.platform !== 'cpu') return;
  const largest = Math.max(0, ...func.arguments.map(({ value }) => typeBytes(func.valueTypes[value])));
  const demand = (memory: readonly MemoryOfKind[], count: number): number => {
    const bytes = (wanted: (kind: string) => boolean): number =>
      memory.filter(({ kind }) => wanted(kind)).reduce((sum, { bytesPerDevice }) => sum + bytesPerDevice, 0);
    return predictHostBytes({
      devices: count,
      processes,
      argumentBytes: bytes(kind => kind !== 'outputs' && kind !== 'temporaries'),
      freshOutputBytes: bytes(kind => kind === 'outputs'),
      temporaryBytes: bytes(kind => kind === 'temporaries'),
      largestArgumentBytes: largest,
    });
  };
  const wholeMemory = deviceMemory(func, value => typeBytes(func.valueTypes[value]));
  const predicted =
    margin *
    Math.max(
      split === undefined ? 0 : demand(split.plan.memory, devices),
      split === undefined || whole ? demand(wholeMemory, 1) : 0,
    );
  const refused = hostMemoryDiagnostic(predicted, process.availableMemory());
  if (refused !== undefined) throw new DiagnosticError([refused]);
  if (predicted > announcedBytes)
    context.note(`about ${formatBytes(predicted)} of memory will be used on this machine`);
}
