/** How a float of at most 16 bits is made: sign, exponent and mantissa bits, and what its largest exponent means. */
export interface SmallFloat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /**
   * `infinities`: as IEEE 754. `nan`: all ones are NaN, the rest are numbers. `negative-zero`: only -0 is NaN.
   * `none`: all are numbers.
   */
  readonly special: 'infinities' | 'nan' | 'negative-zero' | 'none';
}

const small = (
  exponentBits: number,
  mantissaBits: number,
  bias: number,
  special: SmallFloat['special'],
): SmallFloat => ({ exponentBits, mantissaBits, bias, special });

/** Formats by element type, as the MLIR builtin dialect names and defines them. */
export const smallFloatFormats: Readonly<Record<string, SmallFloat | undefined>> = {
  f16: small(5, 10, 15, 'infinities'),
  f8E5M2: small(5, 2, 15, 'infinities'),
  f8E4M3: small(4, 3, 7, 'infinities'),
  f8E3M4: small(3, 4, 3, 'infinities'),
  f8E4M3FN: small(4, 3, 7, 'nan'),
  f8E5M2FNUZ: small(5, 2, 16, 'negative-zero'),
  f8E4M3FNUZ: small(4, 3, 8, 'negative-zero'),
  f8E4M3B11FNUZ: small(4, 3, 11, 'negative-zero'),
  f6E2M3FN: small(2, 3, 1, 'none'),
  f6E3M2FN: small(3, 2, 3, 'none'),
  f4E2M1FN: small(2, 1, 1, 'none'),
  f8E8M0FNU: small(8, 0, 127, 'nan'),
};

/** The value of these bits. */
export function smallFloatValues(format: SmallFloat, bits: number): number {
  const { exponentBits, mantissaBits, bias, special } = format;
  const isUnsigned = exponentBits === 8;
  if (isUnsigned) return bits === 255 ? Number.NaN : 2 ** (bits - bias);
  const signBit = 1 << (exponentBits + mantissaBits);
  const negative = (bits & signBit) !== 0;
  const largest = 2 ** exponentBits - 1;
  const exponent = (bits >> mantissaBits) & largest;
  const mantissa = bits & (2 ** mantissaBits - 1);
  if (special === 'negative-zero' && negative && exponent === 0 && mantissa === 0) return Number.NaN;
  if (exponent === largest && special === 'infinities') {
    if (mantissa !== 0) return Number.NaN;
    return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (special === 'nan' && exponent === largest && mantissa === 2 ** mantissaBits - 1) return Number.NaN;
  const fraction = mantissa / 2 ** mantissaBits;
  const value = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
  return negative ? -value : value;
}

/** The byte that the two hexadecimal digits at `at` spell. */
export function hexByte(source: Uint8Array, at: number): number {
  return (hexValue(source[at]) << 4) | hexValue(source[at + 1]);
}

/** The value of one hexadecimal digit. */
export function hexValue(digit: number): number {
  return digit <= 57 ? digit - 48 : (digit | 32) - 87;
}
