import { parentPort, workerData } from 'node:worker_threads';
import { doFlyTask, type FlyMessage, type FlyTask } from './fly-task.ts';

/** Milliseconds between two messages about progress. */
const quiet = 100;

if (parentPort !== null) {
  const port = parentPort;
  const send = (message: FlyMessage): void => port.postMessage(message);
  let told = 0;
  const result = doFlyTask(workerData as FlyTask, {
    phase: (name, total) => send({ kind: 'phase', name, ...(total === undefined ? {} : { total }) }),
    advance: done => {
      const now = performance.now();
      if (now - told < quiet) return;
      told = now;
      send({ kind: 'advance', done });
    },
    end: () => {},
  });
  send({ kind: 'done', result });
}
