import type { Point } from './network.ts';
import type { Zone } from './problem.ts';

/** Parts of a straight move, as shares of its duration: pairs of start and end, ascending. */
export type Shares = readonly (readonly [start: number, end: number])[];

/** True if a point lies inside a zone; its border is outside. */
export function isInZone(zone: Zone, x: number, y: number, z: number): boolean {
  return z > zone.floorMetres && z < zone.ceilingMetres && isInArea(zone, x, y);
}

/** The parts of the straight way from one point to another that lie inside a zone. */
export function sharesInZone(
  zone: Zone,
  from: readonly [x: number, y: number, z: number],
  to: readonly [x: number, y: number, z: number],
): Shares {
  const [low, high] = sharesBetweenHeights(zone, from[2], to[2]);
  if (low >= high) return [];
  const level = zone.area.kind === 'circle' ? sharesInCircle(zone.area, from, to) : sharesInPolygon(zone, from, to);
  return level
    .map(([start, end]) => [Math.max(start, low), Math.min(end, high)] as const)
    .filter(([start, end]) => start < end);
}

function isInArea(zone: Zone, x: number, y: number): boolean {
  const { area } = zone;
  if (area.kind === 'circle') {
    const eastward = x - area.centre[0];
    const northward = y - area.centre[1];
    return eastward * eastward + northward * northward < area.radiusMetres * area.radiusMetres;
  }
  let inside = false;
  forEachSide(area.corners, (start, end) => {
    if (start[1] > y === end[1] > y) return;
    if (x < start[0] + ((y - start[1]) / (end[1] - start[1])) * (end[0] - start[0])) inside = !inside;
  });
  return inside;
}

function sharesBetweenHeights(zone: Zone, from: number, to: number): readonly [number, number] {
  if (from === to) return from > zone.floorMetres && from < zone.ceilingMetres ? [0, 1] : [0, 0];
  const atFloor = (zone.floorMetres - from) / (to - from);
  const atCeiling = (zone.ceilingMetres - from) / (to - from);
  return [Math.max(0, Math.min(atFloor, atCeiling)), Math.min(1, Math.max(atFloor, atCeiling))];
}

function sharesInCircle(
  { centre, radiusMetres }: { readonly centre: Point; readonly radiusMetres: number },
  from: readonly number[],
  to: readonly number[],
): Shares {
  const px = (from[0] as number) - centre[0];
  const py = (from[1] as number) - centre[1];
  const vx = (to[0] as number) - (from[0] as number);
  const vy = (to[1] as number) - (from[1] as number);
  const square = vx * vx + vy * vy;
  const rest = px * px + py * py - radiusMetres * radiusMetres;
  if (square === 0) return rest < 0 ? [[0, 1]] : [];
  const half = px * vx + py * vy;
  const discriminant = half * half - square * rest;
  if (discriminant <= 0) return [];
  const root = Math.sqrt(discriminant);
  return [[Math.max(0, (-half - root) / square), Math.min(1, (-half + root) / square)]];
}

/** Where the way crosses sides it may change between inside and outside; each part is as its middle is. */
function sharesInPolygon(zone: Zone, from: readonly number[], to: readonly number[]): Shares {
  if (zone.area.kind !== 'polygon') return [];
  const [x, y] = [from[0] as number, from[1] as number];
  const vx = (to[0] as number) - x;
  const vy = (to[1] as number) - y;
  const cuts = [0, 1];
  forEachSide(zone.area.corners, (start, end) => {
    const sx = end[0] - start[0];
    const sy = end[1] - start[1];
    const cross = vx * sy - vy * sx;
    if (cross === 0) return;
    const share = ((start[0] - x) * sy - (start[1] - y) * sx) / cross;
    if (share > 0 && share < 1) cuts.push(share);
  });
  cuts.sort((a, b) => a - b);
  const shares: [number, number][] = [];
  for (let cut = 0; cut + 1 < cuts.length; cut++) {
    const start = cuts[cut] as number;
    const end = cuts[cut + 1] as number;
    const middle = (start + end) / 2;
    if (start === end || !isInArea(zone, x + vx * middle, y + vy * middle)) continue;
    const last = shares[shares.length - 1];
    if (last !== undefined && last[1] === start) last[1] = end;
    else shares.push([start, end]);
  }
  return shares;
}

function forEachSide(corners: readonly Point[], visit: (start: Point, end: Point) => void): void {
  for (let corner = 0; corner < corners.length; corner++) {
    visit(corners[corner] as Point, corners[(corner + 1) % corners.length] as Point);
  }
}
