import { LabelHeap } from './label-heap-kernel.ts';
import { type AirNetwork, edgeCount, edgeSources, type Lattice, vertexCount } from './network.ts';
import type { FlightBound } from './route-query.ts';
import type { VehicleClass } from './vehicle.ts';

/** Least seconds of flight to goals over an empty sky, for one class. Goals that were asked for are kept. */
export interface FreeFlight {
  to(goal: number): FlightBound;
}

/** Exact on every network; on lattices by distances on one layer, since steps are level or upright there. */
export function createFreeFlight(network: AirNetwork, vehicle: VehicleClass, seconds: Float64Array): FreeFlight {
  const kept = new Map<number, FlightBound>();
  const make = network.lattice === undefined ? backwardSearch(network, seconds) : layerSearch(network, vehicle);
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
  const sources = edgeSources(network);
  const offsets = new Int32Array(count + 1);
  for (const target of network.edgeTargets) offsets[target + 1] = (offsets[target + 1] as number) + 1;
  for (let vertex = 0; vertex < count; vertex++) {
    offsets[vertex + 1] = (offsets[vertex + 1] as number) + (offsets[vertex] as number);
  }
  const incoming = new Int32Array(edgeCount(network));
  const cursor = offsets.slice();
  network.edgeTargets.forEach((target, edge) => {
    const slot = cursor[target] as number;
    incoming[slot] = edge;
    cursor[target] = slot + 1;
  });
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
      for (let slot = offsets[vertex] as number; slot < (offsets[vertex + 1] as number); slot++) {
        const edge = incoming[slot] as number;
        const source = sources[edge] as number;
        const through = key + (seconds[edge] as number);
        if (through >= (least[source] as number)) continue;
        least[source] = through;
        heap.push(through, 0, source);
      }
    }
    return { at: vertex => least[vertex] as number };
  };
}

/**
 * Distances over the cells of all layers together, which layers have in common on the lattices that are generated, and upright
 * flight added. Where a cell is missing in some layer the bound may be too small, never too large.
 */
function layerSearch(network: AirNetwork, vehicle: VehicleClass): (goal: number) => FlightBound {
  const lattice = network.lattice as Lattice;
  const { columns, rows, layers, vertexAt, cellOf, layerHeights } = lattice;
  const cells = columns * rows;
  const open = new Uint8Array(cells);
  for (let layer = 0; layer < layers; layer++) {
    for (let cell = 0; cell < cells; cell++) if ((vertexAt[layer * cells + cell] as number) >= 0) open[cell] = 1;
  }
  const straight = lattice.cellMetres / vehicle.speedMetresPerSecond;
  const diagonal = straight * Math.SQRT2;
  const upright = (from: number, to: number): number =>
    to >= from ? (to - from) / vehicle.climbMetresPerSecond : (from - to) / vehicle.descentMetresPerSecond;
  return goal => {
    const goalCell = (cellOf[goal] as number) % cells;
    const goalHeight = layerHeights[Math.floor((cellOf[goal] as number) / cells)] as number;
    const rise = Float64Array.from(layerHeights, height => upright(height, goalHeight));
    const least = new Float32Array(cells).fill(Number.POSITIVE_INFINITY);
    const heap = new LabelHeap();
    least[goalCell] = 0;
    heap.push(0, 0, goalCell);
    for (let key = heap.smallestKey(), cell = heap.pop(); cell >= 0; key = heap.smallestKey(), cell = heap.pop()) {
      if (Math.fround(key) > (least[cell] as number)) continue;
      const column = cell % columns;
      const row = (cell - column) / columns;
      for (let down = -1; down <= 1; down++) {
        for (let right = -1; right <= 1; right++) {
          if (column + right < 0 || column + right >= columns || row + down < 0 || row + down >= rows) continue;
          const other = cell + down * columns + right;
          const through = key + (down !== 0 && right !== 0 ? diagonal : straight);
          if (open[other] === 0 || Math.fround(through) >= (least[other] as number)) continue;
          least[other] = through;
          heap.push(through, 0, other);
        }
      }
    }
    // Single precision keeps 24 bits; a little less is still a lower bound.
    return {
      at: vertex => {
        const cell = cellOf[vertex] as number;
        const layer = Math.floor(cell / cells);
        return (least[cell - layer * cells] as number) * (1 - 2 ** -22) + (rise[layer] as number);
      },
    };
  };
}
