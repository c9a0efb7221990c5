import { diagnosticError } from '../../base/index.ts';
import type { Fields } from './fields.ts';

/** How a worker process ended. */
export interface WorkerEnding {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The system's out-of-memory killer was at work since the engine started. */
  readonly outOfMemory: boolean;
  /** Last lines of what the worker wrote to its standard error. */
  readonly lastLines: readonly string[];
}

/** Turns an error that a worker answered with into the error to throw. */
export function answeredError(method: string, error: Fields): Error {
  const code = String(error.code);
  const message = String(error.message);
  const shortMessage = firstLines(message, 6);
  if (method === 'hello') {
    return diagnosticError('SK3001', {
      message: `the worker could not start JAX: ${shortMessage}`,
      next: 'run `skein doctor`: it says what is missing and the command that mends it',
    });
  }
  switch (code) {
    case 'memory':
      return diagnosticError('SK3004', {
        message: `out of memory in ${method}: ${shortMessage}`,
        next: 'use more devices, a smaller batch, or a placement that splits the largest values',
      });
    case 'inputs':
      return diagnosticError('SK1201', {
        message: shortMessage,
        next: 'give every argument of the program one tensor of its name, type and whole shape',
      });
    case 'files':
      return diagnosticError('SK3008', {
        message: `the worker failed in ${method}: ${shortMessage}`,
        next: 'check that the folder exists, can be written, and has room',
      });
    case 'xla':
      return method === 'compile'
        ? diagnosticError('SK3005', {
            message: `the compiler refused the program: ${shortMessage}`,
            next: 'correct the program where the message points; donated arguments need outputs cut as they are',
          })
        : diagnosticError('SK3006', {
            message: `the program failed in ${method}: ${shortMessage}`,
            next: 'run it with --engine reference, or on one device, to see whether the program or the split is wrong',
          });
    case 'execute':
      return diagnosticError('SK3006', { message: shortMessage, next: 'pass buffers made for this executable' });
    default:
      return new Error(`internal: worker error in ${method}: ${message}\n${String(error.detail ?? '')}`);
  }
}

/** A worker ended although nobody asked it to. */
export function deathError(worker: number, during: string, ending: WorkerEnding): Error {
  const how = ending.signal === null ? `exit status ${ending.exitCode}` : `signal ${ending.signal}`;
  const words = ending.lastLines.length === 0 ? '' : `; its last words:\n${indent(ending.lastLines)}`;
  if (ending.outOfMemory) {
    return diagnosticError('SK3004', {
      message: `worker ${worker} was killed during ${during} because the machine ran out of memory (${how})${words}`,
      next: 'use a smaller batch, fewer virtual devices or a machine with more memory',
    });
  }
  const killed = ending.signal === 'SIGKILL';
  return diagnosticError('SK3002', {
    message: `worker ${worker} died during ${during} (${how})${words}`,
    next: killed
      ? 'something killed it: look for an out-of-memory kill in the system log, then run again'
      : 'run `skein doctor`; where it finds nothing, the last words say what failed',
  });
}

/** A worker never came up. */
export function startError(python: string, reason: string, lastLines: readonly string[]): Error {
  const words = lastLines.length === 0 ? '' : `; its last words:\n${indent(lastLines)}`;
  return diagnosticError('SK3001', {
    message: `the worker did not start with ${python}: ${reason}${words}`,
    next: 'run `skein doctor`: it says what is missing and the command that mends it',
  });
}

export function deadlineError(
  workers: readonly number[],
  method: string,
  seconds: number,
  lines: readonly string[],
): Error {
  const words = lines.length === 0 ? '' : `; its last words:\n${indent(lines)}`;
  return diagnosticError('SK3003', {
    message: `worker ${workers.join(', ')} did not finish ${method} within ${seconds} s and was stopped${words}`,
    next: 'take a smaller program, fewer steps or more cores; in a library call, raise `deadlines`',
  });
}

function firstLines(text: string, count: number): string {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const kept = lines.slice(0, count).map(line => (line.length > 400 ? `${line.slice(0, 400)} ...` : line));
  return lines.length > count ? `${kept.join('\n')}\n...` : kept.join('\n');
}

function indent(lines: readonly string[]): string {
  return lines.map(line => `    ${line}`).join('\n');
}
