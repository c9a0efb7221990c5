import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RetimingProblem, retime } from './fold-retiming.ts';

/** Borders that all values together are alive over; the definition, in a few lines. */
function aliveBorders({ readers }: RetimingProblem, offsets: Int32Array): number {
  let sum = 0;
  for (const [orbit, list] of readers.entries()) {
    const places = [offsets[orbit], ...list.map(reader => offsets[reader.orbit] + reader.shift)];
    sum += Math.max(...places) - Math.min(...places);
  }
  return sum;
}

/** The least number of borders over all offsets. */
function leastBorders(problem: RetimingProblem): number {
  const { lowest, highest } = problem;
  const offsets = lowest.slice();
  let least = Number.POSITIVE_INFINITY;
  for (;;) {
    least = Math.min(least, aliveBorders(problem, offsets));
    let orbit = 0;
    while (orbit < offsets.length && offsets[orbit] === highest[orbit]) offsets[orbit] = lowest[orbit++];
    if (orbit === offsets.length) return least;
    offsets[orbit]++;
  }
}

const problems = fc.integer({ min: 2, max: 6 }).chain(count => {
  const reader = fc.record({ orbit: fc.nat(count - 1), shift: fc.integer({ min: -2, max: 2 }) });
  const readers = fc.array(fc.array(reader, { maxLength: 3 }), { minLength: count, maxLength: count });
  const ranges = fc.array(fc.tuple(fc.integer({ min: -2, max: 0 }), fc.nat(2)), { minLength: count, maxLength: count });
  return fc.tuple(readers, ranges).map(
    ([lists, bounds]): RetimingProblem => ({
      readers: lists.map((list, orbit) => list.filter(each => each.orbit !== orbit)),
      isMoved: lists.map(() => true),
      lowest: Int32Array.from(bounds, ([low]) => low),
      highest: Int32Array.from(bounds, ([low, size]) => low + size),
    }),
  );
});

describe('retiming', () => {
  it('keeps as few values alive over borders as any offsets do', () => {
    const property = fc.property(problems, problem => {
      const offsets = retime(problem);
      for (const [orbit, offset] of offsets.entries()) {
        expect(offset).toBeGreaterThanOrEqual(problem.lowest[orbit]);
        expect(offset).toBeLessThanOrEqual(problem.highest[orbit]);
      }
      expect(aliveBorders(problem, offsets)).toBe(leastBorders(problem));
    });
    fc.assert(property, { numRuns: 400, seed: 5 });
  });

  it('puts the sum at the end of the layer that makes it, not before the norm that reads it', () => {
    // 0: sum (one longer: the embedding), 1: norm, 2: product; a layer's product is read by its sum, that by the next norm.
    const offsets = retime({
      readers: [
        [
          { orbit: 1, shift: 0 },
          { orbit: 0, shift: 1 },
        ],
        [{ orbit: 2, shift: 0 }],
        [{ orbit: 0, shift: 1 }],
      ],
      isMoved: [true, true, true],
      lowest: Int32Array.of(-1, 0, 0),
      highest: Int32Array.of(0, 0, 0),
    });
    expect([...offsets]).toEqual([-1, 0, 0]);
  });
});
