import { describe, expect, it } from 'vitest';
import { parseCluster } from './cluster-notation.ts';
import { operationSeconds, peakFlops } from './operation-seconds.ts';
import { efficiencyAt, readProfiles } from './profile.ts';
import { placedSeconds, stepSeconds } from './step-seconds.ts';

const product = (n: number, element = 'f32') => ({ flops: 2 * n ** 3, bytes: 3 * n * n * 4, element, matrix: true });

describe('seconds of operations', () => {
  it('comes near the product measured on two cores: 1024^3 at 53 GFLOP/s', () => {
    const rate = product(1024).flops / operationSeconds(product(1024), parseCluster('cpu:1'));
    expect(rate).toBeGreaterThan(45e9);
    expect(rate).toBeLessThan(60e9);
  });

  it('shares a host among its virtual devices', () => {
    const one = operationSeconds(product(512), parseCluster('cpu:1'));
    expect(operationSeconds(product(512), parseCluster('cpu:8'))).toBeCloseTo(8 * one, 12);
    expect(operationSeconds(product(512), parseCluster('8xH100'))).toBe(
      operationSeconds(product(512), parseCluster('H100')),
    );
  });

  it('is bound by memory where there is little to compute', () => {
    const add = { flops: 1e8, bytes: 12e8, element: 'f32', matrix: false };
    expect(operationSeconds(add, parseCluster('H100'))).toBeCloseTo(12e8 / (3350e9 * 0.9), 9);
  });

  it('knows the peak of each element type, or of its family', () => {
    const profile = parseCluster('H100').profile;
    expect(peakFlops(profile, 'bf16')).toBe(989e12);
    expect(peakFlops(profile, 'f8E4M3FN')).toBe(1979e12);
    expect(peakFlops(profile, 'ui8')).toBe(1979e12);
    expect(peakFlops(profile, 'i32')).toBe(494.5e12);
  });

  it('interpolates efficiency in the logarithm of the work', () => {
    const curve = [
      [1, 0.1],
      [100, 0.5],
    ] as const;
    expect([0.5, 1, 10, 100, 1e9].map(work => efficiencyAt(curve, work))).toEqual([
      0.1,
      0.1,
      expect.closeTo(0.3, 12),
      0.5,
      0.5,
    ]);
  });

  it('prices a reduce-scatter as the all-reduce that the CPU compiler makes of it', () => {
    const mesh = { axes: [{ name: 'dp', size: 8 }] };
    const scatter = { kind: 'reduce-scatter', axes: ['dp'], bytesPerDevice: 1e6, trips: 1 };
    const links = parseCluster('cpu:8').links.map(level => ({ ...level, efficiencyOf: { 'reduce-scatter': 0.1 } }));
    const cpu = { ...parseCluster('cpu:8'), links };
    expect(placedSeconds(scatter, mesh, cpu)).toBe(placedSeconds({ ...scatter, kind: 'all-reduce' }, mesh, cpu));
    const gpu = parseCluster('8xH100');
    expect(placedSeconds(scatter, mesh, gpu)).toBeLessThan(
      placedSeconds({ ...scatter, kind: 'all-reduce' }, mesh, gpu),
    );
  });

  it('adds up a step', () => {
    const cluster = parseCluster('4x8xH100');
    const mesh = {
      axes: [
        { name: 'dp', size: 4 },
        { name: 'tp', size: 8 },
      ],
    };
    const reduce = { kind: 'all-reduce', axes: ['tp'], bytesPerDevice: 1e8, trips: 3 };
    const step = stepSeconds([product(4096, 'bf16')], [reduce], mesh, cluster);
    expect(step.communicationSeconds).toBeCloseTo(3 * placedSeconds(reduce, mesh, cluster), 12);
    expect(step.stepSeconds).toBe(step.computeSeconds + step.communicationSeconds);
    expect(placedSeconds({ ...reduce, axes: ['dp'] }, mesh, cluster)).toBeGreaterThan(
      placedSeconds(reduce, mesh, cluster),
    );
  });
});

