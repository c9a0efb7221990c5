import { readdirSync, readFileSync } from 'node:fs';
import { type Diagnostic, DiagnosticError } from '../base/index.ts';
import type { MemoryTile } from './tiled-bytes.ts';

/**
 * How the devices of a link level are joined: in a ring, all to a switch, along one axis of a torus, or by the memory
 * that they share, through which every device copies its bytes whole.
 */
export type Topology = (typeof topologies)[number];

const topologies = ['ring', 'switch', 'torus', 'shared'] as const;

/** A share of a peak that is reached, as points [work, fraction] with rising work; linear in log(work) between. */
export type EfficiencyCurve = readonly (readonly [work: number, fraction: number])[];

/** A kind of link of a device, without the number of devices that it joins. */
export interface LinkProfile {
  readonly name: string;
  /** Peak of one device in one direction; on a torus, of one of its two links along the axis. */
  readonly bandwidthBytesPerSecond: number;
  /** Of one hop. */
  readonly latencySeconds: number;
  readonly topology: Topology;
  /** Share of the peak that large collectives reach. */
  readonly efficiency: number;
  /** The same for single kinds of collectives (`all-to-all`), where they differ. */
  readonly efficiencyOf?: Readonly<Record<string, number>>;
}

/**
 * How far collectives run beside computing. What is hidden is at most `share` of the seconds of computing, and slows it
 * down: an hour of hidden collectives makes an hour's computing take `slowdown` hours.
 */
export interface Overlap {
  /** From 0 to 1. */
  readonly share: number;
  /** From 1 to 2: where hiding costs more than it hides, nothing would be hidden. */
  readonly slowdown: number;
}

/** What a device can do at most, and how much of it programs reach. Data files in `profiles/`, one per device. */
export interface DeviceProfile {
  readonly format: 'skein.profile/1';
  readonly name: string;
  readonly description: string;
  readonly aliases?: readonly string[];
  readonly platform: 'cpu' | 'gpu' | 'tpu';
  readonly devicesPerHost: number;
  /** Dense peak FLOP/s of matrix products by element type; `f8` stands for all types of that width. */
  readonly peakFlopsPerSecond: Readonly<Record<string, number>>;
  readonly memoryBytes: number;
  readonly memoryBytesPerSecond: number;
  /** Tiles that tensors fill up in memory. Default: they take their own bytes. */
  readonly memoryTile?: MemoryTile;
  /** True where the devices of a host share its peaks and memory: virtual devices. */
  readonly sharedByDevices?: boolean;
  /** True where elementwise chains are priced as the one kernel that the compiler makes of them. Default false. */
  readonly fusesChains?: boolean;
  /**
   * Operations that arithmetic holds up and not memory, by name, with the seconds of an element of their largest operand
   * (of all devices together, where they share the cores of their host).
   */
  readonly secondsPerElement?: Readonly<Record<string, number>>;
  /**
   * Kinds of collectives of which the compiler joins those that can wait into one, with the bytes that one joined
   * collective gives a device: the latency is paid once for so many.
   */
  readonly joinedBytes?: Readonly<Record<string, number>>;
  /** In no file: the bytes that the program at hand has to be joined. See `joiningWithin`. */
  readonly mostJoinedBytes?: number;
  /** Kinds of collectives that the compiler never forms, with those that it forms instead. */
  readonly compiledAs?: Readonly<Record<string, string>>;
  readonly efficiency: {
    /** Of matrix products, and of convolutions where they have no curve of their own, by FLOP of one operation. */
    readonly matrix: EfficiencyCurve;
    readonly convolution?: EfficiencyCurve;
    /** Of reading and writing memory, by bytes of one operation. */
    readonly memory: EfficiencyCurve;
  };
  /** Nothing is hidden where it is left out. */
  readonly overlap?: Overlap;
  /** Innermost first; the last one joins hosts. */
  readonly links: readonly LinkProfile[];
  readonly sources: readonly { readonly covers: string; readonly source: string }[];
}

/** The profiles that come with Skein, by file name. Reads them from disk. */
export function readProfiles(): DeviceProfile[] {
  const folder = new URL('./profiles/', import.meta.url);
  const files = readdirSync(folder).filter(file => file.endsWith('.json'));
  return files.sort().map(file => checkProfile(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file));
}

/** Interpolates a curve at `work`; constant beyond its ends. */
export function efficiencyAt(curve: EfficiencyCurve, work: number): number {
  const next = curve.findIndex(([at]) => at >= work);
  if (next === 0) return curve[0][1];
  if (next < 0) return curve[curve.length - 1][1];
  const [[low, from], [high, to]] = [curve[next - 1], curve[next]];
  return from + ((to - from) * Math.log(work / low)) / Math.log(high / low);
}

