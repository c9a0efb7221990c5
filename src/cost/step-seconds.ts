import { collectiveSizes, type Mesh, type Propagation } from '../sharding/index.ts';
import type { Cluster } from './cluster.ts';
import { CollectivePrices, type PlacedCollective } from './collective-prices.ts';
import { deviceWork } from './device-work.ts';
import { type DeviceWork, operationSeconds } from './operation-seconds.ts';
import { billedTrips, noDefects, type PlannerDefects } from './planner-defects.ts';

/** Seconds of one step. `stepSeconds` is compute plus communication less what overlaps. */
export interface StepSeconds {
  readonly computeSeconds: number;
  readonly communicationSeconds: number;
  readonly overlapSeconds: number;
  readonly stepSeconds: number;
}

/**
 * Seconds of one step of a sharded program on a cluster. Nothing overlaps: an upper estimate for backends that hide
 * collectives behind compute, and what the CPU backend does.
 */
export function stepSeconds(
  operations: Iterable<DeviceWork>,
  collectives: Iterable<PlacedCollective>,
  mesh: Mesh,
  cluster: Cluster,
  defects: PlannerDefects = noDefects,
): StepSeconds {
  let computeSeconds = 0;
  for (const work of operations) computeSeconds += operationSeconds(work, cluster);
  const prices = new CollectivePrices(mesh, cluster);
  let communicationSeconds = 0;
  for (const collective of collectives) {
    communicationSeconds += billedTrips(collective.trips, defects) * prices.seconds(collective);
  }
  const overlapSeconds = 0;
  const total = computeSeconds + communicationSeconds - overlapSeconds;
  return { computeSeconds, communicationSeconds, overlapSeconds, stepSeconds: total };
}

/** Seconds of one step of a placed program, with the collectives that it needs. */
export function programSeconds(
  propagation: Propagation,
  cluster: Cluster,
  defects: PlannerDefects = noDefects,
): StepSeconds {
  const { mesh } = propagation.grid;
  return stepSeconds(deviceWork(propagation, defects), collectiveSizes(propagation), mesh, cluster, defects);
}

/** Seconds of one execution of a collective on the links that its mesh axes lie on. */
export function placedSeconds(collective: PlacedCollective, mesh: Mesh, cluster: Cluster): number {
  return new CollectivePrices(mesh, cluster).seconds(collective);
}
