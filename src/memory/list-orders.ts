import { beginExecution, type Execution, executeStep, measureStep, type StepBytes } from './execution-kernel.ts';
import type { OrderGraph } from './graph.ts';

/**
 * True when the first of two ready operators should run before the second. `live` is what is there now, `peak` the most
 * that was there so far; ties go to the operator that comes first in the program.
 */
type Preference = (a: ReadyStep, b: ReadyStep, execution: Execution) => boolean;

interface ReadyStep extends StepBytes {
  readonly operator: number;
}

/**
 * LESCEA, which Inductor calls LPMF: among the ready operators that do not raise the peak so far, the one that leaves the
 * least behind; when all would raise it, the one that raises it least.
 */
export function orderByLeastPeak(graph: OrderGraph): Int32Array {
  return orderReady(graph, (a, b, { peakBytes }) => {
    const [aRaises, bRaises] = [a.during > peakBytes, b.during > peakBytes];
    if (aRaises !== bRaises) return bRaises;
    if (aRaises && a.during !== b.during) return a.during < b.during;
    return a.after !== b.after ? a.after < b.after : a.during < b.during;
  });
}

/** XLA's list scheduler: the operator that frees the most bytes beyond those that it makes. */
export function orderByBytesFreed(graph: OrderGraph): Int32Array {
  return orderReady(graph, (a, b) => a.after < b.after);
}

/** Runs ready operators by preference. O(N * ready). */
function orderReady(graph: OrderGraph, prefers: Preference): Int32Array {
  const { operatorCount, successors, touches, touchedBy } = graph;
  const execution = beginExecution(graph);
  const order = new Int32Array(operatorCount);
  const ready: ReadyStep[] = [];
  const entryOf: (ReadyStep | undefined)[] = new Array(operatorCount).fill(undefined);
  const deltas = { during: new Float64Array(operatorCount), after: new Float64Array(operatorCount) };
  const fresh = new Uint8Array(operatorCount);
  const add = (operator: number): void => {
    const entry = { operator, during: 0, after: 0 };
    entryOf[operator] = entry;
    ready.push(entry);
  };
  for (let operator = 0; operator < operatorCount; operator++) if (execution.waiting[operator] === 0) add(operator);
  for (let step = 0; step < operatorCount; step++) {
    let best = 0;
    for (let index = 0; index < ready.length; index++) {
      const entry = ready[index];
      refresh(execution, entry, deltas, fresh);
      if (index > 0 && isBetter(entry, ready[best], execution, prefers)) best = index;
    }
    const chosen = ready[best];
    ready[best] = ready[ready.length - 1];
    ready.pop();
    entryOf[chosen.operator] = undefined;
    order[step] = chosen.operator;
    const { born } = execution;
    for (let place = touches.start[chosen.operator]; place < touches.start[chosen.operator + 1]; place++) {
      const buffer = touches.items[place];
      // Others' effects change when a buffer comes to be, and when one toucher is left to let it go.
      if (born[buffer] && execution.remaining[buffer] !== 2) continue;
      for (let user = touchedBy.start[buffer]; user < touchedBy.start[buffer + 1]; user++) {
        fresh[touchedBy.items[user]] = 0;
      }
    }
    executeStep(execution, chosen.operator, chosen);
    for (let edge = successors.start[chosen.operator]; edge < successors.start[chosen.operator + 1]; edge++) {
      const next = successors.items[edge];
      if (execution.waiting[next] === 0 && entryOf[next] === undefined) add(next);
    }
  }
  return order;
}

function isBetter(entry: ReadyStep, best: ReadyStep, execution: Execution, prefers: Preference): boolean {
  if (prefers(entry, best, execution)) return true;
  return entry.operator < best.operator && !prefers(best, entry, execution);
}

/** Brings an entry up to date: its differences to what is live are kept until a buffer of its own changes. */
function refresh(
  execution: Execution,
  entry: ReadyStep,
  deltas: { readonly during: Float64Array; readonly after: Float64Array },
  fresh: Uint8Array,
): void {
  const { operator } = entry;
  if (!fresh[operator] || execution.executed === 0) {
    measureStep(execution, operator, entry);
    deltas.during[operator] = entry.during - execution.liveBytes;
    deltas.after[operator] = entry.after - execution.liveBytes;
    fresh[operator] = execution.executed === 0 ? 0 : 1;
    return;
  }
  entry.during = execution.liveBytes + deltas.during[operator];
  entry.after = execution.liveBytes + deltas.after[operator];
}
