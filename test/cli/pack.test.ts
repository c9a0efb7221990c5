import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/* `skein pack` through the built command. Needs `npm run build`. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-pack-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function skein(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
}
function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const buffers = 'id,lower,upper,size\nb1,0,3,4\nb2,3,9,4\nb3,0,9,4\nb4,9,21,4\nb5,0,21,4\n';
const program = 'examples/programs/mlp.mlir.gz';

describe('skein pack', () => {
  test('packs a program and prints one JSON document', () => {
    const { status, stdout, stderr } = skein('pack', program, '--json');
    const found = JSON.parse(stdout);
    expect([status, stderr]).toEqual([0, '']);
    expect(found.peakBytes).toBe(found.residentBytes + found.transientBytes);
    expect(found.arenaBytes).toBeGreaterThanOrEqual(found.peakBytes);
    expect(found.boundBytes).toBeLessThanOrEqual(found.peakBytes);
    expect(found.order.length).toBe(found.operators);
    expect(found.offsets.length).toBe(found.tensors);
    expect(found.rivals.length).toBe(6);
    for (const rival of found.rivals) expect(rival.arenaBytes).toBeGreaterThanOrEqual(found.arenaBytes);
  });

  test('shows more memory where everything is materialised', () => {
    const bytes = (...words: string[]): number =>
      JSON.parse(skein('pack', program, '--json', ...words).stdout).arenaBytes;
    expect(bytes('--materialise', 'all')).toBeGreaterThan(bytes());
  });

  test('writes a plan that its validator accepts, and finds what is wrong with another', () => {
    const plan = join(folder, 'mlp.plan.json');
    expect(skein('pack', program, '--out', plan).status).toBe(0);
    expect(skein('pack', program, '--check-plan', plan)).toMatchObject({ status: 0 });
    const changed = JSON.parse(readFileSync(plan, 'utf8'));
    changed.order.reverse();
    const wrong = file('wrong.json', JSON.stringify(changed));
    const checked = skein('pack', program, '--check-plan', wrong, '--json');
    expect(checked.status).toBe(1);
    expect(JSON.parse(checked.stdout)).toMatchObject({ status: 'invalid' });
    expect(skein('pack', program, '--check-plan', plan, '--materialise', 'all')).toMatchObject({ status: 2 });
  });

  test('gives the rows of a CSV back with offsets, and checks such rows', () => {
    const input = file('b.csv', buffers);
    const out = join(folder, 'placed.csv');
    const packed = skein('pack', input, '--capacity', '12', '--out', out);
    expect(packed.status).toBe(0);
    expect(packed.stdout).toContain('optimal');
    expect(readFileSync(out, 'utf8').split('\n')[0]).toBe('id,lower,upper,size,offset');
    expect(skein('pack', input, '--check-plan', out).status).toBe(0);
    const moved = file('moved.csv', readFileSync(out, 'utf8').replace(/^(b1,.*),\d+$/m, '$1,1'));
    expect(skein('pack', input, '--check-plan', moved)).toMatchObject({ status: 1 });
    const again = skein('pack', input, '--out', out);
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('SK9002')]);
    expect(skein('pack', input, '--out', out, '--force').status).toBe(0);
  });

  test('reads gzip, and JSON problems', () => {
    expect(skein('pack', file('c.csv.gz', gzipSync(buffers))).status).toBe(0);
    const problem = { format: 'skein.memory/1', tensors: [{ sizeBytes: 1, kind: 'kept', output: true }] };
    const found = skein('pack', file('p.json', JSON.stringify(problem)), '--json');
    expect(JSON.parse(found.stdout)).toMatchObject({ status: 'optimal', arenaBytes: 64, boundBytes: 64 });
  });

  test('proves that a capacity is too small', () => {
    const tight = skein('pack', file('d.csv', buffers), '--capacity', '11');
    expect(tight.status).toBe(1);
    expect(tight.stdout).toContain('It cannot fit: bank main has 11 B, but 12 B are needed at time 0');
    const { status, stdout } = skein('pack', program, '--capacity', '1kB', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'infeasible', explanation: { where: { kind: 'operator' } } });
  });

  test('looks only for an order where that is wanted', () => {
    const plan = join(folder, 'order.json');
    const found = JSON.parse(skein('pack', program, '--order-only', '--json', '--out', plan).stdout);
    expect([found.status, found.peakBytes, found.gap, found.rivals]).toEqual(['optimal', found.boundBytes, 0, []]);
    expect(found.arenaBytes).toBeGreaterThanOrEqual(found.peakBytes);
    expect(skein('pack', program, '--check-plan', plan).status).toBe(0);
    expect(skein('pack', program, '--order-only').stdout).toMatch(/^peak .* optimal; no order has a lower peak; /m);
    const given = skein('pack', file('f.csv', buffers), '--order-only');
    expect([given.status, given.stderr]).toEqual([2, expect.stringContaining('SK9003')]);
  });

  test('gives the incumbent when there is no time, and the same plan for the same nodes', () => {
    expect(JSON.parse(skein('pack', program, '--time-limit', '0', '--json').stdout).status).toBe('feasible');
    const plan = (): unknown => JSON.parse(skein('pack', program, '--nodes', '500', '--json').stdout).offsets;
    expect(plan()).toEqual(plan());
  });

  test('writes a page that stands alone, and replaces none', () => {
    const page = join(folder, 'mlp.html');
    expect(skein('pack', program, '--report', page)).toMatchObject({ status: 0, stderr: '' });
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<h2>Before: PyTorch, program order and its caching allocator</h2>');
    expect(html).toContain('<h2>What would lower it</h2>');
    expect(html).not.toMatch(/https?:|src=|<script/);
    expect(skein('pack', program, '--report', page)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('name another file with --report'),
    });
    expect(skein('pack', program, '--no-rivals', '--report', page, '--force').status).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain('<h2>Before: program order, the largest placed first</h2>');
    const given = join(folder, 'given.html');
    expect(skein('pack', file('given.csv', buffers), '--report', given).status).toBe(0);
    expect(readFileSync(given, 'utf8')).toContain('nothing less is possible for these buffers as they are');
  });

  test('writes no page where there is no plan', () => {
    const page = join(folder, 'none.html');
    const tight = skein('pack', file('e.csv', buffers), '--capacity', '11', '--report', page);
    expect(tight).toMatchObject({ status: 1, stderr: expect.stringContaining('is not written') });
    expect(existsSync(page)).toBe(false);
    expect(skein('pack', program, '--report', page, '--out', page).stderr).toContain('both name');
    expect(skein('pack', program, '--report', page, '--check-plan', page).stderr).toContain('SK9003');
  });

  test('plans nothing where there is nothing', () => {
    const nothing = [
      file('empty.json', '{"format": "skein.memory/1", "tensors": []}'),
      file('header.csv', 'id,lower,upper,size\n'),
    ];
    for (const path of nothing) {
      const { status, stdout } = skein('pack', path, '--json');
      expect([status, JSON.parse(stdout)]).toMatchObject([0, { status: 'optimal', arenaBytes: 0, offsets: [] }]);
    }
  });

  test('refuses wrong input with a code and exit status 2', () => {
    const x = { name: 'x', sizeBytes: 64, kind: 'donated' };
    const problem = (name: string, fields: object): string =>
      file(name, JSON.stringify({ format: 'skein.memory/1', tensors: [x, { name: 'y', sizeBytes: 64 }], ...fields }));
    const operators = [{ name: 'f', inputs: [0], outputs: [1] }];
    const cyclic = [{ name: 'f', inputs: [0, 1], outputs: [1] }];
    const large = { tensors: [x, { name: 'y', sizeBytes: 128 }], operators };
    const rest = gzipSync(buffers).subarray(0, 40);
    const cases: [string, string[]][] = [
      ['SK5002', [problem('cycle.json', { operators: cyclic })]],
      ['SK5003', [problem('negative.json', { tensors: [{ ...x, sizeBytes: -4 }] })]],
      ['SK5003', [problem('sum.json', { tensors: [1, 2].map(() => ({ ...x, sizeBytes: 2 ** 52 })) })]],
      ['SK5003', [file('sum.csv', 'id,lower,upper,size\nb1,0,3,9007199254740991\nb2,5,9,1\n')]],
      ['SK5001', [file('other.json', '{"format": "skein.plan/1"}')]],
      ['SK5001', [file('list.json', '[]')]],
      ['SK1002', [file('cut.csv.gz', rest)]],
      ['SK5006', [problem('size.json', { ...large, aliases: [{ kind: 'mustReuse', tensor: 1, of: 0 }] })]],
      ['SK5006', [problem('alias.json', { operators, aliases: [{ kind: 'mayReuse', tensor: 1, of: 7 }] })]],
      ['SK5005', [file('empty.csv', '')]],
      ['SK9003', [problem('alignment.json', { operators }), '--alignment', '0']],
      ['SK5003', [problem('unaligned.json', { operators }), '--alignment', '9007199254740991']],
      ['SK5005', [file('no-upper.csv', 'id,lower,size\nb1,0,4\n')]],
      ['SK5003', [file('negative.csv', 'id,lower,upper,size\nb1,0,3,-4\n')]],
      ['SK5003', [file('huge.csv', 'id,lower,upper,size\nb1,0,3,9007199254740993\n')]],
      ['SK5004', [file('fixed.csv', 'id,lower,upper,size,offset\nb1,0,3,4,0\nb2,2,5,4,2\n'), '--fixed']],
      ['SK5007', [file('word.csv', 'id,lower,upper,size\nb1,0,three,4\n')]],
      ['SK5001', [file('broken.json', '{"format": "skein.memory/1", "tensors": [')]],
      ['SK9001', [join(folder, 'nothing.csv')]],
      ['SK9003', [program, '--capacity', '-1']],
      ['SK9003', [program, '--time-limit', 'soon']],
    ];
    for (const [code, words] of cases) {
      const { status, stdout, stderr } = skein('pack', ...words);
      expect([code, status, stdout]).toEqual([code, 2, '']);
      expect(stderr).toContain(code);
      // Where it is, if it is in a file that could be read, and the next step.
      if (code !== 'SK9003') expect(stderr).toContain(words[0]);
      expect(stderr).toMatch(/^ {2}next: \S/m);
      expect(stderr).not.toMatch(/^\s+at /m);
    }
    expect(existsSync(join(folder, 'nothing.csv'))).toBe(false);
  });
});
