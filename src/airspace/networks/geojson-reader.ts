import { type Diagnostic, type DiagnosticCode, DiagnosticError, diagnosticError } from '../../base/index.ts';
import type { Point } from '../network.ts';
import { createProjection, type TangentFrame } from './frame.ts';

/** A feature as it stands; `path` leads to its coordinates, for diagnostics. */
export interface GeojsonFeature {
  readonly geometry: { readonly type: string; readonly coordinates: unknown };
  readonly properties: Readonly<Record<string, unknown>>;
  readonly path: string;
}

export interface GeojsonPlace {
  readonly point: Point;
  /** Above the ellipsoid; absent where the coordinates have none. */
  readonly height: number | undefined;
}

export interface GeojsonReader {
  readonly features: readonly GeojsonFeature[];
  /** Projects a list of at least `least` coordinates; reports what is none. */
  places(coordinates: unknown, path: string, least: number): readonly GeojsonPlace[];
  report(code: DiagnosticCode, message: string, next: string, expected?: string): void;
  /** Throws what was reported. */
  finish(): void;
}

const mostDiagnostics = 20;
/** Farther from the origin a plane is none. */
const farthestMetres = 300_000;

/** Opens a FeatureCollection, Feature or bare geometry. */
export function readGeojson(text: string, frame: TangentFrame, file: string): GeojsonReader {
  const problems: Diagnostic[] = [];
  const projection = createProjection(frame);
  const report: GeojsonReader['report'] = (code, message, next, expected) => {
    const more = expected === undefined ? {} : { expected };
    problems.push({ code, severity: 'error', message: `${file}: ${message}`, next, ...more });
    if (problems.length === mostDiagnostics) throw new DiagnosticError(problems);
  };
  return {
    features: featuresOf(parse(text, file), report),
    places(coordinates, path, least) {
      if (!Array.isArray(coordinates) || coordinates.length < least) {
        report('SK6106', `${path} is no list of at least ${least} coordinates`, 'repair or remove the feature');
        return [];
      }
      return coordinates.flatMap((entry: unknown, index) => {
        const place = placeOf(entry, projection.toPlane);
        if (typeof place !== 'string') return [place];
        const swapped = Array.isArray(entry) && typeof placeOf([entry[1], entry[0]], projection.toPlane) !== 'string';
        const code = Array.isArray(entry) && entry.every(Number.isFinite) ? 'SK6107' : 'SK6106';
        report(
          code,
          `${path}[${index}] is ${JSON.stringify(entry)}, ${place}`,
          swapped
            ? 'swap the two numbers: longitude comes first'
            : 'correct the coordinates, or the origin of the frame',
          '[longitude, latitude] or [longitude, latitude, height] on WGS84',
        );
        return [];
      });
    },
    report,
    finish() {
      if (problems.length > 0) throw new DiagnosticError(problems);
    },
  };
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const offset = Number(/position ([0-9]+)/.exec(reason)?.[1] ?? text.length);
    const before = text.slice(0, offset).split('\n');
    throw diagnosticError('SK6106', {
      message: `no JSON: ${reason}`,
      next: 'write the file again with the tool that made it',
      place: { file, line: before.length, column: Buffer.byteLength(before.at(-1) ?? '') + 1 },
    });
  }
}

function featuresOf(root: unknown, report: GeojsonReader['report']): readonly GeojsonFeature[] {
  const list = isRecord(root) && root.type === 'FeatureCollection' ? root.features : [root];
  if (!Array.isArray(list)) {
    report('SK6106', 'the FeatureCollection has no list of features', 'give a GeoJSON file');
    return [];
  }
  return list.flatMap((entry: unknown, index) => {
    const feature = isRecord(entry) && entry.type !== 'Feature' ? { geometry: entry, properties: {} } : entry;
    const name = list.length === 1 ? 'the feature' : `features[${index}]`;
    // A feature may have no place.
    if (isRecord(feature) && feature.geometry === null) return [];
    if (!isRecord(feature) || !isRecord(feature.geometry) || typeof feature.geometry.type !== 'string') {
      report('SK6106', `${name} has no geometry`, 'give a FeatureCollection of features with geometries');
      return [];
    }
    const { type, coordinates } = feature.geometry;
    const properties = isRecord(feature.properties) ? feature.properties : {};
    return [{ geometry: { type, coordinates }, properties, path: `${name}.geometry.coordinates` }];
  });
}

/** The place, or what is wrong with it. */
function placeOf(entry: unknown, toPlane: (longitude: number, latitude: number) => Point): GeojsonPlace | string {
  if (!Array.isArray(entry) || entry.length < 2 || !entry.slice(0, 3).every(Number.isFinite))
    return 'which is no place';
  const [longitude, latitude, height] = entry as [number, number, number?];
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return 'which is nowhere on Earth';
  const point = toPlane(longitude, latitude);
  const metres = Math.hypot(...point);
  if (!(metres <= farthestMetres)) return `which is ${Math.round(metres / 1000)} km from the origin of the frame`;
  return { point, height };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
