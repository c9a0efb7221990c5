import { deliveryClasses } from '../networks/delivery-problem.ts';
import type { Range } from '../networks/demand.ts';
import { defaultPrices, type Prices, type Separation } from '../problem.ts';
import type { VehicleClass } from '../vehicle.ts';

/** Ways of planning that are compared. */
export type ExperimentMode = 'first-come' | 'bump' | 'batch';

/** Over what is flown. All but `singapore` fill the rectangle; lanes and roads exist nowhere. */
export type ExperimentNetwork = 'airmatrix' | 'singapore' | 'lanes' | 'roads';

/** All that the outcome of an experiment depends on. */
export interface ExperimentParameters {
  readonly network: ExperimentNetwork;
  /** Sides of the rectangle, west to east and south to north; of no meaning over Singapore. */
  readonly sideMetres: readonly [eastward: number, northward: number];
  readonly cellMetres: number;
  /** Above mean sea level. */
  readonly layerHeights: readonly number[];
  readonly classes: readonly VehicleClass[];
  readonly separation: Separation;
  readonly prices: Prices;
  readonly padsPerSquareKilometre: number;
  readonly padsApartMetres: number;
  readonly serviceSeconds: number;
  /** Earliest take-offs are spread evenly over it. */
  readonly windowSeconds: number;
  readonly tripMetres: Range;
  /** Deadlines are so much later than `detour` times the straight flight takes. */
  readonly slackSeconds: Range;
  readonly detour: number;
  /** How long before the earliest take-off a request is submitted. */
  readonly leadSeconds: Range;
  readonly toleranceSeconds: number;
  readonly zones: ExperimentZones;
  /** Requests per square kilometre and hour, ascending. */
  readonly densities: readonly number[];
  readonly seeds: readonly number[];
  readonly modes: readonly ExperimentMode[];
  /** Labels that may be expanded for one request; the same for all modes. */
  readonly nodesPerRequest: number;
  /** Rounds of repair of the mode `batch`. */
  readonly repairs: number;
  /** Refused requests of a cell that are looked at for what blocks them, evenly spread over all of them. */
  readonly blockedSample: number;
}

/** Zones that are there from the beginning, where an experiment has zones. */
export interface ExperimentZones {
  readonly perSquareKilometre: number;
  readonly radiusMetres: Range;
  readonly durationSeconds: Range;
}

/**
 * The experiment that is reported: chosen before it was run for the first time, and not tuned since. Why these numbers:
 *
 * - Pads, not open air, should be what a city has too few of: a pad that is held for 60 s before take-off and 60 s
 *   after landing lets 3600 / (2 x 60) = 30 flights an hour through, take-offs and landings together, so that one pad a
 *   square kilometre saturates at about 30 requests per square kilometre and hour. A single lane at 15 m/s and 30 m
 *   apart lets 0.5 flights a second through, sixty times as many. Densities are from a sixth of this, where pads are
 *   idle most of the time, to nearly three times this, where no plan can serve half.
 * - 6 km x 6 km has room for trips of 2 to 6 km, and 1800 s for five flights of usual length one after another: borders
 *   of area and window matter, but less than what lies between. The numbers of requests stay low enough for 600 cells.
 * - A slack of 60 to 300 s on top of a detour of a quarter is room to wait for one to five others at a pad.
 * - Submitted up to ten minutes ahead, so that some accepted flights can still be moved when others ask; by two
 *   minutes.
 * - A zone on nine square kilometres, 500 to 1000 m wide in radius and closed for a third of the window to all of it:
 *   about a tenth of the area at any time.
 * - Separations of 30 m and 10 m come from the classes, layers are 12 m apart, all below the 60 m that need no permit
 *   in Singapore. Every second costs the same on the ground and in the air: the cheapest flight lands first.
 */
export const defaultExperiment: ExperimentParameters = {
  network: 'airmatrix',
  sideMetres: [6000, 6000],
  cellMetres: 100,
  layerHeights: [24, 36, 48, 60],
  classes: deliveryClasses,
  separation: { bufferMetres: 0, bufferSeconds: 0 },
  prices: defaultPrices,
  padsPerSquareKilometre: 1,
  padsApartMetres: 300,
  serviceSeconds: 60,
  windowSeconds: 1800,
  tripMetres: [2000, 6000],
  slackSeconds: [60, 300],
  detour: 1.25,
  leadSeconds: [0, 600],
  toleranceSeconds: 120,
  zones: { perSquareKilometre: 1 / 9, radiusMetres: [500, 1000], durationSeconds: [600, 1800] },
  densities: [5, 10, 15, 20, 25, 30, 40, 50, 60, 80],
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  modes: ['first-come', 'bump', 'batch'],
  nodesPerRequest: 100_000,
  repairs: 200,
  blockedSample: 50,
};

/** A first look: a smaller area, fewer densities and seeds, all else the same. */
export const quickExperiment: ExperimentParameters = {
  ...defaultExperiment,
  sideMetres: [4000, 4000],
  densities: [10, 20, 40, 80],
  seeds: [1, 2, 3],
};
