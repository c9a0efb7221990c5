import { moveSize } from './collision-kernel.ts';
import { type AirNetwork, edgeCount, edgeSeconds, vertexCount } from './network.ts';
import type { VehicleClass } from './vehicle.ts';

/** What one class of vehicles does on the edges of a network. */
export interface Moves {
  readonly vehicle: VehicleClass;
  /** Seconds of each edge. */
  readonly seconds: Float64Array;
  /** `moveSize` entries an edge, as collision kernels read them. */
  readonly columns: Float64Array;
}

export function createMoves(network: AirNetwork, vehicle: VehicleClass): Moves {
  const { x, y, z, edgeOffsets, edgeTargets } = network;
  const seconds = edgeSeconds(network, vehicle);
  const columns = new Float64Array(edgeCount(network) * moveSize);
  for (let from = 0; from < vertexCount(network); from++) {
    const end = edgeOffsets[from + 1] as number;
    for (let edge = edgeOffsets[from] as number; edge < end; edge++) {
      const to = edgeTargets[edge] as number;
      const duration = seconds[edge] as number;
      const pace = duration > 0 ? 1 / duration : 0;
      const at = edge * moveSize;
      columns[at] = x[from] as number;
      columns[at + 1] = y[from] as number;
      columns[at + 2] = z[from] as number;
      columns[at + 3] = ((x[to] as number) - (x[from] as number)) * pace;
      columns[at + 4] = ((y[to] as number) - (y[from] as number)) * pace;
      columns[at + 5] = ((z[to] as number) - (z[from] as number)) * pace;
      columns[at + 6] = duration;
    }
  }
  return { vehicle, seconds, columns };
}

/** The edge from one vertex to another, -1 if there is none. */
export function findEdge(network: AirNetwork, from: number, to: number): number {
  const end = network.edgeOffsets[from + 1] as number;
  for (let edge = network.edgeOffsets[from] as number; edge < end; edge++) {
    if (network.edgeTargets[edge] === to) return edge;
  }
  return -1;
}
