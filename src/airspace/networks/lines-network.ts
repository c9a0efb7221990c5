import type { ExplicitSource } from '../network.ts';

/** A line along which vehicles fly, and which way. Metres. */
export interface FlightLine {
  readonly points: readonly (readonly [x: number, y: number, z: number])[];
  readonly direction: 'both' | 'forward' | 'backward';
}

/** Points as near as this are one. */
const mergeMetres = 0.01;

/**
 * The graph of lines. Ends of lines and points that lines share (within 1 cm) are junctions, where vehicles may hover;
 * other points are not. Lines that cross between points have nothing to do with each other.
 *
 * `levels`: the lines once at each of these heights, whatever their own, joined up and down at junctions.
 */
export function graphOfLines(lines: readonly FlightLine[], levels?: readonly number[]): ExplicitSource {
  const merger = new PointMerger(levels !== undefined);
  const routes = lines.map(line => ({
    line,
    vertices: withoutRepeats(line.points.map(point => merger.vertexOf(point))),
  }));
  const { points } = merger;
  const uses = new Int32Array(points.length);
  for (const { vertices } of routes) {
    for (const vertex of vertices) uses[vertex] = (uses[vertex] as number) + 1;
    for (const end of [vertices[0], vertices.at(-1)]) if (end !== undefined) uses[end] = 2;
  }
  const edges = new Map<number, readonly [from: number, to: number]>();
  for (const { line, vertices } of routes) {
    for (let index = 1; index < vertices.length; index++) {
      const [from, to] = [vertices[index - 1] as number, vertices[index] as number];
      if (line.direction !== 'backward') edges.set(from * points.length + to, [from, to]);
      if (line.direction !== 'forward') edges.set(to * points.length + from, [to, from]);
    }
  }
  const flat = {
    vertices: points,
    edges: [...edges.values()],
    junction: (vertex: number) => (uses[vertex] as number) > 1,
  };
  return levels === undefined ? { ...single(flat) } : stack(flat, levels);
}

interface FlatGraph {
  readonly vertices: readonly (readonly [number, number, number])[];
  readonly edges: readonly (readonly [number, number])[];
  junction(vertex: number): boolean;
}

function single({ vertices, edges, junction }: FlatGraph): ExplicitSource {
  const noHover = vertices.flatMap((_, vertex) => (junction(vertex) ? [] : [vertex]));
  return { kind: 'graph', vertices, edges, ...(noHover.length === 0 ? {} : { noHover }) };
}

/** The graph at each level, vertex `level * count + vertex`, with edges up and down at junctions. */
function stack(graph: FlatGraph, levels: readonly number[]): ExplicitSource {
  const count = graph.vertices.length;
  const vertices = levels.flatMap(z => graph.vertices.map(([x, y]) => [x, y, z] as const));
  const edges = levels.flatMap((_, level) =>
    graph.edges.map(([from, to]) => [level * count + from, level * count + to] as const),
  );
  for (let level = 0; level + 1 < levels.length; level++) {
    for (let vertex = 0; vertex < count; vertex++) {
      if (!graph.junction(vertex)) continue;
      const [low, high] = [level * count + vertex, (level + 1) * count + vertex];
      edges.push([low, high], [high, low]);
    }
  }
  return single({ vertices, edges, junction: vertex => graph.junction(vertex % count) });
}

function withoutRepeats(vertices: readonly number[]): readonly number[] {
  return vertices.filter((vertex, index) => vertex !== vertices[index - 1]);
}

/** Gives near points one vertex: the first that is near enough. */
class PointMerger {
  readonly points: (readonly [number, number, number])[] = [];
  readonly #flat: boolean;
  /** Vertices by the square of 1 cm that they are in. */
  readonly #squares = new Map<number, number[]>();

  constructor(flat: boolean) {
    this.#flat = flat;
  }

  vertexOf(point: readonly [x: number, y: number, z: number]): number {
    const [x, y, z] = this.#flat ? [point[0], point[1], 0] : point;
    const [column, row] = [Math.floor(x / mergeMetres), Math.floor(y / mergeMetres)];
    for (let east = -1; east <= 1; east++) {
      for (let north = -1; north <= 1; north++) {
        for (const vertex of this.#squares.get(squareKey(column + east, row + north)) ?? []) {
          const [otherX, otherY, otherZ] = this.points[vertex] as readonly [number, number, number];
          if (Math.hypot(x - otherX, y - otherY, z - otherZ) <= mergeMetres) return vertex;
        }
      }
    }
    const vertex = this.points.push([x, y, z]) - 1;
    const key = squareKey(column, row);
    const square = this.#squares.get(key);
    if (square === undefined) this.#squares.set(key, [vertex]);
    else square.push(vertex);
    return vertex;
  }
}

/** Unlike for all squares within 300 km of the origin. */
function squareKey(column: number, row: number): number {
  return column * 67108864 + row;
}
