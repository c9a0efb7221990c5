import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { diagnosticError } from '../../base/index.ts';
import { cleanAtExit } from './cleanup.ts';
import { type Fields, fieldsOf } from './fields.ts';
import { FrameCodec } from './frame.ts';
import { removeSessionFolder, socketName } from './session-folder.ts';
import { deadlineError, deathError } from './worker-errors.ts';
import { type WorkerCommand, WorkerProcess } from './worker-process.ts';

/** Unix socket addresses end near here; longer paths use TCP on the loopback. */
const longestSocketPath = 100;
/** How long the other workers may still take once one has failed. */
const graceSeconds = 5;
const shutdownSeconds = 2;

export interface WorkerGroupOptions {
  readonly folder: string;
  readonly token: string;
  readonly workers: number;
  readonly startSeconds: number;
  /** The command of one worker; `where` are the arguments that tell it where to connect. */
  readonly command: (worker: number, where: readonly string[]) => WorkerCommand;
}

/**
 * The workers of one engine. All take part in one ordered stream of calls: a call is sent when the one before it is
 * answered. When a worker dies or is late the whole group ends, since the others would wait for it for ever.
 */
export class WorkerGroup {
  readonly folder: string;
  readonly #server: Server;
  readonly #workers: readonly WorkerProcess[];
  readonly #undoCleanup: () => void;
  #tail: Promise<unknown> = Promise.resolve();
  #failure: Error | undefined;
  /** What the workers do just now. */
  #method: string | undefined = 'start';
  #closing: Promise<void> | undefined;

  private constructor(server: Server, workers: readonly WorkerProcess[], folder: string) {
    this.#server = server;
    this.#workers = workers;
    this.folder = folder;
    for (const worker of workers) {
      // The others would wait for it, so its end is the end of all, even where it has nothing to do just now.
      worker.ended.then(ending => {
        if (this.#failure !== undefined || this.#closing !== undefined) return;
        void this.#fail(deathError(worker.index, this.#method ?? 'a pause', ending));
      });
    }
    this.#undoCleanup = cleanAtExit(() => {
      this.#failure ??= closedError('a call');
      this.#destroy();
    });
  }

  /** Starts the workers and waits until all have joined. Throws SK3001; nothing is left behind then. */
  static async start(options: WorkerGroupOptions): Promise<WorkerGroup> {
    const workers: WorkerProcess[] = [];
    const server = createServer(socket => admit(socket, options.token, workers));
    const where = await listen(server, join(options.folder, socketName));
    for (let index = 0; index < options.workers; index++) {
      workers.push(new WorkerProcess(index, options.command(index, where)));
    }
    const group = new WorkerGroup(server, workers, options.folder);
    try {
      await group.#within('start', options.startSeconds, workers, Promise.all(workers.map(worker => worker.joined())));
      group.#method = undefined;
    } catch (error) {
      await group.#fail(asError(error));
      throw error;
    }
    return group;
  }

  /**
   * Calls a method on some workers (all by default) and returns their results in order. An error that every worker
   * answered leaves the group usable; anything else ends it.
   */
  call(
    method: string,
    params: Fields,
    deadlineSeconds: number,
    processes?: readonly number[],
  ): Promise<readonly Fields[]> {
    const run = this.#tail.then(() => this.#callNow(method, params, deadlineSeconds, processes));
    this.#tail = run.catch(() => {});
    return run;
  }

  /** Throws what ended the group, if it has ended; its folder is gone then. */
  assertOpen(method: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) throw closedError(method);
  }

  /** Ends the workers, at once where they compute, and removes the session's folder. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #callNow(
    method: string,
    params: Fields,
    deadlineSeconds: number,
    processes?: readonly number[],
  ): Promise<readonly Fields[]> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) {
      throw diagnosticError('SK3012', {
        message: `${method} was called on a closed engine`,
        next: 'start a new engine',
      });
    }
    const workers = processes === undefined ? this.#workers : this.#workers.filter(w => processes.includes(w.index));
    const calls = workers.map(worker => worker.call(method, params));
    const outcome = Promise.all(calls).then(results => results.map(result => fieldsOf(result, `result of ${method}`)));
    this.#method = method;
    try {
      return await this.#within(method, deadlineSeconds, workers, outcome, calls);
    } catch (error) {
      if (this.#closing !== undefined) throw closedError(method);
      const answered = this.#failure === undefined && (await allAnswered(calls, workers));
      if (answered) throw error;
      // A worker that died is the cause; what the others answered because of that is not.
      throw await this.#fail(this.#failure ?? asError(error));
    } finally {
      this.#method = undefined;
    }
  }

  async #within<T>(
    method: string,
    seconds: number,
    workers: readonly WorkerProcess[],
    work: Promise<T>,
    calls: readonly Promise<unknown>[] = workers.map(worker => worker.joined()),
  ): Promise<T> {
    const late = new Set(workers.map(worker => worker.index));
    calls.forEach((call, position) => {
      const settle = (): void => void late.delete(workers[position]?.index ?? -1);
      call.then(settle, settle);
    });
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const lines = workers.filter(worker => late.has(worker.index)).flatMap(worker => worker.lastLines());
        const error = deadlineError([...late], method, seconds, lines);
        this.#failure ??= error;
        reject(error);
      }, timerMilliseconds(seconds));
    });
    try {
      return await Promise.race([work, deadline]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends all workers, and returns the first failure, which every later call gets as well. */
  async #fail(failure: Error): Promise<Error> {
    this.#failure ??= failure;
    const first = this.#failure;
    this.#destroy();
    await Promise.all(this.#workers.map(worker => worker.ended));
    removeSessionFolder(this.folder);
    this.#undoCleanup();
    return first;
  }

  async #close(): Promise<void> {
    if (this.#failure === undefined && this.#method === undefined) {
      const goodbyes = this.#workers.map(worker => worker.call('shutdown', {}).catch(() => {}));
      const ends = this.#workers.map(worker => worker.ended);
      await settledWithin(Promise.all([...goodbyes, ...ends]), shutdownSeconds);
    }
    this.#destroy();
    await Promise.all(this.#workers.map(worker => worker.ended));
    removeSessionFolder(this.folder);
    this.#undoCleanup();
  }

  /** Synchronous, for exit handlers: kills the workers and removes the folder. */
  #destroy(): void {
    this.#server.close();
    for (const worker of this.#workers) worker.kill();
    removeSessionFolder(this.folder);
  }
}

