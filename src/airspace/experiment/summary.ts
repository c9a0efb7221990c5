import { type BlockedCounts, type BlockedKind, blockedKinds } from './blocked.ts';
import { bootstrapIntervals, type Interval } from './bootstrap.ts';
import type { CellRecord, RequestCounts } from './cells.ts';
import {
  densityAt,
  fitLogistic,
  type LogisticCurve,
  type LogisticFit,
  shareAt,
  steepestDensity,
} from './logistic-fit.ts';
import type { ExperimentMode, ExperimentParameters } from './parameters.ts';

/** What an experiment found. */
export interface ExperimentSummary {
  readonly curves: readonly ExperimentCurve[];
}

/** Share served against density, for one way of planning, with zones or without. */
export interface ExperimentCurve {
  readonly zones: boolean;
  readonly mode: ExperimentMode;
  /** By density, ascending. */
  readonly points: readonly CurvePoint[];
  readonly fit?: LogisticFit;
  /** Largest distance of the fitted curve from a counted share, all seeds together, from 0 to 1. */
  readonly misfit?: number;
  /** The other scale, to compare. */
  readonly otherFit?: LogisticFit;
  /** Where the fitted curve falls most: where the sky saturates. */
  readonly boundary: Estimate;
  /** Where shares of those who could be served alone fall to 95 %, 90 % and half. */
  readonly falls: readonly ShareFall[];
  /** Fewest and most that are served beyond first come, first served, in any cell; absent where this is it. */
  readonly gain?: { readonly least: number; readonly most: number };
}

export interface ShareFall {
  readonly share: number;
  /** By the fitted curve. */
  readonly fitted: Estimate;
  /** As counted, with straight lines between densities. */
  readonly counted: Estimate;
}

/**
 * A density. Infinite, up or down, where it is not between the lowest and the highest that were run: nothing is
 * extrapolated. Not a number where what was run does not tell.
 */
export interface Estimate {
  readonly value: number;
  /** Of 95 %, by the bootstrap over seeds. */
  readonly interval: Interval;
}

/** All seeds at one density. Counts are sums over seeds. */
export interface CurvePoint extends RequestCounts {
  readonly density: number;
  /** Of 95 %, of the share served of those who asked. */
  readonly interval: Interval;
  /** By seed: served of those who asked. */
  readonly shares: readonly number[];
  /** Of those who are served. */
  readonly meanDelaySeconds: number;
  readonly cpuMilliseconds: number;
  readonly expansions: number;
  /** Refused requests by what keeps them down, scaled up from those that were looked at. */
  readonly blocked: BlockedCounts;
  readonly padShare: number;
  readonly busiestPadShare: number;
  /** Served beyond first come, first served, as a share of what that refuses; absent where this is it, or nobody is. */
  readonly rescued?: number;
  /** The same as a share of what that refuses and the bound leaves open; absent where it leaves nothing. */
  readonly rescuedOfOpen?: number;
}

export interface SummaryOptions {
  /** Draws of the bootstrap; default 1000. */
  readonly resamples?: number;
  /** Default 1. */
  readonly seed?: number;
}

/**
 * What records of all cells of an experiment say together. Records of other densities, seeds and modes are left out.
 */
export function summarizeExperiment(
  parameters: ExperimentParameters,
  records: readonly CellRecord[],
  options: SummaryOptions = {},
): ExperimentSummary {
  const { seeds, modes } = parameters;
  const densities = [...parameters.densities].sort((a, b) => a - b);
  const find = (zones: boolean, mode: ExperimentMode): (readonly CellRecord[])[] =>
    seeds.map(seed =>
      densities.flatMap(
        density =>
          records.find(
            cell => cell.zones === zones && cell.mode === mode && cell.seed === seed && cell.density === density,
          ) ?? [],
      ),
    );
  const curves = [false, true].flatMap(zones =>
    modes.map(mode => {
      const base = mode === 'first-come' || !modes.includes('first-come') ? undefined : find(zones, 'first-come');
      return curveOf({ zones, mode, densities, bySeed: find(zones, mode), ...(base ? { base } : {}) }, options);
    }),
  );
  return { curves };
}

interface CurveData {
  readonly zones: boolean;
  readonly mode: ExperimentMode;
  readonly densities: readonly number[];
  readonly bySeed: readonly (readonly CellRecord[])[];
  /** First come, first served over the same. */
  readonly base?: readonly (readonly CellRecord[])[];
}

/** Of those who could be served alone. */
const fallShares = [0.95, 0.9, 0.5];

function curveOf({ zones, mode, densities, bySeed, base }: CurveData, options: SummaryOptions): ExperimentCurve {
  const { resamples = 1000, seed = 1 } = options;
  const range: Interval = [Math.min(...densities), Math.max(...densities)];
  const estimates = (drawn: readonly (readonly CellRecord[])[]): number[] => {
    const cells = drawn.flat();
    const fit = fitOf(cells, 'log-density');
    return [
      inRange(cells, fit, range, steepestDensity),
      ...fallShares.map(share => inRange(cells, fit, range, curve => densityAt(curve, share))),
      ...fallShares.map(share => crossing(cells, densities, share)),
      ...densities.map(density => {
        const here = cells.filter(cell => cell.density === density);
        return total(here, 'served') / total(here, 'asked');
      }),
    ];
  };
  const values = estimates(bySeed);
  const intervals = bootstrapIntervals(bySeed, estimates, { resamples, seed });
  const estimate = (index: number): Estimate => ({
    value: values[index] as number,
    interval: intervals[index] as Interval,
  });
  const cells = bySeed.flat();
  const fit = fitOf(cells, 'log-density');
  const otherFit = fitOf(cells, 'density');
  const first = base?.flat() ?? [];
  return {
    zones,
    mode,
    points: densities.map((density, index) => {
      const at = (of: readonly CellRecord[]): CellRecord[] => of.filter(cell => cell.density === density);
      const interval = intervals[1 + 2 * fallShares.length + index] as Interval;
      return pointOf(density, at(cells), at(first), interval);
    }),
    ...(fit === undefined ? {} : { fit, misfit: misfitOf(fit, cells, densities) }),
    ...(otherFit === undefined ? {} : { otherFit }),
    boundary: estimate(0),
    falls: fallShares.map((share, index) => ({
      share,
      fitted: estimate(1 + index),
      counted: estimate(1 + fallShares.length + index),
    })),
    ...(base === undefined ? {} : { gain: gainOver(cells, first) }),
  };
}

