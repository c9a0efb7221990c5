import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/base/index.ts';
import { parseBufferCsv, solveNow } from '../../src/memory/index.ts';

/* Threads are there in the build only. Needs `npm run build`. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-threads-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A block of bytes and time cut into buffers: nothing is free in the best layout, so that a search goes on and on. */
function drawBuffers(seed: number, count: number): string {
  const random = createRandom(seed);
  const pieces = [{ lower: 0, upper: 200, size: 4000 }];
  while (pieces.length < count) {
    pieces.sort((a, b) => (b.upper - b.lower) * b.size - (a.upper - a.lower) * a.size);
    const [{ lower, upper, size }] = pieces.splice(random.integer(0, Math.min(3, pieces.length)), 1);
    const cut = 0.2 + 0.6 * random.next();
    const [time, bytes] = [Math.round(lower + cut * (upper - lower)), Math.round(cut * size)];
    if (random.next() < 0.5 && time > lower && time < upper)
      pieces.push({ lower, upper: time, size }, { lower: time, upper, size });
    else if (bytes > 0 && bytes < size)
      pieces.push({ lower, upper, size: bytes }, { lower, upper, size: size - bytes });
    else pieces.push({ lower, upper, size });
  }
  pieces.sort(() => random.next() - 0.5);
  const rows = pieces.map(({ lower, upper, size }, index) => `b${index},${lower},${upper},${size}`);
  return ['id,lower,upper,size', ...rows].join('\n');
}

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 50_000 });
  return { status, stdout, stderr };
}

describe('a search in threads', () => {
  test('finds the same plan for the same nodes with 1, 2 and 3 threads, and at once', () => {
    for (const seed of [1, 2]) {
      const text = drawBuffers(seed, 250);
      const path = join(folder, `${seed}.csv`);
      writeFileSync(path, text);
      const plans = ['1', '2', '3'].map(threads => {
        const { status, stdout, stderr } = run(
          ...['dist/cli/main.js', 'pack', path, '--no-rivals', '--json', '--nodes', '80000', '--threads', threads],
        );
        expect([status, stderr]).toEqual([0, '']);
        const { seconds, ...plan } = JSON.parse(stdout);
        return plan;
      });
      expect(plans[0].strategy.layout).toBe('search');
      expect(plans[1]).toEqual(plans[0]);
      expect(plans[2]).toEqual(plans[0]);
      const { solution, stats } = solveNow(parseBufferCsv(text, path).problem, { nodes: 80_000 });
      expect([solution?.offsets, stats.nodes]).toEqual([plans[0].offsets, plans[0].nodes]);
    }
  });

  test('uses the threads that it is given, and ends them', () => {
    const path = join(folder, 'ends.mjs');
    const at = (file: string): string => JSON.stringify(pathToFileURL(`dist/memory/${file}`).href);
    writeFileSync(
      path,
      `import { workerCount } from ${JSON.stringify(pathToFileURL(join(folder, 'count.mjs')).href)};
       import { parseBufferCsv, solve } from ${at('index.js')};
       const { problem } = parseBufferCsv(${JSON.stringify(drawBuffers(2, 250))}, 'b.csv');
       await solve(problem, { nodes: 100000, threads: 3 });
       const open = process.getActiveResourcesInfo().filter(name => /worker|message/i.test(name));
       console.log(JSON.stringify({ started: workerCount(), open }));`,
    );
    // Counts the threads that Node starts.
    writeFileSync(
      join(folder, 'count.mjs'),
      `let count = 0;
       process.on('worker', () => count++);
       export const workerCount = () => count;`,
    );
    const { status, stdout, stderr } = run(path);
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ started: 3, open: [] });
  });

  test('works from the command, which is one module', () => {
    const path = join(folder, 'command.csv');
    writeFileSync(path, drawBuffers(2, 250));
    const words = ['dist/cli/main.js', 'pack', path, '--no-rivals', '--trace', '--nodes', '400000', '--threads', '2'];
    expect(run(...words).stderr).toContain('searching in 2 threads');
  });

  test('gives the incumbent when there is no time, and ends when it is over', () => {
    const path = join(folder, 'time.csv');
    writeFileSync(path, drawBuffers(2, 250));
    const words = ['dist/cli/main.js', 'pack', path, '--no-rivals', '--json', '--threads', '2', '--time-limit'];
    expect(JSON.parse(run(...words, '0').stdout).strategy.layout).not.toBe('search');
    expect(run(...words, '0.5').status).toBe(0);
  });

  test('needs at least one thread', () => {
    expect(run('dist/cli/main.js', 'pack', 'b.csv', '--threads', '0')).toMatchObject({ status: 2 });
  });
});
