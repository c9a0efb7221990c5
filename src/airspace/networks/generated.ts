import { createRandom } from '../../base/index.ts';
import { type AirNetwork, createNetwork, type ExplicitSource, type Point } from '../network.ts';
import { keepVertices, largestComponent } from './component.ts';
import { indexPoints } from './point-index.ts';

/** A network that was generated, with what problem files hold of it. */
export interface GeneratedNetwork {
  /** Says so where it is synthetic, with its seed. */
  readonly name: string;
  readonly source: ExplicitSource;
  readonly network: AirNetwork;
}

/** A rectangle of the plane. */
export type Rectangle = readonly [southWest: Point, northEast: Point];

/** The largest part of a graph in which each vertex can reach each, as a network. */
export function connectedNetwork(name: string, graph: ExplicitSource): GeneratedNetwork {
  const whole = createNetwork(graph.vertices, graph.edges, graph);
  const part = largestComponent(whole);
  if (part.every(mark => mark === 1)) return { name, source: graph, network: whole };
  const source = keepVertices(graph, part);
  return { name, source, network: createNetwork(source.vertices, source.edges, source) };
}

/** Up to `count` seeded points of a rectangle, to the decimetre, none closer to another than `apartMetres`. */
export function scatterPoints(seed: number, rectangle: Rectangle, count: number, apartMetres: number): Point[] {
  const random = createRandom(seed);
  const [[west, south], [east, north]] = rectangle;
  const points: Point[] = [];
  for (let tries = 0; points.length < count && tries < 100 * count; tries++) {
    const x = Math.round((west + random.next() * (east - west)) * 10) / 10;
    const y = Math.round((south + random.next() * (north - south)) * 10) / 10;
    if (points.every(([otherX, otherY]) => Math.hypot(x - otherX, y - otherY) >= apartMetres)) points.push([x, y]);
  }
  return points;
}

/** Pairs of points `[a, b]`, a < b, of which one is among the `neighbours` nearest of the other. */
export function nearestPairs(points: readonly Point[], neighbours: number): (readonly [a: number, b: number])[] {
  const index = indexPoints(points);
  const pairs = new Map<number, readonly [number, number]>();
  for (const [point, [x, y]] of points.entries()) {
    const wanted = Math.min(neighbours, points.length - 1);
    let metres = 1;
    let near = index.within(x, y, metres);
    // The point itself is among what is found.
    while (near.length <= wanted) {
      metres *= 1.5;
      near = index.within(x, y, metres);
    }
    const others = near
      .filter(other => other !== point)
      .map(other => ({ other, metres: distance(points[other] as Point, x, y) }))
      .sort((a, b) => a.metres - b.metres || a.other - b.other);
    for (const { other } of others.slice(0, wanted)) {
      const [a, b] = [Math.min(point, other), Math.max(point, other)];
      pairs.set(a * points.length + b, [a, b]);
    }
  }
  return [...pairs.values()];
}

function distance([pointX, pointY]: Point, x: number, y: number): number {
  return Math.hypot(pointX - x, pointY - y);
}
