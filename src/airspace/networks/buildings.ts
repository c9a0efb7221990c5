import { createRandom } from '../../base/index.ts';
import type { Point } from '../network.ts';
import type { TangentFrame } from './frame.ts';
import type { Rectangle } from './generated.ts';
import { readGeojson } from './geojson-reader.ts';

/** A building as a prism. */
export interface Building {
  /** A simple polygon, first corner not repeated. */
  readonly corners: readonly Point[];
  /** Above mean sea level. */
  readonly roofMetres: number;
}

/** Metres of a storey, where only storeys are known. */
const storeyMetres = 3;

export interface BuildingOptions {
  readonly frame: TangentFrame;
  /** Of the ground, above mean sea level. Without it heights of buildings mean nothing here. */
  readonly terrainMetres?: number;
  readonly file?: string;
}

/**
 * The buildings of a GeoJSON text: Polygons and MultiPolygons with the property `height` (metres above the ground), or
 * `building:levels`, at 3 m each. Courts are built over.
 *
 * @throws DiagnosticError SK6106, SK6107 and SK6108, up to 20.
 */
export function parseBuildings(text: string, options: BuildingOptions): readonly Building[] {
  const reader = readGeojson(text, options.frame, options.file ?? 'buildings.geojson');
  const buildings: Building[] = [];
  for (const { geometry, properties, path } of reader.features) {
    if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') continue;
    const parts: unknown[] = geometry.type === 'Polygon' ? [geometry.coordinates] : asList(geometry.coordinates);
    const height = Number.parseFloat(String(properties.height ?? Number.NaN));
    const aboveGround = Number.isNaN(height) ? storeyMetres * Number(properties['building:levels']) : height;
    if (!(aboveGround >= 0)) {
      reader.report('SK6108', `${path} has no height`, 'give it the property height, or building:levels');
    }
    for (const [index, part] of parts.entries()) {
      const where = geometry.type === 'Polygon' ? `${path}[0]` : `${path}[${index}][0]`;
      const places = reader.places(asList(part)[0], where, 4).map(({ point }) => point);
      buildings.push({ corners: places.slice(0, -1), roofMetres: (options.terrainMetres ?? 0) + aboveGround });
    }
  }
  if (buildings.length === 0) reader.report('SK6106', 'there is no Polygon', 'give a file of buildings');
  if (options.terrainMetres === undefined) {
    reader.report('SK6108', 'heights above the ground, and nothing says how high that is', 'give terrainMetres');
  }
  reader.finish();
  return buildings;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Blocks that exist nowhere: one in each square of `blockMetres`, some of them towers. */
export function syntheticBuildings(options: {
  readonly seed: number;
  readonly rectangle: Rectangle;
  readonly blockMetres?: number;
  readonly towerShare?: number;
}): readonly Building[] {
  const { seed, rectangle, blockMetres = 120, towerShare = 0.15 } = options;
  const random = createRandom(seed);
  const [[west, south], [east, north]] = rectangle;
  const buildings: Building[] = [];
  for (let y = south; y + blockMetres <= north; y += blockMetres) {
    for (let x = west; x + blockMetres <= east; x += blockMetres) {
      const [width, depth] = [random.integer(20, blockMetres * 0.7), random.integer(15, blockMetres * 0.5)];
      const left = x + random.integer(0, blockMetres - width);
      const low = y + random.integer(0, blockMetres - depth);
      const storeys = random.next() < towerShare ? random.integer(20, 50) : random.integer(2, 16);
      const corners: Point[] = [
        [left, low],
        [left + width, low],
        [left + width, low + depth],
        [left, low + depth],
      ];
      buildings.push({ corners, roofMetres: 5 + storeyMetres * storeys });
    }
  }
  return buildings;
}
