import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPython } from '../../src/engine/index.ts';

/* Plans of the built command, carried out by the runner.py beside them. Needs `npm run build`. */
const program = 'examples/programs/gpt2-tiny.mlir.gz';
const pins = ['--pins', 'examples/placements/megatron.json'];
const steps = 100;
/** Of each loss, relative; sums are taken in another order. 2e-7 was measured. */
const lossTolerance = 1e-5;
/** L2 distance of the last parameters, relative to their norm. 3e-6 was measured. */
const parameterTolerance = 1e-4;

let folder: string;
let curves: {
  readonly plain: readonly number[];
  readonly planned: Readonly<Record<string, { readonly losses: readonly number[]; readonly distance: number }>>;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-runner-'));
  const data = plan('data', '--strategy', 'data', '--cluster', 'cpu:4');
  const megatron = plan('megatron', ...pins, '--cluster', 'cpu:8');
  curves = JSON.parse(python(8, 'test/runner/curves.py', `${steps}`, data, megatron));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function plan(name: string, ...words: string[]): string {
  const out = join(folder, name);
  const command = ['dist/cli/main.js', 'plan', program, ...words, '--out', out];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return out;
}

function environment(devices: number): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONPATH: 'python', JAX_PLATFORMS: 'cpu', JAX_NUM_CPU_DEVICES: `${devices}` };
}

function python(devices: number, ...words: string[]): string {
  const run = spawnSync(findPython(), words, { env: environment(devices), encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

/** The largest difference of two curves, relative to the second. */
function apart(losses: readonly number[], expected: readonly number[]): number {
  expect(losses).toHaveLength(expected.length);
  return Math.max(...losses.map((loss, step) => Math.abs(loss - expected[step]) / expected[step]));
}

describe('a plan in a loop of its own', () => {
  test('the plain step learns what it is given', () => {
    expect(curves.plain).toHaveLength(steps);
    expect(curves.plain[0]).toBeGreaterThan(5);
    expect(curves.plain[steps - 1]).toBeLessThan(1);
  });

  test.each(['data', 'megatron'])('%s: losses and parameters are those of the plain step', name => {
    const { losses, distance } = curves.planned[join(folder, name)];
    expect(apart(losses, curves.plain)).toBeLessThan(lossTolerance);
    expect(distance).toBeLessThan(parameterTolerance);
  });

  test('two processes of two devices learn the same', async () => {
    const out = plan('processes', ...pins, '--mesh', 'dp=2,tp=2', '--cluster', 'cpu:4');
    const coordinator = `localhost:${await freePort()}`;
    const words = ['test/runner/curves.py', '10', out, '--coordinator', coordinator, '--processes', '2'];
    const texts = await Promise.all([0, 1].map(number => pythonAlongside(2, ...words, '--process', `${number}`)));
    for (const text of texts) {
      // Gloo says on stdout that it is connected.
      const losses = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '')[out];
      expect(apart(losses, curves.plain.slice(0, 10))).toBeLessThan(lossTolerance);
    }
  });

  test('the example prints the same losses', () => {
    const said = python(4, 'examples/own-loop/train.py', join(folder, 'data'), '--steps', '11');
    const losses = [...said.matchAll(/^step (\d+): loss ([\d.]+)$/gm)];
    expect(losses.map(([, step]) => step)).toEqual(['0', '10']);
    for (const [, step, loss] of losses) expect(Number(loss)).toBeCloseTo(curves.plain[Number(step)], 4);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function pythonAlongside(devices: number, ...words: string[]): Promise<string> {
  const child = spawn(findPython(), words, { env: environment(devices), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stdout.on('data', chunk => {
    said += chunk;
  });
  child.stderr.on('data', chunk => {
    complained += chunk;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(complained);
  return said;
}
