import { type BytesOf, type MemoryOfKind, memoryPerDevice } from '../cost/index.ts';
import type { Func } from '../ir/index.ts';
import {
  createLivenessGraph,
  createMemoryGraph,
  type Liveness,
  type LivenessGraph,
  type MemoryProblem,
  measureLiveness,
  orderOfProgram,
  residentBytes,
  runsInOrder,
} from '../memory/index.ts';
import { planFunction } from './memory-problem.ts';

/**
 * Memory of one step on one device, by kind, when the operations of a function without calls run in program order.
 * `bytesOf` gives the bytes of each value on a device, from its sharding. An estimate of what a compiler needs: what
 * it fuses takes nothing (`isFused`), but how it orders, and what it makes again beyond that, is not followed.
 */
export function deviceMemory(func: Func, bytesOf: BytesOf): MemoryOfKind[] {
  return memoryPerDevice(func, bytesOf, transientBytes(func, bytesOf));
}

/** The most bytes beyond arguments and constants that are there at once, in program order. */
export function transientBytes(func: Func, bytesOf: BytesOf): number {
  return transientOf(planFunction(func, func.name, { bytesOf, bodyBytes: transientOf, materialise: 'fused' }).problem);
}

/** What lives when, in program order. */
export interface ProgramLiveness {
  readonly graph: LivenessGraph;
  /** Operators by step. */
  readonly order: Int32Array;
  readonly liveness: Liveness;
}

/** Runs the operators of a problem in program order. */
export function livenessInOrder(problem: MemoryProblem): ProgramLiveness {
  const graph = createLivenessGraph(problem);
  const order = runsInOrder(graph) ? identityOrder(graph.operatorCount) : orderOfProgram(createMemoryGraph(problem));
  return { graph, order, liveness: measureLiveness(graph, order) };
}

/** The most bytes beyond inputs and constants that a problem needs at once, in program order. */
export function transientOf(problem: MemoryProblem): number {
  const { graph, liveness } = livenessInOrder(problem);
  return liveness.peakBytes - residentBytes(graph);
}

function identityOrder(count: number): Int32Array {
  const order = new Int32Array(count);
  for (let step = 0; step < count; step++) order[step] = step;
  return order;
}
