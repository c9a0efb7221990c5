import { parentPort, workerData } from 'node:worker_threads';
import { type SearchGround, TaskRunner } from './placement-task.ts';
import { type ResultMessage, type RoundMessage, takenAt, wonAt } from './search-messages.ts';

/** Takes tasks of a round until none is left, in the order of the list; those behind one that is won are stopped. */
function takeTasks(runner: TaskRunner, { round, tasks, deadline, state }: RoundMessage): void {
  for (let index = Atomics.add(state, takenAt, 1); index < tasks.length; index = Atomics.add(state, takenAt, 1)) {
    const isStopped = (): boolean => Atomics.load(state, wonAt) < index || Date.now() >= deadline;
    const result = runner.run(tasks[index], isStopped);
    if (result.end !== 'limit') {
      let won = Atomics.load(state, wonAt);
      while (index < won) {
        const known = Atomics.compareExchange(state, wonAt, won, index);
        if (known === won) break;
        won = known;
      }
    }
    parentPort?.postMessage({ round, index, result } satisfies ResultMessage);
  }
}

if (parentPort !== null) {
  const runner = new TaskRunner(workerData as SearchGround);
  parentPort.on('message', (message: RoundMessage) => takeTasks(runner, message));
  parentPort.postMessage('ready');
}
