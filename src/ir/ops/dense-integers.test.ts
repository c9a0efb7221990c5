import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeOf } from '../builder-attributes.ts';
import type { ElementType } from '../types.ts';
import { tensorType } from '../types.ts';
import { denseRows, readDenseIntegers } from './dense-integers.ts';
import { fillsShape } from './dense-shape.ts';

const list = (shape: readonly number[], text: string, element: ElementType = 'i64') =>
  attributeOf.dense(tensorType(shape, element), text);

describe('dense integers', () => {
  it('are read from lists, splats and blobs alike', () => {
    expect(readDenseIntegers(list([2, 2], '[[1, -2], [3, 4]]'))).toEqual([1, -2, 3, 4]);
    expect(readDenseIntegers(list([3], '7'))).toEqual([7, 7, 7]);
    expect(readDenseIntegers(list([2], '"0x0100FFFF"', 'i16'))).toEqual([1, -1]);
    expect(readDenseIntegers(list([2], '"0x0100FFFF"', 'ui16'))).toEqual([1, 65535]);
    expect(readDenseIntegers(list([1], '"0xFEFFFFFFFFFFFFFF"'))).toEqual([-2]);
    expect(denseRows(attributeOf.denseRows([[0, 1], [2, 3]]))).toEqual([[0, 1], [2, 3]]); // biome-ignore format: a table
  });
});

describe('fillsShape', () => {
  it('takes a list of its shape and no other', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });
    const print = (shape: readonly number[]): string =>
      shape.length === 0 ? '1' : `[${Array.from({ length: shape[0] }, () => print(shape.slice(1))).join(', ')}]`;
    fc.assert(
      fc.property(shapes, shapes, (shape, other) => {
        expect(fillsShape(list(shape, print(shape)))).toBe(true);
        expect(fillsShape(list(other, print(shape)))).toBe(String(shape) === String(other));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('knows elements of each type', () => {
    for (const [element, good, bad] of [
      ['f32', '1.0', '1'],
      ['f32', '0x7F800000', ''],
      ['i8', '-128', '300'],
      ['ui8', '255', '-1'],
      ['i1', 'true', 'yes'],
      ['index', '0', '0.5'],
      ['complex<f32>', '(1.0,2.0)', '1.0'],
    ] as const) {
      expect(fillsShape(list([4], good, element)), `${element} ${good}`).toBe(true);
      expect(fillsShape(list([4], bad, element)), `${element} ${bad}`).toBe(false);
    }
  });
});
