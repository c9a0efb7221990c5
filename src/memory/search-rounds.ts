import { type SearchGround, type SearchTask, type TaskResult, TaskRunner } from './placement-task.ts';

/** Tasks that may be done at the same time. */
export interface Round {
  readonly ground: SearchGround;
  readonly tasks: readonly SearchTask[];
  /** Milliseconds since 1970 after which tasks stop; infinite where work is counted in nodes. */
  readonly deadline: number;
}

/**
 * What finds something in rounds: gives out tasks, is given what came of them, and returns a result at last. It is given
 * the results in order of tasks up to the first that found or proved something, and never what others came to, so that
 * it goes the same way whoever does the tasks.
 */
export type Rounds<T> = Generator<Round, T, readonly TaskResult[]>;

/** Does all tasks here, one by one. */
export function finishRounds<T>(rounds: Rounds<T>): T {
  let runner: TaskRunner | undefined;
  let step = rounds.next();
  while (!step.done) {
    runner = runnerOf(step.value.ground, runner);
    step = rounds.next(runRound(step.value, runner));
  }
  return step.value;
}

/** The runner of a ground: the one that is there, if it is its. */
export function runnerOf(ground: SearchGround, known: TaskRunner | undefined): TaskRunner {
  return known?.ground === ground ? known : new TaskRunner(ground);
}

export function runRound({ tasks, deadline }: Round, runner: TaskRunner): TaskResult[] {
  const results: TaskResult[] = [];
  const isStopped = (): boolean => deadline !== Number.POSITIVE_INFINITY && Date.now() >= deadline;
  for (const task of tasks) {
    const result = runner.run(task, isStopped);
    results.push(result);
    if (result.end !== 'limit') break;
  }
  return results;
}
