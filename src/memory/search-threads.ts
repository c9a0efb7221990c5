import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SearchGround, TaskResult, TaskRunner } from './placement-task.ts';
import { type ResultMessage, type RoundMessage, wonAt } from './search-messages.ts';
import { type Round, type Rounds, runnerOf, runRound } from './search-rounds.ts';

/** Milliseconds after which threads are started: a search that is over by then does not need them. */
const patience = 50;

const mostThreads = 4;

export function defaultThreads(): number {
  return Math.min(mostThreads, availableParallelism());
}

/** The module of a thread, which Node starts as it is: there is none where this module runs from its source. */
const workerUrl = import.meta.url.endsWith('.js') ? new URL('./search-worker.js', import.meta.url) : undefined;

/**
 * Does the tasks of rounds in so many threads, with the same result as `finishRounds`. Threads are started when the
 * search takes longer than a moment, and ended in any case.
 */
export async function finishRoundsInThreads<T>(
  rounds: Rounds<T>,
  threads: number,
  trace: (line: string) => void = () => {},
): Promise<T> {
  let pool: SearchPool | undefined;
  let runner: TaskRunner | undefined;
  try {
    let step = rounds.next();
    const begun = performance.now();
    while (!step.done) {
      const round = step.value;
      if (pool !== undefined && pool.ground !== round.ground) {
        await pool.close();
        pool = undefined;
      }
      if (threads > 1 && workerUrl !== undefined && round.tasks.length > 1 && performance.now() - begun > patience) {
        pool ??= new SearchPool(workerUrl, round.ground, threads, trace);
      }
      // Messages of threads that have started are read in between.
      if (pool?.isReady === false) await new Promise(resolve => setImmediate(resolve));
      if (pool?.isReady === true && round.tasks.length > 1) step = rounds.next(await pool.run(round));
      else {
        runner = runnerOf(round.ground, runner);
        step = rounds.next(runRound(round, runner));
      }
    }
    return step.value;
  } finally {
    await pool?.close();
  }
}

/** Threads that have a ground of their own each. One that cannot start leaves all to the caller; a later failure is its. */
class SearchPool {
  readonly ground: SearchGround;
  readonly #workers: readonly Worker[];
  #readyCount = 0;
  #round = 0;
  #failure: Error | undefined;
  #onResult: (message: ResultMessage) => void = () => {};
  #onFailure: (error: Error) => void = () => {};

  constructor(url: URL, ground: SearchGround, threads: number, trace: (line: string) => void) {
    this.ground = ground;
    this.#workers = Array.from({ length: threads }, () => new Worker(url, { workerData: ground }));
    for (const worker of this.#workers) {
      worker.on('message', (message: ResultMessage | 'ready') => {
        if (message !== 'ready') this.#onResult(message);
        else if (++this.#readyCount === threads) trace(`searching in ${threads} threads`);
      });
      worker.on('error', error => {
        if (!this.isReady) trace(`searching in one thread: another cannot start: ${error.message}`);
        this.#failure ??= error;
        this.#onFailure(this.#failure);
      });
    }
  }

  get isReady(): boolean {
    return this.#readyCount === this.#workers.length;
  }

  /** The results up to the first that found or proved something. */
  run({ tasks, deadline }: Round): Promise<readonly TaskResult[]> {
    const round = ++this.#round;
    const state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    Atomics.store(state, wonAt, tasks.length);
    const results: (TaskResult | undefined)[] = tasks.map(() => undefined);
    const known: TaskResult[] = [];
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure);
      this.#onFailure = reject;
      this.#onResult = message => {
        if (message.round !== round) return;
        results[message.index] = message.result;
        for (let next = results[known.length]; next !== undefined; next = results[known.length]) {
          known.push(next);
          if (next.end !== 'limit' || known.length === tasks.length) {
            resolve(known);
            return;
          }
        }
      };
      for (const worker of this.#workers) worker.postMessage({ round, tasks, deadline, state } satisfies RoundMessage);
    });
  }

  async close(): Promise<void> {
    this.#onFailure = () => {};
    await Promise.all(this.#workers.map(worker => worker.terminate()));
  }
}
