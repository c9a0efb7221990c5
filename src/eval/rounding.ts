/** A binary floating-point format: bits of exponent and of stored mantissa, as IEEE 754 lays them out. */
export interface FloatFormat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
}

/** Rounds to the nearest bf16, ties to even, by way of f32 as hardware does. */
export function roundBfloat16(value: number): number {
  return roundFloat(Math.fround(value), { exponentBits: 8, mantissaBits: 7 });
}

/** Rounds to the nearest f16, ties to even, by way of f32 as hardware does. */
export function roundFloat16(value: number): number {
  return roundFloat(Math.fround(value), { exponentBits: 5, mantissaBits: 10 });
}

/** Rounds to the nearest number of a format, ties to even; too large becomes infinite, tiny becomes subnormal or 0. */
export function roundFloat(value: number, format: FloatFormat): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const bias = 2 ** (format.exponentBits - 1) - 1;
  const exponent = Math.max(exponentOf(value), 1 - bias);
  const step = 2 ** (exponent - format.mantissaBits);
  const rounded = roundEven(value / step) * step;
  const largest = (2 - 2 ** -format.mantissaBits) * 2 ** bias;
  return Math.abs(rounded) > largest ? Math.sign(value) * Number.POSITIVE_INFINITY : rounded;
}

/** Rounds to the nearest integer, ties to even; keeps the sign of zero. */
export function roundEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  const rounded = rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
  return rounded === 0 ? value * 0 : rounded;
}

/** The exponent `e` of a finite number other than 0, such that 2^e <= |value| < 2^(e + 1). */
export function exponentOf(value: number): number {
  const size = Math.abs(value);
  let exponent = Math.floor(Math.log2(size));
  // The logarithm may be rounded up to the next integer just below a power of two, and down just above one.
  if (2 ** exponent > size) exponent--;
  else if (2 ** (exponent + 1) <= size) exponent++;
  return exponent;
}
