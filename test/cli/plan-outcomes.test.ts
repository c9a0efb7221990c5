import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

/* What a search answers to questions that have no plan, little time, or a mistake in them. Needs `npm run build`. */
const folder = mkdtempSync(join(tmpdir(), 'skein-outcomes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const mlp = 'examples/programs/mlp.mlir.gz';

function plan(program: string, ...words: string[]) {
  const all = ['dist/cli/main.js', 'plan', program, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8', maxBuffer: 2 ** 27 });
  expect(stderr).not.toMatch(/^\s+at |internal:/m);
  return { status, stdout, stderr };
}

describe('mistakes', () => {
  test('a negative bandwidth is SK2104, and names it', () => {
    const profile = JSON.parse(readFileSync('src/cost/profiles/h100.json', 'utf8'));
    profile.links[0].bandwidthBytesPerSecond = -1;
    const cluster = join(folder, 'negative.json');
    writeFileSync(cluster, JSON.stringify({ format: 'skein.cluster/1', hosts: 1, devicesPerHost: 8, profile }));
    const { status, stderr } = plan(mlp, '--cluster', cluster);
    expect(status).toBe(2);
    expect(stderr).toMatch(/SK2104: .*bandwidthBytesPerSecond is -1(?:.|\n)*next: /);
  });

  test('a number of devices that divides nothing is SK2303, and says how many would', () => {
    const { status, stderr } = plan(mlp, '--cluster', 'cpu:7');
    expect(status).toBe(2);
    expect(stderr).toMatch(/SK2303: 7 devices cannot share the work(?:.|\n)*next: use 4 devices/);
  });

  test('contradictory pins are SK2302', () => {
    const pins = ['--pin', 'x=[{dp}, {}]', '--pin', 'x=[{}, {dp}]'];
    const { status, stderr } = plan(mlp, '--cluster', 'cpu:4', '--mesh', 'dp=4', '--level', 'O1', ...pins);
    expect(status).toBe(2);
    expect(stderr).toMatch(/SK2302: (?:.|\n)*next: keep one of the two pins/);
  });

  test('a search without a cluster asks for one', () => {
    const { status, stderr } = plan(mlp);
    expect(status).toBe(2);
    expect(stderr).toMatch(/SK9003: (?:.|\n)*next: add --cluster/);
  });
});

describe('outcomes', () => {
  test('where nothing fits, the proof and what would help are data, and nothing is written', () => {
    const out = join(folder, 'none');
    const { status, stdout } = plan(mlp, '--cluster', '4xH100', '--memory', '60kB', '--json', '--out', out);
    expect(status).toBe(1);
    const { status: found, explanation } = JSON.parse(stdout);
    expect(found).toBe('infeasible');
    expect(explanation.boundBytes).toBeGreaterThan(60e3);
    expect(explanation.leastBytes).toBeGreaterThanOrEqual(explanation.boundBytes);
    expect(explanation.changes[0]).toEqual({ kind: 'memory', cluster: '4xH100', memoryBytes: explanation.leastBytes });
    expect(() => readFileSync(join(out, 'plan.json'))).toThrow();
  });

  test('a plan fits with as much memory as is said to be enough', () => {
    const none = JSON.parse(plan(mlp, '--cluster', '4xH100', '--memory', '60kB', '--json').stdout);
    const enough = `${none.explanation.leastBytes}`;
    const { status, stdout } = plan(mlp, '--cluster', '4xH100', '--memory', enough, '--json');
    expect(status).toBe(0);
    const memory: { bytesPerDevice: number }[] = JSON.parse(stdout).memory;
    expect(memory.reduce((sum, { bytesPerDevice }) => sum + bytesPerDevice, 0)).toBeLessThanOrEqual(Number(enough));
  });

  test('a time limit of 0.1 s gives the best plan so far, with a bound on what was left out', () => {
    const program = 'examples/programs/gpt2-tiny.mlir.gz';
    const { status, stdout } = plan(program, '--cluster', '8xH100', '--time-limit', '0.1', '--json');
    expect(status).toBe(0);
    const { search, predicted } = JSON.parse(stdout);
    expect(search.bound).toBeGreaterThan(0);
    expect(search.bound).toBeLessThan(predicted.stepSeconds);
    expect(search.gap).toBeCloseTo(1 - search.bound / predicted.stepSeconds, 9);
  });

  test('the same question has the same answer', () => {
    const words = ['--cluster', '8xH100', '--json'];
    const [one, other] = [plan(mlp, ...words), plan(mlp, ...words)].map(({ stdout }) => {
      const { search, ...rest } = JSON.parse(stdout);
      return { ...rest, bound: search.bound };
    });
    expect(one).toEqual(other);
  });
});

test('a reader that closes early is no error', async () => {
  const words = ['dist/cli/main.js', 'inspect', mlp];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const errors: Buffer[] = [];
  child.stderr.on('data', chunk => errors.push(chunk));
  const [status] = await once(child, 'close');
  expect(Buffer.concat(errors).toString()).not.toContain('EPIPE');
  expect(status).toBe(0);
});
