import { LabelHeap } from './label-heap-kernel.ts';
import type { AirNetwork, Lattice } from './network.ts';
import type { Zone } from './problem.ts';
import type { ArrivalProfile, FlightBound, RouteLeg } from './route-query.ts';
import type { VehicleClass } from './vehicle.ts';
import { type Bounds, boundsOf, sharesOfEdge } from './zone-closing.ts';
import { isInZone } from './zone-times.ts';

/** Says when goals can be reached at the earliest, given zones that are closed for a while. */
export interface AroundZones {
  /**
   * Bounds of landings at the goal of a leg. Whoever is at a vertex at a time flies around the zones, or through them
   * once they are open again, or before they close: the bound is the least of what these take. Distances around the
   * zones are worked out as far as they are asked for, from the goal towards the start.
   */
  profile(vehicle: VehicleClass, leg: RouteLeg): ArrivalProfile;
  /** Bounds of the seconds to the goal of a leg if zones stayed closed for ever, infinite inside of them. */
  flight(vehicle: VehicleClass, leg: RouteLeg): FlightBound;
  /** No earlier does a flight land at the goal of a leg that has come through a zone since that opened. */
  landingThrough(leg: RouteLeg): number;
  /** Whether a vertex lies in a cell that is all inside of zones. */
  isInside(vertex: number): boolean;
  /** When the first of the zones is closed, and when the first of them is open again. */
  readonly closes: number;
  readonly opens: number;
}

/** Undefined for networks that are no lattices, and where no zone is closed. */
export function createAroundZones(network: AirNetwork, zones: readonly Zone[]): AroundZones | undefined {
  const { lattice } = network;
  const closed = zones.filter(({ rule, windows }) => rule === 'closed' && windows.length > 0);
  if (lattice === undefined || closed.length === 0) return undefined;
  const blocked = blockedCells(network, lattice, closed);
  const border = borderVertices(lattice, blocked);
  const bounds = closed.map(boundsOf);
  const opens = Math.min(...closed.flatMap(({ windows }) => windows.map(({ end }) => end)));
  const closes = Math.min(...closed.flatMap(({ windows }) => windows.map(({ start }) => start)));
  const cells = lattice.columns * lattice.rows;
  const cellOf = (vertex: number): number => (lattice.cellOf[vertex] as number) % cells;
  /** Whether a step from one cell to another keeps out of all zones in some layer. */
  const isOpen = (from: number, to: number): boolean => {
    for (let layer = 0; layer < lattice.layers; layer++) {
      const one = lattice.vertexAt[layer * cells + from] as number;
      const other = lattice.vertexAt[layer * cells + to] as number;
      if (one < 0 || other < 0) continue;
      const crosses = (zone: Zone, index: number): boolean =>
        sharesOfEdge(network, zone, bounds[index] as Bounds, one, other).length > 0;
      if (!closed.some(crosses)) return true;
    }
    return false;
  };
  // A little less than it is, as for free flight.
  const paceOf = (vehicle: VehicleClass): number => (1 - 2 ** -22) / vehicle.speedMetresPerSecond;
  const around = (vehicle: VehicleClass, start: number, goal: number): FlightBound => {
    const distances = distancesAround(lattice, blocked, isOpen, cellOf(goal), cellOf(start));
    const perMetre = paceOf(vehicle);
    return {
      at: vertex => {
        const upward = (network.z[goal] as number) - (network.z[vertex] as number);
        const rise = upward >= 0 ? upward / vehicle.climbMetresPerSecond : -upward / vehicle.descentMetresPerSecond;
        return distances.to(cellOf(vertex)) * perMetre + rise;
      },
    };
  };
  const landingThrough = ({ start, flight }: Pick<RouteLeg, 'start' | 'flight'>): number => {
    let left = blocked[cellOf(start)] === 1 ? flight.at(start) : Number.POSITIVE_INFINITY;
    for (const vertex of border) left = Math.min(left, flight.at(vertex));
    return opens + left;
  };
  return {
    opens,
    closes,
    landingThrough,
    isInside: vertex => blocked[cellOf(vertex)] === 1,
    flight: (vehicle, { start, goal }) => {
      const bound = around(vehicle, start, goal);
      const isNowhere = blocked[cellOf(goal)] === 1;
      return {
        at: vertex => (isNowhere || blocked[cellOf(vertex)] === 1 ? Number.POSITIVE_INFINITY : bound.at(vertex)),
      };
    },
    profile: (vehicle, { start, goal, flight }) => {
      const bound = around(vehicle, start, goal);
      const perMetre = paceOf(vehicle);
      const isGoalBlocked = blocked[cellOf(goal)] === 1;
      const opened = landingThrough({ start, flight });
      return {
        landing: (vertex, low, _, free) => {
          const cell = cellOf(vertex);
          if (blocked[cell] === 1) return free;
          if (low + metresTo(network, bounds, vertex) * perMetre < closes) return free;
          const through = Math.max(free, opened);
          return isGoalBlocked ? through : Math.min(through, low + bound.at(vertex));
        },
      };
    },
  };
}

