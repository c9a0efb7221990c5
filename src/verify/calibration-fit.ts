import {
  type Cluster,
  type DeviceProfile,
  type EfficiencyCurve,
  estimateCollective,
  type LinkLevel,
  operationSeconds,
} from '../cost/index.ts';
import { type Calibration, type CalibrationMeasurement, median } from './calibration.ts';
import type { ProbeKind } from './calibration-probes.ts';
import {
  type CalibratedFunction,
  calibratedCollectives,
  calibratedFunctions,
  calibratedWindows,
} from './calibration-programs.ts';
import { solveLeastSquares } from './least-squares.ts';

/** A measurement beside what the fitted profile says of it. */
export interface FittedMeasurement extends CalibrationMeasurement {
  readonly fittedSeconds: number;
  /** `fittedSeconds` over `seconds`, less 1. */
  readonly error: number;
}

/** A cluster with the numbers of a machine. */
export interface FittedCluster {
  readonly profile: DeviceProfile;
  readonly links: readonly LinkLevel[];
  readonly rows: readonly FittedMeasurement[];
}

/**
 * Fits the profile of a cluster to measurements. Peaks are the best rates seen, curves the shares of them that other
 * sizes reach; latency and bandwidth of each link level follow by least squares on the logarithms of the formulas that
 * `estimateCollective` uses, so that twice and half as long are equally wrong, with a bandwidth for each kind of collective. What was not measured stays as it was.
 */
export function fitCluster(cluster: Cluster, { measurements }: Calibration, source: string): FittedCluster {
  const fitting = measurements.filter(({ check }) => !check);
  const compute = fitCompute(cluster, fitting);
  const links = cluster.links.map(level => fitLevel(level, fitting));
  const profile: DeviceProfile = {
    ...cluster.profile,
    ...compute,
    links: cluster.profile.links.map(link => withoutSize(links.find(({ name }) => name === link.name)) ?? link),
    sources: [
      { covers: 'peaks, efficiency and memory bandwidth, with all devices at work', source },
      ...links.map(({ name }) => ({ covers: `latency and bandwidth of ${name}`, source })),
      { covers: 'everything else', source: `the profile ${cluster.profile.name}` },
    ],
  };
  const fitted = { ...cluster, profile, links };
  return { profile, links, rows: measurements.map(measurement => beside(measurement, fitted)) };
}

function withoutSize(level: LinkLevel | undefined): Omit<LinkLevel, 'size'> | undefined {
  if (level === undefined) return undefined;
  const { size, ...link } = level;
  return link;
}

type Compute = Pick<DeviceProfile, 'peakFlopsPerSecond' | 'memoryBytesPerSecond' | 'efficiency' | 'secondsPerElement'>;

function fitCompute(cluster: Cluster, fitting: readonly CalibrationMeasurement[]): Compute {
  const { profile, devicesPerHost } = cluster;
  const sharing = profile.sharedByDevices === true ? devicesPerHost : 1;
  const rates = (kind: ProbeKind, element = 'f32'): [work: number, rate: number][] =>
    fitting
      .filter(found => found.kind === kind && found.element === element)
      .map(({ work, seconds }) => [work, (sharing * work) / seconds]);
  const products = rates('product');
  const convolutions = rates('convolution');
  const sums = rates('elementwise');
  const peak = best([...products, ...convolutions]);
  const matrix = curve(products, peak);
  const peaks = Object.entries(profile.peakFlopsPerSecond).map(([element, known]) => {
    if (element === 'f32') return [element, significant(peak)];
    const [own] = rates('product', element);
    // One size was measured: it reaches the share of the peak that the same size does in f32.
    const same = products.find(([work]) => work === own?.[0]);
    if (own !== undefined && same !== undefined) return [element, significant((peak * own[1]) / same[1])];
    return [element, significant((known * peak) / (profile.peakFlopsPerSecond.f32 ?? peak))];
  });
  const single = [...calibratedWindows, ...(Object.keys(calibratedFunctions) as CalibratedFunction[])];
  const elements = single.flatMap(name => {
    const found = rates(name).map(([, rate]) => 1 / rate);
    return found.length === 0 ? [] : [[name, significant(median(found))] as const];
  });
  return {
    ...(elements.length === 0 ? {} : { secondsPerElement: Object.fromEntries(elements) }),
    peakFlopsPerSecond: Object.fromEntries(peaks),
    memoryBytesPerSecond: significant(best(sums)),
    efficiency: {
      matrix,
      memory: curve(sums, best(sums)),
      ...(convolutions.length === 0 ? {} : { convolution: curve(convolutions, peak) }),
    },
  };
}

const best = (rates: readonly (readonly [work: number, rate: number])[]): number =>
  Math.max(...rates.map(([, rate]) => rate));

