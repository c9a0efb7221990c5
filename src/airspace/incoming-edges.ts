/** The edges of a graph by the vertex that they lead to. */
export interface IncomingEdges {
  visit(vertex: number, see: (edge: number, source: number) => void): void;
}

export function createIncomingEdges({
  edgeOffsets,
  edgeTargets,
}: {
  readonly edgeOffsets: Int32Array;
  readonly edgeTargets: Int32Array;
}): IncomingEdges {
  const count = edgeOffsets.length - 1;
  const offsets = new Int32Array(count + 1);
  for (const target of edgeTargets) offsets[target + 1] = (offsets[target + 1] as number) + 1;
  for (let vertex = 0; vertex < count; vertex++) {
    offsets[vertex + 1] = (offsets[vertex + 1] as number) + (offsets[vertex] as number);
  }
  const incoming = new Int32Array(edgeTargets.length);
  const sources = new Int32Array(edgeTargets.length);
  const cursor = offsets.slice();
  for (let source = 0; source < count; source++) {
    const end = edgeOffsets[source + 1] as number;
    for (let edge = edgeOffsets[source] as number; edge < end; edge++) {
      const target = edgeTargets[edge] as number;
      const slot = cursor[target] as number;
      incoming[slot] = edge;
      sources[slot] = source;
      cursor[target] = slot + 1;
    }
  }
  return {
    visit: (vertex, see) => {
      for (let slot = offsets[vertex] as number; slot < (offsets[vertex + 1] as number); slot++) {
        see(incoming[slot] as number, sources[slot] as number);
      }
    },
  };
}
