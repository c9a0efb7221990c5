import { operationSeconds, operationWork } from '../../cost/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import type { Skeleton } from './skeleton.ts';

/**
 * Seconds of a step in which every operation is cut evenly over all devices and nothing moves: no plan on any mesh takes
 * fewer, since smaller pieces reach no larger share of a device's peak.
 */
export function idealSeconds({ func, grid, operations, trips, problem }: MeshProblem, { variables }: Skeleton): number {
  const { cluster } = problem;
  let sum = 0;
  for (const { kind, subject, members } of variables) {
    if (kind !== 'operation') continue;
    const work = operationWork(func, grid, operations[subject], [], trips[subject]);
    if (work === undefined) continue;
    const share = { ...work, flops: work.flops / cluster.devices, bytes: work.bytes / cluster.devices };
    sum += members * operationSeconds(share, cluster);
  }
  return sum;
}
