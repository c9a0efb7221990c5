import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { type Fields, fieldsOf } from './fields.ts';
import { FrameCodec } from './frame.ts';
import { oomKillCount } from './oom-kills.ts';
import { answeredError, deathError, startError, type WorkerEnding } from './worker-errors.ts';

const keptErrorCharacters = 16_384;
const shownErrorLines = 12;

export interface WorkerCommand {
  /** Words before the command, which end in it. */
  readonly prefix: readonly string[];
  readonly python: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

interface PendingCall {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One worker process and its connection. Calls are answered in order. */
export class WorkerProcess {
  readonly index: number;
  /** Settles when the process has ended and its output is read. */
  readonly ended: Promise<WorkerEnding>;
  readonly #python: string;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, PendingCall>();
  readonly #codec = new FrameCodec();
  readonly #joined: Promise<void>;
  #reportJoin: (error?: Error) => void = () => {};
  #socket: Socket | undefined;
  #processId: number | undefined;
  #nextId = 1;
  #errorText = '';
  #ending: WorkerEnding | undefined;

  constructor(index: number, command: WorkerCommand) {
    this.index = index;
    this.#python = command.python;
    const oomKillsBefore = oomKillCount();
    // Only this process holds the other end of the worker's standard input: when it dies, the worker sees that close.
    const [program, ...words] = [...command.prefix, command.python, ...command.arguments];
    this.#child = spawn(program, words, {
      env: command.environment,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    this.#child.stdin?.on('error', () => {});
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorText = (this.#errorText + text).slice(-keptErrorCharacters);
    });
    this.#joined = new Promise((resolve, reject) => {
      this.#reportJoin = error => (error === undefined ? resolve() : reject(error));
    });
    this.#joined.catch(() => {});
    this.ended = new Promise(resolve => {
      const finish = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
        const outOfMemory = signal === 'SIGKILL' && oomKillCount() > oomKillsBefore;
        const ending = { exitCode, signal, outOfMemory, lastLines: this.lastLines() };
        this.#end(ending);
        resolve(ending);
      };
      this.#child.once('error', error => {
        this.#errorText += `${error.message}\n`;
        finish(null, null);
      });
      this.#child.once('close', finish);
    });
  }

  /** Waits until the worker has connected and shown its token. Rejects with SK3001 where it ends before. */
  joined(): Promise<void> {
    return this.#joined;
  }

  /** Takes over the connection that proved to be this worker's. */
  attach(socket: Socket, processId: number): void {
    this.#socket = socket;
    this.#processId = processId;
    socket.setNoDelay(true);
    socket.on('data', chunk => this.#receive(chunk));
    this.#reportJoin();
  }

  /** Sends a request; the promise settles with its result, or when the worker ends. */
  call(method: string, params: Fields): Promise<unknown> {
    if (this.#ending !== undefined) return Promise.reject(deathError(this.index, method, this.#ending));
    const socket = this.#socket;
    if (socket === undefined) return Promise.reject(new Error('internal: the worker has not joined'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { method, resolve, reject });
      socket.write(this.#codec.encode({ id, method, params }));
    });
  }

  /** Kills the worker at once. Safe to call from an exit handler and more than once. */
  kill(): void {
    if (this.#ending !== undefined) return;
    for (const processId of [this.#processId, this.#child.pid]) {
      if (processId === undefined) continue;
      try {
        process.kill(processId, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    }
  }

  isAlive(): boolean {
    return this.#ending === undefined;
  }

  lastLines(): readonly string[] {
    const lines = this.#errorText.split('\n').filter(line => line.trim() !== '');
    return lines.slice(-shownErrorLines);
  }

  #receive(chunk: Buffer): void {
    let messages: readonly unknown[];
    try {
      messages = this.#codec.decode(chunk);
    } catch (error) {
      this.#errorText += `unreadable answer: ${String(error)}\n`;
      this.kill();
      return;
    }
    for (const message of messages) {
      const fields = fieldsOf(message, 'an answer');
      const call = this.#pending.get(Number(fields.id));
      if (call === undefined) continue;
      this.#pending.delete(Number(fields.id));
      if (fields.error === undefined) call.resolve(fields.result);
      else call.reject(answeredError(call.method, fieldsOf(fields.error, 'an error')));
    }
  }

  #end(ending: WorkerEnding): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#socket?.destroy();
    const how = ending.signal === null ? `it ended with status ${ending.exitCode}` : `it was ended by ${ending.signal}`;
    this.#reportJoin(startError(this.#python, how, ending.lastLines));
    for (const call of this.#pending.values()) call.reject(deathError(this.index, call.method, ending));
    this.#pending.clear();
  }
}
