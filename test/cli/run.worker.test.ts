import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/* The built command against real workers. Needs `npm run build`. */
let folder: string;
const gpt2 = 'examples/programs/gpt2-tiny.mlir.gz';
const mlp = 'examples/programs/mlp.mlir.gz';
const megatron = ['--pins', 'examples/placements/megatron.json', '--mesh', 'dp=2,tp=2'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-run-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function skein(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], {
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
  });
  return { status, stdout, stderr };
}

function verified(...words: string[]) {
  const { status, stdout, stderr } = skein('run', ...words, '--verify', '--json');
  expect(stderr).toBe('');
  const result = JSON.parse(stdout);
  expect([status, result.verified]).toEqual([0, true]);
  return result;
}

describe('skein run', () => {
  test('two processes of two devices give what one process of four gives', () => {
    const one = verified(gpt2, ...megatron, '--cluster', 'cpu:4');
    const two = verified(gpt2, ...megatron, '--cluster', '2xcpu:2');
    const traffic = (result: typeof one) =>
      result.collectives.rows.map((row: { kind: string; axis: string; compiled: { bytes: number } }) => [
        row.kind,
        row.axis,
        row.compiled.bytes,
      ]);
    expect(traffic(two)).toEqual(traffic(one));
    expect(traffic(one).length).toBeGreaterThan(1);
  });

  test('a plan that was written runs again, alike, with state kept over steps', () => {
    const out = join(folder, 'megatron');
    const first = verified(gpt2, ...megatron, '--cluster', 'cpu:4', '--out', out);
    expect(readdirSync(out).sort()).toEqual([
      'annotated.mlir',
      'compiled.hlo',
      'plan.json',
      'report.html',
      'result.json',
      'runner.py',
    ]);
    expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')).verified).toBe(true);
    const again = verified(gpt2, '--plan', join(out, 'plan.json'), '--steps', '3');
    expect(again.collectives.rows).toEqual(first.collectives.rows);
    expect(again.seconds.steps).toHaveLength(3);
  });

  test('a plan for another program is refused', () => {
    const out = join(folder, 'other');
    expect(skein('plan', gpt2, ...megatron, '--cluster', 'cpu:4', '--out', out).status).toBe(0);
    const { status, stderr } = skein('run', mlp, '--plan', join(out, 'plan.json'));
    expect(status).toBe(2);
    expect(stderr).toContain('SK2202');
  });

  test('results that are not finite fail with a code of their own and exit status 1', () => {
    const spec = JSON.parse(readFileSync('examples/programs/mlp.inputs.json', 'utf8'));
    for (const argument of spec.arguments) {
      if (argument.name.startsWith('v[')) Object.assign(argument, { distribution: 'constant', value: -1 });
    }
    const inputs = join(folder, 'negative.json');
    writeFileSync(inputs, JSON.stringify(spec));
    const words = ['--mesh', 'dp=2', '--pin', 'x=[{dp}, {}]', '--cluster', 'cpu:2', '--inputs', inputs];
    const { status, stdout } = skein('run', mlp, ...words, '--verify', '--json');
    expect(status).toBe(1);
    const result = JSON.parse(stdout);
    expect(result.verified).toBe(false);
    expect(result.failures.map((failure: { code: string }) => failure.code)).toContain('SK4002');
  });

  test('an interrupted run says so and leaves nothing behind', async () => {
    const out = join(folder, 'interrupted');
    const before = readdirSync(folder);
    const words = ['run', mlp, '--strategy', 'data', '--cluster', 'cpu:2', '--steps', '1000000', '--out', out];
    const child = spawn(process.execPath, ['dist/cli/main.js', ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', chunk => {
      said += chunk;
    });
    setTimeout(() => child.kill('SIGINT'), 6000);
    const [status] = await once(child, 'close');
    expect([status, said.trim()]).toEqual([1, 'interrupted; nothing was written']);
    expect(readdirSync(folder)).toEqual(before);
  });

  test('a table says what moved, and the verdict comes last', () => {
    const words = ['--mesh', 'dp=2', '--pin', 'x=[{dp}, {}]', '--cluster', 'cpu:2'];
    const { status, stdout } = skein('run', mlp, ...words, '--verify');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^collective +axis +ideal +predicted +compiled +off by$/m);
    expect(stdout).toMatch(/^all-reduce +dp /m);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Verified: 20 outputs agree with one device/);
  });
});
