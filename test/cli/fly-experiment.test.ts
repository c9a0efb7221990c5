import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandResult, refusal, skein } from '../support/run-skein.ts';

/* `skein fly experiment` through the built command. Needs `npm run build`. */
let folder: string;
let out: string;
let first: CommandResult;

const small = ['fly', 'experiment', '--quick', '--modes', 'first-come,bump', '--densities', '30,5'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-fly-experiment-'));
  out = join(folder, 'out');
  first = skein(...small, '--seeds', '2', '--jobs', '2', '--out', out);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string): string => readFileSync(join(out, name), 'utf8');

/** Lines of cells in a fixed order, without the seconds of the processor. */
const cellsOf = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.replace(/"cpuSeconds":[^,]*,/, ''))
    .sort();

describe('skein fly experiment', () => {
  test('runs every cell, and writes a table, a document and a page', () => {
    expect([first.status, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/^16 cells: AirMatrix, 16 km², 2 seeds, 1800 s/);
    expect(first.stdout).toMatch(/^first come, without zones {2,}\d+\.\d % {2,}\d+\.\d % /m);
    expect(first.stdout).toMatch(
      /^Without zones the sky saturates, in requests per km² and hour: first come .*; bump /m,
    );
    const document = JSON.parse(read('experiment.json'));
    expect(document.format).toBe('skein.fly-experiment/1');
    expect(document.command).toBe('skein fly experiment --quick --seeds 2 --densities 5,30 --modes first-come,bump');
    expect(document.curves).toHaveLength(4);
    for (const { points } of document.curves) {
      expect(points.map(({ density }: { density: number }) => density)).toEqual([5, 30]);
      expect(points.map(({ asked }: { asked: number }) => asked)).toEqual([2 * 40, 2 * 240]);
      expect(points[1].served).toBeLessThan(points[1].asked);
    }
    const page = read('experiment.html');
    expect(page).toContain('--densities 5,30');
    expect(page).toContain('Share of requests that are served');
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
    expect(cellsOf(read('cells.jsonl'))).toHaveLength(16);
  });

  test('runs nothing again, and writes the same bytes', () => {
    const names = ['cells.jsonl', 'experiment.json', 'experiment.html'];
    const before = names.map(read);
    const again = skein(...small, '--seeds', '2', '--out', out);
    expect(again).toEqual(first);
    expect(names.map(read)).toEqual(before);
  });

  test('goes on after a line that was cut, with more seeds, to what one run gives', () => {
    const lines = read('cells.jsonl').trimEnd().split('\n');
    const kept = lines.slice(0, 8);
    writeFileSync(join(out, 'cells.jsonl'), [...kept, lines[8].slice(0, 40)].join('\n'));
    const { status } = skein(...small, '--seeds', '3', '--jobs', '1', '--out', out);
    expect(status).toBe(0);
    const now = read('cells.jsonl');
    expect(now.split('\n').slice(0, 8)).toEqual(kept);
    const whole = join(folder, 'whole');
    expect(skein(...small, '--seeds', '3', '--out', whole).status).toBe(0);
    expect(cellsOf(now)).toEqual(cellsOf(readFileSync(join(whole, 'cells.jsonl'), 'utf8')));
  }, 300_000);

  test('keeps what is done when it is interrupted, leaves no process behind, and goes on from there', async () => {
    const stopped = join(folder, 'stopped');
    const cells = join(stopped, 'cells.jsonl');
    const words = ['fly', 'experiment', '--quick', '--densities', '5,10,20,30', '--modes', 'first-come'];
    const line = ['dist/cli/main.js', ...words, '--jobs', '2', '--out', stopped];
    const child = spawn(process.execPath, line, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', text => {
      stderr += text;
    });
    // Closed when the last process that holds it has ended.
    const ended = new Promise<number | null>(resolve => child.on('close', resolve));
    while (!existsSync(cells) || readFileSync(cells, 'utf8').split('\n').length < 5) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(stderr).toBe(`interrupted; ${cells} has what is done, and the same command goes on from there\n`);
    expect(existsSync(join(stopped, 'experiment.json'))).toBe(false);
    const before = readFileSync(cells, 'utf8');
    expect(before.split('\n').length).toBeLessThan(26);
    const again = skein(...words, '--out', stopped);
    expect(again.status).toBe(0);
    expect(readFileSync(cells, 'utf8').startsWith(before)).toBe(true);
    expect(readFileSync(cells, 'utf8').split('\n')).toHaveLength(26);
  }, 300_000);

  test('prints one JSON document', () => {
    const { stdout } = skein(...small, '--seeds', '2', '--out', out, '--json');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(read('experiment.json')));
  });

  test('refuses cells of other parameters and directories in use, and touches nothing', () => {
    const before = read('cells.jsonl');
    expect(refusal('fly', 'experiment', '--out', out)).toMatch(
      /SK9002: .*cells\.jsonl has cells of another experiment: sideMetres is \[4000,4000\] there and \[6000,6000\] here/,
    );
    expect(read('cells.jsonl')).toBe(before);
    expect(refusal(...small, '--out', 'src')).toMatch(/SK9002: src exists and is not empty.*--out/s);
    expect(refusal(...small, '--out', 'package.json')).toContain('SK9002: package.json exists');
    appendFileSync(join(out, 'cells.jsonl'), '{"density": 5}\n');
    expect(refusal(...small, '--out', out)).toMatch(/SK9002: line \d+ of .* is no cell/);
  });

  test('refuses options that mean nothing', () => {
    const wrong = (...words: string[]): string => refusal('fly', 'experiment', '--out', join(folder, 'none'), ...words);
    expect(wrong('--densities', '10,,20')).toMatch(/SK9003: .*requests per square kilometre and hour are expected/);
    expect(wrong('--densities', '-3')).toContain('SK9003');
    expect(wrong('--densities', '0.001')).toMatch(/SK9003: --densities: at 0\.001 nobody asks on 36 km² in 1800 s/);
    expect(wrong('--modes', 'batch,best')).toMatch(/SK9003: .*some of first-come, bump, batch are expected/);
    expect(wrong('--seeds', '0')).toContain('SK9003');
    expect(wrong('--network', 'mars')).toContain('SK9003');
    expect(wrong('--jobs', 'all')).toContain('SK9003');
  });
});
