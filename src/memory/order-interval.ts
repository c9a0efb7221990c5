import type { BufferColumns } from './buffers.ts';
import { type Csr, transpose } from './csr-kernel.ts';
import type { OrderGraph, ReuseColumns } from './graph.ts';

/** Some operators of a graph, to be ordered by themselves: all that come before them have run. */
export interface OrderInterval {
  readonly graph: OrderGraph;
  /** Operator of the whole graph, by operator of the interval. */
  readonly operators: Int32Array;
  /** Bytes that are there throughout and that nothing in the interval touches. */
  readonly constantBytes: number;
}

/**
 * The interval of `operators` after those marked in `done`; the rest comes later. What an order of it needs is what the
 * same steps need in the whole order, less `constantBytes`. Exact but for inputs that nothing reads, which are taken to
 * have left. O(N + E).
 */
export function intervalOf(graph: OrderGraph, operators: Int32Array, done: Uint8Array): OrderInterval {
  const own = new Int32Array(graph.operatorCount).fill(-1);
  for (let index = 0; index < operators.length; index++) own[operators[index]] = index;
  const { buffers, ownBuffer, constantBytes } = buffersOf(graph, operators, own, done);
  const touches = restrict(graph.touches, operators, ownBuffer);
  return {
    operators,
    constantBytes,
    graph: {
      operatorCount: operators.length,
      buffers,
      touches,
      touchedBy: transpose(touches, buffers.count),
      workspaceBytes: Float64Array.from(operators, operator => graph.workspaceBytes[operator]),
      workspaceBank: Int32Array.from(operators, operator => graph.workspaceBank[operator]),
      reuse: restrictReuse(graph.reuse, operators, ownBuffer),
      successors: restrict(graph.successors, operators, own),
      predecessors: restrict(graph.predecessors, operators, own),
      outputBytes: Float64Array.from(operators, operator => graph.outputBytes[operator]),
    },
  };
}

function buffersOf(
  graph: OrderGraph,
  operators: Int32Array,
  own: Int32Array,
  done: Uint8Array,
): { buffers: BufferColumns; ownBuffer: Int32Array; constantBytes: number } {
  const { touches, touchedBy, buffers } = graph;
  const ownBuffer = new Int32Array(buffers.count).fill(-1);
  const touched: number[] = [];
  for (const operator of operators) {
    for (let place = touches.start[operator]; place < touches.start[operator + 1]; place++) {
      const buffer = touches.items[place];
      if (ownBuffer[buffer] < 0) ownBuffer[buffer] = touched.push(buffer) - 1;
    }
  }
  const atStart = new Uint8Array(touched.length);
  const atEnd = new Uint8Array(touched.length);
  let constantBytes = 0;
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    let begun = buffers.atStart[buffer];
    let lasts = buffers.atEnd[buffer];
    for (let place = touchedBy.start[buffer]; place < touchedBy.start[buffer + 1]; place++) {
      const toucher = touchedBy.items[place];
      if (own[toucher] >= 0) continue;
      if (done[toucher]) begun = 1;
      else lasts = 1;
    }
    const index = ownBuffer[buffer];
    if (index >= 0) [atStart[index], atEnd[index]] = [begun, lasts];
    else if (begun && lasts) constantBytes += buffers.bytes[buffer];
  }
  return {
    buffers: {
      count: touched.length,
      bytes: Float64Array.from(touched, buffer => buffers.bytes[buffer]),
      bank: Int32Array.from(touched, buffer => buffers.bank[buffer]),
      atStart,
      atEnd,
    },
    ownBuffer,
    constantBytes,
  };
}

/** The lists of some, of what has a number in `own`. */
function restrict(csr: Csr, lists: Int32Array, own: Int32Array): Csr {
  const start = new Int32Array(lists.length + 1);
  const items: number[] = [];
  for (let list = 0; list < lists.length; list++) {
    for (let place = csr.start[lists[list]]; place < csr.start[lists[list] + 1]; place++) {
      if (own[csr.items[place]] >= 0) items.push(own[csr.items[place]]);
    }
    start[list + 1] = items.length;
  }
  return { start, items: Int32Array.from(items) };
}

function restrictReuse(reuse: ReuseColumns, operators: Int32Array, ownBuffer: Int32Array): ReuseColumns {
  const start = new Int32Array(operators.length + 1);
  const kept: number[] = [];
  for (let index = 0; index < operators.length; index++) {
    for (let pair = reuse.start[operators[index]]; pair < reuse.start[operators[index] + 1]; pair++) {
      if (ownBuffer[reuse.from[pair]] >= 0 && ownBuffer[reuse.to[pair]] >= 0) kept.push(pair);
    }
    start[index + 1] = kept.length;
  }
  return {
    start,
    from: Int32Array.from(kept, pair => ownBuffer[reuse.from[pair]]),
    to: Int32Array.from(kept, pair => ownBuffer[reuse.to[pair]]),
    forced: Uint8Array.from(kept, pair => reuse.forced[pair]),
  };
}
