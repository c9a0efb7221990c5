import { createNetwork, type ExplicitSource, type Point } from '../network.ts';
import { type GeneratedNetwork, nearestPairs, type Rectangle, scatterPoints } from './generated.ts';

export interface LaneOptions {
  /** Where lanes meet. */
  readonly hubs: readonly Point[] | { readonly seed: number; readonly rectangle: Rectangle; readonly count: number };
  /** Metres above mean sea level, two at least. */
  readonly levels: readonly number[];
  /** Lanes lead to so many of the nearest hubs; default 3. */
  readonly neighbours?: number;
  /** Pads in a ring around each hub; default 2. */
  readonly padsPerHub?: number;
  readonly padRingMetres?: number;
  /** Above mean sea level. */
  readonly padHeightMetres?: number;
}

export interface LaneNetwork extends GeneratedNetwork {
  /** The vertices for pads. */
  readonly padVertices: readonly number[];
}

/**
 * One-way lanes between hubs, direction split by level as in the semicircular rule: the first, third… level leads
 * eastward from hub to hub (due north too), the others back. Hubs are joined up and down, and pads lie in a ring around
 * each, joined to the lowest level. Hubs that are nearest to each other have lanes, and as many more as it takes to
 * reach all. Lanes may cross between hubs.
 */
export function generateLanes(options: LaneOptions): LaneNetwork {
  const { levels, neighbours = 3, padsPerHub = 2, padRingMetres = 80, padHeightMetres = 10 } = options;
  const seeded = 'seed' in options.hubs ? options.hubs : undefined;
  const hubs = 'seed' in options.hubs ? scatterHubs(options.hubs) : options.hubs;
  const count = hubs.length;
  const vertices = levels.flatMap(z => hubs.map(([x, y]) => [x, y, z] as const));
  const edges: (readonly [number, number])[] = [];
  const links = new Map([...nearestPairs(hubs, neighbours), ...spanningPairs(hubs)].map(pair => [pair.join(), pair]));
  for (const [level] of levels.entries()) {
    for (const [a, b] of links.values()) {
      const [from, to] = isEastward(hubs[a] as Point, hubs[b] as Point) === (level % 2 === 0) ? [a, b] : [b, a];
      edges.push([level * count + from, level * count + to]);
    }
    if (level === 0) continue;
    for (let hub = 0; hub < count; hub++) {
      const [low, high] = [(level - 1) * count + hub, level * count + hub];
      edges.push([low, high], [high, low]);
    }
  }
  const padVertices: number[] = [];
  for (const [hub, [x, y]] of hubs.entries()) {
    for (let pad = 0; pad < padsPerHub; pad++) {
      const angle = (2 * Math.PI * (pad + 0.5)) / padsPerHub;
      const place = [
        x + padRingMetres * Math.cos(angle),
        y + padRingMetres * Math.sin(angle),
        padHeightMetres,
      ] as const;
      const vertex = vertices.push(place) - 1;
      padVertices.push(vertex);
      edges.push([vertex, hub], [hub, vertex]);
    }
  }
  const source: ExplicitSource = { kind: 'graph', vertices, edges };
  const name = `lanes between ${count} hubs${seeded === undefined ? '' : `, synthetic (seed ${seeded.seed})`}`;
  return { name, source, network: createNetwork(vertices, edges), padVertices };
}

function scatterHubs({ seed, rectangle, count }: { seed: number; rectangle: Rectangle; count: number }): Point[] {
  const [[west, south], [east, north]] = rectangle;
  return scatterPoints(seed, rectangle, count, 0.5 * Math.sqrt(((east - west) * (north - south)) / count));
}

function isEastward([fromX, fromY]: Point, [toX, toY]: Point): boolean {
  return toX > fromX || (toX === fromX && toY > fromY);
}

/** The pairs of a shortest tree over all points, `[a, b]` with a < b (R. Prim, 1957). */
function spanningPairs(points: readonly Point[]): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  const metres = new Float64Array(points.length).fill(Number.POSITIVE_INFINITY);
  const nearest = new Int32Array(points.length);
  const inside = new Uint8Array(points.length);
  let last = 0;
  for (let step = 1; step < points.length; step++) {
    inside[last] = 1;
    const [x, y] = points[last] as Point;
    let next = -1;
    for (const [point, [otherX, otherY]] of points.entries()) {
      if (inside[point] === 1) continue;
      const distance = Math.hypot(x - otherX, y - otherY);
      if (distance < (metres[point] as number)) {
        metres[point] = distance;
        nearest[point] = last;
      }
      if (next < 0 || (metres[point] as number) < (metres[next] as number)) next = point;
    }
    const near = nearest[next] as number;
    pairs.push([Math.min(near, next), Math.max(near, next)]);
    last = next;
  }
  return pairs;
}
