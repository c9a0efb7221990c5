import { marginSeconds } from './conflict-rows.ts';
import { type AirNetwork, edgeSources, flightSeconds, type Lattice } from './network.ts';
import type { AirspaceProblem, Zone } from './problem.ts';
import { createSegmentGrid } from './segment-grid.ts';
import type { VehicleClass } from './vehicle.ts';
import { isInZone, type Shares, sharesInZone } from './zone-times.ts';

/** A rectangle of the plane, borders included, in metres. */
export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** Vertices and edges by place, so that those of a zone are found without looking at all. */
export interface PlaceIndex {
  /** Visits all vertices inside of bounds once, and perhaps some that are near. */
  verticesIn(bounds: Bounds, visit: (vertex: number) => void): void;
  /** Visits all edges that have a point inside of bounds once, and perhaps some that are near. */
  edgesIn(bounds: Bounds, visit: (edge: number, from: number) => void): void;
}

/** On lattices by cells, without more memory; on other networks by squares. */
export function createPlaceIndex(network: AirNetwork): PlaceIndex {
  return network.lattice === undefined ? squareIndex(network) : latticeIndex(network, network.lattice);
}

/** Steps are no longer than a cell's diagonal: edges inside of bounds start at most one cell outside. */
function latticeIndex(network: AirNetwork, lattice: Lattice): PlaceIndex {
  const { columns, rows, layers, cellMetres, vertexAt, cellOf } = lattice;
  const { x, y, edgeOffsets } = network;
  const cell = (cellOf[0] ?? 0) % (columns * rows);
  // The middle of the south-western cell.
  const west = (x[0] ?? 0) - (cell % columns) * cellMetres;
  const south = (y[0] ?? 0) - Math.floor(cell / columns) * cellMetres;
  const visitCells = ({ left, right, bottom, top }: Bounds, wider: number, visit: (vertex: number) => void): void => {
    const firstColumn = Math.max(0, Math.floor((left - west) / cellMetres) - wider);
    const lastColumn = Math.min(columns - 1, Math.ceil((right - west) / cellMetres) + wider);
    const firstRow = Math.max(0, Math.floor((bottom - south) / cellMetres) - wider);
    const lastRow = Math.min(rows - 1, Math.ceil((top - south) / cellMetres) + wider);
    for (let layer = 0; layer < layers; layer++) {
      for (let row = firstRow; row <= lastRow; row++) {
        for (let column = firstColumn; column <= lastColumn; column++) {
          const vertex = vertexAt[(layer * rows + row) * columns + column] as number;
          if (vertex >= 0) visit(vertex);
        }
      }
    }
  };
  return {
    verticesIn: (bounds, visit) => visitCells(bounds, 0, visit),
    edgesIn: (bounds, visit) =>
      visitCells(bounds, 1, vertex => {
        const end = edgeOffsets[vertex + 1] as number;
        for (let edge = edgeOffsets[vertex] as number; edge < end; edge++) visit(edge, vertex);
      }),
  };
}

function squareIndex(network: AirNetwork): PlaceIndex {
  const { x, y, edgeTargets } = network;
  const sources = edgeSources(network);
  const pick = (column: Float64Array, ids: Int32Array): Float64Array => Float64Array.from(ids, id => column[id] ?? 0);
  // A millimetre, so that rounding hides nothing at the border.
  const vertices = createSegmentGrid({ x1: x, y1: y, x2: x, y2: y }, 1e-3);
  const edges = createSegmentGrid(
    { x1: pick(x, sources), y1: pick(y, sources), x2: pick(x, edgeTargets), y2: pick(y, edgeTargets) },
    1e-3,
  );
  return {
    verticesIn: (bounds, visit) => vertices.visitIn(bounds, visit),
    edgesIn: (bounds, visit) => edges.visitIn(bounds, edge => visit(edge, sources[edge] as number)),
  };
}

/** The least rectangle around a zone. */
export function boundsOf({ area }: Zone): Bounds {
  if (area.kind === 'circle') {
    const [x, y] = area.centre;
    const radius = area.radiusMetres;
    return { left: x - radius, right: x + radius, bottom: y - radius, top: y + radius };
  }
  const xs = area.corners.map(([x]) => x);
  const ys = area.corners.map(([, y]) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) };
}

/** What a closed zone takes from vehicles. */
export interface ZoneBlocking {
  /** A vertex inside, and when nothing may be there: for all classes. */
  vertex(vertex: number, start: number, end: number): void;
  /** Departures on an edge that vehicles of class `index` may not take. */
  edge(index: number, edge: number, start: number, end: number): void;
}

/** Goes through all that a closed zone takes. */
export function visitClosed(problem: AirspaceProblem, zone: Zone, places: PlaceIndex, blocking: ZoneBlocking): void {
  const { network, classes } = problem;
  const { x, y, z, edgeTargets } = network;
  const margin = zoneMargin(problem);
  const bounds = boundsOf(zone);
  places.verticesIn(bounds, vertex => {
    if (!isInZone(zone, x[vertex] as number, y[vertex] as number, z[vertex] as number)) return;
    for (const { start, end } of zone.windows) blocking.vertex(vertex, start - margin, end + margin);
  });
  places.edgesIn(bounds, (edge, from) => {
    const shares = sharesOfEdge(network, zone, bounds, from, edgeTargets[edge] as number);
    if (shares.length === 0) return;
    classes.forEach((vehicle, index) => {
      visitDepartures(network, vehicle, zone, shares, margin, from, edgeTargets[edge] as number, (start, end) =>
        blocking.edge(index, edge, start, end),
      );
    });
  });
}

/** The planner's margin and the buffer, by which zones are closed longer both ways. */
export function zoneMargin({ separation }: AirspaceProblem): number {
  return marginSeconds + separation.bufferSeconds;
}

const never: Shares = [];

/** The parts of an edge inside a zone, whose bounds are given. */
export function sharesOfEdge(
  { x, y, z }: AirNetwork,
  zone: Zone,
  { left, right, bottom, top }: Bounds,
  from: number,
  to: number,
): Shares {
  const [x1, y1, x2, y2] = [x[from], y[from], x[to], y[to]] as [number, number, number, number];
  if (Math.max(x1, x2) < left || Math.min(x1, x2) > right) return never;
  if (Math.max(y1, y2) < bottom || Math.min(y1, y2) > top) return never;
  return sharesInZone(zone, [x1, y1, z[from] as number], [x2, y2, z[to] as number]);
}

/** Departures on an edge that would be inside a zone while it is closed: open intervals. */
export function visitDepartures(
  network: AirNetwork,
  vehicle: VehicleClass,
  zone: Zone,
  shares: Shares,
  margin: number,
  from: number,
  to: number,
  visit: (start: number, end: number) => void,
): void {
  if (shares.length === 0) return;
  const seconds = flightSeconds(network, vehicle, from, to);
  for (const [enter, leave] of shares) {
    for (const { start, end } of zone.windows) visit(start - leave * seconds - margin, end - enter * seconds + margin);
  }
}
