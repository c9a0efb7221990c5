import { isAnchor } from './fold-anchors.ts';
import type { Draft } from './fold-blocks.ts';
import type { FoldGraph } from './fold-graph.ts';

/**
 * The number of weights of an instance: arguments that reach a matrix product or convolution of the same instance
 * through operations that depend on nothing else, such as a cast or a transpose.
 */
export function countWeights(graph: FoldGraph, { roles }: Draft): number {
  const members = new Set(roles.map(([node]) => node));
  const start = graph.operations.length;
  const end = start + graph.func.arguments.length;
  let count = 0;
  for (const node of members) if (node >= start && node < end && reachesAnchor(graph, members, node)) count++;
  return count;
}

function reachesAnchor(graph: FoldGraph, members: ReadonlySet<number>, argument: number): boolean {
  const pending = [argument];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (let edge = graph.userStart[node]; edge < graph.userStart[node + 1]; edge++) {
      const user = graph.userNode[edge];
      if (!members.has(user)) continue;
      if (isAnchor(graph, user)) return true;
      if (openOperands(graph, user) === 1) pending.push(user);
    }
  }
  return false;
}

function openOperands(graph: FoldGraph, node: number): number {
  let count = 0;
  for (let edge = graph.operandStart[node]; edge < graph.operandStart[node + 1]; edge++) {
    if (graph.closed[graph.operandNode[edge]] === 0) count++;
  }
  return count;
}
