import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatAirspaceProblem, generateDeliveryProblem } from '../../src/airspace/index.ts';
import { refusal, skein } from '../support/run-skein.ts';

/* `skein fly plan` and `skein fly show` through the built command. Needs `npm run build`. */
const scenario = 'examples/flights/district.json';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-fly-plan-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('skein fly plan', () => {
  test('says who is late and who is refused, because of whom, and what would be served', () => {
    const { status, stdout, stderr } = skein('fly', 'plan', scenario);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/served +7 {2}of 8; no plan serves more than 7\n/);
    expect(stdout).toMatch(/refused +1 {2}zones 1; proved\n/);
    expect(stdout).toMatch(/\nbooks +Depot to School +10:01:00 +10:01:20 +20 s +flight bread is in the way\n/);
    expect(stdout).toContain('\n  lunch, Market to Square at 10:05:30: zone concert is in the way\n');
    expect(stdout).toContain('\n    served if it may land until 10:15:13, 5 min 13 s later\n');
  });

  test('prints one JSON document that counts every request once', () => {
    const { status, stdout, stderr } = skein('fly', 'plan', scenario, '--json');
    expect([status, stderr]).toEqual([0, '']);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ mode: 'first-come', requests: 8, served: 7, delayed: 1, servedBound: 7, files: [] });
    expect(found.refused).toMatchObject({ proved: 1, gaveUp: 0, byCause: { zones: 1, flights: 0 } });
    expect(found.gap).toBeCloseTo(found.cost / found.boundCost - 1, 12);
    expect(found.refusals).toMatchObject([
      { request: 'lunch', zones: ['concert'], reason: 'zone concert is in the way' },
    ]);
    expect(found.seconds).toBeGreaterThan(0);
  });

  test('writes a plan that checks, its flights as GeoJSON and its map', () => {
    const out = join(folder, 'out');
    const { status, stdout } = skein('fly', 'plan', scenario, '--out', out, '--json');
    const files = ['plan.json', 'flights.geojson', 'map.json'].map(name => join(out, name));
    expect([status, JSON.parse(stdout).files]).toEqual([0, files]);
    expect(readdirSync(out).toSorted()).toEqual(['flights.geojson', 'map.json', 'plan.json']);
    expect(skein('fly', 'check', scenario, files[0]).status).toBe(0);
    expect(JSON.parse(readFileSync(files[1], 'utf8')).features.length).toBe(8);
    const map = JSON.parse(readFileSync(files[2], 'utf8'));
    expect(map).toMatchObject({ format: 'skein.flight-map/1', frame: 'plane', name: 'district' });
    expect([map.flights.length, map.refusals.length, map.zones.length, map.pads.length]).toEqual([7, 1, 2, 5]);
  });

  test('plans the same in every mode twice, and never serves fewer all together', () => {
    for (const mode of ['first-come', 'bump', 'batch']) {
      const [first, second] = ['a', 'b'].map(name => {
        const out = join(folder, `${mode}-${name}`);
        const { status, stdout } = skein('fly', 'plan', scenario, '--mode', mode, '--out', out, '--json');
        expect(status).toBe(0);
        expect(JSON.parse(stdout).served).toBeGreaterThanOrEqual(7);
        return readFileSync(join(out, 'plan.json'), 'utf8');
      });
      expect(first).toBe(second);
    }
  });

  test('leaves flights as they are that are accepted already', () => {
    const { requests, ...rest } = JSON.parse(readFileSync(scenario, 'utf8'));
    const first = join(folder, 'first');
    expect(skein('fly', 'plan', scenario, '--out', first).status).toBe(0);
    const { flights } = JSON.parse(readFileSync(join(first, 'plan.json'), 'utf8'));
    const later = { ...rest, flights, requests: [{ ...requests[0], name: 'more bread' }] };
    const path = join(folder, 'later.json');
    writeFileSync(path, JSON.stringify(later));
    const out = join(folder, 'second');
    const { status, stdout } = skein('fly', 'plan', path, '--out', out, '--json');
    expect([status, JSON.parse(stdout)]).toMatchObject([0, { requests: 1, served: 1, delayed: 1, flights: 8 }]);
    const plan = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8'));
    expect(plan.flights.slice(0, 7)).toEqual(flights);
    expect(skein('fly', 'check', path, join(out, 'plan.json')).status).toBe(0);
    expect(skein('fly', 'plan', path).stdout).toContain('1 request, 7 accepted flights, 5 pads');
  });

  test('says when searches are given up, which proves nothing', () => {
    const { status, stdout } = skein('fly', 'plan', scenario, '--nodes', '3', '--json');
    const found = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(found.refused.gaveUp).toBeGreaterThan(0);
    expect(found.refused.byCause['gave-up']).toBe(found.refused.gaveUp);
    expect(skein('fly', 'plan', scenario, '--nodes', '3').stdout).toMatch(
      /the search was given up at its limit of work/,
    );
  });

  test('replaces nothing unasked', () => {
    const out = join(folder, 'in-use');
    mkdirSync(out);
    writeFileSync(join(out, 'mine.txt'), 'mine');
    expect(refusal('fly', 'plan', scenario, '--out', out)).toContain('SK9002');
    expect(readdirSync(out)).toEqual(['mine.txt']);
    expect(skein('fly', 'plan', scenario, '--out', out, '--force').status).toBe(0);
    expect(readdirSync(out)).not.toContain('mine.txt');
  });

  test('refuses options that mean nothing', () => {
    expect(refusal('fly', 'plan', scenario, '--mode', 'bumps')).toContain('SK9003');
    expect(refusal('fly', 'plan', scenario, '--seed', '1')).toMatch(/SK9003: --seed is of --mode batch/);
    expect(refusal('fly', 'plan', scenario, '--nodes', 'many')).toContain('SK9003');
    expect(refusal('fly', 'plan')).toContain('SK9003');
    expect(refusal('fly', 'show', scenario, scenario, '--port', '70000')).toContain('SK9003');
  });

  test('every subcommand has help with examples', () => {
    for (const command of ['plan', 'check', 'show']) {
      const { status, stdout } = skein('fly', command, '--help');
      expect(status).toBe(0);
      expect(stdout).toContain(`Examples:\n  skein fly ${command} `);
    }
    const { status, stderr } = skein('fly');
    expect([status, stderr]).toEqual([2, expect.stringContaining('plan [options] <scenario>')]);
  });

  test('is interrupted at once, and leaves the last good files', { timeout: 120_000 }, async () => {
    const { problem } = generateDeliveryProblem({
      seed: 1,
      source: {
        kind: 'airmatrix',
        rectangle: [
          [0, 0],
          [6000, 6000],
        ],
        cellMetres: 100,
        layerHeights: [30, 45, 60],
      },
      pads: { count: 60, apartMetres: 300 },
      demand: { count: 20_000, windowSeconds: 3600, tripMetres: [1000, 5000] },
    });
    const large = join(folder, 'large.json');
    writeFileSync(large, formatAirspaceProblem(problem));
    const out = join(folder, 'kept');
    expect(skein('fly', 'plan', scenario, '--out', out).status).toBe(0);
    const before = readFileSync(join(out, 'plan.json'), 'utf8');
    const child = spawn(process.execPath, ['dist/cli/main.js', 'fly', 'plan', large, '--out', out, '--force']);
    let said = '';
    child.stderr.on('data', part => {
      said += part;
    });
    const ended = new Promise<number | null>(resolve => child.on('exit', resolve));
    await new Promise(resolve => setTimeout(resolve, 3000));
    const asked = performance.now();
    child.kill('SIGINT');
    expect([await ended, said]).toEqual([1, 'interrupted; nothing was written\n']);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(readFileSync(join(out, 'plan.json'), 'utf8')).toBe(before);
    expect(readdirSync(folder).filter(name => name.endsWith('.partial'))).toEqual([]);
  });
});

