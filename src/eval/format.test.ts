import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relativeError, tensorDistance, ulpDistance } from './distance.ts';
import { formatTensor, parseTensor } from './format.ts';
import { tensor } from './tensor.ts';

describe('the notation of tensors', () => {
  test('is read back as it was printed', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 6 }), values => {
        const text = formatTensor(tensor('f64', [values.length], values));
        expect(formatTensor(parseTensor(text))).toBe(text);
      }),
      { seed: 1 },
    );
  });

  test.each([
    'i64[2] -9223372036854775808 1',
    'complex<f32>[1] 1 -2',
    'ui8[] 255',
    'bf16[2] NaN -Infinity',
    'f32[2, 0]',
  ])('%s', text => {
    expect(formatTensor(parseTensor(text))).toBe(text);
  });

  test('fills a tensor with one number, and refuses other counts', () => {
    expect(formatTensor(parseTensor('i32[3] 7'))).toBe('i32[3] 7 7 7');
    expect(() => parseTensor('i32[3] 7 8')).toThrow('2 values for 3 elements');
  });

  test('refuses element types that the interpreter cannot compute with', () => {
    expect(() => parseTensor('f8E4M3FN[] 1')).toThrow(/SK3009.*f8E4M3FN/);
  });
});

describe('distances', () => {
  test('count representable numbers', () => {
    expect(ulpDistance(1, Math.fround(1 + 2 ** -23))).toBe(1);
    expect(ulpDistance(-0, 0)).toBe(0);
    expect(ulpDistance(-(2 ** -149), 2 ** -149)).toBe(2);
    expect(ulpDistance(1, 1 + 2 ** -52, 64)).toBe(1);
    expect(ulpDistance(Number.NaN, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  test('are relative to the expected value', () => {
    expect(relativeError(1.5, 1)).toBe(0.5);
    expect(relativeError(Number.NaN, Number.NaN)).toBe(0);
    expect(relativeError(Number.POSITIVE_INFINITY, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  test('of tensors tell norm, largest difference and wrong NaN', () => {
    const actual = parseTensor('f32[3] 3 5 NaN');
    expect(tensorDistance(actual, parseTensor('f32[3] 3 4 NaN'))).toEqual({
      relativeL2: 0.2,
      largest: 1,
      mismatches: 0,
    });
    expect(tensorDistance(actual, parseTensor('f32[3] 3 5 1')).mismatches).toBe(1);
  });
});
