import type { Cluster } from './cluster.ts';
import { type DeviceProfile, efficiencyAt } from './profile.ts';

/** What one device does in one operation. */
export interface DeviceWork {
  readonly flops: number;
  /** Operands read and results written. */
  readonly bytes: number;
  /** Of `bytes`, those that pass through memory where elementwise chains run as one kernel. Default: all. */
  readonly fusedBytes?: number;
  /** Into how many executions of equal size the work is divided: the trips of loops. Default 1. */
  readonly runs?: number;
  /** Element type that is multiplied, as StableHLO spells it. */
  readonly element: string;
  /** True for products and convolutions: they run on the matrix units. */
  readonly matrix: boolean;
  /** Name of the operation and elements of its largest operand, for those that a backend may run one by one. */
  readonly elements?: { readonly name: string; readonly count: number };
  /** True for convolutions. */
  readonly convolution?: boolean;
}

/**
 * Seconds of one operation on one device: the roofline (Williams, Waterman, Patterson 2009), with the share of each
 * peak that work of this size reaches, or what a backend takes that goes from element to element. Virtual devices of a
 * host share its peaks.
 */
export function operationSeconds(work: DeviceWork, cluster: Pick<Cluster, 'profile' | 'devicesPerHost'>): number {
  const { profile } = cluster;
  const sharing = profile.sharedByDevices === true ? cluster.devicesPerHost : 1;
  const { matrix, convolution = matrix, memory } = profile.efficiency;
  const { runs = 1 } = work;
  const bytes = profile.fusesChains === true ? (work.fusedBytes ?? work.bytes) : work.bytes;
  const reached = work.matrix ? efficiencyAt(work.convolution === true ? convolution : matrix, work.flops / runs) : 1;
  const computing = work.flops / (peakFlops(profile, work.element) * reached);
  const moving = bytes === 0 ? 0 : bytes / (profile.memoryBytesPerSecond * efficiencyAt(memory, bytes / runs));
  const { elements } = work;
  const one = elements === undefined ? 0 : elements.count * (profile.secondsPerElement?.[elements.name] ?? 0);
  return sharing * Math.max(computing, moving, one);
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
