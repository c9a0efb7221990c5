import { operationSeconds, operationWork, workOfPiece } from '../../cost/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import type { Skeleton } from './skeleton.ts';

/**
 * Seconds of a step in which every operation is cut evenly over all devices and nothing moves: no plan on any mesh takes
 * fewer, since smaller pieces reach no larger share of a device's peak.
 */
export function idealSeconds(ground: MeshProblem, { variables }: Skeleton): number {
  const { func, operations, trips, problem, defects } = ground;
  const { cluster } = problem;
  const fused = problem.fusedBytes;
  let sum = 0;
  for (const { operation, members } of variables.flatMap(({ kernels }) => kernels)) {
    const work = operationWork(func, operations[operation], trips[operation], fused, defects);
    if (work === undefined) continue;
    sum += members * operationSeconds(workOfPiece(work, cluster.devices), cluster);
  }
  return sum;
}
