/** Special functions in double precision, by series and recurrences that are easy to check. */

/** The error function: its power series near 0, one minus the complement elsewhere. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  if (size > 2.5) return Math.sign(x) * (1 - erfc(size));
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** 1 - erf(x), by the continued fraction of Laplace where x is large, evaluated from its tail. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < 1) return 1 - erf(x);
  if (x > 27) return 0;
  let fraction = x;
  for (let k = x < 2 ? 400 : 100; k >= 1; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** The inverse of the error function on [-1, 1], by Newton's method on the complement. */
export function erfInv(x: number): number {
  if (x === 0 || Number.isNaN(x)) return x;
  if (Math.abs(x) > 1) return Number.NaN;
  if (Math.abs(x) === 1) return x * Number.POSITIVE_INFINITY;
  const rest = 1 - Math.abs(x);
  // Winitzki's approximation (2008) is good to two digits everywhere.
  const log = Math.log(rest * (1 + Math.abs(x)));
  const a = 2 / (Math.PI * 0.147) + log / 2;
  let y = Math.sqrt(Math.sqrt(a * a - log / 0.147) - a);
  for (let step = 0; step < 6; step++) {
    const error = rest < 0.5 ? rest - erfc(y) : erf(y) - Math.abs(x);
    y -= error / ((2 / Math.sqrt(Math.PI)) * Math.exp(-y * y));
  }
  return Math.sign(x) * y;
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** log |gamma(x)|: Lanczos's approximation with g = 7 and nine terms, reflected for x < 0.5. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY;
  if (x <= 0 && Number.isInteger(x)) return Number.POSITIVE_INFINITY;
  if (x === 1 || x === 2) return 0;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(sinPi(x))) - lgamma(1 - x);
  const shifted = x - 1;
  let sum = lanczos[0];
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i] / (shifted + i);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The derivative of log gamma: recurrence up to 16, then the asymptotic series. */
export function digamma(x: number): number {
  if (x <= 0 && (Number.isInteger(x) || !Number.isFinite(x))) return Number.NaN;
  if (x < 0) return digamma(1 - x) - Math.PI / Math.tan(Math.PI * (x - Math.floor(x)));
  let sum = 0;
  for (; x < 16; x++) sum -= 1 / x;
  const inverse = 1 / (x * x);
  const series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))));
  return sum + Math.log(x) - 0.5 / x - series;
}

// B(2k) / (2k)! for k = 1, 2, ...
const zetaTail = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 10670622842880000,
];

/** Hurwitz's zeta: the sum of (q + k)^-x over k >= 0, by Euler and Maclaurin's formula after twelve terms. */
export function zeta(x: number, q: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  if (x < 1 || Number.isNaN(x) || Number.isNaN(q)) return Number.NaN;
  if (q <= 0) {
    if (Number.isInteger(q)) return Number.POSITIVE_INFINITY;
    if (!Number.isInteger(x)) return Number.NaN;
  }
  let sum = 0;
  for (let k = 0; k < 12; k++, q++) sum += q ** -x;
  sum += q ** (1 - x) / (x - 1) + 0.5 * q ** -x;
  let factor = x * q ** (-x - 1);
  for (let k = 0; k < zetaTail.length; k++) {
    sum += zetaTail[k] * factor;
    factor *= ((x + 2 * k + 1) * (x + 2 * k + 2)) / (q * q);
  }
  return sum;
}

/** The n-th derivative of digamma, for whole n >= 0. */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  if (n < 0 || !Number.isInteger(n)) return Number.NaN;
  return (n % 2 === 0 ? -1 : 1) * Math.exp(lgamma(n + 1)) * zeta(n + 1, x);
}

/** e^-|x| times the modified Bessel function of the first kind and order 1: power series, asymptotic from 30 on. */
export function besselI1e(x: number): number {
  const size = Math.abs(x);
  if (size < 30) {
    let term = size / 2;
    let sum = term;
    for (let k = 1; term > 1e-18 * sum; k++) {
      term *= (size * size) / 4 / (k * (k + 1));
      sum += term;
    }
    return Math.sign(x) * sum * Math.exp(-size);
  }
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 12; k++) {
    term *= -(4 - (2 * k - 1) ** 2) / (k * 8 * size);
    sum += term;
  }
  return (Math.sign(x) * sum) / Math.sqrt(2 * Math.PI * size);
}

/** x to the power of y as IEEE 754 has it: 1 to any power is 1, and -1 to an infinite power is 1. */
export function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  return x ** y;
}

function sinPi(x: number): number {
  const whole = Math.round(x);
  return (whole % 2 === 0 ? 1 : -1) * Math.sin(Math.PI * (x - whole));
}
