import type { JsonField } from './json-fields.ts';

/**
 * How heights of a problem file become heights above mean sea level. `{reference: 'amsl'}`, or nothing: they are. Heights
 * above the ellipsoid need the geoid's separation from it at this place, heights above the ground the height of that.
 */
export function readHeights(json: JsonField): (height: number) => number {
  const same = (height: number): number => height;
  if (json.isAbsent) return same;
  const field = json.record(['reference', 'geoidSeparationMetres', 'terrainMetres']);
  const reference = field('reference');
  const refuse = (message: string, next: string): typeof same => {
    json.report(message, next, undefined, 'SK6011');
    return same;
  };
  const numberOf = (key: 'geoidSeparationMetres' | 'terrainMetres', what: string): number | undefined => {
    const { value, path } = field(key);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    refuse(`heights are above the ${what}, and ${path} is ${JSON.stringify(value) ?? 'missing'}`, `give ${path}`);
    return undefined;
  };
  switch (reference.value) {
    case 'amsl':
      return same;
    case 'ellipsoid': {
      const separation = numberOf('geoidSeparationMetres', 'ellipsoid');
      return separation === undefined ? same : height => height - separation;
    }
    case 'ground': {
      const terrain = numberOf('terrainMetres', 'ground');
      return terrain === undefined ? same : height => height + terrain;
    }
    default: {
      const known = 'amsl, ellipsoid with geoidSeparationMetres, or ground with terrainMetres';
      const actual = JSON.stringify(reference.value) ?? 'missing';
      return refuse(`${reference.path} is ${actual}; heights are above something else than is known`, `write ${known}`);
    }
  }
}
