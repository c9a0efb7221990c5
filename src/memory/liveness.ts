import type { LivenessColumns, MemoryGraph } from './graph.ts';
import { computeLifetimes, sumLiveBytes } from './liveness-kernel.ts';

/** What lives when, in a given order. */
export interface Liveness {
  /** First step of each buffer. */
  readonly start: Int32Array;
  /** One past the last step of each buffer. */
  readonly end: Int32Array;
  /** Of all banks together, by step. */
  readonly liveBytes: Float64Array;
  /** The most bytes that are there at once. */
  readonly peakBytes: number;
  /** The first step at which they are. */
  readonly peakStep: number;
}

/** Lifetimes and live bytes of an order of all operators. O(N + E). */
export function measureLiveness(graph: LivenessColumns, order: Int32Array): Liveness {
  const position = positionsOf(order);
  const start = new Int32Array(graph.buffers.count);
  const end = new Int32Array(graph.buffers.count);
  computeLifetimes(graph, position, start, end);
  const liveBytes = new Float64Array(Math.max(1, order.length));
  sumLiveBytes(graph, order, start, end, -1, liveBytes);
  let peakStep = 0;
  for (let step = 1; step < liveBytes.length; step++) if (liveBytes[step] > liveBytes[peakStep]) peakStep = step;
  return { start, end, liveBytes, peakBytes: liveBytes[peakStep], peakStep };
}

/** Step of each operator. */
export function positionsOf(order: Int32Array): Int32Array {
  const position = new Int32Array(order.length);
  for (let step = 0; step < order.length; step++) position[order[step]] = step;
  return position;
}

/** Bytes of inputs and constants, whatever the order. */
export function residentBytes(graph: LivenessColumns): number {
  let sum = 0;
  for (let buffer = 0; buffer < graph.buffers.count; buffer++) {
    if (graph.buffers.atStart[buffer]) sum += graph.buffers.bytes[buffer];
  }
  return sum;
}

/** Names of what is there at a step, the largest first: tensors, and the operator's workspace. */
export function residentsAt(graph: MemoryGraph, order: Int32Array, liveness: Liveness, step: number): Resident[] {
  const { problem, buffers } = graph;
  const named = new Map<number, string>();
  problem.tensors.forEach((tensor, index) => {
    const buffer = buffers.ofTensor[index];
    if (!named.has(buffer) || buffers.shiftOfTensor[index] === 0) named.set(buffer, tensor.name);
  });
  const found: Resident[] = [];
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    if (liveness.start[buffer] > step || liveness.end[buffer] <= step) continue;
    found.push({ name: named.get(buffer) ?? '', sizeBytes: buffers.bytes[buffer] });
  }
  const operator = step < order.length ? order[step] : -1;
  const workspace = operator < 0 ? 0 : graph.workspaceBytes[operator];
  if (workspace > 0) found.push({ name: `workspace of ${problem.operators[operator].name}`, sizeBytes: workspace });
  return found.sort((a, b) => b.sizeBytes - a.sizeBytes);
}

/** A tensor or workspace that is in memory at some step. */
export interface Resident {
  readonly name: string;
  readonly sizeBytes: number;
}
