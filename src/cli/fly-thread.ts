import { Worker } from 'node:worker_threads';
import type { CommandContext } from './command.ts';
import { doFlyTask, type FlyMessage, type FlyResults, type FlyTask } from './fly-task.ts';

/** The module of the thread, which Node starts as it is: there is none where this module runs from its source. */
const workerUrl = import.meta.url.endsWith('.js') ? new URL('./fly-worker.js', import.meta.url) : undefined;

/**
 * Does a task in a thread of its own, so that progress is drawn and Ctrl-C is heard meanwhile. Rejects when the command
 * is interrupted; the thread is ended in any case.
 */
export async function runFlyTask<Kind extends FlyTask['kind']>(
  task: Extract<FlyTask, { readonly kind: Kind }>,
  { progress, signal }: Pick<CommandContext, 'progress' | 'signal'>,
): Promise<FlyResults[Kind]> {
  signal.throwIfAborted();
  if (workerUrl === undefined) return doFlyTask(task, progress) as FlyResults[Kind];
  const worker = new Worker(workerUrl, { workerData: task });
  try {
    return await new Promise<FlyResults[Kind]>((resolve, reject) => {
      const interrupt = (): void => reject(signal.reason);
      signal.addEventListener('abort', interrupt, { once: true });
      worker.on('error', reject);
      worker.on('exit', code => reject(new Error(`internal: a thread ended with ${code} and no result`)));
      worker.on('message', (message: FlyMessage) => {
        if (message.kind === 'phase') progress.phase(message.name, message.total);
        else if (message.kind === 'advance') progress.advance(message.done);
        else resolve(message.result as FlyResults[Kind]);
      });
    });
  } finally {
    await worker.terminate();
    progress.end();
  }
}
