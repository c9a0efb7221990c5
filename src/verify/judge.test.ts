import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCluster } from '../cost/index.ts';
import { entryFunction, parseProgram } from '../ir/index.ts';
import { type CompiledCollective, readCompiledCollectives } from './compiled-collectives.ts';
import { commonTrips, judgeCompiled } from './judge.ts';
import type { TpuCompilation } from './judge-compilation.ts';
import { readEstimatedCycles } from './judge-cycles.ts';
import { type DepthWork, extrapolate } from './judge-extrapolation.ts';
import { judgeCollectives } from './judge-seconds.ts';
import { tpuTopology } from './judge-topology.ts';

/** Text that libtpu compiled, cut down; see test/conformance/compiled_tpu_hlo.py. */
const fixture = (name: string): string =>
  readFileSync(new URL(`./fixtures/tpu-${name}.hlo.txt`, import.meta.url), 'utf8');

const line = (size: number) => ({ axes: [{ name: 'x', size }] });

const show = ({ kind, axes, bytesPerDevice, trips, tripsKnown }: CompiledCollective): string =>
  `${kind} ${axes.join(',')}: ${bytesPerDevice} B x ${trips}${tripsKnown ? '' : ' or more'}`;

describe('reading what the TPU compiler wrote', () => {
  it('counts a collective that is spread over fusions once, and sees reduce-scatters in fusions', () => {
    // The all-gather of channel 10 stands in three fusions; 8256 rows are 8192 padded so that parts are whole tiles.
    expect(readCompiledCollectives(fixture('asynchronous'), line(4)).map(show)).toMatchInlineSnapshot(`
      [
        "all-gather x: 134217728 B x 1",
        "collective-permute x: 786432 B x 1",
        "collective-permute x: 786432 B x 1",
        "reduce-scatter x: 135266304 B x 1",
        "reduce-scatter x: 135266304 B x 1",
        "all-gather x: 134217728 B x 1",
      ]
    `);
  });

  it('finds the permutes of collective matrix products, in loops unrolled by two', () => {
    // 16 shards both ways around: four rounds of four permutes, and one before each loop.
    expect(readCompiledCollectives(fixture('collective-matmul'), line(16)).map(show)).toMatchInlineSnapshot(`
      [
        "collective-permute x: 8388608 B x 1",
        "collective-permute x: 8388608 B x 1",
        "collective-permute x: 8388608 B x 4",
        "collective-permute x: 8388608 B x 4",
        "collective-permute x: 8388608 B x 4",
        "collective-permute x: 8388608 B x 4",
        "collective-permute x: 8388608 B x 4",
        "collective-permute x: 8388608 B x 4",
        "collective-permute x: 8388608 B x 4",
        "collective-permute x: 8388608 B x 4",
      ]
    `);
  });

  it('takes the trips of a scan from where it starts, what it adds and where it ends', () => {
    expect(readCompiledCollectives(fixture('scan'), line(4)).map(show)).toMatchInlineSnapshot(`
      [
        "all-gather x: 134217728 B x 6",
      ]
    `);
    const later = fixture('scan').replace('constant(0)', 'constant(2)');
    expect(readCompiledCollectives(later, line(4)).map(({ trips }) => trips)).toEqual([4]);
    const faster = fixture('scan').replace(/(sunk = s32\[\]\S* constant)\(1\)/, '$1(4)');
    expect(readCompiledCollectives(faster, line(4)).map(({ trips }) => trips)).toEqual([2]);
  });

  it('sums estimated cycles, those of a loop as often as it runs', () => {
    const once = 1_208_640;
    const each = 234_512 + 1_208_640 + 9_557_568;
    expect(readEstimatedCycles(fixture('scan'))).toEqual({
      total: once + 6 * each,
      byOperation: { fusion: 6 * (234_512 + 9_557_568), copy: 7 * 1_208_640 },
      tripsKnown: true,
    });
    const endless = fixture('scan').replace('direction=LT', 'direction=NE');
    expect(readEstimatedCycles(endless)).toMatchObject({ total: once + each, tripsKnown: false });
    expect(readEstimatedCycles(endless, 5)).toMatchObject({ total: once + 5 * each, tripsKnown: true });
  });
});