/** Cells all of whose vertices are inside of zones. */
function blockedCells({ x, y, z }: AirNetwork, lattice: Lattice, zones: readonly Zone[]): Uint8Array {
  const { columns, rows, layers, vertexAt } = lattice;
  const cells = columns * rows;
  const blocked = new Uint8Array(cells);
  const isInside = (vertex: number): boolean =>
    zones.some(zone => isInZone(zone, x[vertex] as number, y[vertex] as number, z[vertex] as number));
  for (let cell = 0; cell < cells; cell++) {
    let vertices = 0;
    let inside = 0;
    for (let layer = 0; layer < layers; layer++) {
      const vertex = vertexAt[layer * cells + cell] as number;
      if (vertex < 0) continue;
      vertices++;
      if (!isInside(vertex)) break;
      inside++;
    }
    if (inside > 0 && inside === vertices) blocked[cell] = 1;
  }
  return blocked;
}

/** Vertices of blocked cells next to others: whoever comes in from outside comes through one of them. */
function borderVertices({ columns, rows, layers, vertexAt }: Lattice, blocked: Uint8Array): number[] {
  const cells = columns * rows;
  const border: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    if (blocked[cell] === 0) continue;
    let isBorder = false;
    visitNeighbours(columns, rows, cell, other => {
      if (blocked[other] === 0) isBorder = true;
    });
    for (let layer = 0; layer < layers && isBorder; layer++) {
      const vertex = vertexAt[layer * cells + cell] as number;
      if (vertex >= 0) border.push(vertex);
    }
  }
  return border;
}

function visitNeighbours(
  columns: number,
  rows: number,
  cell: number,
  visit: (cell: number, isDiagonal: boolean) => void,
): void {
  const column = cell % columns;
  const row = (cell - column) / columns;
  for (let north = -1; north <= 1; north++) {
    if (row + north < 0 || row + north >= rows) continue;
    for (let east = -1; east <= 1; east++) {
      if (column + east < 0 || column + east >= columns || (north === 0 && east === 0)) continue;
      visit(cell + north * columns + east, north !== 0 && east !== 0);
    }
  }
}

/** Metres in a straight line to the rectangles around zones, 0 inside of one. */
function metresTo({ x, y }: AirNetwork, bounds: readonly Bounds[], vertex: number): number {
  const [px, py] = [x[vertex] as number, y[vertex] as number];
  let least = Number.POSITIVE_INFINITY;
  for (const { left, right, bottom, top } of bounds) {
    const east = Math.max(0, left - px, px - right);
    const north = Math.max(0, bottom - py, py - top);
    least = Math.min(least, Math.hypot(east, north));
  }
  return least;
}

/**
 * Metres from cells to a goal over steps that are open to cells that are not blocked: A* from the goal towards the
 * start, which goes on until the cell that is asked for is settled (reverse resumable A*, after Silver, "Cooperative
 * Pathfinding", 2005).
 */
function distancesAround(
  { columns, rows, cellMetres }: Lattice,
  blocked: Uint8Array,
  isOpen: (from: number, to: number) => boolean,
  goal: number,
  start: number,
): { to(cell: number): number } {
  const cells = columns * rows;
  const least = new Float64Array(cells).fill(Number.POSITIVE_INFINITY);
  const settled = new Uint8Array(cells);
  const heap = new LabelHeap();
  const startColumn = start % columns;
  const startRow = Math.floor(start / columns);
  const toStart = (cell: number): number => {
    const column = cell % columns;
    const east = Math.abs(column - startColumn);
    const north = Math.abs((cell - column) / columns - startRow);
    return Math.max(east, north) + (Math.SQRT2 - 1) * Math.min(east, north);
  };
  least[goal] = 0;
  heap.push(toStart(goal), 0, goal);
  return {
    to: cell => {
      while (settled[cell] === 0) {
        const next = heap.pop();
        if (next < 0) return Number.POSITIVE_INFINITY;
        if (settled[next] === 1) continue;
        settled[next] = 1;
        visitNeighbours(columns, rows, next, (other, isDiagonal) => {
          const through = (least[next] as number) + (isDiagonal ? Math.SQRT2 : 1);
          if (blocked[other] === 1 || through >= (least[other] as number) || !isOpen(other, next)) return;
          least[other] = through;
          heap.push(through + toStart(other), -through, other);
        });
      }
      return (least[cell] as number) * cellMetres;
    },
  };
}
