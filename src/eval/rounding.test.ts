import { describe, expect, test } from 'vitest';
import { tensorType } from '../ir/index.ts';
import { fromBytes, nextAfter, toBytes } from './float-bits.ts';
import { exponentOf, roundBfloat16, roundEven, roundFloat16 } from './rounding.ts';

describe('rounding', () => {
  test('goes to the even neighbour on ties and keeps the sign of zero', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -0.3, 0.3, -0].map(roundEven)).toEqual([0, 2, 2, -0, -2, -0, 0, -0]);
  });

  test('to bf16 keeps eight bits of precision', () => {
    expect([1, 257, 259, 1e-40, 3.4e38, -3.4e38].map(roundBfloat16)).toEqual([
      1,
      256,
      260,
      roundBfloat16(1e-40),
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(roundBfloat16(1e-40) / 2 ** -133).toBe(1);
  });

  test('to f16 reaches subnormal numbers and infinity', () => {
    expect([65519, 65520, 2 ** -24, 2 ** -25, 2 ** -25 * 1.01, 2049].map(roundFloat16)).toEqual([
      65504,
      Number.POSITIVE_INFINITY,
      2 ** -24,
      0,
      2 ** -24,
      2048,
    ]);
  });

  test('finds exponents next to powers of two', () => {
    for (const exponent of [-1074, -1022, -149, -1, 0, 1, 52, 1023]) {
      expect(exponentOf(2 ** exponent)).toBe(exponent);
      if (exponent > -1021) expect(exponentOf(2 ** exponent * (1 - 2 ** -53))).toBe(exponent - 1);
    }
  });
});

describe('the bytes of 16-bit floats', () => {
  test.each(['f16', 'bf16'] as const)('all 65,536 patterns of %s survive reading and writing', element => {
    const bytes = new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer);
    const values = fromBytes(tensorType([65536], element), bytes);
    const written = new Uint16Array(toBytes(values).buffer);
    const round = element === 'f16' ? roundFloat16 : roundBfloat16;
    for (let i = 0; i < 65536; i++) {
      const value = Number(values.data[i]);
      // All NaN become one.
      if (!Number.isNaN(value)) expect(written[i]).toBe(i);
      if (!Object.is(round(value), value)) throw new Error(`${value} is not rounded`);
    }
  });

  test('neighbours are next to each other', () => {
    expect(nextAfter(1, 2, 'bf16')).toBe(1 + 2 ** -7);
    expect(nextAfter(1, 0, 'f16')).toBe(1 - 2 ** -11);
    expect(nextAfter(0, -1, 'f32')).toBe(-(2 ** -149));
    expect(nextAfter(-0, 1, 'f64')).toBe(5e-324);
  });
});
