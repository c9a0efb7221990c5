import { floatBits } from './float-bits.ts';
import type { Tensor } from './tensor.ts';

/** |actual - expected| / |expected|; 0 for equal values and for two NaN; infinite where only one is finite. */
export function relativeError(actual: number, expected: number): number {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return 0;
  const error = Math.abs(actual - expected) / Math.abs(expected);
  return Number.isFinite(actual) && Number.isFinite(expected) ? error : Number.POSITIVE_INFINITY;
}

/** How many f32 (or f64) numbers lie between two numbers; infinite when one of them is NaN. */
export function ulpDistance(a: number, b: number, bits: 32 | 64 = 32): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Object.is(a, b) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(Number(orderedBits(a, bits) - orderedBits(b, bits)));
}

function orderedBits(value: number, bits: 32 | 64): bigint {
  const top = 1n << BigInt(bits - 1);
  const pattern = floatBits(value, bits);
  return pattern >= top ? top - pattern : pattern;
}

/** How far two tensors of one type are apart. */
export interface TensorDistance {
  /** L2(actual - expected) / L2(expected); the plain L2 norm of the difference when `expected` is zero. */
  readonly relativeL2: number;
  /** The largest |actual - expected| over all elements. */
  readonly largest: number;
  /** Elements where only one side is finite, or where infinities differ in sign, or NaN meets another value. */
  readonly mismatches: number;
}

/** Compares two tensors of one shape element by element. */
export function tensorDistance(actual: Tensor, expected: Tensor): TensorDistance {
  let difference = 0;
  let norm = 0;
  let largest = 0;
  let mismatches = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const a = Number(actual.data[i]);
    const e = Number(expected.data[i]);
    if (!Number.isFinite(a) || !Number.isFinite(e)) {
      if (!Object.is(a, e)) mismatches++;
      continue;
    }
    difference += (a - e) ** 2;
    norm += e ** 2;
    largest = Math.max(largest, Math.abs(a - e));
  }
  return { relativeL2: Math.sqrt(norm === 0 ? difference : difference / norm), largest, mismatches };
}
