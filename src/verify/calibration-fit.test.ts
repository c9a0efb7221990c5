import { expect, test } from 'vitest';
import { type Cluster, estimateCollective, operationSeconds, parseCluster } from '../cost/index.ts';
import type { Calibration } from './calibration.ts';
import { fitCluster } from './calibration-fit.ts';
import { type CalibrationProbe, calibrationProbes } from './calibration-probes.ts';

/** A machine whose numbers are known: every probe takes exactly what the cost model says of it. */
function machine(notation: string): Cluster {
  const cluster = parseCluster(notation);
  const links = cluster.links.map((level, index) => ({
    ...level,
    latencySeconds: [7e-6, 9e-5][index],
    bandwidthBytesPerSecond: [3e9, 4e8][index],
    efficiencyOf: { 'all-reduce': 0.5, 'all-gather': 1, 'reduce-scatter': 0.8, 'all-to-all': 0.4 },
    efficiency: 0.6,
  }));
  const profile = {
    ...cluster.profile,
    peakFlopsPerSecond: { f32: 2e11, bf16: 1e11, f16: 1e11, f64: 5e10 },
    memoryBytesPerSecond: 5e10,
    secondsPerElement: {
      ...{ 'stablehlo.reduce_window': 2e-9, 'stablehlo.select_and_scatter': 3e-8, 'stablehlo.divide': 3e-10 },
      ...{ 'stablehlo.sqrt': 4e-10, 'stablehlo.rsqrt': 5e-10, 'stablehlo.exponential': 6e-10 },
      ...{ 'stablehlo.log': 7e-10, 'stablehlo.tanh': 8e-10, 'stablehlo.logistic': 9e-10 },
    },
  };
  return { ...cluster, profile, links };
}

function secondsOn(cluster: Cluster, { kind, work, bytes, element, groups }: CalibrationProbe): number {
  const matrix = kind === 'product' || kind === 'convolution';
  const elements = { name: kind, count: work };
  if (groups === undefined)
    return operationSeconds({ flops: matrix ? work : 0, bytes, element, matrix, elements }, cluster);
  const levels = groups.levels.map(({ name, size }) => {
    const link = cluster.links.find(level => level.name === name);
    if (link === undefined) throw new Error(name);
    return { ...link, size };
  });
  return estimateCollective({ kind, bytes, groupSize: groups.size, levels }).seconds;
}

function measured(cluster: Cluster, noise: (index: number) => number = () => 1): Calibration {
  const measurements = calibrationProbes(cluster).map((probe, index) => {
    const { program, ...rest } = probe;
    return { ...rest, seconds: secondsOn(cluster, probe) * noise(index) };
  });
  return { measurements, emptyStepSeconds: 1e-4 };
}

const rateOf = (level: { bandwidthBytesPerSecond: number; efficiencyOf?: Record<string, number> }, kind: string) =>
  level.bandwidthBytesPerSecond * (level.efficiencyOf?.[kind] ?? Number.NaN);

test.each(['cpu:8', '2xcpu:2', 'cpu:6'])('finds the links of %s again, kind by kind', notation => {
  const truth = machine(notation);
  const { links } = fitCluster(parseCluster(notation), measured(truth), 'test');
  expect(links.map(({ name, size }) => [name, size])).toEqual(truth.links.map(({ name, size }) => [name, size]));
  for (const [index, level] of links.entries()) {
    const wanted = truth.links[index];
    expect(level.latencySeconds / wanted.latencySeconds).toBeCloseTo(1, 2);
    for (const kind of ['all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all']) {
      expect(rateOf(level, kind) / rateOf(wanted, kind)).toBeCloseTo(1, 2);
    }
    // It has no share of its own there, so it goes by that of the level.
    expect(rateOf(level, 'collective-permute') / (wanted.bandwidthBytesPerSecond * 0.6)).toBeCloseTo(1, 2);
  }
});

test('reproduces what was measured, points of the curves and checks between them', () => {
  const { rows } = fitCluster(parseCluster('cpu:8'), measured(machine('cpu:8')), 'test');
  for (const { check, error } of rows) expect(Math.abs(error)).toBeLessThan(check ? 0.3 : 0.02);
});

test('is off by no more than the noise of the measurements', () => {
  // A tenth up and down in turn.
  const noisy = measured(machine('cpu:8'), index => (index % 2 === 0 ? 1.1 : 0.9));
  const { links } = fitCluster(parseCluster('cpu:8'), noisy, 'test');
  expect(links[0].latencySeconds / 7e-6).toBeGreaterThan(0.85);
  expect(links[0].latencySeconds / 7e-6).toBeLessThan(1.15);
});

test('measures a type at one size and takes the curve of f32 for it', () => {
  const { profile } = fitCluster(parseCluster('cpu:8'), measured(machine('cpu:8')), 'test');
  const peaks = profile.peakFlopsPerSecond;
  expect(peaks.bf16 / peaks.f32).toBeCloseTo(0.5, 2);
  expect(peaks.f64 / peaks.f32).toBeCloseTo(0.25, 2);
});

test('finds what an element of a window costs', () => {
  const { profile } = fitCluster(parseCluster('cpu:8'), measured(machine('cpu:8')), 'test');
  expect(profile.secondsPerElement?.['stablehlo.select_and_scatter']).toBeCloseTo(3e-8, 11);
});

test('says where the numbers come from, and keeps what it did not measure', () => {
  const cluster = parseCluster('cpu:8');
  const { profile } = fitCluster(cluster, measured(machine('cpu:8')), 'the test');
  expect(profile.memoryBytes).toBe(cluster.profile.memoryBytes);
  expect(profile.links[1]).toEqual(cluster.profile.links[1]);
  expect(profile.sources.slice(0, 2).map(({ source }) => source)).toEqual(['the test', 'the test']);
});