/** Checks a profile that was read as JSON. Throws SK2104 with everything that is wrong. `file` is for the messages. */
export function checkProfile(data: unknown, file: string): DeviceProfile {
  const wrong = new Complaints(file);
  const profile = wrong.record(data, 'the profile');
  if (profile.format !== 'skein.profile/1') wrong.add('format', profile.format, 'skein.profile/1');
  for (const key of ['name', 'description']) wrong.text(profile[key], key);
  wrong.oneOf(profile.platform, 'platform', ['cpu', 'gpu', 'tpu']);
  for (const key of ['devicesPerHost', 'memoryBytes', 'memoryBytesPerSecond']) wrong.positive(profile[key], key);
  if (profile.memoryTile !== undefined) {
    wrong.list(profile.memoryTile, 'memoryTile').forEach((size, index) => {
      wrong.positive(size, `memoryTile[${index}]`);
    });
  }
  const peaks = wrong.record(profile.peakFlopsPerSecond, 'peakFlopsPerSecond');
  for (const [element, peak] of Object.entries(peaks)) wrong.positive(peak, `peakFlopsPerSecond.${element}`);
  const efficiency = wrong.record(profile.efficiency, 'efficiency');
  if (efficiency.convolution !== undefined) checkCurve(wrong, efficiency.convolution, 'efficiency.convolution');
  for (const key of ['matrix', 'memory']) checkCurve(wrong, efficiency[key], `efficiency.${key}`);
  if (profile.overlap !== undefined) checkOverlap(wrong, profile.overlap);
  wrong.list(profile.links, 'links').forEach((link, index) => {
    checkLink(wrong, wrong.record(link, `links[${index}]`), `links[${index}]`);
  });
  if (profile.secondsPerElement !== undefined) {
    for (const [name, seconds] of Object.entries(wrong.record(profile.secondsPerElement, 'secondsPerElement'))) {
      wrong.positive(seconds, `secondsPerElement.${name}`);
    }
  }
  if (profile.joinedBytes !== undefined) {
    for (const [kind, bytes] of Object.entries(wrong.record(profile.joinedBytes, 'joinedBytes'))) {
      wrong.positive(bytes, `joinedBytes.${kind}`);
    }
  }
  wrong.list(profile.sources, 'sources');
  wrong.throwAny();
  return data as DeviceProfile;
}

/** Adds what is wrong with one link to `wrong`. */
export function checkLink(wrong: Complaints, link: Readonly<Record<string, unknown>>, where: string): void {
  wrong.text(link.name, `${where}.name`);
  wrong.positive(link.bandwidthBytesPerSecond, `${where}.bandwidthBytesPerSecond`);
  wrong.atLeastZero(link.latencySeconds, `${where}.latencySeconds`);
  wrong.oneOf(link.topology, `${where}.topology`, topologies);
  wrong.positive(link.efficiency, `${where}.efficiency`);
  if (link.efficiencyOf === undefined) return;
  for (const [kind, efficiency] of Object.entries(wrong.record(link.efficiencyOf, `${where}.efficiencyOf`))) {
    wrong.positive(efficiency, `${where}.efficiencyOf.${kind}`);
  }
}

/** Adds what is wrong with what a device hides to `wrong`. */
export function checkOverlap(wrong: Complaints, data: unknown): void {
  const { share, slowdown } = wrong.record(data, 'overlap');
  wrong.between(share, 'overlap.share', 0, 1);
  wrong.between(slowdown, 'overlap.slowdown', 1, 2);
}

function checkCurve(wrong: Complaints, curve: unknown, where: string): void {
  let before = 0;
  wrong.list(curve, where).forEach((point, index) => {
    const [work, fraction] = Array.isArray(point) ? point : [];
    wrong.positive(work, `${where}[${index}][0]`);
    wrong.positive(fraction, `${where}[${index}][1]`);
    if (typeof work === 'number' && work <= before) wrong.add(`${where}[${index}][0]`, work, `more than ${before}`);
    if (typeof fraction === 'number' && fraction > 1) wrong.add(`${where}[${index}][1]`, fraction, 'at most 1');
    if (typeof work === 'number') before = work;
  });
}

/** Collects what is wrong with a JSON file, to be thrown together as SK2104. */
export class Complaints {
  readonly #file: string;
  readonly #diagnostics: Diagnostic[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(where: string, found: unknown, expected: string): void {
    this.#diagnostics.push({
      code: 'SK2104',
      severity: 'error',
      message: `${this.#file}: ${where} is ${found === undefined ? 'missing' : JSON.stringify(found)}`,
      expected,
      next: `correct ${where}`,
    });
  }

  positive(value: unknown, where: string): void {
    if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value))
      this.add(where, value, 'a number above 0');
  }

  atLeastZero(value: unknown, where: string): void {
    if (typeof value !== 'number' || !(value >= 0)) this.add(where, value, 'a number of at least 0');
  }

  between(value: unknown, where: string, least: number, most: number): void {
    if (typeof value !== 'number' || !(value >= least && value <= most))
      this.add(where, value, `a number from ${least} to ${most}`);
  }

  text(value: unknown, where: string): void {
    if (typeof value !== 'string' || value === '') this.add(where, value, 'a text');
  }

  oneOf(value: unknown, where: string, choices: readonly string[]): void {
    if (typeof value !== 'string' || !choices.includes(value)) this.add(where, value, `one of ${choices.join(', ')}`);
  }

  record(value: unknown, where: string): Readonly<Record<string, unknown>> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    this.add(where, value, 'an object');
    return {};
  }

  list(value: unknown, where: string): readonly unknown[] {
    if (Array.isArray(value) && value.length > 0) return value;
    this.add(where, value, 'a list that is not empty');
    return [];
  }

  throwAny(): void {
    if (this.#diagnostics.length > 0) throw new DiagnosticError(this.#diagnostics);
  }
}
