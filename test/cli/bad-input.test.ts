import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/*
 * Every kind of wrong input through the built command: a diagnostic with its code, exit status 2, no stack trace, and
 * nothing written. Needs `npm run build`.
 */
let folder: string;
const good = 'examples/programs/mlp.mlir.gz';
const goodText = gunzipSync(readFileSync(good)).toString();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-bad-input-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function skein(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function programFile(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Runs a command that must be refused, and returns what it said. */
function refusal(...words: string[]): string {
  const { status, stdout, stderr } = skein(...words);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain('internal:');
  expect(stdout).toBe('');
  expect(status).toBe(2);
  return stderr;
}

describe('programs', () => {
  const line = (operation: string) => `module {
  func.func public @main(%arg0: tensor<4xf32>) -> tensor<4xf32> {
    ${operation}
    return %0 : tensor<4xf32>
  }
}
`;
  const cases: readonly [name: string, code: string, text: string | Uint8Array, says: RegExp][] = [
    ['a truncated file', 'SK1002', goodText.slice(0, goodText.length / 2), /:\d+:\d+: error/],
    [
      'an unknown operation',
      'SK1003',
      line('%0 = stablehlo.ad %arg0, %arg0 : tensor<4xf32>'),
      /:3:\d+: .*stablehlo\.add/s,
    ],
    ['a type mismatch', 'SK1010', line('%0 = stablehlo.add %arg0, %arg0 : tensor<5xf32>'), /:3:\d+: /],
    [
      'a broken rule',
      'SK11',
      line('%0 = stablehlo.add %arg0, %arg0 : tensor<4xf32>\n    %1 = stablehlo.not %arg0 : tensor<4xf32>'),
      /:4:\d+: /,
    ],
    ['a dynamic shape', 'SK1004', line('%0 = stablehlo.add %arg0, %arg0 : tensor<?xf32>'), /:3:\d+: /],
    [
      'an overflowing shape',
      'SK1006',
      line('%0 = stablehlo.add %arg0, %arg0 : tensor<9007199254740993x4096xf32>'),
      /:3:\d+: /,
    ],
    ['a picture', 'SK1005', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), /next: /],
    ['JSON', 'SK1005', '{"format": "skein.plan/1"}', /next: /],
    ['an empty file', 'SK1005', '', /next: /],
  ];
  for (const [name, code, text, says] of cases) {
    test(`${name} is ${code}`, () => {
      const said = refusal('inspect', programFile(`${name.replaceAll(' ', '-')}.mlir`, text));
      expect(said).toContain(code);
      expect(said).toMatch(says);
    });
  }

  test('a file that is not there is SK9001', () => {
    expect(refusal('inspect', join(folder, 'nowhere.mlir'))).toContain('SK9001');
  });

  test('a constant above 512 MB is SK1007', { timeout: 120_000 }, () => {
    const path = join(folder, 'constant.mlir');
    const file = openSync(path, 'w');
    const bytes = 520_000_000;
    writeSync(
      file,
      'module {\n  func.func public @main() -> tensor<130000000xf32> {\n    %cst = stablehlo.constant dense<"0x',
    );
    const digits = Buffer.alloc(1_000_000, '0');
    for (let written = 0; written < 2 * bytes; written += digits.length) writeSync(file, digits);
    writeSync(file, '"> : tensor<130000000xf32>\n    return %cst : tensor<130000000xf32>\n  }\n}\n');
    closeSync(file);
    expect(refusal('inspect', path)).toContain('SK1007');
    rmSync(path);
  });
});

describe('placements', () => {
  const run = (...words: string[]) => refusal('run', good, '--cluster', 'cpu:4', ...words);

  test('a pin for an unknown name is SK2003 and suggests the nearest', () => {
    const said = run('--mesh', 'dp=4', '--pin', "params['layers'][0]['x']=[{dp}, {}]");
    expect(said).toContain('SK2003');
    expect(said).toMatch(/params\['layers'\]\[0\]\['[wb]'\]/);
  });

  test('an uneven pin is SK2004 and names the padded size', () => {
    const said = refusal('run', good, '--cluster', 'cpu:3', '--mesh', 'dp=3', '--pin', 'x=[{dp}, {}]');
    expect(said).toContain('SK2004');
    expect(said).toContain('66');
  });

  test('a mesh that does not divide the cluster is SK2009', () => {
    expect(run('--mesh', 'dp=3', '--pin', 'x=[{dp}, {}]')).toContain('SK2009');
  });

  test('wrong meshes, shardings, axes and pins have codes of their own', () => {
    expect(run('--mesh', 'dp=four', '--pin', 'x=[{dp}, {}]')).toContain('SK2001');
    expect(run('--mesh', 'dp=4', '--pin', 'x=[{dp, {}]')).toContain('SK2002');
    expect(run('--mesh', 'dp=4', '--pin', 'x=[{tp}, {}]')).toContain('SK2005');
    expect(run('--mesh', 'dp=4', '--pin', 'x=[{dp}, {dp}]')).toContain('SK2006');
    expect(run('--mesh', 'dp=4', '--pin', 'x')).toContain('SK2007');
    expect(run('--mesh', 'dp=4', '--pin', 'x=[{dp}]')).toContain('SK2008');
  });

  test('a cluster that is none is SK21..', () => {
    expect(refusal('run', good, '--cluster', 'cpu:0')).toContain('SK2103');
    expect(refusal('run', good, '--cluster', '8xH10')).toContain('SK2102');
  });
});

describe('plans', () => {
  const written = (): string => {
    const out = join(folder, 'plan');
    const words = ['--strategy', 'data', '--cluster', 'cpu:4', '--out', out, '--force'];
    expect(skein('plan', good, ...words).status).toBe(0);
    return out;
  };
  const damaged = (name: string, change: (text: string) => string): string => {
    const text = readFileSync(join(written(), 'plan.json'), 'utf8');
    expect(change(text)).not.toBe(text);
    return refusal('plan', good, '--plan', programFile(name, change(text)));
  };

  test('a plan is printed again as it was, with the same annotated program', () => {
    const out = written();
    const again = join(folder, 'again');
    const { status, stderr } = skein('plan', good, '--plan', join(out, 'plan.json'), '--out', again);
    expect([status, stderr]).toEqual([0, '']);
    for (const file of ['plan.json', 'annotated.mlir'])
      expect(readFileSync(join(again, file), 'utf8')).toBe(readFileSync(join(out, file), 'utf8'));
  });

  test('a plan with another placement beside it is SK9003', () => {
    const plan = join(written(), 'plan.json');
    expect(refusal('plan', good, '--plan', plan, '--mesh', 'dp=4')).toContain('SK9003');
    expect(refusal('plan', good, '--plan', plan, '--cluster', 'cpu:8')).toContain('SK2009');
  });

  test('run and judge read a plan as closely', () => {
    const out = join(folder, 'tpu');
    const words = ['--strategy', 'data', '--cluster', 'v5p:2x2x1', '--out', out];
    expect(skein('plan', good, ...words).status).toBe(0);
    const text = readFileSync(join(out, 'plan.json'), 'utf8');
    const plan = programFile('tpu.json', text.replace('"strategy":"[{dp}', '"strategy":"[{}'));
    expect(refusal('judge', good, '--plan', plan)).toMatch(/tpu\.json:\d+:\d+: error SK2203: decisions\[\d+\]/);
    expect(refusal('run', good, '--plan', plan)).toMatch(/tpu\.json:\d+:\d+: error SK2203: decisions\[\d+\]/);
    expect(refusal('judge', good, '--plan', join(out, 'plan.json'), '--mesh', 'dp=4')).toContain('SK9003');
  });

  test('a plan that is cut off, old, or for another program is SK2201 or SK2202', () => {
    expect(damaged('cut.json', text => text.slice(0, text.length / 2))).toContain('SK2201');
    expect(damaged('old.json', text => text.replace('"decisions"', '"constraints"'))).toContain('SK2201');
    expect(damaged('gap.json', text => text.replace(/"strategy":"[^"]*",/, ''))).toMatch(
      /gap\.json:\d+:5: error SK2201: .*`decisions\[0\]`/,
    );
    const plan = join(written(), 'plan.json');
    expect(refusal('plan', 'examples/programs/gpt2-tiny.mlir.gz', '--plan', plan)).toMatch(
      /plan\.json:\d+:\d+: .*SK2202/,
    );
  });

  test('damaged decisions have a code, a place and a next step', () => {
    const at = (name: string, code: string): RegExp => new RegExp(`${name}:\\d+:\\d+: error ${code}: [^]*\n {2}next: `);
    expect(damaged('a.json', text => text.replace(/("assigned": \[\s*)\[\d+,0\],\s*/, '$1'))).toMatch(
      at('a.json', 'SK2202'),
    );
    expect(damaged('b.json', text => text.replace('"strategy":"[{dp}', '"strategy":"[{tp}'))).toMatch(
      at('b.json', 'SK2005'),
    );
    expect(damaged('c.json', text => text.replace('"strategy":"[{dp}', '"strategy":"[{}'))).toMatch(
      at('c.json', 'SK2203'),
    );
    expect(
      damaged('d.json', text => text.replace('"operation":"stablehlo.dot_general"', '"operation":"chlo.erf"')),
    ).toMatch(at('d.json', 'SK2202'));
  });
});

describe('files and options', () => {
  test('an output directory in use is SK9002 and stays as it was', () => {
    const out = join(folder, 'in-use');
    mkdirSync(out);
    writeFileSync(join(out, 'mine.txt'), 'mine');
    expect(refusal('plan', good, '--strategy', 'data', '--cluster', 'cpu:4', '--out', out)).toContain('SK9002');
    expect(readdirSync(out)).toEqual(['mine.txt']);
  });

  test('a refused command leaves no output directory, not even a part of one', () => {
    const before = readdirSync(folder);
    const out = join(folder, 'never');
    refusal('run', good, '--cluster', 'cpu:4', '--mesh', 'dp=4', '--pin', 'nothing=[{dp}]', '--out', out);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder)).toEqual(before);
  });

  test('unknown options and commands are SK9003', () => {
    expect(refusal('run', good, '--clusters', 'cpu:4')).toContain('SK9003');
    expect(refusal('rum', good)).toContain('SK9003');
    expect(refusal('run', good, '--steps', 'many')).toContain('SK9003');
  });

  test('with --json the diagnostics are one document on standard output', () => {
    const { status, stdout } = skein('inspect', join(folder, 'nowhere.mlir'), '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout).diagnostics[0].code).toBe('SK9001');
  });

  test('every command has help with examples', () => {
    for (const command of ['inspect', 'plan', 'run', 'doctor']) {
      const { status, stdout } = skein(command, '--help');
      expect(status).toBe(0);
      expect(stdout).toContain('Examples:');
    }
  });
});