describe('skein fly show', () => {
  test('serves the page until it is interrupted', { timeout: 60_000 }, async () => {
    const out = join(folder, 'shown');
    expect(skein('fly', 'plan', scenario, '--out', out).status).toBe(0);
    const plan = join(out, 'plan.json');
    const child = spawn(process.execPath, ['dist/cli/main.js', 'fly', 'show', scenario, plan, '--json']);
    const ended = new Promise<number | null>(resolve => child.on('exit', resolve));
    const line = await new Promise<string>(resolve => child.stdout.once('data', part => resolve(String(part))));
    const { url } = JSON.parse(line);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const shown = await (await fetch(`${url}data.json`)).json();
    expect(shown).toEqual(JSON.parse(readFileSync(join(out, 'map.json'), 'utf8')));
    const taken = refusal('fly', 'show', scenario, plan, '--port', new URL(url).port);
    expect(taken).toMatch(/SK9003: port \d+ is in use\n {2}next: /);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('does not show a plan that breaks a rule', () => {
    const out = join(folder, 'broken');
    expect(skein('fly', 'plan', scenario, '--out', out).status).toBe(0);
    const plan = join(out, 'plan.json');
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('"cost":160', '"cost":150'));
    const { status, stdout } = skein('fly', 'show', scenario, plan);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/breaks 1 rule\n {2}cost: /)]);
    expect(existsSync(plan)).toBe(true);
  });
});
