import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkLevel } from './cluster.ts';
import { parseCluster } from './cluster-notation.ts';
import { collectiveLines, collectiveSeconds, estimateCollective } from './collective-seconds.ts';
import { groupAlongAxes, groupLevels } from './group-levels.ts';

const link = (size: number, more: Partial<LinkLevel> = {}): LinkLevel => ({
  name: 'link',
  size,
  bandwidthBytesPerSecond: 1e9,
  latencySeconds: 1e-6,
  topology: 'switch',
  efficiency: 1,
  ...more,
});

const estimate = (kind: string, bytes: number, levels: LinkLevel[]) =>
  estimateCollective({ kind, bytes, groupSize: levels.reduce((n, level) => n * level.size, 1), levels });

describe('seconds of collectives', () => {
  it('follows the ring formulas for large tensors', () => {
    const ring = 3e-6 + 0.75;
    expect(estimate('all-gather', 1e9, [link(4)])).toEqual({ seconds: ring, algorithm: 'ring' });
    expect(estimate('reduce-scatter', 1e9, [link(4)])).toEqual({ seconds: ring, algorithm: 'ring' });
    expect(estimate('all-reduce', 1e9, [link(4)])).toEqual({ seconds: 2 * ring, algorithm: 'ring' });
    expect(estimate('all-to-all', 1e9, [link(4)])).toEqual({ seconds: ring, algorithm: 'pairwise' });
    expect(estimate('collective-permute', 1e9, [link(4)]).seconds).toBeCloseTo(1.000001, 12);
  });

  it('is the least of some straight lines', () => {
    const levels = [link(4), link(2, { bandwidthBytesPerSecond: 1e8, latencySeconds: 1e-5, topology: 'torus' })];
    for (const kind of ['all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all']) {
      const lines = collectiveLines(kind, levels);
      for (const bytes of [0, 1, 1e3, 1e6, 1e10]) {
        const least = Math.min(...lines.map(line => line.latencySeconds + bytes * line.secondsPerByte));
        expect(least / collectiveSeconds({ kind, bytes, groupSize: 8, levels })).toBeCloseTo(1, 9);
      }
    }
  });

  it('copies everything once where devices share a memory, however many they are', () => {
    const shared = (size: number) => link(size, { topology: 'shared' });
    expect(estimate('all-reduce', 1e9, [shared(8)])).toEqual({ seconds: 7e-6 + 1, algorithm: 'copy' });
    expect(estimate('all-to-all', 1e9, [shared(2)])).toEqual({ seconds: 1e-6 + 1, algorithm: 'copy' });
    expect(estimate('all-gather', 1e9, [shared(2), link(2)]).algorithm).not.toBe('copy');
  });

  it('has a share of the peak for single kinds', () => {
    const levels = [link(4, { efficiencyOf: { 'all-gather': 0.5 } })];
    expect(estimate('all-gather', 1e9, levels).seconds).toBeCloseTo(3e-6 + 1.5, 9);
    expect(estimate('reduce-scatter', 1e9, levels).seconds).toBeCloseTo(3e-6 + 0.75, 9);
  });

  it('takes a tree for a small all-reduce', () => {
    expect(estimate('all-reduce', 4, [link(64)])).toEqual({ seconds: 2 * (6e-6 + 4e-9), algorithm: 'tree' });
  });

  it('reduces inside a host before it goes across', () => {
    const levels = [link(8), link(4, { bandwidthBytesPerSecond: 1e8, latencySeconds: 1e-5 })];
    const inside = 7e-6 + (7 / 8) * 1;
    const across = 3e-5 + (3 / 4) * (1 / 8) * 10;
    const { seconds, algorithm } = estimate('all-reduce', 1e9, levels);
    expect(algorithm).toBe('hierarchical');
    expect(seconds).toBeCloseTo(2 * (inside + across), 9);
  });

  it('uses both directions and all axes of a torus', () => {
    const torus = { topology: 'torus' as const };
    expect(estimate('all-gather', 1e9, [link(4, torus)]).seconds).toBeCloseTo(2e-6 + 0.75 / 2, 9);
    expect(estimate('all-gather', 1e9, [link(4, torus), link(4, torus)])).toMatchObject({ algorithm: 'torus' });
    expect(estimate('all-gather', 1e9, [link(4, torus), link(4, torus)]).seconds).toBeCloseTo(4e-6 + 15 / 16 / 4, 9);
    expect(estimate('all-to-all', 1e9, [link(8, torus)]).seconds).toBeCloseTo(4e-6 + 1, 9);
  });

  it('costs nothing on one device, and refuses what it does not know', () => {
    expect(estimate('all-reduce', 1e9, [])).toEqual({ seconds: 0, algorithm: 'none' });
    expect(() => estimate('gossip', 1, [link(2)])).toThrow('internal: unknown collective gossip');
    expect(() => collectiveSeconds({ kind: 'all-reduce', bytes: 1, groupSize: 3, levels: [link(2)] })).toThrow(
      'internal',
    );
  });

  it('never gets slower with more bandwidth, less latency or fewer bytes', () => {
    const kinds = ['all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all', 'collective-permute'];
    const level = fc.record({
      size: fc.integer({ min: 2, max: 16 }),
      bandwidthBytesPerSecond: fc.double({ min: 1e6, max: 1e12, noNaN: true }),
      latencySeconds: fc.double({ min: 0, max: 1e-3, noNaN: true }),
      topology: fc.constantFrom('ring' as const, 'switch' as const, 'torus' as const),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.array(level, { minLength: 1, maxLength: 3 }),
        fc.double({ min: 1, max: 1e10, noNaN: true }),
        (kind, levels, bytes) => {
          const plain = levels.map(item => link(item.size, item));
          const seconds = estimate(kind, bytes, plain).seconds;
          const faster = plain.map(item => ({ ...item, bandwidthBytesPerSecond: 2 * item.bandwidthBytesPerSecond }));
          const nearer = plain.map(item => ({ ...item, latencySeconds: item.latencySeconds / 2 }));
          expect(estimate(kind, bytes, faster).seconds).toBeLessThanOrEqual(seconds);
          expect(estimate(kind, bytes, nearer).seconds).toBeLessThanOrEqual(seconds);
          expect(estimate(kind, bytes / 2, plain).seconds).toBeLessThanOrEqual(seconds);
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe('links of a group', () => {
  const mesh = {
    axes: [
      { name: 'dp', size: 4 },
      { name: 'tp', size: 8 },
    ],
  };
  const show = (axes: string[], cluster = '4x8xH100', order?: number[]): string =>
    groupLevels(parseCluster(cluster), groupAlongAxes(order === undefined ? mesh : { ...mesh, deviceIds: order }, axes))
      .map(level => `${level.name} ${level.size}`)
      .join(', ');

  it('stays inside the host for the minor axis, and goes across for the major one', () => {
    expect(show(['tp'])).toBe('nvlink 8');
    expect(show(['dp'])).toBe('network 4');
    expect(show(['dp', 'tp'])).toBe('nvlink 8, network 4');
    expect(show([])).toBe('');
  });

  it('follows sub-axes', () => {
    expect(groupAlongAxes(mesh, ['tp:(2)2'])).toEqual([0, 2]);
    expect(groupAlongAxes(mesh, ['tp:(1)2', 'dp:(2)2'])).toEqual([0, 8, 4, 12]);
    expect(show(['dp:(1)2'])).toBe('network 2');
  });

  it('follows the order of devices', () => {
    const order = Array.from({ length: 32 }, (_, k) => (k % 8) * 4 + Math.floor(k / 8));
    expect(show(['dp'], '4x8xH100', order)).toBe('nvlink 4');
    expect(show(['tp'], '4x8xH100', order)).toBe('nvlink 2, network 4');
  });

  it('sees the axes of a torus', () => {
    expect(show(['tp'], 'v5p:4x2x4')).toBe('ici-z 4, ici-y 2');
    expect(show(['dp'], 'v5p:4x2x4')).toBe('ici-x 4');
  });
});
