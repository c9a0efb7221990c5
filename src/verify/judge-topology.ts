import { diagnosticError } from '../base/index.ts';
import type { Cluster } from '../cost/index.ts';

/** A slice of TPUs as their compiler knows it. */
export interface TpuTopology {
  readonly chip: TpuChip;
  /** Chips along each axis of the torus. Device d of the cluster lies at the row-major coordinates of d. */
  readonly shape: readonly number[];
  /** Clock of the cores, in which the compiler estimates cycles. */
  readonly clockHertz: number;
}

/** The chips that the compiler takes topologies of. */
export type TpuChip = keyof typeof flopsPerCycle;

/**
 * What the matrix units of a chip do in a cycle in bf16: 128 x 128 multiply-adds in each of 8 units (4 on v5e), and
 * 256 x 256 in each of 4 on v6e; its compiler's estimates for large products leave no smaller number.
 */
const flopsPerCycle = { v4: 2 * 128 ** 2 * 8, v5e: 2 * 128 ** 2 * 4, v5p: 2 * 128 ** 2 * 8, v6e: 2 * 256 ** 2 * 4 };

/**
 * The TPU topology that a cluster stands for; its clock is the chip's peak over what the matrix units do in a cycle.
 * Throws SK4102 where the cluster is no single slice of TPUs, given as in `v5p:4x4x4`.
 */
export function tpuTopology(cluster: Cluster): TpuTopology {
  const { name, peakFlopsPerSecond } = cluster.profile;
  const shape = /^[A-Za-z]\w*:(\d+(?:x\d+)*)$/.exec(cluster.notation)?.[1].split('x').map(Number);
  if (!isTpuChip(name) || shape === undefined) {
    throw diagnosticError('SK4102', {
      message: `\`${cluster.notation}\` is no slice of TPUs that the TPU compiler knows`,
      expected: `one of ${Object.keys(flopsPerCycle).join(', ')} with the chips along each axis, for example v5p:4x4x4`,
      next: 'correct --topology',
    });
  }
  return { chip: name, shape, clockHertz: peakFlopsPerSecond.bf16 / flopsPerCycle[name] };
}

const isTpuChip = (name: string): name is TpuChip => name in flopsPerCycle;
