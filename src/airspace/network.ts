import type { VehicleClass } from './vehicle.ts';

export type Point = readonly [x: number, y: number];

/**
 * A directed graph in space, in columns. Edges are straight; those of vertex `v` are `edgeOffsets[v]` to
 * `edgeOffsets[v + 1]`. Edges of length 0 and vertices at one place are legal.
 */
export interface AirNetwork {
  /** Metres, one entry a vertex: x east, y north, z above mean sea level. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** 1 where a vehicle may hover, else 0. */
  readonly hover: Uint8Array;
  /** One more entry than vertices. */
  readonly edgeOffsets: Int32Array;
  readonly edgeTargets: Int32Array;
  /** Present where vertices have names of their own. */
  readonly names?: readonly string[];
  /** Present where vertices lie on a lattice and every step looks the same wherever it is taken. */
  readonly lattice?: Lattice;
}

/**
 * The lattice under a network: vertex `vertexAt[(layer * rows + row) * columns + column]`, -1 where there is none. Its
 * edges are steps; `stepOfEdge` says which. Steps are `[columns, rows, layers]`, three entries each.
 */
export interface Lattice {
  readonly columns: number;
  readonly rows: number;
  readonly layers: number;
  readonly cellMetres: number;
  readonly layerHeights: readonly number[];
  readonly vertexAt: Int32Array;
  /** Position of each vertex in `vertexAt`. */
  readonly cellOf: Int32Array;
  readonly steps: Int32Array;
  readonly stepOfEdge: Uint8Array;
}

/** Where a network comes from, as problem files say it. A generated network is the same whenever it is generated. */
export type NetworkSource = ExplicitSource | AirMatrixSource | FileSource;

/** The graph itself. */
export interface ExplicitSource {
  readonly kind: 'graph';
  /** `[x, y, z]` of every vertex. */
  readonly vertices: readonly (readonly [x: number, y: number, z: number])[];
  /** `[from, to]` of every directed edge. */
  readonly edges: readonly (readonly [from: number, to: number])[];
  /** Vertices at which nothing may hover; absent: none. */
  readonly noHover?: readonly number[];
  readonly names?: readonly string[];
}

/**
 * Cells over an area, one vertex at the middle of each in every layer. Steps go to the 8 neighbours of the layer and to
 * the cells above and below.
 */
export interface AirMatrixSource {
  readonly kind: 'airmatrix';
  /** Rings of the area: a cell is there if it overlaps one. Absent: the rectangle. */
  readonly rings?: readonly (readonly Point[])[];
  /** South-west and north-east corners, a whole number of cells apart. */
  readonly rectangle: readonly [southWest: Point, northEast: Point];
  readonly cellMetres: number;
  readonly layerHeights: readonly number[];
}

/** A GraphML or GeoJSON file beside the problem file. */
export interface FileSource {
  readonly kind: 'file';
  readonly path: string;
  /** Of GeoJSON: metres above mean sea level at which to fly, whatever heights its coordinates have. */
  readonly levels?: readonly number[];
  /** Of GeoJSON without levels: height of mean sea level above the ellipsoid, which its heights are measured from. */
  readonly geoidSeparationMetres?: number;
}

export function vertexCount(network: AirNetwork): number {
  return network.x.length;
}

export function edgeCount(network: AirNetwork): number {
  return network.edgeTargets.length;
}

/** The vertex that each edge starts from. */
export function edgeSources(network: AirNetwork): Int32Array {
  const sources = new Int32Array(edgeCount(network));
  for (let vertex = 0; vertex < vertexCount(network); vertex++) {
    sources.fill(vertex, network.edgeOffsets[vertex], network.edgeOffsets[vertex + 1]);
  }
  return sources;
}

/**
 * Seconds that a vehicle takes from one vertex to another along a straight edge: as long as the slower of its
 * horizontal and its vertical movement takes.
 */
export function flightSeconds(network: AirNetwork, vehicle: VehicleClass, from: number, to: number): number {
  const { x, y, z } = network;
  const eastward = (x[to] as number) - (x[from] as number);
  const northward = (y[to] as number) - (y[from] as number);
  const upward = (z[to] as number) - (z[from] as number);
  const level = Math.sqrt(eastward * eastward + northward * northward) / vehicle.speedMetresPerSecond;
  const vertical = upward >= 0 ? upward / vehicle.climbMetresPerSecond : -upward / vehicle.descentMetresPerSecond;
  return Math.max(level, vertical);
}

/** Seconds of every edge, for one class. */
export function edgeSeconds(network: AirNetwork, vehicle: VehicleClass): Float64Array {
  const seconds = new Float64Array(edgeCount(network));
  for (let vertex = 0; vertex < vertexCount(network); vertex++) {
    const end = network.edgeOffsets[vertex + 1] as number;
    for (let edge = network.edgeOffsets[vertex] as number; edge < end; edge++) {
      seconds[edge] = flightSeconds(network, vehicle, vertex, network.edgeTargets[edge] as number);
    }
  }
  return seconds;
}

/** A network from its vertices and directed edges. Edges keep their order among those of one vertex. */
export function createNetwork(
  vertices: readonly (readonly [x: number, y: number, z: number])[],
  edges: readonly (readonly [from: number, to: number])[],
  options: { readonly noHover?: readonly number[]; readonly names?: readonly string[] } = {},
): AirNetwork {
  const count = vertices.length;
  const edgeOffsets = new Int32Array(count + 1);
  for (const [from] of edges) edgeOffsets[from + 1] = (edgeOffsets[from + 1] as number) + 1;
  for (let vertex = 0; vertex < count; vertex++) {
    edgeOffsets[vertex + 1] = (edgeOffsets[vertex + 1] as number) + (edgeOffsets[vertex] as number);
  }
  const cursor = edgeOffsets.slice();
  const edgeTargets = new Int32Array(edges.length);
  for (const [from, to] of edges) {
    const slot = cursor[from] as number;
    edgeTargets[slot] = to;
    cursor[from] = slot + 1;
  }
  const hover = new Uint8Array(count).fill(1);
  for (const vertex of options.noHover ?? []) hover[vertex] = 0;
  return {
    x: Float64Array.from(vertices, ([x]) => x),
    y: Float64Array.from(vertices, ([, y]) => y),
    z: Float64Array.from(vertices, ([, , z]) => z),
    hover,
    edgeOffsets,
    edgeTargets,
    ...(options.names === undefined ? {} : { names: options.names }),
  };
}
