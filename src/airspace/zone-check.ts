import type { Point } from './network.ts';
import type { AirspaceProblem, Zone, ZoneArea } from './problem.ts';
import type { Report } from './problem-report.ts';

/** Farther from the origin a tangent plane is none, and coordinates are likely to be mixed up. */
const farthestMetres = 200_000;

/** The frame, and whether vertices and zones are near its origin. */
export function checkFrame({ frame, network, zones }: AirspaceProblem, report: Report): void {
  if (frame.kind === 'plane') return;
  const { longitude, latitude } = frame;
  const isLongitude = Math.abs(longitude) <= 180;
  if (!(Math.abs(latitude) <= 90)) {
    const isSwapped = Math.abs(latitude) <= 180 && Math.abs(longitude) <= 90;
    const next = isSwapped ? 'swap it with frame.longitude' : 'give degrees from -90 to 90';
    report('SK6004', 'frame.latitude', `is ${latitude}, beyond the poles`, next);
  }
  if (!isLongitude) report('SK6004', 'frame.longitude', `is ${longitude}`, 'give degrees from -180 to 180');
  const check = (path: string, x: number, y: number): boolean => {
    const metres = Math.hypot(x, y);
    if (metres <= farthestMetres) return true;
    const fault = `is ${Math.round(metres / 1000)} km from the origin of the frame`;
    report(
      'SK6004',
      path,
      fault,
      'check that longitude and latitude were not swapped, or move the origin of the frame',
    );
    return false;
  };
  // One vertex is enough to say: the others are as far.
  for (let vertex = 0; vertex < network.x.length; vertex++) {
    if (!check(`network.vertices[${vertex}]`, network.x[vertex], network.y[vertex])) break;
  }
  zones.forEach(({ area }, index) => {
    const path = `zones[${index}].area`;
    if (area.kind === 'circle') check(`${path}.centre`, ...area.centre);
    else area.corners.every((corner, at) => check(`${path}.corners[${at}]`, ...corner));
  });
}

/** Zones have an inside, floors below their ceilings, and windows that end after they start. */
export function checkZones(zones: readonly Zone[], report: Report): void {
  zones.forEach(({ area, floorMetres, ceilingMetres, windows }, index) => {
    const path = `zones[${index}]`;
    checkArea(area, `${path}.area`, report);
    if (!Number.isFinite(floorMetres) || !Number.isFinite(ceilingMetres)) {
      const fault = `reaches from ${floorMetres} to ${ceilingMetres} m`;
      report('SK6002', path, fault, 'give finite heights, say from -1000 or to 10000');
    } else if (floorMetres >= ceilingMetres) {
      const fault = `is ${floorMetres} m, not below ceilingMetres, ${ceilingMetres} m`;
      report('SK6002', `${path}.floorMetres`, fault, 'swap them, or correct one');
    }
    windows.forEach(({ start, end }, at) => {
      if (Number.isFinite(start) && start < end) return;
      const fault = `is from ${start} to ${end} s`;
      const next = 'let it end after it starts, or leave `end` out where it never ends';
      report('SK6003', `${path}.windows[${at}]`, fault, next);
    });
  });
}

function checkArea(area: ZoneArea, path: string, report: Report): void {
  if (area.kind === 'circle') {
    if (!area.centre.every(Number.isFinite)) {
      report('SK6004', `${path}.centre`, `is [${area.centre.join(', ')}]`, 'give two finite numbers of metres');
    }
    if (!(area.radiusMetres > 0 && area.radiusMetres < Number.POSITIVE_INFINITY)) {
      report('SK6002', `${path}.radiusMetres`, `is ${area.radiusMetres}`, 'give a finite number above 0');
    }
    return;
  }
  const { corners } = area;
  const at = `${path}.corners`;
  const infinite = corners.findIndex(corner => !corner.every(Number.isFinite));
  if (infinite >= 0) {
    report('SK6004', `${at}[${infinite}]`, `is [${corners[infinite].join(', ')}]`, 'give two finite numbers of metres');
    return;
  }
  if (corners.length < 3) {
    report('SK6002', at, `has ${corners.length} of at least 3 corners`, 'add corners, or make it a circle');
    return;
  }
  const repeated = corners.findIndex((corner, index) => isSame(corner, corners[(index + 1) % corners.length]));
  if (repeated >= 0) {
    const isClosed = repeated === corners.length - 1;
    const fault = isClosed ? 'repeats its first corner at the end' : 'is the same as the next';
    report('SK6002', isClosed ? at : `${at}[${repeated}]`, fault, 'leave one of the two out');
    return;
  }
  if (doubleArea(corners) === 0) {
    report('SK6002', at, 'encloses no area', 'give corners that do not lie on one line');
    return;
  }
  const crossing = findCrossing(corners);
  if (crossing === undefined) return;
  const sides = crossing.map(side => `from corner ${side} to ${(side + 1) % corners.length}`);
  const fault = `crosses or touches itself: the sides ${sides.join(' and ')} have a place in common`;
  report('SK6002', at, fault, 'give the corners in their order around the zone, or make two zones of it');
}

const isSame = ([ax, ay]: Point, [bx, by]: Point): boolean => ax === bx && ay === by;

function doubleArea(corners: readonly Point[]): number {
  const [originX, originY] = corners[0];
  return corners.reduce((total, [x, y], index) => {
    const [nextX, nextY] = corners[(index + 1) % corners.length];
    return total + (x - originX) * (nextY - originY) - (y - originY) * (nextX - originX);
  }, 0);
}

/** Two sides that have more in common than the corner between them. Sweeps over x: O(n log n) for usual polygons. */
function findCrossing(corners: readonly Point[]): readonly [number, number] | undefined {
  const count = corners.length;
  const endsOf = (side: number): readonly [Point, Point] => [corners[side], corners[(side + 1) % count]];
  const left = (side: number): number => Math.min(endsOf(side)[0][0], endsOf(side)[1][0]);
  const right = (side: number): number => Math.max(endsOf(side)[0][0], endsOf(side)[1][0]);
  const sides = corners.map((_, side) => side).sort((a, b) => left(a) - left(b));
  let active: number[] = [];
  for (const side of sides) {
    active = active.filter(other => right(other) >= left(side));
    for (const other of active) {
      const isNext = (other + 1) % count === side || (side + 1) % count === other;
      const meets = isNext ? foldsBack(corners, side, other) : haveCommon(endsOf(side), endsOf(other));
      if (meets) return [Math.min(side, other), Math.max(side, other)];
    }
    active.push(side);
  }
  return undefined;
}

/** Twice the area of a triangle: positive where c is left of the way from a to b. */
function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

function foldsBack(corners: readonly Point[], side: number, other: number): boolean {
  const count = corners.length;
  const first = (side + 1) % count === other ? side : other;
  const [a, b, c] = [corners[first], corners[(first + 1) % count], corners[(first + 2) % count]];
  return turn(a, b, c) === 0 && (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0;
}

function haveCommon([a, b]: readonly [Point, Point], [c, d]: readonly [Point, Point]): boolean {
  const [toC, toD] = [turn(a, b, c), turn(a, b, d)];
  const [toA, toB] = [turn(c, d, a), turn(c, d, b)];
  if (toC === 0 && toD === 0) return overlap(a[0], b[0], c[0], d[0]) && overlap(a[1], b[1], c[1], d[1]);
  return toC * toD <= 0 && toA * toB <= 0;
}

function overlap(a: number, b: number, c: number, d: number): boolean {
  return Math.max(Math.min(a, b), Math.min(c, d)) <= Math.min(Math.max(a, b), Math.max(c, d));
}
