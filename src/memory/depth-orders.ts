import type { Csr } from './csr-kernel.ts';
import type { OrderGraph } from './graph.ts';
import { firstTopologicalOrder } from './topological-kernel.ts';

/** The order of the program, or the nearest one that respects every edge. */
export function orderOfProgram(graph: OrderGraph): Int32Array {
  return firstTopologicalOrder(graph.successors);
}

/** Depth first from what nothing waits for, operands in the order in which they are read: XLA's post-order. */
export function orderDepthFirst(graph: OrderGraph): Int32Array {
  return postOrder(graph, () => 0);
}

/** Depth first from the last sinks back, operands last to first: ONNX Runtime's reverse depth-first order. */
export function orderReverseDepthFirst(graph: OrderGraph): Int32Array {
  const { predecessors, operatorCount } = graph;
  return postOrder(
    graph,
    (a, b) => b - a,
    (_, root) => operatorCount - 1 - root,
    predecessors,
  );
}

/**
 * XLA's depth-first scheduler: operands with more extra users below them first, then those with more bytes below them.
 * Both are counted along paths, so that shared parts count several times, as they do there.
 */
export function orderByExtraUsers(graph: OrderGraph): Int32Array {
  const { operatorCount, predecessors, successors, outputBytes } = graph;
  const extraUsers = new Float64Array(operatorCount);
  const totalBytes = new Float64Array(operatorCount);
  const cap = 2 ** 50;
  for (const operator of firstTopologicalOrder(successors)) {
    const users = successors.start[operator + 1] - successors.start[operator];
    let extra = Math.max(0, users - 1);
    let bytes = outputBytes[operator];
    for (let edge = predecessors.start[operator]; edge < predecessors.start[operator + 1]; edge++) {
      extra += extraUsers[predecessors.items[edge]];
      bytes += totalBytes[predecessors.items[edge]];
    }
    extraUsers[operator] = Math.min(extra, cap);
    totalBytes[operator] = Math.min(bytes, cap);
  }
  return postOrder(graph, (a, b) => extraUsers[b] - extraUsers[a] || totalBytes[b] - totalBytes[a]);
}

/** Breadth first: by the length of the longest path from an input. */
export function orderBreadthFirst(graph: OrderGraph): Int32Array {
  const { operatorCount, successors } = graph;
  const level = new Int32Array(operatorCount);
  const order = firstTopologicalOrder(successors);
  for (const operator of order) {
    for (let edge = successors.start[operator]; edge < successors.start[operator + 1]; edge++) {
      const next = successors.items[edge];
      level[next] = Math.max(level[next], level[operator] + 1);
    }
  }
  return order.slice().sort((a, b) => level[a] - level[b] || a - b);
}

/**
 * Runs what an operator waits for before it, depth first. `compare` orders what an operator waits for; `rootAt` the
 * operators from which the walk begins.
 */
function postOrder(
  graph: OrderGraph,
  compare: (a: number, b: number) => number,
  rootAt: (graph: OrderGraph, index: number) => number = (_, index) => index,
  predecessors: Csr = graph.predecessors,
): Int32Array {
  const { operatorCount, successors } = graph;
  const order = new Int32Array(operatorCount);
  const sorted = predecessors.items.slice();
  for (let operator = 0; operator < operatorCount; operator++) {
    sorted.subarray(predecessors.start[operator], predecessors.start[operator + 1]).sort(compare);
  }
  const visited = new Uint8Array(operatorCount);
  const path = new Int32Array(operatorCount);
  const next = predecessors.start.slice(0, operatorCount);
  let done = 0;
  for (let index = 0; index < operatorCount; index++) {
    const root = rootAt(graph, index);
    if (successors.start[root] !== successors.start[root + 1] || visited[root]) continue;
    let depth = 0;
    path[0] = root;
    visited[root] = 1;
    while (depth >= 0) {
      const operator = path[depth];
      if (next[operator] < predecessors.start[operator + 1]) {
        const before = sorted[next[operator]++];
        if (!visited[before]) {
          visited[before] = 1;
          path[++depth] = before;
        }
        continue;
      }
      order[done++] = operator;
      depth--;
    }
  }
  return order;
}
