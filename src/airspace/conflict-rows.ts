import { collidingShifts, moveSize, timesNear } from './collision-kernel.ts';
import type { Moves } from './moves.ts';
import { type AirNetwork, edgeSources } from './network.ts';
import type { Separation } from './problem.ts';
import { createSegmentGrid, type SegmentGrid } from './segment-grid.ts';

/**
 * What one edge, or one vertex, blocks: ids of edges or vertices, and for each an interval of seconds, `low` to `high`. What it
 * means depends on the row. Valid until the next row is asked for.
 */
export interface ConflictRow {
  readonly count: number;
  readonly ids: Int32Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Which resources a vehicle of one class takes from vehicles of another. Times are widened by a microsecond outward, the
 * planner's margin, and by the buffer.
 */
export interface ConflictRows {
  /** Edges, and how much later than this one they may not be departed on. */
  edgesOfEdge(edge: number): ConflictRow;
  /** Vertices, and the seconds after departure on this edge in which nothing may hover there. */
  verticesOfEdge(edge: number): ConflictRow;
  /** Edges that pass by a vertex, and the seconds after departure in which they do. */
  edgesOfVertex(vertex: number): ConflictRow;
  /** Vertices at which nothing may hover while something hovers here. The interval is the margin alone. */
  verticesOfVertex(vertex: number): ConflictRow;
}

/** The planner keeps this much more than it must, in seconds. */
export const marginSeconds = 1e-6;

/**
 * Rows of any network, made when they are first asked for and kept as long as `budgetBytes` lasts.
 *
 * @param held what vehicles of the class that is there do; `free` of the class that would like to be.
 */
export function createConflictRows(
  network: AirNetwork,
  held: Moves,
  free: Moves,
  separation: Separation,
  budgetBytes: number,
): ConflictRows {
  const radius = held.vehicle.radiusMetres + free.vehicle.radiusMetres + separation.bufferMetres;
  const height = held.vehicle.halfHeightMetres + free.vehicle.halfHeightMetres + separation.bufferMetres;
  const margin = marginSeconds + separation.bufferSeconds;
  const { x, y, z } = network;
  const near = createNearness(network, radius);
  const interval = new Float64Array(2);
  const collector = createCollector();
  const collide = (edge: number, other: number): boolean =>
    collidingShifts(held.columns, edge * moveSize, free.columns, other * moveSize, radius, height, interval);
  const cache = createRowCache(budgetBytes);

  const edgesOfEdge = (edge: number): void =>
    near.edgesAtEdge(edge, other => {
      if (!collide(edge, other)) return;
      collector.add(other, (interval[0] as number) - margin, (interval[1] as number) + margin);
    });
  const verticesOfEdge = (edge: number): void =>
    near.verticesAtEdge(edge, vertex => {
      if (
        !timesNear(held.columns, edge * moveSize, at(x, vertex), at(y, vertex), at(z, vertex), radius, height, interval)
      )
        return;
      collector.add(vertex, (interval[0] as number) - margin, (interval[1] as number) + margin);
    });
  const edgesOfVertex = (vertex: number): void =>
    near.edgesAtVertex(vertex, edge => {
      if (
        !timesNear(free.columns, edge * moveSize, at(x, vertex), at(y, vertex), at(z, vertex), radius, height, interval)
      )
        return;
      collector.add(edge, (interval[0] as number) - margin, (interval[1] as number) + margin);
    });
  const verticesOfVertex = (vertex: number): void =>
    near.verticesAtVertex(vertex, other => {
      const apart = Math.hypot(at(x, vertex) - at(x, other), at(y, vertex) - at(y, other));
      if (apart >= radius || Math.abs(at(z, vertex) - at(z, other)) >= height) return;
      collector.add(other, -margin, margin);
    });
  const kinds = [edgesOfEdge, verticesOfEdge, edgesOfVertex, verticesOfVertex] as const;
  const row = (kind: 0 | 1 | 2 | 3, id: number): ConflictRow => {
    const kept = cache.get(kind, id);
    if (kept !== undefined) return kept;
    collector.clear();
    kinds[kind](id);
    return cache.keep(kind, id, collector.row());
  };
  return {
    edgesOfEdge: edge => row(0, edge),
    verticesOfEdge: edge => row(1, edge),
    edgesOfVertex: vertex => row(2, vertex),
    verticesOfVertex: vertex => row(3, vertex),
  };
}

/** Edges and vertices near others, some of which are farther apart than they may be. */
interface Nearness {
  edgesAtEdge(edge: number, visit: (edge: number) => void): void;
  verticesAtEdge(edge: number, visit: (vertex: number) => void): void;
  edgesAtVertex(vertex: number, visit: (edge: number) => void): void;
  verticesAtVertex(vertex: number, visit: (vertex: number) => void): void;
}

function createNearness(network: AirNetwork, radius: number): Nearness {
  const { x, y, edgeTargets } = network;
  const sources = edgeSources(network);
  const pick = (column: Float64Array, ids: Int32Array): Float64Array => Float64Array.from(ids, id => at(column, id));
  const segments = { x1: pick(x, sources), y1: pick(y, sources), x2: pick(x, edgeTargets), y2: pick(y, edgeTargets) };
  // A little more than half, so that rounding hides no pair.
  const margin = radius / 2 + 1e-3;
  const edges: SegmentGrid = createSegmentGrid(segments, margin);
  const vertices: SegmentGrid = createSegmentGrid({ x1: x, y1: y, x2: x, y2: y }, margin);
  const alongEdge = (grid: SegmentGrid, edge: number, visit: (id: number) => void): void =>
    grid.visitNear(at(segments.x1, edge), at(segments.y1, edge), at(segments.x2, edge), at(segments.y2, edge), visit);
  const atVertex = (grid: SegmentGrid, vertex: number, visit: (id: number) => void): void =>
    grid.visitNear(at(x, vertex), at(y, vertex), at(x, vertex), at(y, vertex), visit);
  return {
    edgesAtEdge: (edge, visit) => alongEdge(edges, edge, visit),
    verticesAtEdge: (edge, visit) => alongEdge(vertices, edge, visit),
    edgesAtVertex: (vertex, visit) => atVertex(edges, vertex, visit),
    verticesAtVertex: (vertex, visit) => atVertex(vertices, vertex, visit),
  };
}

interface Collector {
  clear(): void;
  add(id: number, low: number, high: number): void;
  row(): ConflictRow;
}

function createCollector(): Collector {
  let count = 0;
  let ids = new Int32Array(64);
  let low = new Float64Array(64);
  let high = new Float64Array(64);
  return {
    clear: () => {
      count = 0;
    },
    add: (id, from, to) => {
      if (count === ids.length) {
        ids = enlarged(ids, new Int32Array(2 * count));
        low = enlarged(low, new Float64Array(2 * count));
        high = enlarged(high, new Float64Array(2 * count));
      }
      ids[count] = id;
      low[count] = from;
      high[count] = to;
      count++;
    },
    row: () => ({ count, ids, low, high }),
  };
}

function enlarged<T extends Int32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

interface RowCache {
  get(kind: number, id: number): ConflictRow | undefined;
  /** Keeps a copy if there is room, and returns what is to be read. */
  keep(kind: number, id: number, row: ConflictRow): ConflictRow;
}

function createRowCache(budgetBytes: number): RowCache {
  const kept: Map<number, ConflictRow>[] = [new Map(), new Map(), new Map(), new Map()];
  // An entry is an id and two times; a row has some 300 bytes of its own.
  const entryBytes = 20;
  const rowBytes = 300;
  let bytes = 0;
  return {
    get: (kind, id) => kept[kind]?.get(id),
    keep: (kind, id, { count, ids, low, high }) => {
      const size = rowBytes + count * entryBytes;
      if (bytes + size > budgetBytes) return { count, ids, low, high };
      bytes += size;
      const copy = { count, ids: ids.slice(0, count), low: low.slice(0, count), high: high.slice(0, count) };
      kept[kind]?.set(id, copy);
      return copy;
    },
  };
}

function at(column: Float64Array, index: number): number {
  return column[index] as number;
}