describe('what is hidden behind computing', () => {
  const mesh = { axes: [{ name: 'dp', size: 4 }] };
  const step = (reduced: number, slowdown: number) => {
    const host = parseCluster('4xH100');
    const cluster = { ...host, profile: { ...host.profile, overlap: { share: 0.5, slowdown } } };
    const gradient = { kind: 'all-reduce', axes: ['dp'], bytesPerDevice: reduced, trips: 1, hideable: true };
    const activation = { kind: 'all-gather', axes: ['dp'], bytesPerDevice: 1e6, trips: 2 };
    return stepSeconds([product(4096, 'bf16')], [gradient, activation], mesh, cluster);
  };

  it('is all that can be hidden where there is enough to compute, and slows it down', () => {
    const { computeSeconds, communicationSeconds, hideableSeconds, overlapSeconds, stepSeconds: all } = step(1e6, 1.25);
    expect(hideableSeconds).toBeGreaterThan(0);
    expect(hideableSeconds).toBeLessThan(0.5 * computeSeconds);
    expect(overlapSeconds).toBeCloseTo(0.75 * hideableSeconds, 15);
    const waited = communicationSeconds - hideableSeconds;
    expect(all).toBeCloseTo(computeSeconds + 0.25 * hideableSeconds + waited, 15);
  });

  it('is a share of the computing where there is more to hide', () => {
    const { computeSeconds, communicationSeconds, hideableSeconds, stepSeconds: all } = step(1e9, 1.25);
    const hidden = 0.5 * computeSeconds;
    expect(hideableSeconds).toBeGreaterThan(hidden);
    expect(all).toBeCloseTo(computeSeconds + communicationSeconds - hidden + 0.25 * hidden, 15);
    expect(step(1e9, 2).overlapSeconds).toBe(0);
  });
});

describe('device profiles', () => {
  it('are complete, each with its sources', () => {
    const profiles = readProfiles();
    expect(profiles.map(profile => profile.name).sort()).toEqual(
      ['A100-40', 'A100-80', 'B200', 'H100', 'H200', 'V100', 'cpu', 'v4', 'v5e', 'v5p', 'v6e'].sort(),
    );
    for (const profile of profiles) expect(profile.sources.length).toBeGreaterThan(1);
  });

  it('has no two devices with one name', () => {
    const names = readProfiles().flatMap(profile => [profile.name, ...(profile.aliases ?? [])]);
    expect(new Set(names.map(name => name.toLowerCase())).size).toBe(names.length);
  });
});

describe('profiles that fuse', () => {
  const cluster = parseCluster('cpu:1');
  const chain = { flops: 1e6, bytes: 4e7, fusedBytes: 1e7, element: 'f32', matrix: false };

  it('charge a kernel for what passes through memory, others for all', () => {
    const alone = { flops: 1e6, bytes: 1e7, element: 'f32', matrix: false };
    expect(operationSeconds(chain, cluster)).toBe(operationSeconds(alone, cluster));
    const plain = { ...cluster, profile: { ...cluster.profile, fusesChains: false } };
    expect(operationSeconds(chain, plain)).toBe(operationSeconds({ ...alone, bytes: 4e7 }, cluster));
  });

  it('charge an operation inside a kernel for its arithmetic alone', () => {
    const inside = operationSeconds({ ...chain, fusedBytes: 0 }, cluster);
    expect(inside).toBeGreaterThan(0);
    expect(inside).toBeLessThan(0.1 * operationSeconds(chain, cluster));
  });
});

describe('work in loops', () => {
  it('reaches the share of the peak that one turn reaches', () => {
    const cluster = parseCluster('H100');
    const turn = product(512, 'bf16');
    const loop = { ...turn, flops: 100 * turn.flops, bytes: 100 * turn.bytes, runs: 100 };
    expect(operationSeconds(loop, cluster)).toBeCloseTo(100 * operationSeconds(turn, cluster), 12);
  });

  it('has convolutions on a curve of their own where there is one', () => {
    const cluster = parseCluster('cpu:1');
    const efficiency = { ...cluster.profile.efficiency, convolution: [[1, 0.01]] as const };
    const slow = { ...cluster, profile: { ...cluster.profile, efficiency } };
    const work = { ...product(512), convolution: true };
    expect(operationSeconds(work, slow)).toBeGreaterThan(10 * operationSeconds(work, cluster));
    expect(operationSeconds(product(512), slow)).toBe(operationSeconds(product(512), cluster));
  });
});