/** Waits for the first message of a connection, and gives the connection to the worker that the message names. */
function admit(socket: Socket, token: string, workers: readonly WorkerProcess[]): void {
  const codec = new FrameCodec();
  socket.on('error', () => socket.destroy());
  socket.once('data', chunk => {
    const worker = readJoin(codec, chunk, token, workers);
    if (worker === undefined) {
      socket.end(codec.encode({ id: 0, error: { code: 'token', message: 'refused', detail: '' } }));
      return;
    }
    worker.process.attach(socket, worker.processId);
    socket.write(codec.encode({ id: 0, result: {} }));
  });
}

function readJoin(
  codec: FrameCodec,
  chunk: Buffer,
  token: string,
  workers: readonly WorkerProcess[],
): { process: WorkerProcess; processId: number } | undefined {
  try {
    const message = fieldsOf(codec.decode(chunk)[0], 'the first message');
    const params = fieldsOf(message.params, 'the first message');
    const process = workers[Number(params.process)];
    if (message.method !== 'join' || params.token !== token || process === undefined) return undefined;
    return { process, processId: Number(params.pid) };
  } catch {
    return undefined;
  }
}

async function listen(server: Server, path: string): Promise<readonly string[]> {
  const usesPath = Buffer.byteLength(path) <= longestSocketPath;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (usesPath) server.listen(path, resolve);
    else server.listen(0, '127.0.0.1', resolve);
  });
  if (usesPath) return ['--socket', path];
  return ['--connect', `127.0.0.1:${(server.address() as AddressInfo).port}`];
}

function closedError(method: string): Error {
  return diagnosticError('SK3012', { message: `the engine was closed before ${method} ended`, next: 'start it again' });
}

/** True where every worker answered its call, well or badly, within a short grace, and is still there. */
async function allAnswered(calls: readonly Promise<unknown>[], workers: readonly WorkerProcess[]): Promise<boolean> {
  const settled = await settledWithin(Promise.allSettled(calls), graceSeconds);
  return settled && workers.every(worker => worker.isAlive());
}

/** Milliseconds for a timer, at most 24.8 days: timers hold 31 bits, and end at once beyond them. */
function timerMilliseconds(seconds: number): number {
  return Math.min(seconds * 1000, 2 ** 31 - 1);
}

async function settledWithin(work: Promise<unknown>, seconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), timerMilliseconds(seconds));
  });
  const inTime = await Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    late,
  ]);
  clearTimeout(timer);
  return inTime;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