function curve(rates: readonly (readonly [work: number, rate: number])[], peak: number): EfficiencyCurve {
  return rates.map(([work, rate]) => [work, Math.min(1, significant(rate / peak))] as const);
}

/** Four digits: more would say nothing. */
const significant = (value: number): number => Number(value.toPrecision(4));

const leastLatencySeconds = 1e-8;
const leastSecondsPerByte = 1e-14;
/** Logarithms are not linear, and which algorithm is fastest depends on what is fitted. */
const fitRounds = 40;

/** Fits one level to the groups that lie in it alone. Unknowns: seconds of a hop, seconds per byte of each kind. */
function fitLevel(level: LinkLevel, fitting: readonly CalibrationMeasurement[]): LinkLevel {
  const own = fitting.filter(({ groups }) => groups?.levels.length === 1 && groups.levels[0].name === level.name);
  const kinds: readonly ProbeKind[] = calibratedCollectives.filter(kind => own.some(found => found.kind === kind));
  if (kinds.length === 0) return level;
  const least = [leastLatencySeconds, ...kinds.map(() => leastSecondsPerByte)];
  let unknowns = [level.latencySeconds, ...kinds.map(() => 1 / (level.bandwidthBytesPerSecond * level.efficiency))];
  for (let round = 0; round < fitRounds; round++) {
    const rows: number[][] = [];
    const wanted: number[] = [];
    for (const found of own) {
      const kind = kinds.indexOf(found.kind);
      const [hops, bytes] = slopes(found, level, unknowns[0], unknowns[kind + 1]);
      const now = hops * unknowns[0] + bytes * unknowns[kind + 1];
      rows.push([hops, ...kinds.map((_, index) => (index === kind ? bytes : 0))].map(slope => slope / now));
      // One step of Gauss and Newton, held short: the logarithm is far from linear where the fit is far off.
      wanted.push(1 + Math.min(1, Math.max(-0.5, Math.log(found.seconds / now))));
    }
    unknowns = solveLeastSquares(rows, wanted, least);
  }
  const [latencySeconds, ...perByte] = unknowns;
  const bandwidths = perByte.map(seconds => 1 / seconds);
  const peak = Math.max(...bandwidths);
  const shares = kinds.map((kind, index) => [kind, significant(bandwidths[index] / peak)] as const);
  return {
    ...level,
    latencySeconds: significant(latencySeconds),
    bandwidthBytesPerSecond: significant(peak),
    efficiency: median(shares.map(([, share]) => share)),
    efficiencyOf: Object.fromEntries(shares),
  };
}

/** How the seconds of a collective grow with the latency and with the seconds per byte of its level. */
function slopes(
  found: CalibrationMeasurement,
  level: LinkLevel,
  latencySeconds: number,
  secondsPerByte: number,
): readonly [hops: number, bytes: number] {
  const at = (latency: number, perByte: number): number =>
    collectiveOn(found, [{ ...plain(level), latencySeconds: latency, bandwidthBytesPerSecond: 1 / perByte }]);
  // The formulas are linear for one algorithm, so that a small step shows the slope of the one that is fastest here.
  const step = 1e-4;
  const now = at(latencySeconds, secondsPerByte);
  return [
    (at(latencySeconds * (1 + step), secondsPerByte) - now) / (latencySeconds * step),
    (at(latencySeconds, secondsPerByte * (1 + step)) - now) / (secondsPerByte * step),
  ];
}

const plain = ({ efficiencyOf, ...level }: LinkLevel): LinkLevel => ({ ...level, efficiency: 1 });

/** Seconds of a measured collective on other links: those of its levels by name, with its own sizes. */
function collectiveOn({ kind, bytes, groups }: CalibrationMeasurement, links: readonly LinkLevel[]): number {
  if (groups === undefined) throw new Error(`internal: ${kind} without groups`);
  const levels = groups.levels.map(({ name, size }) => {
    const link = links.find(candidate => candidate.name === name);
    if (link === undefined) throw new Error(`internal: no link ${name}`);
    return { ...link, size };
  });
  return estimateCollective({ kind, bytes, groupSize: groups.size, levels }).seconds;
}

function beside(measurement: CalibrationMeasurement, cluster: Cluster): FittedMeasurement {
  const { kind, work, bytes, element, groups, seconds } = measurement;
  const matrix = kind === 'product' || kind === 'convolution';
  const elements = { name: kind, count: work };
  const asked = { flops: matrix ? work : 0, bytes, element, matrix, convolution: kind === 'convolution', elements };
  const fittedSeconds =
    groups === undefined ? operationSeconds(asked, cluster) : collectiveOn(measurement, cluster.links);
  return { ...measurement, fittedSeconds, error: fittedSeconds / seconds - 1 };
}
