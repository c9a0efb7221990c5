import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseCluster } from '../../src/cost/index.ts';

/* `skein calibrate` as a user runs it. Needs `npm run build`. */
const folder = mkdtempSync(join(tmpdir(), 'skein-calibrate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function skein(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr };
}

describe('skein calibrate', () => {
  test('writes a cluster file that other commands take', () => {
    const out = join(folder, 'machine.json');
    const { status, stdout } = skein('calibrate', '--cluster', 'cpu:2', '--rounds', '1', '--out', out);
    expect(status).toBe(0);
    expect(stdout).toMatch(/all-reduce +memory 2 +256 B +\S+ .s +\S+ .s +-?\d+ %/);
    expect(stdout).toContain(`written to ${out}`);
    const { devices, profile, links } = parseCluster(out);
    expect([devices, profile.platform, links.map(({ name, size }) => `${name} ${size}`)]).toEqual([
      2,
      'cpu',
      ['memory 2'],
    ]);
    expect(profile.sources[0].source).toContain('measured by skein calibrate');
    expect(profile.peakFlopsPerSecond.f32).toBeGreaterThan(1e9);
    expect(profile.memoryBytesPerSecond).toBeGreaterThan(1e8);
    const planned = skein('plan', 'examples/programs/mlp.mlir.gz', '--strategy', 'data', '--cluster', out, '--json');
    expect(JSON.parse(planned.stdout).cluster).toBe(out);
    expect(JSON.parse(planned.stdout).predicted.stepSeconds).toBeGreaterThan(0);
  });

  test.each([
    [['--cluster', 'toaster:2'], 'SK2102'],
    [['--cluster', 'cpu:0'], 'SK2103'],
    [['--cluster', 'cpu:2', '--rounds', '0'], 'SK9003'],
    [['--cluster', 'cpu:2', '--clock', 'sun'], 'SK9003'],
    [['--cluster', '8xH100', '--clock', 'processor'], 'SK9003'],
    [['--cluster', 'cpu:2', '--out', 'machine.txt'], 'SK9003'],
    [['--cluster', join(folder, 'none.json')], 'SK9001'],
  ])('refuses %j with %s', (words, code) => {
    const { status, stderr } = skein('calibrate', ...words);
    expect(stderr).toContain(code);
    expect(status).toBe(2);
  });

  test('leaves a file that is there', () => {
    const out = join(folder, 'mine.json');
    writeFileSync(out, 'mine');
    const { status, stderr } = skein('calibrate', '--cluster', 'cpu:2', '--out', out);
    expect([status, readFileSync(out, 'utf8'), stderr.includes('SK9002')]).toEqual([2, 'mine', true]);
    expect(existsSync('machine.txt')).toBe(false);
  });

  test('explains itself', () => {
    const { status, stdout } = skein('calibrate', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Examples:');
  });
});
