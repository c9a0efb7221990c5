import type { Segment } from './validate-segments.ts';
import { depthTolerance, roundingOf } from './violation.ts';

/** Two vehicles that come too close: the times at which each of them is there, and how far apart they are then. */
export interface Encounter {
  readonly times: readonly [first: number, second: number];
  readonly acrossMetres: number;
  readonly uprightMetres: number;
}

/** Half-open interval of an unknown; empty where `low >= high`. */
export type Span = readonly [low: number, high: number];

const nowhere: Span = [0, 0];
const everywhere: Span = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** Where `|at + pace * u| < reach`. */
export function spanWithin(at: number, pace: number, reach: number): Span {
  if (pace === 0) return Math.abs(at) < reach ? everywhere : nowhere;
  const [one, other] = [(-reach - at) / pace, (reach - at) / pace];
  return one < other ? [one, other] : reach > 0 ? [other, one] : nowhere;
}

/** Where the point `(x, y) + (vx, vy) * u` is less than `reach` from the origin. */
export function spanInCircle(x: number, y: number, vx: number, vy: number, reach: number): Span {
  const square = vx * vx + vy * vy;
  if (square === 0) return Math.hypot(x, y) < reach ? everywhere : nowhere;
  // The foot of the perpendicular keeps its digits where the discriminant of the quadratic would lose them.
  const nearest = -(x * vx + y * vy) / square;
  const distance = Math.abs(x * vy - y * vx) / Math.sqrt(square);
  if (distance >= reach) return nowhere;
  const half = Math.sqrt((reach - distance) * (reach + distance)) / Math.sqrt(square);
  return [nearest - half, nearest + half];
}

/**
 * When two vehicles are closer than `reach` across and `height` upright, each at a time of its own, at most `buffer`
 * seconds apart. Undefined where they are not, or by less than the tolerance.
 */
export function encounterOf(
  a: Segment,
  b: Segment,
  reach: number,
  height: number,
  buffer: number,
): Encounter | undefined {
  const slack = depthTolerance + a.slack + b.slack;
  if (reach <= slack || height <= slack) return undefined;
  const seconds = depthTolerance + roundingOf(Math.max(Math.abs(a.end), Math.abs(b.end)));
  if (buffer > seconds) return encounterApart(a, b, reach - slack, height - slack, buffer - seconds);
  return encounterTogether(a, b, reach - slack, height - slack, seconds);
}

/** Both at the same time: a quadratic in that time. */
function encounterTogether(
  a: Segment,
  b: Segment,
  reach: number,
  height: number,
  least: number,
): Encounter | undefined {
  const start = Math.max(a.start, b.start);
  const length = Math.min(a.end, b.end) - start;
  const [toA, toB] = [start - a.start, start - b.start];
  const x = a.x + a.vx * toA - (b.x + b.vx * toB);
  const y = a.y + a.vy * toA - (b.y + b.vy * toB);
  const z = a.z + a.vz * toA - (b.z + b.vz * toB);
  const [vx, vy, vz] = [a.vx - b.vx, a.vy - b.vy, a.vz - b.vz];
  const upright = spanWithin(z, vz, height);
  const across = spanInCircle(x, y, vx, vy, reach);
  const low = Math.max(0, upright[0], across[0]);
  const high = Math.min(length, upright[1], across[1]);
  if (!(high - low > least)) return undefined;
  const square = vx * vx + vy * vy;
  const nearest = square === 0 ? low : Math.min(high, Math.max(low, -(x * vx + y * vy) / square));
  const time = start + nearest;
  const acrossMetres = Math.hypot(x + vx * nearest, y + vy * nearest);
  return { times: [time, time], acrossMetres, uprightMetres: Math.abs(z + vz * nearest) };
}

/** A point of the plane of the two vehicles' own times. */
type Times = readonly [first: number, second: number];

/**
 * Each at a time of its own. The pairs of times that are near enough, and at which the heights are, form a convex polygon.
 * The difference of places is an affine image of it: the least distance is that of the origin from the image.
 */
