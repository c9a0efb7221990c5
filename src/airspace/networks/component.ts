import { type AirNetwork, type ExplicitSource, edgeSources, vertexCount } from '../network.ts';

/**
 * Marks the vertices of the largest strongly connected part of a network: from each there is a way to each. The first
 * of equal parts. Fast where few parts are large.
 */
export function largestComponent(network: AirNetwork): Uint8Array {
  const count = vertexCount(network);
  const backward = reversed(network);
  const taken = new Uint8Array(count);
  let best = new Uint8Array(count);
  let bestSize = 0;
  let left = count;
  for (let root = 0; root < count && left > bestSize; root++) {
    if (taken[root] === 1) continue;
    const reached = reach(network.edgeOffsets, network.edgeTargets, root);
    const reaching = reach(backward.offsets, backward.targets, root);
    const part = new Uint8Array(count);
    let size = 0;
    for (let vertex = 0; vertex < count; vertex++) {
      if (reached[vertex] === 0 || reaching[vertex] === 0) continue;
      part[vertex] = 1;
      taken[vertex] = 1;
      size++;
    }
    left -= size;
    if (size > bestSize) [best, bestSize] = [part, size];
  }
  return best;
}

/** A graph without the vertices that are not kept; the others keep their order. */
export function keepVertices(source: ExplicitSource, kept: Uint8Array): ExplicitSource {
  const renamed = new Int32Array(kept.length).fill(-1);
  let count = 0;
  for (let vertex = 0; vertex < kept.length; vertex++) if (kept[vertex] === 1) renamed[vertex] = count++;
  const isKept = (vertex: number): boolean => kept[vertex] === 1;
  const rename = (vertex: number): number => renamed[vertex] as number;
  return {
    kind: 'graph',
    vertices: source.vertices.filter((_, vertex) => isKept(vertex)),
    edges: source.edges
      .filter(([from, to]) => isKept(from) && isKept(to))
      .map(([from, to]) => [rename(from), rename(to)] as const),
    ...(source.noHover === undefined ? {} : { noHover: source.noHover.filter(isKept).map(rename) }),
    ...(source.names === undefined ? {} : { names: source.names.filter((_, vertex) => isKept(vertex)) }),
  };
}

function reversed(network: AirNetwork): { readonly offsets: Int32Array; readonly targets: Int32Array } {
  const count = vertexCount(network);
  const offsets = new Int32Array(count + 1);
  for (const target of network.edgeTargets) offsets[target + 1] = (offsets[target + 1] as number) + 1;
  for (let vertex = 0; vertex < count; vertex++) {
    offsets[vertex + 1] = (offsets[vertex + 1] as number) + (offsets[vertex] as number);
  }
  const cursor = offsets.slice();
  const targets = new Int32Array(network.edgeTargets.length);
  const sources = edgeSources(network);
  for (let edge = 0; edge < targets.length; edge++) {
    const target = network.edgeTargets[edge] as number;
    const slot = cursor[target] as number;
    targets[slot] = sources[edge] as number;
    cursor[target] = slot + 1;
  }
  return { offsets, targets };
}

function reach(offsets: Int32Array, targets: Int32Array, root: number): Uint8Array {
  const reached = new Uint8Array(offsets.length - 1);
  const stack = [root];
  reached[root] = 1;
  for (let vertex = stack.pop(); vertex !== undefined; vertex = stack.pop()) {
    const end = offsets[vertex + 1] as number;
    for (let edge = offsets[vertex] as number; edge < end; edge++) {
      const target = targets[edge] as number;
      if (reached[target] === 1) continue;
      reached[target] = 1;
      stack.push(target);
    }
  }
  return reached;
}
