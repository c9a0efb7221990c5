import {
  type AirspaceProblem,
  createPlanner,
  explainWaits,
  type FlightOutcome,
  type FlightPlan,
  type FlightSolveOptions,
  type FlightWait,
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
  | { readonly kind: 'check'; readonly problem: AirspaceProblem; readonly plan: FlightPlan }
  | { readonly kind: 'explain'; readonly problem: AirspaceProblem; readonly plan: FlightPlan };

/** For every flight of a plan its waits. */
export type PlanWaits = readonly (readonly FlightWait[])[];

/** What comes of each kind. */
export interface FlyResults {
  readonly solve: FlightOutcome & { readonly waits: PlanWaits };
  readonly check: readonly Violation[];
  /** A plan that breaks rules is not explained. */
  readonly explain: { readonly violations: readonly Violation[]; readonly waits: PlanWaits };
}

export function doFlyTask(task: FlyTask, progress: Progress): FlyResults[FlyTask['kind']] {
  const { problem } = task;
  switch (task.kind) {
    case 'solve': {
      const outcome = solve(problem, { ...task.options, progress });
      return { ...outcome, waits: explainPlan(problem, outcome.plan, progress) };
    }
    case 'check':
      progress.phase('checking');
      return validateFlightPlan(problem, task.plan);
    case 'explain': {
      progress.phase('checking');
      const violations = validateFlightPlan(problem, task.plan);
      return { violations, waits: violations.length > 0 ? [] : explainPlan(problem, task.plan, progress) };
    }
    default:
      throw new Error(`internal: no task ${(task satisfies never as FlyTask).kind}`);
  }
}

/** Who each flight waits for, in the sky of the whole plan. */
function explainPlan(problem: AirspaceProblem, { flights }: FlightPlan, progress: Progress): PlanWaits {
  progress.phase('explaining waits', flights.length);
  const planner = createPlanner({ ...problem, flights });
  const requests = new Map(problem.requests.map(request => [request.name, request]));
  return flights.map((flight, index) => {
    progress.advance(index + 1);
    return explainWaits(planner, flight, requests.get(flight.name));
  });
}

/** What a thread tells of its task. */
export type FlyMessage =
  | { readonly kind: 'phase'; readonly name: string; readonly total?: number }
  | { readonly kind: 'advance'; readonly done: number }
  | { readonly kind: 'done'; readonly result: FlyResults[FlyTask['kind']] };