function encounterApart(a: Segment, b: Segment, reach: number, height: number, buffer: number): Encounter | undefined {
  const base = Math.max(a.start, b.start);
  const [toA, toB] = [base - a.start, base - b.start];
  const x = a.x + a.vx * toA - (b.x + b.vx * toB);
  const y = a.y + a.vy * toA - (b.y + b.vy * toB);
  const z = a.z + a.vz * toA - (b.z + b.vz * toB);
  let polygon: readonly Times[] = [
    [a.start - base, b.start - base],
    [a.end - base, b.start - base],
    [a.end - base, b.end - base],
    [a.start - base, b.end - base],
  ];
  polygon = clip(polygon, 1, -1, buffer);
  polygon = clip(polygon, -1, 1, buffer);
  polygon = clip(polygon, a.vz, -b.vz, height - z);
  polygon = clip(polygon, -a.vz, b.vz, height + z);
  if (polygon.length === 0) return undefined;
  const image = polygon.map(([s, t]): Times => [x + a.vx * s - b.vx * t, y + a.vy * s - b.vy * t]);
  const nearest = nearestOfPolygon(image);
  if (nearest.distance >= reach) return undefined;
  const [s, t] = nearest.isInside ? meetingTimes(a, b, x, y) : alongSide(polygon, nearest);
  const acrossMetres = Math.hypot(x + a.vx * s - b.vx * t, y + a.vy * s - b.vy * t);
  return { times: [base + s, base + t], acrossMetres, uprightMetres: Math.abs(z + a.vz * s - b.vz * t) };
}

function alongSide(polygon: readonly Times[], { corner, share }: Nearest): Times {
  const [p, q] = [polygon[corner], polygon[(corner + 1) % polygon.length]];
  return [p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share];
}

/** When two vehicles that fly in different directions are at the crossing of their ways. */
function meetingTimes(a: Segment, b: Segment, x: number, y: number): Times {
  const determinant = a.vy * b.vx - a.vx * b.vy;
  return [(x * b.vy - y * b.vx) / determinant, (x * a.vy - y * a.vx) / determinant];
}

/** The part of a convex polygon where `first * s + second * t <= most` (Sutherland and Hodgman 1974). */
function clip(polygon: readonly Times[], first: number, second: number, most: number): readonly Times[] {
  const excess = polygon.map(([s, t]) => first * s + second * t - most);
  if (excess.every(value => value <= 0)) return polygon;
  const kept: Times[] = [];
  polygon.forEach(([s, t], index) => {
    const next = (index + 1) % polygon.length;
    if (excess[index] <= 0) kept.push([s, t]);
    if (excess[index] < 0 === excess[next] < 0 || excess[index] === 0 || excess[next] === 0) return;
    const share = excess[index] / (excess[index] - excess[next]);
    kept.push([s + (polygon[next][0] - s) * share, t + (polygon[next][1] - t) * share]);
  });
  return kept;
}

interface Nearest {
  readonly distance: number;
  /** On the side that starts at this corner, at this share of it. */
  readonly corner: number;
  readonly share: number;
  readonly isInside: boolean;
}

/** How far a convex polygon, which may be flat, is from the origin: 0 if that is inside. */
function nearestOfPolygon(corners: readonly Times[]): Nearest {
  let best: Nearest = { distance: Number.POSITIVE_INFINITY, corner: 0, share: 0, isInside: false };
  let [left, right] = [0, 0];
  corners.forEach(([x, y], corner) => {
    const [nextX, nextY] = corners[(corner + 1) % corners.length];
    const [sideX, sideY] = [nextX - x, nextY - y];
    const square = sideX * sideX + sideY * sideY;
    const share = square === 0 ? 0 : Math.min(1, Math.max(0, -(x * sideX + y * sideY) / square));
    const distance = Math.hypot(x + sideX * share, y + sideY * share);
    if (distance < best.distance) best = { distance, corner, share, isInside: false };
    const cross = x * nextY - y * nextX;
    if (square > 0 && cross >= 0) left++;
    if (square > 0 && cross <= 0) right++;
  });
  const isInside = (left === 0 || right === 0) && left + right > 2;
  return isInside ? { ...best, distance: 0, isInside } : best;
}