describe('judging', () => {
  const cluster = parseCluster('v5e:2x2');
  const compilation: TpuCompilation = {
    kind: 'compiled',
    versions: {},
    deviceKind: 'TPU v5 lite',
    compileSeconds: 1,
    memory: { argumentBytes: 10e9, outputBytes: 3e9, aliasBytes: 2e9, temporaryBytes: 5e9, generatedCodeBytes: 1e6 },
    cost: { flops: 1e12, accessedBytes: 1e9, optimalSeconds: 1e-3 },
    hloText: fixture('scan'),
  };

  it('adds cycles over the clock to the seconds of compiled collectives', () => {
    const judged = judgeCompiled(compilation, line(4), cluster);
    expect(judged.clockHertz).toBeCloseTo(1.503e9, -7);
    expect(judged.computeSeconds).toBeCloseTo(67_212_960 / 1.503e9, 4);
    // Six gathers of 134 MB over two links of 45 GB/s at 0.9: three quarters of the bytes arrive from outside.
    expect(judged.collectiveSeconds).toBeCloseTo((6 * 0.75 * 134_217_728) / (2 * 45e9 * 0.9), 4);
    expect(judged.judgedSeconds).toBe(judged.computeSeconds + judged.collectiveSeconds);
    expect(judged.loopsCountedOnce).toBe(true);
  });

  it('counts arguments, temporaries and outputs of their own against the chip', () => {
    expect(judgeCompiled(compilation, line(4), cluster)).toMatchObject({ neededBytes: 16e9, fits: true });
    const memory = { ...compilation.memory, temporaryBytes: 5.1e9 };
    expect(judgeCompiled({ ...compilation, memory }, line(4), cluster).fits).toBe(false);
  });

  it('knows the trips of a program whose loops all run equally often', () => {
    const loop = (trips: number): string => `stablehlo.while(%i = %zero) : tensor<i32>
    cond {
      %end = stablehlo.constant dense<${trips}> : tensor<i32>
      %more = stablehlo.compare LT, %i, %end, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %next = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %next : tensor<i32>
    }`;
    const trips = (...counts: number[]): number | undefined => {
      const loops = counts.map((count, index) => `%loop${index} = ${loop(count)}`).join('\n');
      const text = `func.func public @main() -> tensor<i32> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  ${loops}
  return %zero : tensor<i32>
}`;
      const func = entryFunction(parseProgram(new TextEncoder().encode(text)));
      return func === undefined ? undefined : commonTrips(func);
    };
    expect([trips(), trips(7), trips(7, 7), trips(7, 6)]).toEqual([undefined, 7, 7, undefined]);
  });

  it('lets permutes in opposite directions share their time, and no others', () => {
    const permute = (pairs: number[][], trips = 1): CompiledCollective => ({
      kind: 'collective-permute',
      name: 'permute',
      computation: 'main',
      bytesPerDevice: 81e6,
      count: 1,
      elementTypes: ['bf16'],
      groups: pairs,
      axes: ['x'],
      trips,
      tripsKnown: true,
      slicedBytesPerDevice: 0,
      effectiveReduceScatter: false,
      native: { bytesPerDevice: 81e6, slicedBytesPerDevice: 0, tensors: [] },
    });
    const up = [0, 1, 2, 3].map(device => [device, (device + 1) % 4]);
    const down = [3, 2, 1, 0].map(device => [device, (device + 3) % 4]);
    const seconds = (...permutes: CompiledCollective[]): number =>
      judgeCollectives(permutes, cluster, undefined).reduce((sum, row) => sum + row.seconds, 0);
    const alone = seconds(permute(up));
    expect(alone).toBeCloseTo(81e6 / (45e9 * 0.9), 4);
    expect(seconds(permute(up), permute(down))).toBe(alone);
    expect(seconds(permute(up), permute(up))).toBe(2 * alone);
    expect(seconds(permute(up), permute(down), permute(down))).toBe(2 * alone);
    expect(seconds(permute(up, 3), permute(down))).toBe(4 * alone);
  });

  it('waits for the slowest groups where the mesh lies askew on the links', () => {
    const gather = (groups: number[][]): CompiledCollective => ({
      ...readCompiledCollectives(fixture('scan'), line(4))[0],
      trips: 1,
      groups,
      axes: ['y'],
    });
    const torus = parseCluster('v5e:4x4');
    const ring = (base: number, step: number): number[] => [0, 1, 2, 3].map(member => base + step * member);
    const rows = gather([0, 4, 8, 12].map(base => ring(base, 1)));
    const columns = gather([0, 1, 2, 3].map(base => ring(base, 4)));
    const [row] = judgeCollectives([rows], torus, undefined);
    const [column] = judgeCollectives([columns], torus, undefined);
    expect(column.seconds).toBeCloseTo(row.seconds, 9);
    const ids = Array.from({ length: 16 }, (_, position) => (position % 4) * 4 + Math.floor(position / 4));
    expect(judgeCollectives([rows], torus, ids)).toEqual(judgeCollectives([columns], torus, undefined));
  });

  it('knows the clock of each chip from its peak, and refuses what is no single slice', () => {
    const clocks = ['v4:2x2x1', 'v5e:2x2', 'v5p:2x2x1', 'v6e:2x2'].map(text => tpuTopology(parseCluster(text)));
    expect(clocks.map(({ clockHertz }) => Math.round(clockHertz / 1e7) / 100)).toEqual([1.05, 1.5, 1.75, 1.75]);
    expect(tpuTopology(parseCluster('tpu:4x4'))).toMatchObject({ chip: 'v5e', shape: [4, 4] });
    for (const text of ['8xH100', '2xv5e:4x4', 'cpu:8']) {
      expect(() => tpuTopology(parseCluster(text))).toThrow(/no slice of TPUs/);
    }
  });
});

