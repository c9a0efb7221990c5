import type { Point } from '../network.ts';
import type { Frame } from '../problem.ts';

/** A plane that touches the Earth. */
export type TangentFrame = Extract<Frame, { readonly kind: 'tangent' }>;

/** Degrees on WGS84, in the order of GeoJSON. */
export type LonLat = readonly [longitude: number, latitude: number];

/** Both ways between WGS84 and the plane of a frame. */
export interface Projection {
  /** Metres east and north of the frame's origin. */
  toPlane(longitude: number, latitude: number): Point;
  toEarth(x: number, y: number): LonLat;
}

/**
 * The projection of a tangent frame: transverse Mercator on WGS84 with scale 1 on the meridian of the origin. At
 * Singapore's origin this is SVY21 without its false origin (Singapore Land Authority, Plane Coordinate System).
 *
 * Krüger's series to the fourth order in the third flattening (L. Krüger, Konforme Abbildung des Erdellipsoids in der
 * Ebene, 1912; C. Karney, Transverse Mercator with an accuracy of a few nanometers, 2011, equations 7 to 12, 35 and
 * 36), which is exact to 1e-6 m. What a plane cannot do: at x metres from the meridian lengths come out too long by x²
 * / 2R², 8 mm a kilometre at 25 km and 31 mm a kilometre at 50 km; and a vehicle at 60 m flies 9 mm a kilometre more
 * than the plane says.
 */
export function createProjection(frame: TangentFrame): Projection {
  const origin = forward(0, frame.latitude * radiansPerDegree)[1];
  return {
    toPlane(longitude, latitude) {
      const [x, y] = forward((longitude - frame.longitude) * radiansPerDegree, latitude * radiansPerDegree);
      return [x, y - origin];
    },
    toEarth(x, y) {
      const [eastward, latitude] = backward(x, y + origin);
      return [frame.longitude + eastward / radiansPerDegree, latitude / radiansPerDegree];
    },
  };
}

const radiansPerDegree = Math.PI / 180;
const flattening = 1 / 298.257223563;
const eccentricity = Math.sqrt(flattening * (2 - flattening));
const third = flattening / (2 - flattening);
const [n2, n3, n4] = [third ** 2, third ** 3, third ** 4];

/** Of the circle whose circumference is that of a meridian, in metres. */
const rectifyingRadius = (6378137 / (1 + third)) * (1 + n2 / 4 + n4 / 64);

/** From the conformal sphere to the plane: the factors of sin 2jξ cosh 2jη, j from 1. */
const alpha = [
  third / 2 - (2 / 3) * n2 + (5 / 16) * n3 + (41 / 180) * n4,
  (13 / 48) * n2 - (3 / 5) * n3 + (557 / 1440) * n4,
  (61 / 240) * n3 - (103 / 140) * n4,
  (49561 / 161280) * n4,
] as const;

/** And back. */
const beta = [
  third / 2 - (2 / 3) * n2 + (37 / 96) * n3 - n4 / 360,
  n2 / 48 + n3 / 15 - (437 / 1440) * n4,
  (17 / 480) * n3 - (37 / 840) * n4,
  (4397 / 161280) * n4,
] as const;

/** Radians east of the meridian and latitude to metres east of the meridian and north of the equator. */
function forward(eastward: number, latitude: number): Point {
  const conformal = conformalTangent(Math.tan(latitude));
  const cosine = Math.cos(eastward);
  const sphereXi = Math.atan2(conformal, cosine);
  const sphereEta = Math.asinh(Math.sin(eastward) / Math.hypot(conformal, cosine));
  const [xi, eta] = addSeries(alpha, 1, sphereXi, sphereEta);
  return [rectifyingRadius * eta, rectifyingRadius * xi];
}

function backward(x: number, y: number): Point {
  const [xi, eta] = addSeries(beta, -1, y / rectifyingRadius, x / rectifyingRadius);
  const [sine, cosine] = [Math.sinh(eta), Math.cos(xi)];
  const conformal = Math.sin(xi) / Math.hypot(sine, cosine);
  return [Math.atan2(sine, cosine), Math.atan(geographicTangent(conformal))];
}

function addSeries(factors: readonly number[], sign: number, xi: number, eta: number): Point {
  let [moreXi, moreEta] = [0, 0];
  for (let index = 0; index < factors.length; index++) {
    const [order, factor] = [2 * (index + 1), factors[index] as number];
    moreXi += factor * Math.sin(order * xi) * Math.cosh(order * eta);
    moreEta += factor * Math.cos(order * xi) * Math.sinh(order * eta);
  }
  return [xi + sign * moreXi, eta + sign * moreEta];
}

/** Tangent of the conformal latitude, from that of the geographic. */
function conformalTangent(tangent: number): number {
  const secant = Math.hypot(1, tangent);
  const sigma = Math.sinh(eccentricity * Math.atanh((eccentricity * tangent) / secant));
  return tangent * Math.hypot(1, sigma) - sigma * secant;
}

/** The inverse of `conformalTangent` by Newton's method: three steps reach the last bit. */
function geographicTangent(conformal: number): number {
  const squeeze = 1 - eccentricity * eccentricity;
  let tangent = conformal / squeeze;
  for (let step = 0; step < 4; step++) {
    const found = conformalTangent(tangent);
    const slope = (Math.hypot(1, found) * squeeze * Math.hypot(1, tangent)) / (1 + squeeze * tangent * tangent);
    tangent += (conformal - found) / slope;
  }
  return tangent;
}
