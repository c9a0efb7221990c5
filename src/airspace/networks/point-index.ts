import type { Point } from '../network.ts';

/** Finds points by place. */
export interface PointIndex {
  /** Index of the nearest point, the first of equally near ones; -1 where there is none. */
  nearest(x: number, y: number): number;
  /** Indices of the points at most so far away, ascending. */
  within(x: number, y: number, metres: number): number[];
}

/** An index of points in square buckets, about two points each where they are spread evenly. */
export function indexPoints(points: readonly Point[]): PointIndex {
  const count = points.length;
  let [west, south, east, north] = [0, 0, 0, 0];
  for (const [index, [x, y]] of points.entries()) {
    west = index === 0 ? x : Math.min(west, x);
    south = index === 0 ? y : Math.min(south, y);
    east = index === 0 ? x : Math.max(east, x);
    north = index === 0 ? y : Math.max(north, y);
  }
  const side = Math.max(
    1e-3,
    Math.sqrt((2 * (east - west) * (north - south)) / Math.max(1, count)),
    (east - west) / 4096,
    (north - south) / 4096,
  );
  const columns = Math.floor((east - west) / side) + 1;
  const rows = Math.floor((north - south) / side) + 1;
  const buckets = new Map<number, number[]>();
  const columnOf = (x: number): number => Math.max(0, Math.min(columns - 1, Math.floor((x - west) / side)));
  const rowOf = (y: number): number => Math.max(0, Math.min(rows - 1, Math.floor((y - south) / side)));
  for (const [index, [x, y]] of points.entries()) {
    const key = rowOf(y) * columns + columnOf(x);
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [index]);
    else bucket.push(index);
  }

  const within = (x: number, y: number, metres: number): number[] => {
    const found: number[] = [];
    for (let row = rowOf(y - metres); row <= rowOf(y + metres); row++) {
      for (let column = columnOf(x - metres); column <= columnOf(x + metres); column++) {
        for (const index of buckets.get(row * columns + column) ?? []) {
          if (distance(points[index] as Point, x, y) <= metres) found.push(index);
        }
      }
    }
    return found.sort((a, b) => a - b);
  };
  return {
    within,
    nearest(x, y) {
      // Twice as far each time, from the distance to the box of all points on.
      const outside = Math.hypot(Math.max(west - x, 0, x - east), Math.max(south - y, 0, y - north));
      const farthest = outside + Math.hypot(east - west, north - south) + side;
      for (let metres = outside + side; count > 0; metres *= 2) {
        const found = within(x, y, metres);
        const distances = found.map(index => distance(points[index] as Point, x, y));
        const least = distances.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
        if (found.length > 0) return found[distances.indexOf(least)] as number;
        if (metres > farthest) break;
      }
      return -1;
    },
  };
}

function distance([pointX, pointY]: Point, x: number, y: number): number {
  return Math.hypot(pointX - x, pointY - y);
}