describe('extrapolating to a depth', () => {
  const work = (each: number, fixed: number, layers: number): DepthWork => ({
    flops: 7 * (fixed + each * layers),
    accessedBytes: 5 * (fixed + each * layers),
    cycles: 3 * (fixed + each * layers),
    computeSeconds: 2 * (fixed + each * layers),
    collectives: [
      { kind: 'all-reduce', axis: 'tp', count: 4 * layers, bytesPerDevice: each * layers, seconds: each * layers },
      { kind: 'all-reduce', axis: 'dp', count: 1, bytesPerDevice: fixed, seconds: fixed },
    ],
  });

  it('is exact where every layer costs the same', () => {
    const layers = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 0, max: 1000 }),
        layers,
        (each, fixed, depth) => {
          const { collectives, ...found } = extrapolate(work(each, fixed, 2), work(each, fixed, 4), depth);
          const { collectives: expected, ...whole } = work(each, fixed, depth);
          expect(found).toMatchObject(whole);
          expect(new Set(collectives)).toEqual(new Set(expected));
          expect(found.judgedSeconds).toBeCloseTo(3 * (fixed + each * depth), 6);
        },
      ),
      { seed: 20 },
    );
  });

  it('takes a collective that only one of the two has as growing from or to nothing', () => {
    const none = { ...work(1, 1, 2), collectives: [] };
    const { collectives } = extrapolate(none, work(1, 1, 4), 6);
    expect(collectives.find(({ axis }) => axis === 'tp')?.count).toBe(32);
    expect(extrapolate(work(1, 1, 2), { ...work(1, 1, 4), collectives: [] }, 6).collectiveSeconds).toBe(0);
  });
});
