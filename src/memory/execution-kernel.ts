import type { OrderGraph } from './graph.ts';
import { clearMatches, createReuseScratch, matchReuse, type ReuseScratch } from './reuse-kernel.ts';

/** A graph of which some operators have run. Mutable; one per search. */
export interface Execution {
  readonly graph: OrderGraph;
  /** Bytes between steps. */
  liveBytes: number;
  /** The most bytes that were there at any step so far. */
  peakBytes: number;
  executed: number;
  /** Operators left that must run before, by operator; -1 for those that have run. */
  readonly waiting: Int32Array;
  /** Operators left that touch it, by buffer. */
  readonly remaining: Int32Array;
  /** 1 for buffers that hold something. */
  readonly born: Uint8Array;
  readonly reuse: ReuseScratch;
  /** Bytes of donated inputs that nothing reads: they leave after the first step. */
  unreadBytes: number;
}

/** What one operator would do next. */
export interface StepBytes {
  /** At its step. */
  during: number;
  /** After it. */
  after: number;
}

export function beginExecution(graph: OrderGraph): Execution {
  const { buffers, touchedBy, predecessors, operatorCount } = graph;
  const remaining = new Int32Array(buffers.count);
  const waiting = new Int32Array(operatorCount);
  let [liveBytes, unreadBytes] = [0, 0];
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    remaining[buffer] = touchedBy.start[buffer + 1] - touchedBy.start[buffer];
    if (!buffers.atStart[buffer]) continue;
    liveBytes += buffers.bytes[buffer];
    if (remaining[buffer] === 0 && !buffers.atEnd[buffer]) unreadBytes += buffers.bytes[buffer];
  }
  for (let operator = 0; operator < operatorCount; operator++) {
    waiting[operator] = predecessors.start[operator + 1] - predecessors.start[operator];
  }
  const born = Uint8Array.from(buffers.atStart);
  const reuse = createReuseScratch(graph.reuse, buffers.count);
  return { graph, liveBytes, peakBytes: liveBytes, executed: 0, waiting, remaining, born, reuse, unreadBytes };
}

/** Writes into `result` what `operator`, which must be ready, would do next. O(its buffers). */
export function measureStep(execution: Execution, operator: number, result: StepBytes): void {
  const { graph, remaining, born, reuse: scratch } = execution;
  const { touches, buffers, reuse } = graph;
  let during = execution.liveBytes + graph.workspaceBytes[operator];
  let freed = 0;
  let made = 0;
  for (let place = touches.start[operator]; place < touches.start[operator + 1]; place++) {
    const buffer = touches.items[place];
    if (!born[buffer]) made += buffers.bytes[buffer];
    if (remaining[buffer] === 1 && !buffers.atEnd[buffer]) freed += buffers.bytes[buffer];
  }
  during += made;
  if (reuse.start[operator] < reuse.start[operator + 1]) {
    for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
      const from = reuse.from[pair];
      // A donated input that nothing reads leaves after the first step, like one that is read there.
      const last = remaining[from] === 1 || (remaining[from] === 0 && execution.executed === 0);
      const dies = last && !buffers.atEnd[from];
      scratch.usable[pair] = dies && born[from] && !born[reuse.to[pair]] ? 1 : 0;
    }
    during -= matchReuse(reuse, operator, scratch, buffers.bytes);
    clearMatches(reuse, operator, scratch);
  }
  result.during = during;
  result.after = execution.liveBytes + made - freed - (execution.executed === 0 ? execution.unreadBytes : 0);
}

/** Runs `operator` next. `step` is what `measureStep` said. Afterwards `waiting` tells which others have become ready. */
export function executeStep(execution: Execution, operator: number, step: StepBytes): void {
  const { graph, remaining, born, waiting } = execution;
  const { touches, successors } = graph;
  execution.peakBytes = Math.max(execution.peakBytes, step.during);
  execution.liveBytes = step.after;
  execution.executed++;
  waiting[operator] = -1;
  for (let place = touches.start[operator]; place < touches.start[operator + 1]; place++) {
    const buffer = touches.items[place];
    remaining[buffer]--;
    born[buffer] = 1;
  }
  for (let edge = successors.start[operator]; edge < successors.start[operator + 1]; edge++) {
    waiting[successors.items[edge]]--;
  }
}

/** The most that is there in an order, and the first step at which it is. */
export interface OrderPeak {
  readonly bytes: number;
  readonly step: number;
}

/** The peak of an order. O(N + E). */
export function peakOfOrder(graph: OrderGraph, order: Int32Array): OrderPeak {
  const bytes = measureOperators(graph, order);
  let step = 0;
  for (let at = 1; at < order.length; at++) if (bytes[order[at]] > bytes[order[step]]) step = at;
  return { bytes: order.length === 0 ? 0 : bytes[order[step]], step };
}

/** Bytes at the step of each operator in an order, by operator. O(N + E). */
export function measureOperators(graph: OrderGraph, order: Int32Array): Float64Array {
  const execution = beginExecution(graph);
  const bytes = new Float64Array(graph.operatorCount);
  const step = { during: 0, after: 0 };
  for (let at = 0; at < order.length; at++) {
    measureStep(execution, order[at], step);
    bytes[order[at]] = step.during;
    executeStep(execution, order[at], step);
  }
  return bytes;
}
