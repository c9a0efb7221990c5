import type { Cluster } from '../cost/index.ts';
import { type Func, tripCount, walkOperations } from '../ir/index.ts';
import type { Mesh } from '../sharding/index.ts';
import { readCompiledCollectives } from './compiled-collectives.ts';
import type { TpuCompilation } from './judge-compilation.ts';
import { readEstimatedCycles } from './judge-cycles.ts';
import type { DepthWork } from './judge-extrapolation.ts';
import { judgeCollectives } from './judge-seconds.ts';
import { tpuTopology } from './judge-topology.ts';

/** What the TPU compiler made of a placed program, on one chip and for one run of it. */
export interface Judgement extends DepthWork {
  readonly deviceKind: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly compileSeconds: number;
  readonly memory: TpuCompilation['memory'];
  /** Arguments and temporaries, and outputs that lie in no argument. */
  readonly neededBytes: number;
  /** The chip's memory by its profile. */
  readonly availableBytes: number;
  readonly fits: boolean;
  readonly cyclesByOperation: Readonly<Record<string, number>>;
  readonly clockHertz: number;
  /** Collectives one after the other; see `judgeCollectives`. */
  readonly collectiveSeconds: number;
  /** Compute and collectives, nothing overlapped: the figure to compare placements by. */
  readonly judgedSeconds: number;
  /** The compiler's own figure, which charges no network and counts loop bodies once: never to be compared. */
  readonly optimalSeconds: number;
  /** True where the program has loops: then `flops` and `accessedBytes` count their bodies once. */
  readonly loopsCountedOnce: boolean;
  /** False where a loop's trips are not told; its cycles and collectives count once then. */
  readonly tripsKnown: boolean;
}

/**
 * How often the loops of a program run, when all of them run equally often and that is plain to see; undefined
 * otherwise. Scans over the layers, forward and backward, are such. Loops cannot be told apart after compilation.
 */
export function commonTrips(func: Func): number | undefined {
  const trips = new Set<number | undefined>();
  walkOperations(func.body, operation => {
    if (operation.name === 'stablehlo.while') trips.add(tripCount(func, operation));
  });
  return trips.size === 1 ? [...trips][0] : undefined;
}

/**
 * Judges a compiled program on the cluster that it was compiled for. Cycles and collectives come from the compiled text,
 * with loops counted as often as they run, `untoldTrips` times where the text does not tell it; their seconds from the
 * chip's clock and from the links of the cluster.
 */
export function judgeCompiled(
  compilation: TpuCompilation,
  mesh: Mesh,
  cluster: Cluster,
  untoldTrips?: number,
): Judgement {
  const { memory, cost, hloText, deviceKind, versions, compileSeconds } = compilation;
  const { clockHertz } = tpuTopology(cluster);
  const cycles = readEstimatedCycles(hloText, untoldTrips);
  const compiled = readCompiledCollectives(hloText, mesh, untoldTrips);
  const collectives = judgeCollectives(compiled, cluster, mesh.deviceIds);
  const computeSeconds = cycles.total / clockHertz;
  const collectiveSeconds = collectives.reduce((sum, { seconds }) => sum + seconds, 0);
  const neededBytes =
    memory.argumentBytes + memory.temporaryBytes + Math.max(0, memory.outputBytes - memory.aliasBytes);
  const availableBytes = cluster.profile.memoryBytes;
  return {
    deviceKind,
    versions,
    compileSeconds,
    memory,
    neededBytes,
    availableBytes,
    fits: neededBytes <= availableBytes,
    flops: cost.flops,
    accessedBytes: cost.accessedBytes,
    cycles: cycles.total,
    cyclesByOperation: cycles.byOperation,
    clockHertz,
    computeSeconds,
    collectives,
    collectiveSeconds,
    judgedSeconds: computeSeconds + collectiveSeconds,
    optimalSeconds: cost.optimalSeconds,
    loopsCountedOnce: /\bwhile\(/.test(hloText),
    tripsKnown: cycles.tripsKnown && compiled.every(collective => collective.tripsKnown),
  };
}
