import {
  type AirspaceProblem,
  type FlightOutcome,
  type FlightPlan,
  type FlightSolveOptions,
  solve,
  type Violation,
  validateFlightPlan,
} from '../airspace/index.ts';
import type { Progress } from '../base/index.ts';

/** Work over a problem that takes long, as plain data, so that another thread can do it. */
export type FlyTask =
  | {
      readonly kind: 'solve';
      readonly problem: AirspaceProblem;
      readonly options: Omit<FlightSolveOptions, 'progress'>;
    }
  | { readonly kind: 'check'; readonly problem: AirspaceProblem; readonly plan: FlightPlan };

/** What comes of each kind. */
export interface FlyResults {
  readonly solve: FlightOutcome;
  readonly check: readonly Violation[];
}

export function doFlyTask(task: FlyTask, progress: Progress): FlyResults[FlyTask['kind']] {
  switch (task.kind) {
    case 'solve':
      return solve(task.problem, { ...task.options, progress });
    case 'check':
      progress.phase('checking');
      return validateFlightPlan(task.problem, task.plan);
    default:
      throw new Error(`internal: no task ${(task satisfies never as FlyTask).kind}`);
  }
}

/** What a thread tells of its task. */
export type FlyMessage =
  | { readonly kind: 'phase'; readonly name: string; readonly total?: number }
  | { readonly kind: 'advance'; readonly done: number }
  | { readonly kind: 'done'; readonly result: FlyResults[FlyTask['kind']] };
