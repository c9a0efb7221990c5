import { type AirNetwork, edgeCount, edgeSources, vertexCount } from './network.ts';

/** The edges of a network by the vertex that they lead to. */
export interface IncomingEdges {
  visit(vertex: number, see: (edge: number, source: number) => void): void;
}

export function createIncomingEdges(network: AirNetwork): IncomingEdges {
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
  return {
    visit: (vertex, see) => {
      for (let slot = offsets[vertex] as number; slot < (offsets[vertex + 1] as number); slot++) {
        const edge = incoming[slot] as number;
        see(edge, sources[edge] as number);
      }
    },
  };
}
