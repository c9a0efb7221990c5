import { createIncomingEdges } from './incoming-edges.ts';
import { LabelHeap } from './label-heap-kernel.ts';
import { type AirNetwork, type Lattice, vertexCount } from './network.ts';
import type { FlightBound } from './route-query.ts';
import type { VehicleClass } from './vehicle.ts';

/** Least seconds of flight to goals over an empty sky, for one class. Goals that were asked for are kept. */
export interface FreeFlight {
  to(goal: number): FlightBound;
}

/** Level distances on a lattice, which all classes have in common. */
export interface LayerDistances {
  /** Metres from the cells of a layer to the cell of a goal; infinite where there is no way. */
  to(goal: number): Float32Array;
}

/**
 * Exact on every network; on lattices by distances on one layer, since steps are level or upright there.
 *
 * @param distances of the network's lattice, where it has one.
 */
export function createFreeFlight(
  network: AirNetwork,
  vehicle: VehicleClass,
  seconds: Float64Array,
  distances?: LayerDistances,
): FreeFlight {
  const kept = new Map<number, FlightBound>();
  const make =
    network.lattice === undefined || distances === undefined
      ? backwardSearch(network, seconds)
      : layerBound(network.lattice, vehicle, distances);
  return {
    to: goal => {
      const known = kept.get(goal);
      if (known !== undefined) return known;
      const made = make(goal);
      kept.set(goal, made);
      return made;
    },
  };
}

/** Dijkstra's algorithm from the goal against the edges. */
function backwardSearch(network: AirNetwork, seconds: Float64Array): (goal: number) => FlightBound {
  const count = vertexCount(network);
  const incoming = createIncomingEdges(network);
  return goal => {
    const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    const heap = new LabelHeap();
    least[goal] = 0;
    heap.push(0, 0, goal);
    for (
      let key = heap.smallestKey(), vertex = heap.pop();
      vertex >= 0;
      key = heap.smallestKey(), vertex = heap.pop()
    ) {
      if (key > (least[vertex] as number)) continue;
      incoming.visit(vertex, (edge, source) => {
        const through = key + (seconds[edge] as number);
        if (through >= (least[source] as number)) return;
        least[source] = through;
        heap.push(through, 0, source);
      });
    }
    return { at: vertex => least[vertex] as number };
  };
}

/**
 * Distances over the cells of all layers together, which layers have in common on the lattices that are generated.
 * Where a cell is missing in some layer they may be too small, never too large. Goals that were asked for are kept.
 *
 * Dijkstra's algorithm with buckets as wide as the shortest step, a cell: whatever is in the first bucket that is not
 * empty is as near as it can get, so that no heap is needed (Dial, "Algorithm 360: Shortest-path forest with
 * topological ordering", 1969).
 */
export function createLayerDistances({ columns, rows, layers, vertexAt, cellOf, cellMetres }: Lattice): LayerDistances {
  const cells = columns * rows;
  // A border of closed cells all round, so that neighbours need not be looked at for where they are.
  const wide = columns + 2;
  const open = new Uint8Array(wide * (rows + 2));
  for (let layer = 0; layer < layers; layer++) {
    for (let cell = 0; cell < cells; cell++) {
      if ((vertexAt[layer * cells + cell] as number) >= 0) open[borderedCell(cell, columns)] = 1;
    }
  }
  const steps = Int32Array.of(-1, 1, -wide, wide, -wide - 1, -wide + 1, wide - 1, wide + 1);
  // No step is longer than two buckets are wide.
  const buckets = [new Int32Array(64), new Int32Array(64), new Int32Array(64)] as [Int32Array, Int32Array, Int32Array];
  const sizes = [0, 0, 0] as [number, number, number];
  const put = (bucket: 0 | 1 | 2, cell: number): void => {
    const size = sizes[bucket]++;
    if (size === buckets[bucket].length) {
      const larger = new Int32Array(2 * size);
      larger.set(buckets[bucket]);
      buckets[bucket] = larger;
    }
    buckets[bucket][size] = cell;
  };
  const least = new Float64Array(open.length);
  const search = (goalCell: number): Float32Array => {
    least.fill(Number.POSITIVE_INFINITY);
    const start = borderedCell(goalCell, columns);
    least[start] = 0;
    put(0, start);
    for (let reach = 0; sizes[0] + sizes[1] + sizes[2] > 0; reach++) {
      const bucket = (reach % 3) as 0 | 1 | 2;
      const size = sizes[bucket];
      sizes[bucket] = 0;
      for (let index = 0; index < size; index++) {
        const cell = buckets[bucket][index] as number;
        const here = least[cell] as number;
        // It was nearer already when it was put in again.
        if (here < reach) continue;
        for (let step = 0; step < 8; step++) {
          const other = cell + (steps[step] as number);
          const through = here + (step < 4 ? 1 : Math.SQRT2);
          if (open[other] === 0 || through >= (least[other] as number)) continue;
          least[other] = through;
          put((Math.floor(through) % 3) as 0 | 1 | 2, other);
        }
      }
    }
    const metres = new Float32Array(cells);
    for (let row = 0, cell = 0; row < rows; row++) {
      for (let column = 0, from = (row + 1) * wide + 1; column < columns; column++, cell++, from++) {
        metres[cell] = (least[from] as number) * cellMetres;
      }
    }
    return metres;
  };
  const kept = new Map<number, Float32Array>();
  return {
    to: goal => {
      const cell = (cellOf[goal] as number) % cells;
      const known = kept.get(cell) ?? search(cell);
      kept.set(cell, known);
      return known;
    },
  };
}

function borderedCell(cell: number, columns: number): number {
  const row = Math.floor(cell / columns);
  return (row + 1) * (columns + 2) + cell - row * columns + 1;
}

/** The time that the distance takes at a class's speed, and upright flight added. */
function layerBound(
  { columns, rows, cellOf, layerHeights }: Lattice,
  vehicle: VehicleClass,
  distances: LayerDistances,
): (goal: number) => FlightBound {
  const cells = columns * rows;
  const upright = (from: number, to: number): number =>
    to >= from ? (to - from) / vehicle.climbMetresPerSecond : (from - to) / vehicle.descentMetresPerSecond;
  // Single precision keeps 24 bits; a little less is still a lower bound.
  const perMetre = (1 - 2 ** -22) / vehicle.speedMetresPerSecond;
  return goal => {
    const goalHeight = layerHeights[Math.floor((cellOf[goal] as number) / cells)] as number;
    const rise = Float64Array.from(layerHeights, height => upright(height, goalHeight));
    const metres = distances.to(goal);
    return {
      at: vertex => {
        const cell = cellOf[vertex] as number;
        const layer = Math.floor(cell / cells);
        return (metres[cell - layer * cells] as number) * perMetre + (rise[layer] as number);
      },
    };
  };
}
