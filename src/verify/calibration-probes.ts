import type { Cluster } from '../cost/index.ts';
import { calibrationGroups, type DeviceGroups } from './calibration-groups.ts';
import {
  type CalibratedCollective,
  type CalibratedFunction,
  type CalibrationProgram,
  calibratedCollectives,
  calibratedFunctions,
  calibratedWindows,
  collectiveProgram,
  convolutionProgram,
  functionProgram,
  productProgram,
  sumProgram,
  windowProgram,
} from './calibration-programs.ts';

export type WindowKind = (typeof calibratedWindows)[number];

export type ProbeKind =
  | 'product'
  | 'convolution'
  | 'elementwise'
  | WindowKind
  | CalibratedFunction
  | CalibratedCollective;

/** One thing that is measured: an operation of one kind and size, on all devices at once. */
export interface CalibrationProbe {
  readonly kind: ProbeKind;
  /**
   * Of one operation on one device: FLOPs of products and convolutions, elements of windows and functions,
   * else bytes as the cost model counts them.
   */
  readonly work: number;
  /** Bytes read and written by one operation on one device. */
  readonly bytes: number;
  readonly element: string;
  readonly groups?: DeviceGroups;
  /** Left out of the fit: it shows what the fit is worth between its points. */
  readonly check: boolean;
  /** How often the program does it. */
  readonly repeats: number;
  readonly program: CalibrationProgram;
}

/** What a device of a few cores may do in a second; they only decide how long the programs run. */
const nominal = {
  flops: 5e10,
  bytes: 1e10,
  collectiveBytes: 5e8,
  callSeconds: 5e-6,
  meetingSeconds: 1e-4,
  elementSeconds: 1e-8,
};

/** Programs run about as long as this, so that the start of a step is a small part of it. */
const wantedSeconds = 8e-3;
const mostRepeats = 128;

/** By all devices together in one step of sums. */
const streamedBytes = 4e8;

/** Everything that is measured on a cluster, smallest first. Sizes rise fourfold; those between are checks. */
export function calibrationProbes({ devices, links }: Pick<Cluster, 'devices' | 'links'>): CalibrationProbe[] {
  return [
    ...[8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768].map((n, index) =>
      productProbe(devices, n, 'f32', index % 2 === 1 && n !== 768),
    ),
    ...['bf16', 'f64'].map(element => productProbe(devices, 256, element, false)),
    ...[4, 8, 16, 32].map(size => convolutionProbe(devices, size)),
    ...powers(64, 2, 17).map((elements, index) => sumProbe(devices, elements, index % 2 === 1)),
    ...functionNames.map(name => functionProbe(devices, name)),
    ...calibratedWindows.flatMap(name => [8, 16, 32].map(size => windowProbe(devices, name, size))),
    ...calibrationGroups(links).flatMap(groups =>
      calibratedCollectives.flatMap(kind =>
        powers(64, 8, 6).map((scale, index) => collectiveProbe(devices, kind, groups, scale, index === 3)),
      ),
    ),
  ];
}

const powers = (first: number, factor: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => first * factor ** k);

function productProbe(devices: number, n: number, element: string, check: boolean): CalibrationProbe {
  const flops = 2 * n ** 3;
  const repeats = repeatsFor(nominal.callSeconds + (devices * flops) / nominal.flops);
  const bytes = 3 * n * n * ({ bf16: 2, f64: 8 }[element] ?? 4);
  const program = productProgram(devices, n, repeats, element);
  return { kind: 'product', work: flops, bytes, element, check, repeats, program };
}

function convolutionProbe(devices: number, size: number): CalibrationProbe {
  const channels = 32;
  const flops = 2 * 2 * size * size * 9 * channels * channels;
  const bytes = 4 * (4 * size * size * channels + 9 * channels * channels);
  const repeats = repeatsFor(nominal.callSeconds + (devices * flops) / nominal.flops);
  const program = convolutionProgram(devices, size, channels, repeats);
  return { kind: 'convolution', work: flops, bytes, element: 'f32', check: false, repeats, program };
}

function sumProbe(devices: number, elements: number, check: boolean): CalibrationProbe {
  const bytes = 12 * elements;
  // More than the caches hold, but where vectors are so short that the start of a kernel is all that counts.
  const repeats = Math.min(mostRepeats, Math.max(2, Math.round(streamedBytes / (devices * bytes))));
  const program = sumProgram(devices, elements, repeats);
  return { kind: 'elementwise', work: bytes, bytes, element: 'f32', check, repeats, program };
}

const functionNames = Object.keys(calibratedFunctions) as CalibratedFunction[];

function functionProbe(devices: number, name: CalibratedFunction): CalibrationProbe {
  // So many in one kernel that reading and writing the vector counts little.
  const [elements, repeats] = [65_536, 24];
  const program = functionProgram(devices, name, elements, repeats);
  return { kind: name, work: elements, bytes: 0, element: 'f32', check: false, repeats, program };
}

function windowProbe(devices: number, name: WindowKind, size: number): CalibrationProbe {
  const elements = 2 * size * size * 32;
  const repeats = Math.min(16, repeatsFor(nominal.callSeconds + devices * elements * nominal.elementSeconds));
  const program = windowProgram(devices, name, size, repeats);
  return { kind: name, work: elements, bytes: 8 * elements, element: 'f32', check: false, repeats, program };
}

function collectiveProbe(
  devices: number,
  kind: CalibratedCollective,
  groups: DeviceGroups,
  scale: number,
  check: boolean,
): CalibrationProbe {
  const elements = Math.ceil(scale / groups.size) * groups.size;
  const bytes = 4 * elements;
  const repeats = Math.min(16, repeatsFor(nominal.meetingSeconds + bytes / nominal.collectiveBytes));
  const program = collectiveProgram(devices, kind, groups, elements, repeats);
  return { kind, work: bytes, bytes, element: 'f32', groups, check, repeats, program };
}

const repeatsFor = (seconds: number): number => Math.min(mostRepeats, Math.max(2, Math.round(wantedSeconds / seconds)));
