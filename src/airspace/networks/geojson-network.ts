import { type AirNetwork, createNetwork } from '../network.ts';
import type { TangentFrame } from './frame.ts';
import { readGeojson } from './geojson-reader.ts';
import { type FlightLine, graphOfLines } from './lines-network.ts';

/** How lines on the Earth become a network. */
export interface GeojsonOptions {
  /** The plane that they are projected to. */
  readonly frame: TangentFrame;
  /** Metres above mean sea level at which to fly, whatever heights the coordinates have. */
  readonly levels?: readonly number[];
  /**
   * Height of mean sea level above the WGS84 ellipsoid there, which GeoJSON measures heights from (RFC 7946): 9.7 m in
   * Singapore. Needed where heights come from coordinates.
   */
  readonly geoidSeparationMetres?: number;
  /** For diagnostics. */
  readonly file?: string;
}

/**
 * The network of the LineStrings and MultiLineStrings of a GeoJSON text (WGS84, longitude first). Other geometries are
 * left out. Ends and shared points become junctions with hovering, points between become vertices without. The property
 * `oneway` (true, 1 or "yes"; -1 or "reverse") closes a line against its direction, or along it.
 *
 * @throws DiagnosticError SK6106, SK6107 and SK6108, up to 20.
 */
export function parseGeojsonNetwork(text: string, options: GeojsonOptions): AirNetwork {
  const { vertices, edges, noHover = [] } = graphOfLines(parseGeojsonLines(text, options), options.levels);
  return createNetwork(vertices, edges, { noHover });
}

/** The same lines in the plane; height 0 where levels are given. */
export function parseGeojsonLines(text: string, options: GeojsonOptions): readonly FlightLine[] {
  const reader = readGeojson(text, options.frame, options.file ?? 'network.geojson');
  const lines: FlightLine[] = [];
  for (const { geometry, properties, path } of reader.features) {
    const parts = geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates;
    if (geometry.type !== 'LineString' && geometry.type !== 'MultiLineString') continue;
    for (const [index, part] of (Array.isArray(parts) ? parts : [parts]).entries()) {
      const where = geometry.type === 'LineString' ? path : `${path}[${index}]`;
      const points = reader.places(part, where, 2).map(({ point, height }, at) => {
        return [...point, options.levels === undefined ? heightOf(height, `${where}[${at}]`) : 0] as const;
      });
      lines.push({ points, direction: directionOf(properties.oneway) });
    }
  }
  function heightOf(height: number | undefined, where: string): number {
    if (height !== undefined && options.geoidSeparationMetres !== undefined)
      return height - options.geoidSeparationMetres;
    const message =
      height === undefined
        ? `${where} has no height, and no levels are given`
        : `${where} has a height above the ellipsoid, and nothing says where mean sea level is`;
    reader.report('SK6108', message, 'give levels, or heights in all coordinates together with geoidSeparationMetres');
    return 0;
  }
  if (lines.length === 0) reader.report('SK6106', 'there is no LineString', 'give a file of lines to fly along');
  reader.finish();
  return lines;
}

function directionOf(oneway: unknown): FlightLine['direction'] {
  const word = String(oneway).toLowerCase();
  if (['true', '1', 'yes'].includes(word)) return 'forward';
  return ['-1', 'reverse'].includes(word) ? 'backward' : 'both';
}
