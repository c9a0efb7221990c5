import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasTpuCompiler, installTpuCompiler } from '../../src/verify/index.ts';

/* The built command against the real TPU compiler. Needs `npm run build`; no TPU. */
const gpt2 = 'examples/programs/gpt2-tiny.mlir.gz';
const compiler = await hasTpuCompiler();
if (!compiler) console.log(`skipped: the TPU compiler is not installed; ${installTpuCompiler}`);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-judged-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function skein(...words: string[]) {
  const environment = { ...process.env, TMPDIR: folder };
  return spawnSync(process.execPath, ['dist/cli/main.js', 'judge', ...words], { encoding: 'utf8', env: environment });
}

/** A placement of the examples on another mesh. */
function pinsOn(name: string, axes: readonly (readonly [string, number])[]): string {
  const pins = JSON.parse(readFileSync(`examples/placements/${name}.json`, 'utf8'));
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...pins, mesh: { axes } }));
  return path;
}

const compilations = (): string[] => readdirSync(folder).filter(name => name.startsWith('skein-judge-'));

test.skipIf(compiler)('without the TPU compiler skein judge says how to install it', () => {
  const { status, stderr } = skein(gpt2, '--pins', pinsOn('dp', [['dp', 4]]), '--topology', 'v5e:2x2');
  expect([status, stderr]).toEqual([2, expect.stringContaining(`SK4101`)]);
  expect(stderr).toContain(installTpuCompiler);
});

describe.skipIf(!compiler)('skein judge', () => {
  const judged = (...words: string[]) => {
    const { status, stdout, stderr } = skein(...words, '--json');
    expect([status, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };

  test.each(['v5e:2x2', 'v5p:2x2x1'])('finds the predicted collectives of GPT-2 on %s', topology => {
    const rows = ({
      collectives,
    }: {
      collectives: readonly { kind: string; axis: string; bytesPerDevice: number }[];
    }) => Object.fromEntries(collectives.map(({ kind, axis, bytesPerDevice }) => [`${kind} ${axis}`, bytesPerDevice]));
    const dp = judged(gpt2, '--pins', pinsOn('dp', [['dp', 4]]), '--topology', topology);
    expect(rows(dp.judged)).toEqual(rows(dp.predicted));
    const axes = [
      ['dp', 2],
      ['tp', 2],
    ] as const;
    const megatron = judged(gpt2, '--pins', pinsOn('megatron', axes), '--topology', topology);
    expect(rows(megatron.judged)).toEqual(rows(megatron.predicted));
    for (const { judged, predicted } of [dp, megatron]) {
      expect(judged.fits).toBe(true);
      expect(judged.judgedSeconds).toBeCloseTo(judged.computeSeconds + judged.collectiveSeconds, 12);
      // Rows of 64 are padded to the 128 lanes of a tile.
      expect(judged.memory.argumentBytes / predicted.argumentBytes).toBeGreaterThan(1);
      expect(judged.memory.argumentBytes / predicted.argumentBytes).toBeLessThan(2);
    }
    expect(megatron.judged.memory.argumentBytes).toBeLessThan(0.8 * dp.judged.memory.argumentBytes);
  });

  test('counts loops as often as they run', () => {
    const pins = pinsOn('dp', [['dp', 4]]);
    const scan = 'examples/programs/gpt2-tiny-scan.mlir.gz';
    const { judged: found, predicted } = judged(scan, '--pins', pins, '--topology', 'v5p:2x2x1');
    expect(found).toMatchObject({ loopsCountedOnce: true, tripsKnown: true });
    expect(found.collectives[0].bytesPerDevice).toBe(predicted.collectives[0].bytesPerDevice);
  });

  test('a program that no chip holds is an outcome, with what it would need', () => {
    const type = 'tensor<65536x65536xf32>';
    const path = join(folder, 'large.mlir');
    writeFileSync(
      path,
      `func.func public @main(%x: ${type}, %y: ${type}) -> ${type} {
  %0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (${type}, ${type}) -> ${type}
  return %0 : ${type}
}`,
    );
    const pins = join(folder, 'whole.json');
    const mesh = { axes: [['dp', 4]] };
    writeFileSync(
      pins,
      JSON.stringify({ format: 'skein.pins/1', mesh, pins: [{ match: '%arg1', sharding: '[{}, {}]' }] }),
    );
    const { status, stdout } = skein(path, '--pins', pins, '--topology', 'v5e:2x2', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ fits: false, tooLarge: { neededBytes: 48 * 2 ** 30 } });
  });

  test('the compiler goes, and its folder with it, when the command is killed', async () => {
    const words = ['dist/cli/main.js', 'judge', gpt2, '--pins', pinsOn('dp', [['dp', 4]]), '--topology', 'v5p:2x2x1'];
    const driver = spawn(process.execPath, words, { stdio: 'ignore', env: { ...process.env, TMPDIR: folder } });
    const until = async (done: () => boolean): Promise<void> => {
      for (let round = 0; round < 200 && !done(); round++) await new Promise(resolve => setTimeout(resolve, 50));
    };
    await until(() => compilations().length > 0);
    expect(compilations()).toHaveLength(1);
    driver.kill('SIGKILL');
    await until(() => compilations().length === 0);
    expect(compilations()).toEqual([]);
  });
});

describe('wrong input to skein judge', () => {
  test.each([
    ['SK4102', ['--topology', '8xH100']],
    ['SK9003', ['--topology', 'v5e:2x4', '--depth', '48']],
    ['SK2009', ['--topology', 'v5e:4x4']],
    ['SK9003', []],
  ])('%s for %s', (code, words) => {
    const { status, stderr } = skein(gpt2, '--pins', 'examples/placements/dp.json', ...words);
    expect([status, stderr]).toEqual([2, expect.stringContaining(code)]);
  });
});
