import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../base/index.ts';
import { bootstrapIntervals } from './bootstrap.ts';
import {
  densityAt,
  fitLogistic,
  type LogisticCurve,
  type ShareCount,
  shareAt,
  steepestDensity,
} from './logistic-fit.ts';

const densities = [5, 10, 15, 20, 25, 30, 40, 50, 60, 80];
const scales = ['log-density', 'density'] as const;

const anyCurve = fc.record({
  scale: fc.constantFrom(...scales),
  half: fc.double({ min: 15, max: 60, noNaN: true }),
  share: fc.double({ min: 0.6, max: 4, noNaN: true }),
});

const curveOf = ({ scale, half, share }: { scale: LogisticCurve['scale']; half: number; share: number }) =>
  ({ scale, half, steepness: scale === 'density' ? share / 12 : share }) satisfies LogisticCurve;

function drawCounts(curve: LogisticCurve, random: Random, perDensity = 18): ShareCount[] {
  return densities.map(density => {
    const asked = Math.round(density * perDensity);
    let served = 0;
    for (let request = 0; request < asked; request++) if (random.next() < shareAt(curve, density)) served++;
    return { density, served, asked };
  });
}

describe('logistic curves of a share', () => {
  it('are found again from shares without noise', () => {
    fc.assert(
      fc.property(anyCurve, drawn => {
        const curve = curveOf(drawn);
        const counts = densities.map(density => ({ density, asked: 1000, served: 1000 * shareAt(curve, density) }));
        const fit = fitLogistic(counts, curve.scale);
        expect(fit?.half).toBeCloseTo(curve.half, 3);
        expect(fit?.steepness).toBeCloseTo(curve.steepness, 4);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('are near the curve that requests were drawn from', () => {
    const random = createRandom(3);
    for (const scale of scales) {
      const curve = { scale, half: 32, steepness: scale === 'density' ? 0.09 : 2.2 };
      const fit = fitLogistic(drawCounts(curve, random, 200), scale);
      expect(Math.abs((fit?.half ?? 0) / curve.half - 1)).toBeLessThan(0.02);
      expect(Math.abs((fit?.steepness ?? 0) / curve.steepness - 1)).toBeLessThan(0.04);
    }
  });

  it('are the most likely ones: no neighbour is likelier', () => {
    const likelihood = (curve: LogisticCurve, counts: readonly ShareCount[]): number => {
      let total = 0;
      for (const { density, served, asked } of counts) {
        const share = shareAt(curve, density);
        total += served * Math.log(share) + (asked - served) * Math.log(1 - share);
      }
      return total;
    };
    fc.assert(
      fc.property(anyCurve, fc.integer({ min: 0, max: 1e6 }), (drawn, seed) => {
        const counts = drawCounts(curveOf(drawn), createRandom(seed));
        const fit = fitLogistic(counts, drawn.scale);
        if (fit === undefined) return;
        const best = likelihood(fit, counts);
        expect(best).toBeCloseTo(fit.logLikelihood, 5);
        for (const factor of [0.97, 0.999, 1.001, 1.03]) {
          expect(likelihood({ ...fit, half: fit.half * factor }, counts)).toBeLessThanOrEqual(best + 1e-9);
          expect(likelihood({ ...fit, steepness: fit.steepness * factor }, counts)).toBeLessThanOrEqual(best + 1e-9);
        }
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('give back the density of a share, and fall most where they say', () => {
    fc.assert(
      fc.property(anyCurve, fc.double({ min: 0.05, max: 0.99, noNaN: true }), (drawn, share) => {
        const curve = curveOf(drawn);
        const density = densityAt(curve, share);
        if (density > 0) expect(shareAt(curve, density)).toBeCloseTo(share, 9);
        const descent = (at: number): number => shareAt(curve, at - 1e-3) - shareAt(curve, at + 1e-3);
        const steepest = steepestDensity(curve);
        if (steepest < 0.1) return;
        for (const factor of [0.5, 0.9, 1.1, 2]) expect(descent(steepest * factor)).toBeLessThan(descent(steepest));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('round off the corner of a capacity that is simply used up', () => {
    const boundaries = [10, 20, 30].map(capacity => {
      const counts = densities.map(density => ({
        density,
        asked: 18 * density,
        served: 18 * density * Math.min(1, capacity / density),
      }));
      return scales.map(scale => Number(steepestDensity(fitLogistic(counts, scale) as LogisticCurve).toFixed(1)));
    });
    // docs/decisions/0024 has these.
    expect(boundaries).toEqual([
      [10.6, 22.9],
      [31.8, 49.7],
      [52.2, 65.4],
    ]);
  });

  it('are not made up where there is nothing to find', () => {
    const counts = (shares: readonly number[]) =>
      shares.map((share, index) => ({ density: 10 * (index + 1), asked: 100, served: 100 * share }));
    for (const scale of scales) {
      expect(fitLogistic(counts([1, 1, 1]), scale)).toBeUndefined();
      expect(fitLogistic(counts([0, 0, 0]), scale)).toBeUndefined();
      expect(fitLogistic(counts([0.2, 0.5, 0.8]), scale)).toBeUndefined();
      expect(fitLogistic(counts([0.5]), scale)).toBeUndefined();
      expect(fitLogistic(counts([1, 1, 0, 0]), scale)).toBeUndefined();
      expect(fitLogistic([], scale)).toBeUndefined();
    }
  });
});

describe('bootstrap intervals', () => {
  it('cover the curve that seeds were drawn from about as often as they say', () => {
    const curve = { scale: 'log-density', half: 32, steepness: 2.2 } as const;
    const random = createRandom(4);
    const repeats = 150;
    let [halves, boundaries] = [0, 0];
    for (let repeat = 0; repeat < repeats; repeat++) {
      // Seeds differ more than their requests do: each has a capacity of its own.
      const seeds = Array.from({ length: 10 }, () =>
        drawCounts({ ...curve, half: curve.half * (0.9 + 0.2 * random.next()) }, random, 6),
      );
      const [half, boundary] = bootstrapIntervals(
        seeds,
        drawn => {
          const fit = fitLogistic(drawn.flat(), 'log-density');
          return fit === undefined ? [Number.NaN] : [fit.half, steepestDensity(fit)];
        },
        { resamples: 200, seed: repeat },
      );
      if (half[0] <= curve.half && curve.half <= half[1]) halves++;
      const steepest = steepestDensity(curve);
      if (boundary[0] <= steepest && steepest <= boundary[1]) boundaries++;
    }
    // Percentile intervals of ten groups are a little narrow: 95 % is not quite reached.
    for (const share of [halves / repeats, boundaries / repeats]) {
      expect(share).toBeGreaterThan(0.84);
      expect(share).toBeLessThan(0.99);
    }
  }, 300_000);

  it('are the same for the same seed, a point for one group, and open where estimates are', () => {
    const mean = (values: readonly number[]) => [values.reduce((sum, value) => sum + value, 0) / values.length];
    const options = { resamples: 500, seed: 7 };
    expect(bootstrapIntervals([1, 2, 3, 4], mean, options)).toEqual(bootstrapIntervals([1, 2, 3, 4], mean, options));
    expect(bootstrapIntervals([3], mean, options)).toEqual([[3, 3]]);
    const [open] = bootstrapIntervals([1, 2, Number.POSITIVE_INFINITY], mean, options);
    expect(open[0]).toBeLessThan(2);
    expect(open[1]).toBe(Number.POSITIVE_INFINITY);
  });
});
