import type { Point } from '../network.ts';
import type { Building } from './buildings.ts';
import { connectedNetwork, type GeneratedNetwork, nearestPairs } from './generated.ts';
import { indexPoints } from './point-index.ts';

export interface OverBuildingOptions {
  readonly name: string;
  readonly buildings: readonly Building[];
  /** No route goes higher; buildings that reach above it are flown around. Default 60. */
  readonly ceilingMetres?: number;
  /** Above roofs; default 10. */
  readonly clearanceMetres?: number;
  /** Routes lead to so many of the nearest roofs; default 8. */
  readonly neighbours?: number;
}

/**
 * Routes from roof to roof: a vertex above the middle of every roof that leaves room below the ceiling, edges both ways
 * between near ones that keep the clearance over what lies below (of the two roofs themselves, the bare roof). The
 * largest part in which each can reach each.
 */
export function routesOverBuildings(options: OverBuildingOptions): GeneratedNetwork {
  const { name, buildings, ceilingMetres = 60, clearanceMetres = 10, neighbours = 8 } = options;
  const middles = buildings.map(({ corners }) => middleOf(corners));
  const radii = buildings.map(({ corners }, index) => {
    const [x, y] = middles[index] as Point;
    return Math.max(...corners.map(corner => Math.hypot(corner[0] - x, corner[1] - y)));
  });
  const largest = radii.reduce((high, radius) => Math.max(high, radius), 0);
  const index = indexPoints(middles);
  const roofs = buildings.flatMap(({ roofMetres }, at) => (roofMetres + clearanceMetres <= ceilingMetres ? [at] : []));
  const vertices = roofs.map(at => {
    const [x, y] = middles[at] as Point;
    return [x, y, (buildings[at]?.roofMetres ?? 0) + clearanceMetres] as const;
  });
  const isClear = (a: number, b: number): boolean => {
    const [from, to] = [vertices[a], vertices[b]];
    if (from === undefined || to === undefined) return false;
    const reach = Math.hypot(to[0] - from[0], to[1] - from[1]) / 2 + largest;
    return index.within((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, reach).every(at => {
      const { corners, roofMetres } = buildings[at] as Building;
      const span = spanOver(corners, [from[0], from[1]], [to[0], to[1]]);
      if (span === undefined) return true;
      const low = Math.min(...span.map(share => from[2] + share * (to[2] - from[2])));
      return low >= roofMetres + (at === roofs[a] || at === roofs[b] ? 0 : clearanceMetres);
    });
  };
  const places = vertices.map(([x, y]): Point => [x, y]);
  const pairs = nearestPairs(places, neighbours).filter(([a, b]) => isClear(a, b));
  const edges = pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
  return connectedNetwork(name, { kind: 'graph', vertices, edges });
}

function middleOf(corners: readonly Point[]): Point {
  const sum = corners.reduce<Point>(([sumX, sumY], [x, y]) => [sumX + x, sumY + y], [0, 0]);
  return [sum[0] / corners.length, sum[1] / corners.length];
}

/** From which to which share of itself a segment is over a polygon, gaps included; undefined where it is nowhere. */
function spanOver(
  corners: readonly Point[],
  from: Point,
  to: Point,
): readonly [first: number, last: number] | undefined {
  const shares: number[] = [];
  if (isInside(corners, from)) shares.push(0);
  if (isInside(corners, to)) shares.push(1);
  const [alongX, alongY] = [to[0] - from[0], to[1] - from[1]];
  for (const [index, [x, y]] of corners.entries()) {
    const [beforeX, beforeY] = corners.at(index - 1) as Point;
    const [sideX, sideY] = [x - beforeX, y - beforeY];
    const turn = alongX * sideY - alongY * sideX;
    if (turn === 0) continue;
    const share = ((beforeX - from[0]) * sideY - (beforeY - from[1]) * sideX) / turn;
    const onSide = ((beforeX - from[0]) * alongY - (beforeY - from[1]) * alongX) / turn;
    if (share >= 0 && share <= 1 && onSide >= 0 && onSide <= 1) shares.push(share);
  }
  return shares.length === 0 ? undefined : [Math.min(...shares), Math.max(...shares)];
}

function isInside(corners: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  for (const [index, [ax, ay]] of corners.entries()) {
    const [bx, by] = corners.at(index - 1) as Point;
    if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside;
  }
  return inside;
}
