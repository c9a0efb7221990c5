import type { OrderGraph, ReuseColumns } from './graph.ts';

/**
 * The graph run backwards: what is there at a step is the same, seen from the end. What lasts to the end is there at the
 * start, and an output that takes over an input becomes an input that is taken over. Backwards, a list scheduler puts
 * off whatever is needed late, where forwards it hurries what could be done early.
 */
export function reverseGraph(graph: OrderGraph): OrderGraph {
  const { buffers, successors, predecessors, reuse } = graph;
  return {
    ...graph,
    buffers: { ...buffers, atStart: buffers.atEnd, atEnd: buffers.atStart },
    successors: predecessors,
    predecessors: successors,
    reuse: reverseReuse(reuse),
  };
}

/** Pairs with their ends exchanged, those of one operator sorted by the buffer that takes over. */
function reverseReuse({ start, from, to, forced }: ReuseColumns): ReuseColumns {
  const order = Int32Array.from(from, (_, pair) => pair);
  for (let operator = 0; operator + 1 < start.length; operator++) {
    order.subarray(start[operator], start[operator + 1]).sort((a, b) => from[a] - from[b] || forced[b] - forced[a]);
  }
  return {
    start,
    from: order.map(pair => to[pair]),
    to: order.map(pair => from[pair]),
    forced: Uint8Array.from(order, pair => forced[pair]),
  };
}
