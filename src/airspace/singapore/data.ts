import { readFileSync } from 'node:fs';
import type { Point } from '../network.ts';
import { createProjection, type LonLat, type TangentFrame } from '../networks/frame.ts';

/** What scripts/make-singapore.js derives; README.md says of what. Degrees on WGS84. */
export interface SingaporeData {
  readonly format: 'skein.singapore/1';
  /** To be shown wherever the data is. */
  readonly attribution: readonly string[];
  readonly origin: { readonly longitude: number; readonly latitude: number };
  /** The coast lies within so much of its source. */
  readonly toleranceMetres: number;
  /** Islands, largest first: longitude, latitude, longitude… of their corners, the first not repeated. */
  readonly coast: readonly (readonly number[])[];
  readonly aerodromes: readonly Aerodrome[];
}

export interface Aerodrome {
  readonly icao: string;
  readonly name: string;
  readonly use: 'civil' | 'military';
  /** Centre lines. */
  readonly runways: readonly { readonly name: string; readonly closed: boolean; readonly ends: readonly LonLat[] }[];
}

/** Reads the data of the pack, which lies beside this module. */
export function readSingapore(): SingaporeData {
  return JSON.parse(readFileSync(new URL('./singapore.json', import.meta.url), 'utf8'));
}

/** The plane of SVY21 without its false origin: add 28,001.642 m to x and 38,744.572 m to y for SVY21. */
export function singaporeFrame(data: SingaporeData): TangentFrame {
  return { kind: 'tangent', ...data.origin };
}

/** The islands in the plane of `singaporeFrame`. */
export function singaporeCoast(data: SingaporeData): readonly (readonly Point[])[] {
  const projection = createProjection(singaporeFrame(data));
  return data.coast.map(ring => {
    const corners: Point[] = [];
    for (let at = 0; at + 1 < ring.length; at += 2) {
      corners.push(projection.toPlane(ring[at] as number, ring[at + 1] as number));
    }
    return corners;
  });
}
