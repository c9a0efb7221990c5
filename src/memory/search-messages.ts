import type { SearchTask, TaskResult } from './placement-task.ts';

/** A round as it is told to threads. */
export interface RoundMessage {
  readonly round: number;
  readonly tasks: readonly SearchTask[];
  readonly deadline: number;
  /** Shared: how many tasks were taken, and the first that is known to have found or proved something. */
  readonly state: Int32Array;
}

export interface ResultMessage {
  readonly round: number;
  readonly index: number;
  readonly result: TaskResult;
}

/** Places in `RoundMessage.state`. */
export const takenAt = 0;
export const wonAt = 1;
