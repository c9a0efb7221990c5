import { expect, test } from 'vitest';
import { besselI1e, digamma, erf, erfc, erfInv, lgamma, polygamma, power, zeta } from './special-functions.ts';

/** Values from Abramowitz and Stegun, Handbook of Mathematical Functions (1964), and closed forms. */
test.each([
  ['erf(0.5)', erf(0.5), 0.5204998778130465],
  ['erf(-2)', erf(-2), -0.9953222650189527],
  ['erfc(0.5)', erfc(0.5), 0.4795001221869535],
  ['erfc(4)', erfc(4), 1.541725790028002e-8],
  ['erfc(-1)', erfc(-1), 1.8427007929497148],
  ['erf_inv(0.5)', erfInv(0.5), 0.4769362762044699],
  ['lgamma(10)', lgamma(10), Math.log(362880)],
  ['lgamma(-0.5)', lgamma(-0.5), Math.log(2 * Math.sqrt(Math.PI))],
  ['digamma(1)', digamma(1), -0.5772156649015329],
  ['digamma(-0.5)', digamma(-0.5), 0.03648997397857652],
  ['zeta(2, 1)', zeta(2, 1), Math.PI ** 2 / 6],
  ['zeta(4, 1)', zeta(4, 1), Math.PI ** 4 / 90],
  ['polygamma(1, 0.5)', polygamma(1, 0.5), Math.PI ** 2 / 2],
  ['polygamma(2, 1)', polygamma(2, 1), -2.4041138063191885],
  ['bessel_i1e(1)', besselI1e(1), 0.5651591039924851 / Math.E],
])('%s', (_, actual, expected) => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-13 * Math.abs(expected));
});

test('erf_inv undoes erf', () => {
  for (const x of [-3, -1.2, -1e-5, 0, 0.3, 0.9, 2.5]) expect(erfInv(erf(x))).toBeCloseTo(x, 8);
});

test('the series and the asymptotic form of bessel_i1e meet', () => {
  expect(Math.abs(besselI1e(30.0001) / besselI1e(29.9999) - 1)).toBeLessThan(1e-5);
});

test('power follows IEEE 754 where JavaScript does not', () => {
  expect([power(1, Number.NaN), power(-1, Number.POSITIVE_INFINITY), power(2, 0.5)]).toEqual([1, 1, Math.SQRT2]);
});
