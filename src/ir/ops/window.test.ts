import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowDimension } from './window.ts';
import { validPositions, windowCount } from './window.ts';

const windows = fc.record({
  size: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  paddingLow: fc.integer({ min: -2, max: 3 }),
  paddingHigh: fc.integer({ min: -2, max: 3 }),
  baseDilation: fc.integer({ min: 1, max: 3 }),
  windowDilation: fc.integer({ min: 1, max: 3 }),
});

/** The padded and dilated base, 1 where an element is and 0 elsewhere; negative padding cuts. */
function layOut(size: number, { baseDilation, paddingLow, paddingHigh }: WindowDimension): readonly number[] {
  const spread = Array.from({ length: size === 0 ? 0 : (size - 1) * baseDilation + 1 }, (_, at) =>
    at % baseDilation === 0 ? 1 : 0,
  );
  const low = Array.from({ length: Math.max(paddingLow, 0) }, () => 0);
  const high = Array.from({ length: Math.max(paddingHigh, 0) }, () => 0);
  const kept = spread.slice(Math.max(-paddingLow, 0), spread.length - Math.max(-paddingHigh, 0));
  return [...low, ...kept, ...high];
}

describe('a window', () => {
  it('takes as many places, and meets as many elements, as sliding it by hand says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 7 }), windows, (size, window) => {
        const line = layOut(size, window);
        const reach = (window.size - 1) * window.windowDilation + 1;
        let [places, met] = [0, 0];
        for (let start = 0; start + reach <= line.length; start += window.stride) {
          places++;
          for (let index = 0; index < window.size; index++) met += line[start + index * window.windowDilation];
        }
        expect(windowCount(size, window)).toBe(places);
        expect(validPositions(size, window)).toBe(met);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('takes no place in an empty or too short dimension', () => {
    const window = { size: 3, stride: 1, paddingLow: 0, paddingHigh: 0, baseDilation: 1, windowDilation: 1 };
    expect(windowCount(0, window)).toBe(0);
    expect(windowCount(2, window)).toBe(0);
  });
});