/**
 * The curve of those that are served of those that could be alone: what zones and limits forbid has nothing to do with
 * density.
 */
function fitOf(cells: readonly CellRecord[], scale: LogisticCurve['scale']): LogisticFit | undefined {
  return fitLogistic(
    cells.map(({ density, served, flyable }) => ({ density, served, asked: flyable })),
    scale,
  );
}

function misfitOf(fit: LogisticFit, cells: readonly CellRecord[], densities: readonly number[]): number {
  const distances = densities.map(density => {
    const here = cells.filter(cell => cell.density === density);
    return Math.abs(total(here, 'served') / total(here, 'flyable') - shareAt(fit, density));
  });
  return Math.max(...distances);
}

/**
 * A density that the curve of these cells has, if it is among those that were run. Where all are served it lies beyond.
 */
function inRange(
  cells: readonly CellRecord[],
  fit: LogisticFit | undefined,
  [least, most]: Interval,
  read: (curve: LogisticCurve) => number,
): number {
  if (fit === undefined) return cells.every(isServed) ? Number.POSITIVE_INFINITY : Number.NaN;
  const density = read(fit);
  return density < least ? Number.NEGATIVE_INFINITY : density > most ? Number.POSITIVE_INFINITY : density;
}

function isServed({ served, flyable }: CellRecord): boolean {
  return served === flyable;
}

/** The density at which the share that is served of those who could be first falls to `share`. */
function crossing(cells: readonly CellRecord[], densities: readonly number[], share: number): number {
  let before: { readonly density: number; readonly share: number } | undefined;
  for (const density of densities) {
    const here = cells.filter(cell => cell.density === density);
    const now = { density, share: total(here, 'served') / total(here, 'flyable') };
    if (now.share <= share) {
      if (before === undefined) return Number.NEGATIVE_INFINITY;
      return density - ((density - before.density) * (share - now.share)) / (before.share - now.share);
    }
    before = now;
  }
  return Number.POSITIVE_INFINITY;
}

function pointOf(
  density: number,
  cells: readonly CellRecord[],
  first: readonly CellRecord[],
  interval: Interval,
): CurvePoint {
  const asked = total(cells, 'asked');
  const served = total(cells, 'served');
  const bound = total(cells, 'bound');
  const more = served - total(first, 'served');
  const refusedAtFirst = total(first, 'asked') - total(first, 'served');
  const openAtFirst = total(first, 'bound') - total(first, 'served');
  return {
    density,
    asked,
    served,
    delayed: total(cells, 'delayed'),
    proved: total(cells, 'proved'),
    gaveUp: total(cells, 'gaveUp'),
    flyable: total(cells, 'flyable'),
    padBound: total(cells, 'padBound'),
    laneBound: total(cells, 'laneBound'),
    bound,
    interval,
    shares: cells.map(cell => cell.served / cell.asked),
    meanDelaySeconds: served === 0 ? 0 : (total(cells, 'cost') - total(cells, 'boundCost')) / served,
    cpuMilliseconds: (1000 * total(cells, 'cpuSeconds')) / asked,
    expansions: total(cells, 'expansions') / asked,
    blocked: scaledBlocked(cells),
    padShare: total(cells, 'padShare') / cells.length,
    busiestPadShare: total(cells, 'busiestPadShare') / cells.length,
    ...(refusedAtFirst === 0 ? {} : { rescued: more / refusedAtFirst }),
    ...(openAtFirst === 0 ? {} : { rescuedOfOpen: more / openAtFirst }),
  };
}

/** From the refused requests that were looked at to all of them, cell by cell. */
function scaledBlocked(cells: readonly CellRecord[]): BlockedCounts {
  const scaled = new Map<BlockedKind, number>();
  for (const { blocked, asked, served } of cells) {
    const looked = blockedKinds.reduce((sum, kind) => sum + blocked[kind], 0);
    if (looked === 0) continue;
    for (const kind of blockedKinds) {
      scaled.set(kind, (scaled.get(kind) ?? 0) + (blocked[kind] * (asked - served)) / looked);
    }
  }
  return Object.fromEntries(blockedKinds.map(kind => [kind, scaled.get(kind) ?? 0])) as Record<BlockedKind, number>;
}

function gainOver(cells: readonly CellRecord[], first: readonly CellRecord[]): { least: number; most: number } {
  const gains = cells.map((cell, index) => cell.served - (first[index]?.served ?? cell.served));
  return { least: Math.min(...gains), most: Math.max(...gains) };
}

type CountField = {
  readonly [Field in keyof CellRecord]: CellRecord[Field] extends number ? Field : never;
}[keyof CellRecord];

function total(cells: readonly CellRecord[], field: CountField): number {
  let value = 0;
  for (const cell of cells) value += cell[field];
  return value;
}
