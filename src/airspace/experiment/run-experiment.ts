import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type Progress, silentProgress } from '../../base/index.ts';
import { type CellRecord, cellCount, cellKey, type ExperimentTask, listTasks } from './cells.ts';
import { type ExperimentGround, experimentProblem } from './ground.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { ExperimentParameters } from './parameters.ts';
import { runDemand } from './run-demand.ts';

export interface ExperimentRunOptions {
  /** Processes; default: as many as there are processors. Where this module is not compiled it does all itself. */
  readonly jobs?: number;
  /** Cells that were run before, and are not run again. */
  readonly known?: readonly CellRecord[];
  /** Told of each cell that is run, as soon as it is. */
  readonly record?: (record: CellRecord) => void;
  /** Aborted: nothing more is begun, and processes are ended. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** The module of a process, which Node starts as it is: there is none where this module runs from its source. */
const workerUrl = import.meta.url.endsWith('.js') ? new URL('./experiment-worker.js', import.meta.url) : undefined;

/**
 * Runs the cells of an experiment that are not known yet. All that comes of a cell but the seconds of the processor is
 * the same whoever runs it. Processes and not threads, so that each can tell its own seconds.
 *
 * @throws DiagnosticError SK6110 where the area has no room for the pads or the trips, before anything is run.
 */
export async function runExperiment(
  ground: ExperimentGround,
  parameters: ExperimentParameters,
  options: ExperimentRunOptions = {},
): Promise<void> {
  const { jobs = availableParallelism(), known = [], record = () => {}, progress = silentProgress } = options;
  const tasks = listTasks(parameters, new Set(known.map(cellKey)));
  if (tasks.length === 0) return;
  for (const seed of parameters.seeds) experimentProblem(ground, parameters, { density: 1, zones: true, seed });
  const count = cellCount(tasks);
  let done = 0;
  progress.phase(`running ${count} cells`, count);
  const note = (cell: CellRecord): void => {
    record(cell);
    progress.advance(++done);
  };
  if (workerUrl === undefined) {
    for (const { demand, modes } of tasks) {
      for (const cell of runDemand(ground, parameters, demand, modes)) {
        note(cell);
        // Lets an interruption through.
        await new Promise(resolve => setImmediate(resolve));
        if (options.signal?.aborted) return;
      }
    }
  } else await runInProcesses(workerUrl, Math.min(jobs, tasks.length), parameters, tasks, note, options.signal);
  progress.end();
}

/** Gives each process that is idle the next task, until all are done or one fails. Ends all in any case. */
async function runInProcesses(
  url: URL,
  jobs: number,
  parameters: ExperimentParameters,
  tasks: readonly ExperimentTask[],
  note: (record: CellRecord) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const workers: ChildProcess[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => resolve(), { once: true });
      if (signal?.aborted) resolve();
      let [next, idle] = [0, 0];
      const onMessage = (worker: ChildProcess, message: FromWorker): void => {
        if (signal?.aborted) return;
        if (message.kind === 'record') {
          try {
            note(message.record);
          } catch (error) {
            reject(error);
          }
          return;
        }
        const task = tasks[next++];
        if (task !== undefined) worker.send({ kind: 'task', task } satisfies ToWorker);
        else if (++idle === jobs) resolve();
      };
      for (let job = 0; job < jobs; job++) {
        const worker = fork(url, { serialization: 'advanced' });
        workers.push(worker);
        worker.on('message', (message: FromWorker) => onMessage(worker, message));
        worker.on('error', reject);
        worker.on('exit', (code, reason) => {
          reject(new Error(`internal: a process of the experiment ended with ${reason ?? `status ${code}`}`));
        });
        worker.send({ kind: 'parameters', parameters } satisfies ToWorker);
      }
    });
  } finally {
    for (const worker of workers) worker.removeAllListeners('exit').kill();
  }
}
