import type { AirMatrixSource } from '../network.ts';
import {
  type AirspaceProblem,
  defaultPrices,
  type Frame,
  type Prices,
  type Separation,
  type Zone,
} from '../problem.ts';
import type { VehicleClass } from '../vehicle.ts';
import { expandAirMatrix } from './airmatrix.ts';
import {
  type AppearingZone,
  type DeliveryOptions,
  generateDelivery,
  generateZones,
  type ZoneOptions,
} from './demand.ts';
import { generatePads, type PadOptions } from './pads.ts';

/**
 * Two kinds of vehicles, whose sizes keep 30 m and 10 m apart (Shi & Ng name no separation; strategic separations of 30
 * to 80 m are usual).
 */
export const deliveryClasses: readonly VehicleClass[] = [
  {
    name: 'light',
    radiusMetres: 15,
    halfHeightMetres: 5,
    speedMetresPerSecond: 15,
    climbMetresPerSecond: 4,
    descentMetresPerSecond: 3,
    airSeconds: 1500,
  },
  {
    name: 'heavy',
    radiusMetres: 15,
    halfHeightMetres: 5,
    speedMetresPerSecond: 10,
    climbMetresPerSecond: 3,
    descentMetresPerSecond: 2,
    airSeconds: 1800,
  },
];

export interface DeliveryProblemOptions {
  readonly seed: number;
  readonly name?: string;
  readonly epoch?: string;
  readonly frame?: Frame;
  readonly source: AirMatrixSource;
  readonly pads: Omit<PadOptions, 'seed' | 'network'>;
  readonly demand: Omit<DeliveryOptions, 'seed' | 'network' | 'pads' | 'classes'> &
    Partial<Pick<DeliveryOptions, 'classes'>>;
  /** Zones that are there from the beginning. */
  readonly zones?: readonly Zone[];
  /** Zones that appear while flights are on their way. */
  readonly appearing?: Omit<ZoneOptions, 'seed' | 'network'>;
  readonly separation?: Separation;
  readonly prices?: Prices;
}

/** A whole problem on an AirMatrix, of seeded pads and requests, and the zones that appear in it. */
export function generateDeliveryProblem(options: DeliveryProblemOptions): {
  readonly problem: AirspaceProblem;
  readonly appearing: readonly AppearingZone[];
} {
  const { seed, source, demand } = options;
  const network = expandAirMatrix(source);
  const pads = generatePads({ ...options.pads, seed, network });
  const classes = demand.classes ?? deliveryClasses.map(vehicle => ({ class: vehicle, share: 1 }));
  // Seeds of their own: more pads leave the zones as they are.
  const requests = generateDelivery({ ...demand, classes, seed: seed + 0x10000000, network, pads });
  const appearing = { count: 0, windowSeconds: demand.windowSeconds, ...options.appearing };
  return {
    problem: {
      format: 'skein.airspace/1',
      name: options.name ?? `synthetic deliveries (seed ${seed})`,
      epoch: options.epoch ?? '2026-08-09T16:00:00+08:00',
      mode: 'delivery',
      frame: options.frame ?? { kind: 'plane' },
      source,
      network,
      classes: classes.map(share => share.class),
      separation: options.separation ?? { bufferMetres: 0, bufferSeconds: 0 },
      prices: options.prices ?? defaultPrices,
      pads,
      zones: options.zones ?? [],
      flights: [],
      requests,
    },
    appearing: generateZones({ ...appearing, seed: seed + 0x20000000, network }),
  };
}
