import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnosticError } from '../base/index.ts';
import { findPython, packageRoot } from '../engine/index.ts';
import type { TpuTopology } from './judge-topology.ts';

/** A program as the TPU compiler left it. Bytes are those of one chip. */
export interface TpuCompilation {
  readonly kind: 'compiled';
  /** Of jax, jaxlib and libtpu. */
  readonly versions: Readonly<Record<string, string>>;
  /** As the compiler calls the chip: `TPU v5`. */
  readonly deviceKind: string;
  readonly compileSeconds: number;
  readonly memory: {
    readonly argumentBytes: number;
    readonly outputBytes: number;
    /** Outputs that lie in donated arguments. */
    readonly aliasBytes: number;
    readonly temporaryBytes: number;
    readonly generatedCodeBytes: number;
  };
  /** The compiler's own account, in which loop bodies count once and the network nothing. */
  readonly cost: { readonly flops: number; readonly accessedBytes: number; readonly optimalSeconds: number };
  readonly hloText: string;
}

/** The compiler found no way to fit the program into the chip's memory. */
export interface TooLarge {
  readonly kind: 'too large';
  readonly message: string;
  /** What it would need, and what there is, in bytes, where the message tells. */
  readonly neededBytes?: number;
  readonly availableBytes?: number;
}

/** How to compile. */
export interface TpuCompileOptions {
  /** Default: as `findPython`. */
  readonly python?: string;
  readonly signal?: AbortSignal;
}

interface Report extends Omit<TpuCompilation, 'kind' | 'hloText'> {
  readonly error?: { readonly code: string; readonly message: string };
}

/** The command that installs the TPU compiler. */
export const installTpuCompiler = 'sh scripts/make-venv.sh judge';

/**
 * Compiles StableHLO text with sdy shardings for a slice of TPUs, none of which need be there. The text numbers devices
 * as the cluster does. Takes seconds to minutes on all cores. Throws SK4101 where the compiler is missing, SK4102 for a
 * topology that it does not take, SK3005 for a program that it refuses, SK4103 where it ended without an answer.
 */
export async function compileForTpu(
  text: string,
  topology: TpuTopology,
  options: TpuCompileOptions = {},
): Promise<TpuCompilation | TooLarge> {
  // The compiler's process makes the folder, so that it can take it away when this process is killed.
  const folder = join(tmpdir(), `skein-judge-${randomUUID()}`);
  try {
    await runJudge(Buffer.from(text), folder, topology, options);
    const report: Report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
    if (report.error !== undefined) return tooLargeOrThrow(report.error, topology);
    return { kind: 'compiled', ...report, hloText: await readFile(join(folder, 'compiled.hlo'), 'utf8') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** True where the TPU compiler is installed beside JAX. */
export function hasTpuCompiler(python: string = findPython()): Promise<boolean> {
  const child = spawn(python, ['-c', 'import importlib.util as u, sys; sys.exit(u.find_spec("libtpu") is None)'], {
    stdio: 'ignore',
  });
  return new Promise(resolve => {
    child.once('error', () => resolve(false));
    child.once('close', code => resolve(code === 0));
  });
}

function runJudge(
  program: Uint8Array,
  folder: string,
  { chip, shape }: TpuTopology,
  options: TpuCompileOptions,
): Promise<void> {
  const python = options.python ?? findPython();
  const what = ['--chip', chip, '--shape', shape.join(','), '--bytes', String(program.length)];
  const modules = [join(packageRoot(), 'python'), ...(process.env.PYTHONPATH ? [process.env.PYTHONPATH] : [])];
  // Only this process holds the other end of the compiler's standard input: when it dies, the compiler goes as well.
  const child = spawn(python, ['-m', 'skein_judge', folder, ...what], {
    env: { ...process.env, PYTHONPATH: modules.join(':') },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.on('error', () => {});
  child.stdin.write(program);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4096);
  });
  const abort = (): void => void child.kill('SIGKILL');
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted) abort();
  return new Promise<void>((resolve, reject) => {
    const fail = (how: string): void => {
      const lines = errors.trim().split('\n').slice(-4).join('\n');
      reject(
        diagnosticError('SK4103', {
          message: `the TPU compiler (${python} -m skein_judge) ${how}${lines === '' ? '' : `: ${lines}`}`,
          next: `see that ${installTpuCompiler} has run, and that memory suffices`,
        }),
      );
    };
    child.once('error', error => fail(`does not start: ${error.message}`));
    child.once('close', (code, signal) => {
      if (options.signal?.aborted) reject(new Error('interrupted'));
      else if (code === 0) resolve();
      else fail(signal === null ? `ended with status ${code}` : `was ended by ${signal}`);
    });
  }).finally(() => options.signal?.removeEventListener('abort', abort));
}

function tooLargeOrThrow({ code, message }: { code: string; message: string }, topology: TpuTopology): TooLarge {
  const short = message.split('\n').slice(0, 6).join('\n');
  switch (code) {
    case 'memory':
      return { kind: 'too large', message: short, ...readSizes(message) };
    case 'missing':
      throw diagnosticError('SK4101', { message: short, next: installTpuCompiler });
    case 'topology':
      throw diagnosticError('SK4102', {
        message: `the TPU compiler does not take ${topology.chip}:${topology.shape.join('x')}: ${short}`,
        next: 'choose a slice that is built, for example v5e:4x4 or v5p:4x4x4',
      });
    case 'refused':
      throw diagnosticError('SK3005', {
        message: `the TPU compiler refused the program: ${short}`,
        next: 'correct the program where the message points; donated arguments need outputs cut as they are',
      });
    default:
      throw new Error(`internal: unknown answer of the TPU compiler: ${code}: ${message}`);
  }
}

/** Reads `(48.00G) exceeds available HBM (15.75G)` and `Used 17.20G of 15.75G hbm`. */
function readSizes(message: string): { neededBytes?: number; availableBytes?: number } {
  const size = String.raw`([\d.]+)([KMGT]?)`;
  const found =
    new RegExp(String.raw`\(${size}\) exceeds available HBM \(${size}\)`).exec(message) ??
    new RegExp(`Used ${size} of ${size} hbm`).exec(message);
  if (found === null) return {};
  const bytes = (digits: string, unit: string): number => Number(digits) * 1024 ** ' KMGT'.indexOf(unit || ' ');
  return { neededBytes: bytes(found[1], found[2]), availableBytes: bytes(found[3], found[4]) };
}
