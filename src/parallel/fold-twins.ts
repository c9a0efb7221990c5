import type { FoldGraph } from './fold-graph.ts';
import type { NodePair } from './fold-growth.ts';

/**
 * Seeds for parts of a program that stand alone and look alike, such as the updates of statistics that no layer reads.
 * A part stands alone when all that it shares with the rest are scalars, constants and the return: nothing of how it is
 * placed bears on the rest, so the best placement of one is the best of its twins. Each list joins the twins of one
 * kind. Only operations that are not `taken` are looked at.
 */
export function findTwins(graph: FoldGraph, hashes: Int32Array, taken: Uint8Array): readonly (readonly NodePair[])[] {
  const parts = standaloneParts(graph, taken);
  const kinds = new Map<string, number[]>();
  for (const nodes of parts) {
    let sum = 0;
    let first = nodes[0];
    for (const node of nodes) {
      sum = (sum + Math.imul(hashes[node], hashes[node] | 1)) | 0;
      if (hashes[node] < hashes[first]) first = node;
    }
    const key = `${nodes.length} ${sum}`;
    const members = kinds.get(key) ?? [];
    if (members.length === 0) kinds.set(key, members);
    members.push(first);
  }
  const lists: NodePair[][] = [];
  for (const members of kinds.values()) {
    if (members.length < 2) continue;
    lists.push(members.slice(1).map((to, index) => ({ from: members[index], to })));
  }
  return lists;
}

/** The nodes of each part, ascending; parts by their first nodes. */
function standaloneParts(graph: FoldGraph, taken: Uint8Array): readonly (readonly number[])[] {
  const { operations, nodeCount, operandStart, operandNode, parents, closed } = graph;
  const roots = Int32Array.from({ length: nodeCount }, (_, node) => node);
  const find = (node: number): number => {
    while (roots[node] !== node) {
      roots[node] = roots[roots[node]];
      node = roots[node];
    }
    return node;
  };
  const join = (a: number, b: number): void => {
    const [low, high] = [find(a), find(b)].sort((left, right) => left - right);
    roots[high] = low;
  };
  const isTied = new Uint8Array(nodeCount);
  for (let node = 0; node < operations.length; node++) {
    if (parents[node] >= 0) join(parents[node], node);
    if (operations[node].results.length === 0) continue;
    for (let edge = operandStart[node]; edge < operandStart[node + 1]; edge++) {
      const producer = operandNode[edge];
      if (closed[producer] === 1 || isScalar(graph, operations[node].operands[edge - operandStart[node]])) continue;
      join(node, producer);
    }
  }
  for (let node = 0; node < nodeCount; node++) if (taken[node] === 1) isTied[find(node)] = 1;
  const parts = new Map<number, number[]>();
  for (let node = 0; node < operations.length; node++) {
    const root = find(node);
    if (isTied[root] === 1 || closed[node] === 1) continue;
    const nodes = parts.get(root) ?? [];
    if (nodes.length === 0) parts.set(root, nodes);
    nodes.push(node);
  }
  return [...parts.values()];
}

function isScalar(graph: FoldGraph, value: number): boolean {
  const type = graph.func.valueTypes[value];
  return type.kind === 'tensor' && type.shape.length === 0;
}
