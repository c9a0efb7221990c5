import { describe, expect, it } from 'vitest';
import { compareCollectives, matchesWithin, type PredictedCollective } from './collective-comparison.ts';
import type { CompiledCollective } from './compiled-collectives.ts';

const predicted = (kind: string, axes: string[], bytesPerDevice: number, trips = 1): PredictedCollective => ({
  kind,
  axes,
  bytesPerDevice,
  trips,
});

const compiled = (
  kind: CompiledCollective['kind'],
  axes: string[],
  bytesPerDevice: number,
  more: Partial<CompiledCollective> = {},
): CompiledCollective => ({
  kind,
  name: 'c',
  computation: 'main',
  bytesPerDevice,
  count: 1,
  elementTypes: ['f32'],
  groups: [],
  axes,
  trips: 1,
  tripsKnown: true,
  slicedBytesPerDevice: 0,
  effectiveReduceScatter: false,
  native: { bytesPerDevice, slicedBytesPerDevice: 0, tensors: [] },
  ...more,
});

describe('comparing collectives', () => {
  it('sums bytes over trips by kind and axis', () => {
    const comparison = compareCollectives(
      [predicted('reduce-scatter', ['tp'], 100)],
      [predicted('all-reduce', ['tp'], 100), predicted('all-reduce', ['tp'], 50, 4)],
      [compiled('all-reduce', ['tp'], 100, { count: 2 }), compiled('all-reduce', ['tp'], 50, { trips: 4 })],
    );
    expect(comparison.rows).toEqual([
      {
        kind: 'all-reduce',
        axis: 'tp',
        ideal: { bytes: 0, count: 0 },
        predicted: { bytes: 300, count: 5 },
        compiled: { bytes: 300, count: 6 },
        differencePercent: 0,
      },
      {
        kind: 'reduce-scatter',
        axis: 'tp',
        ideal: { bytes: 100, count: 1 },
        predicted: { bytes: 0, count: 0 },
        compiled: { bytes: 0, count: 0 },
        differencePercent: 0,
      },
    ]);
    expect(comparison.unexplainedShare).toBe(0);
    expect(matchesWithin(comparison, 0)).toBe(true);
  });

  it('counts bytes of the wrong kind twice: missing there, too many here', () => {
    const comparison = compareCollectives(
      [],
      [predicted('all-to-all', ['dp'], 10)],
      [compiled('all-gather', ['dp'], 100), compiled('all-reduce', ['dp', 'tp'], 900)],
    );
    expect(comparison.unexplainedBytes).toBe(1010);
    expect(comparison.unexplainedShare).toBeCloseTo(1.01);
    expect(comparison.rows.map(row => row.differencePercent)).toEqual([-100, -100, null]);
    expect(matchesWithin(comparison, 0.01)).toBe(false);
  });

  it('allows each row its share of the compiled bytes', () => {
    const comparison = compareCollectives(
      [],
      [predicted('all-reduce', ['dp'], 1009)],
      [compiled('all-reduce', ['dp'], 1000)],
    );
    expect(matchesWithin(comparison, 0.01)).toBe(true);
    expect(matchesWithin(comparison, 0.008)).toBe(false);
  });

  it('names axes the same way in any order, and leaves out groups of one device', () => {
    const comparison = compareCollectives(
      [],
      [predicted('all-reduce', ['tp', 'dp'], 8), predicted('all-gather', [], 64)],
      [compiled('all-reduce', ['dp', 'tp'], 8)],
    );
    expect(comparison.rows.map(row => row.axis)).toEqual(['dp,tp']);
    expect(comparison.unexplainedBytes).toBe(0);
  });

  it('is infinitely wrong where nothing was compiled', () => {
    expect(compareCollectives([], [predicted('all-reduce', ['dp'], 8)], []).unexplainedShare).toBe(Infinity);
    expect(compareCollectives([], [], []).unexplainedShare).toBe(0);
  });
});
