import type { AirMatrixSource } from '../network.ts';
import { readSingapore, type SingaporeData, singaporeCoast } from './data.ts';

/**
 * Up to here, above mean sea level, drones fly without an activity permit outside of the areas around aerodromes: 200
 * ft (Civil Aviation Authority of Singapore).
 */
export const singaporeCeilingMetres = 60;

/**
 * An AirMatrix over the land of Singapore, four layers up to the ceiling by default, in the plane of `singaporeFrame`.
 * With the defaults it has 0.32 million vertices and 3 million edges.
 */
export function singaporeAirMatrix(
  options: {
    readonly cellMetres?: number;
    readonly layerHeights?: readonly number[];
    readonly data?: SingaporeData;
  } = {},
): AirMatrixSource {
  const { cellMetres = 100, layerHeights = [24, 36, 48, singaporeCeilingMetres], data = readSingapore() } = options;
  const rings = singaporeCoast(data).map(ring => ring.map(([x, y]) => [toDecimetre(x), toDecimetre(y)] as const));
  const bounds = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  let [west, south, east, north] = bounds as [number, number, number, number];
  for (const [x, y] of rings.flat()) {
    west = Math.min(west, x);
    south = Math.min(south, y);
    east = Math.max(east, x);
    north = Math.max(north, y);
  }
  const down = (metres: number): number => Math.floor(metres / cellMetres) * cellMetres;
  const up = (metres: number): number => Math.ceil(metres / cellMetres) * cellMetres;
  return {
    kind: 'airmatrix',
    rings,
    rectangle: [
      [down(west), down(south)],
      [up(east), up(north)],
    ],
    cellMetres,
    layerHeights,
  };
}

/** The coast is not known better than to metres; shorter numbers make shorter problem files. */
function toDecimetre(metres: number): number {
  return Math.round(metres * 10) / 10;
}
