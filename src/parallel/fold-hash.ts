import type { FoldGraph } from './fold-graph.ts';

/** Hashes by radius, then by node. */
export interface FoldHashes {
  /** Over operands and users. */
  readonly around: readonly Int32Array[];
  /** Over operands. */
  readonly cones: readonly Int32Array[];
}

/**
 * Hashes of the surroundings of every node, by radius: `around[r][v]` depends on all nodes within r steps of v over
 * operands, users and regions. Colour refinement (Weisfeiler and Leman, 1968), cut off at a radius: refined until
 * stable it would tell every layer of a network from the next by its distance to the input. 32 bits: equal hashes are
 * a hint, and whatever is matched by them is verified. O(radius x (nodes + edges)).
 */
export function hashGraph(graph: FoldGraph, radius: number, coneRadius: number): FoldHashes {
  return { around: hashRounds(graph, radius, true), cones: hashRounds(graph, coneRadius, false) };
}

function hashRounds(graph: FoldGraph, radius: number, withUsers: boolean): readonly Int32Array[] {
  const first = Int32Array.from(graph.labels, label => mix(label + 1, 0x2c1b3c6d));
  const hashes: Int32Array[] = [first];
  for (let round = 0; round < radius; round++) hashes.push(refine(graph, hashes[round], withUsers));
  return hashes;
}

/** The largest radius at which the surroundings of two nodes look alike; -1 when even the nodes themselves differ. */
export function commonRadius(hashes: readonly Int32Array[], a: number, b: number): number {
  let radius = hashes.length - 1;
  while (radius >= 0 && hashes[radius][a] !== hashes[radius][b]) radius--;
  return radius;
}

function refine(graph: FoldGraph, before: Int32Array, withUsers: boolean): Int32Array {
  const { operandStart, operandNode, operandResult, userStart, userNode, userPosition, userResult } = graph;
  const after = new Int32Array(graph.nodeCount);
  for (let node = 0; node < graph.nodeCount; node++) {
    let hash = mix(before[node], 0x297a2d39);
    if (graph.parents[node] >= 0) hash = mix(hash, before[graph.parents[node]]);
    if (!isTerminator(graph, node)) {
      for (let edge = operandStart[node]; edge < operandStart[node + 1]; edge++) {
        hash = mix(hash, before[operandNode[edge]] + operandResult[edge]);
      }
    }
    let users = 0;
    const end = withUsers ? userStart[node + 1] : userStart[node];
    for (let edge = userStart[node]; edge < end; edge++) {
      const user = userNode[edge];
      // Which of a function's results a value becomes tells layers apart, and nothing else.
      const position = isTerminator(graph, user) ? 0 : userPosition[edge] + 1;
      users = (users + mix(before[user], position * 64 + userResult[edge])) | 0;
    }
    after[node] = mix(hash, users);
  }
  return after;
}

function isTerminator(graph: FoldGraph, node: number): boolean {
  return node < graph.operations.length && graph.operations[node].results.length === 0;
}

/** Two rounds of the murmur3 finalizer's multiply and shift. */
function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ Math.imul(value, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return mixed ^ (mixed >>> 13);
}
