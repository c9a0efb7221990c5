import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/* `skein plan` through the built command. Needs `npm run build`. */

const program = 'examples/programs/mlp.mlir.gz';
let folder: string;
const planOf = (name: string): string => join(folder, name, 'plan.json');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-plan-'));
  const data = ['--strategy', 'data', '--cluster', 'cpu:4'];
  expect(skein('plan', program, ...data, '--out', join(folder, 'data')).status).toBe(0);
  expect(skein('plan', program, '--cluster', '4xH100', '--out', join(folder, 'searched')).status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function skein(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('the folder of a plan has its page', () => {
  expect(readdirSync(join(folder, 'searched')).sort()).toEqual([
    'annotated.mlir',
    'plan.json',
    'report.html',
    'runner.py',
  ]);
  const titles = {
    searched: ['Seconds of a step', 'Memory of one device over a step', 'next best'],
    data: ['Seconds of a step', 'What moves', 'Memory of one device over a step'],
  };
  for (const [name, expected] of Object.entries(titles)) {
    const page = readFileSync(join(folder, name, 'report.html'), 'utf8');
    for (const title of expected) expect(page).toContain(title);
  }
});

test('a plan file tells what explains the search, and is printed again with it', () => {
  const { search } = JSON.parse(readFileSync(planOf('searched'), 'utf8'));
  expect(search).toMatchObject({
    space: { meshesInAll: expect.any(Number), pruned: expect.any(Array) },
    second: { mesh: expect.any(String), stepSeconds: expect.any(Number), memoryBytes: expect.any(Number) },
  });
  const { status, stdout } = skein('plan', program, '--plan', planOf('searched'));
  expect(status).toBe(0);
  expect(stdout).toMatch(/\nSearched for .*: no plan is faster/);
  expect(JSON.parse(skein('plan', program, '--plan', planOf('searched'), '--json').stdout).search).toEqual(search);
});

test('two plans are compared, as text and as JSON', () => {
  const { status, stdout } = skein('plan', program, '--compare', planOf('data'), planOf('searched'));
  expect(status).toBe(0);
  expect(stdout).toMatch(/\d+ of \d+ inputs lie otherwise\n[\s\S]*\nmemory per device [\s\S]*\na step /);
  const json = JSON.parse(skein('plan', '--compare', planOf('data'), planOf('searched'), '--json').stdout);
  expect(Object.keys(json)).toEqual(['inputs', 'traffic', 'memory', 'seconds']);
  const same = skein('plan', '--compare', planOf('data'), planOf('data')).stdout;
  expect(same).toContain('0 of ');
});

test('what cannot be compared is refused', () => {
  const refused = (...words: string[]): string => {
    const { status, stdout, stderr } = skein('plan', ...words);
    expect([status, stdout]).toEqual([2, '']);
    return stderr;
  };
  expect(refused('--compare', planOf('data'))).toContain('SK9003: --compare takes two plan files, not 1');
  expect(refused('examples/programs/gpt2-tiny.mlir.gz', '--compare', planOf('data'), planOf('searched'))).toMatch(
    /SK2202: .* are of another program than examples/,
  );
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, readFileSync(planOf('data'), 'utf8').replace('"predicted"', '"promised"'));
  expect(refused('--compare', broken, planOf('data'))).toContain('`predicted` is missing or malformed');
  expect(refused()).toContain('SK9003: nothing says which program is to be planned');
});

test('pins within which was searched are held against the search', () => {
  const pins = ['--mesh', 'dp=2,tp=2', '--pin', 'x=[{dp}, {}]', '--pin', 'x=[{dp}, {}]'];
  const { status, stdout } = skein('plan', program, '--cluster', '4xH100', ...pins, '--level', 'O1', '--explain');
  expect(status).toBe(0);
  expect(stdout).toContain('\nInputs\n');
  expect(stdout).toContain('idle pin: the pin x=[{dp}, {}] decides nothing');
  expect(stdout).toMatch(/These pins by propagation alone: a step of .*, \d\.\d\d times the .* found within them/);
  expect(stdout).toMatch(/and \d\.\d\d times the .* that no plan within them beats/);
});
