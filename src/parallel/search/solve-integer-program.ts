import { Worker } from 'node:worker_threads';
import type { HighsMessage, HighsTask } from './highs-messages.ts';

/** What came of an integer program. */
export interface IntegerOutcome {
  /** `none`: nothing costs less than the cutoff; `limit`: out of time; `failed`: see `why`. */
  readonly end: 'optimal' | 'none' | 'limit' | 'failed';
  /** The best solution, where one was found. */
  readonly solution: Float64Array | undefined;
  /** No solution costs less, as far as HiGHS says. */
  readonly bound: number;
  /** Nodes of the branch and bound. */
  readonly nodes: number;
  readonly why?: string;
}

/** Solvers stop late: so long after its time limit the thread is ended. */
export const graceSeconds = 2;

const workerUrl = new URL('./highs-worker.js', import.meta.url);

/**
 * Solves an integer program in a thread of its own. Whatever becomes of the thread, the outcome is a value, with what it
 * had found until then. Deterministic but for the time limit.
 */
export function solveIntegerProgram(task: HighsTask, url: URL = workerUrl): Promise<IntegerOutcome> {
  return new Promise(resolve => {
    let solution: Float64Array | undefined;
    let bound = Number.NEGATIVE_INFINITY;
    let settled = false;
    const worker = new Worker(url, { workerData: task });
    const settle = (end: IntegerOutcome['end'], nodes: number, why?: string): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      void worker.terminate();
      resolve({ end, solution, bound, nodes, ...(why === undefined ? {} : { why }) });
    };
    const timer = setTimeout(() => settle('limit', 0), (task.timeLimitSeconds + graceSeconds) * 1000);
    worker.on('message', (message: HighsMessage) => {
      if (message.kind === 'solution') solution = message.solution;
      else if (message.kind === 'end') settle(message.end, message.nodes);
      else if (message.bound > bound && Number.isFinite(message.bound)) bound = message.bound;
    });
    worker.on('error', error => settle('failed', 0, error.message));
    worker.on('exit', code => settle('failed', 0, `its thread ended with status ${code}`));
  });
}
