import type { Cluster } from './cluster.ts';
import { type DeviceProfile, efficiencyAt } from './profile.ts';

/** What one device does in one operation. */
export interface DeviceWork {
  readonly flops: number;
  /** Operands read and results written. */
  readonly bytes: number;
  /** Element type that is multiplied, as StableHLO spells it. */
  readonly element: string;
  /** True for products and convolutions: they run on the matrix units. */
  readonly matrix: boolean;
}

/**
 * Seconds of one operation on one device: the roofline (Williams, Waterman, Patterson 2009), with the share of each
 * peak that work of this size reaches. Virtual devices of a host share its peaks.
 */
export function operationSeconds(work: DeviceWork, cluster: Pick<Cluster, 'profile' | 'devicesPerHost'>): number {
  const { profile } = cluster;
  const sharing = profile.sharedByDevices === true ? cluster.devicesPerHost : 1;
  const { matrix, memory } = profile.efficiency;
  const reached = work.matrix ? efficiencyAt(matrix, work.flops) : 1;
  const computing = work.flops / (peakFlops(profile, work.element) * reached);
  const moving = work.bytes / (profile.memoryBytesPerSecond * efficiencyAt(memory, work.bytes));
  return sharing * Math.max(computing, moving);
}

/** Peak FLOP/s for an element type; the profile's f32 where it has none for it. */
export function peakFlops(profile: DeviceProfile, element: string): number {
  const peaks = profile.peakFlopsPerSecond;
  const exact = peaks[element];
  if (exact !== undefined) return exact;
  const integer = /^u?i(4|8)$/.test(element) ? 'i8' : element;
  const family = /^f[48](?=E)/.exec(element)?.[0] ?? integer;
  return peaks[family] ?? peaks.f32 ?? Math.max(...Object.values(peaks));
}
