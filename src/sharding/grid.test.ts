import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalLayouts, type Layout, layoutKey } from './grid.ts';

const atoms = fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 2 });
const layouts: fc.Arbitrary<Layout> = fc.record({
  dimensions: fc.array(atoms, { minLength: 2, maxLength: 2 }),
  partial: atoms,
});

test('layouts of one rank are equal when their keys are', () => {
  fc.assert(
    fc.property(layouts, layouts, (a, b) => {
      expect(equalLayouts(a, b)).toBe(layoutKey(a) === layoutKey(b));
      expect(equalLayouts(a, { dimensions: [...a.dimensions], partial: [...a.partial] })).toBe(true);
    }),
    { seed: 3, numRuns: 2000 },
  );
});
