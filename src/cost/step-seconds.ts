import type { ValueId } from '../ir/index.ts';
import { collectiveSizes, type Mesh, type Propagation } from '../sharding/index.ts';
import type { Cluster } from './cluster.ts';
import { CollectivePrices, joiningWithin, type PlacedCollective, tellsHideable } from './collective-prices.ts';
import { deviceWork, fusedBytesOn } from './device-work.ts';
import { hideableValues } from './hideable-values.ts';
import { type DeviceWork, operationSeconds } from './operation-seconds.ts';
import { hiddenSeconds, overlapOf } from './overlap.ts';
import { billedTrips, noDefects, type PlannerDefects } from './planner-defects.ts';

/** Seconds of one step. `stepSeconds` is compute plus communication less what overlaps. */
export interface StepSeconds {
  readonly computeSeconds: number;
  readonly communicationSeconds: number;
  /** Of these, what could run beside computing; 0 where the device hides nothing. */
  readonly hideableSeconds: number;
  readonly overlapSeconds: number;
  readonly stepSeconds: number;
}

/**
 * Seconds of one step of a sharded program on a cluster. Collectives that can be hidden are, as far as the cluster's
 * profile says; where it says nothing, nothing overlaps, which is an upper estimate for backends that hide collectives,
 * and what the CPU backend does.
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
  let [communicationSeconds, hideableSeconds] = [0, 0];
  for (const collective of collectives) {
    const seconds = billedTrips(collective.trips, defects) * prices.seconds(collective);
    communicationSeconds += seconds;
    if (collective.hideable === true) hideableSeconds += seconds;
  }
  const overlapSeconds = hiddenSeconds(computeSeconds, hideableSeconds, overlapOf(cluster.profile));
  const total = computeSeconds + communicationSeconds - overlapSeconds;
  return { computeSeconds, communicationSeconds, hideableSeconds, overlapSeconds, stepSeconds: total };
}

/**
 * Seconds of one step of a placed program, with the collectives that it needs. `fused`, and the values whose moves are
 * `hideable`, may be known already.
 */
export function programSeconds(
  propagation: Propagation,
  cluster: Cluster,
  defects: PlannerDefects = noDefects,
  fused = fusedBytesOn(cluster, propagation.func),
  hideable = tellsHideable(cluster) ? hideableValues(propagation.func, propagation.cheap) : new Set<ValueId>(),
): StepSeconds {
  const { func, grid } = propagation;
  const sizes = collectiveSizes(propagation, hideable);
  const work = deviceWork(propagation, fused, defects);
  return stepSeconds(work, sizes, grid.mesh, joiningWithin(cluster, func), defects);
}

/** Seconds of one execution of a collective on the links that its mesh axes lie on, as what the compiler makes of it. */
export function placedSeconds(collective: PlacedCollective, mesh: Mesh, cluster: Cluster): number {
  return new CollectivePrices(mesh, cluster).seconds(collective);
}
