/** A complex number: real and imaginary part. Functions follow the principal branches, in double precision. */
export type Complex = readonly [re: number, im: number];

export const complexOne: Complex = [1, 0];

export function addComplex([a, b]: Complex, [c, d]: Complex): Complex {
  return [a + c, b + d];
}

export function subtractComplex([a, b]: Complex, [c, d]: Complex): Complex {
  return [a - c, b - d];
}

export function multiplyComplex([a, b]: Complex, [c, d]: Complex): Complex {
  return [a * c - b * d, a * d + b * c];
}

/** Division by Smith's method (R. L. Smith, 1962, Algorithm 116), which does not overflow halfway. */
export function divideComplex([a, b]: Complex, [c, d]: Complex): Complex {
  if (Math.abs(c) >= Math.abs(d)) {
    const ratio = d / c;
    const scale = c + d * ratio;
    return [(a + b * ratio) / scale, (b - a * ratio) / scale];
  }
  const ratio = c / d;
  const scale = c * ratio + d;
  return [(a * ratio + b) / scale, (b * ratio - a) / scale];
}

export function negateComplex([a, b]: Complex): Complex {
  return [-a, -b];
}

export function absComplex([a, b]: Complex): number {
  return Math.hypot(a, b);
}

export function signComplex(z: Complex): Complex {
  const size = absComplex(z);
  return size === 0 ? [0, 0] : [z[0] / size, z[1] / size];
}

export function expComplex([a, b]: Complex): Complex {
  const size = Math.exp(a);
  return b === 0 ? [size, b] : [size * Math.cos(b), size * Math.sin(b)];
}

/** e^z - 1, exact also where z is close to 0. */
export function expm1Complex([a, b]: Complex): Complex {
  const half = Math.sin(b / 2);
  return [Math.expm1(a) * Math.cos(b) - 2 * half * half, Math.exp(a) * Math.sin(b)];
}

export function logComplex(z: Complex): Complex {
  return [Math.log(absComplex(z)), Math.atan2(z[1], z[0])];
}

/** log(1 + z), exact also where z is close to 0. */
export function log1pComplex([a, b]: Complex): Complex {
  return [0.5 * Math.log1p(a * (2 + a) + b * b), Math.atan2(b, 1 + a)];
}

export function sqrtComplex([a, b]: Complex): Complex {
  if (a === 0 && b === 0) return [0, b];
  const size = Math.sqrt((Math.abs(a) + Math.hypot(a, b)) / 2);
  if (a >= 0) return [size, b / (2 * size)];
  return [Math.abs(b) / (2 * size), b < 0 || Object.is(b, -0) ? -size : size];
}

export function rsqrtComplex(z: Complex): Complex {
  return divideComplex(complexOne, sqrtComplex(z));
}

export function cbrtComplex(z: Complex): Complex {
  return powerComplex(z, [1 / 3, 0]);
}

/** e^(w log z); 0 to any power is 0, except that 0 to the power of 0 is 1. */
export function powerComplex(z: Complex, w: Complex): Complex {
  if (w[0] === 0 && w[1] === 0) return complexOne;
  if (z[0] === 0 && z[1] === 0) return [0, 0];
  return expComplex(multiplyComplex(w, logComplex(z)));
}

export function sinhComplex([a, b]: Complex): Complex {
  return [Math.sinh(a) * Math.cos(b), Math.cosh(a) * Math.sin(b)];
}

export function coshComplex([a, b]: Complex): Complex {
  return [Math.cosh(a) * Math.cos(b), Math.sinh(a) * Math.sin(b)];
}

/** tanh by the formula of W. Kahan (1987), which does not overflow. */
export function tanhComplex([a, b]: Complex): Complex {
  if (Math.abs(a) > 20) return [Math.sign(a), 0];
  const tangent = Math.tan(b);
  const beta = 1 + tangent * tangent;
  const sinh = Math.sinh(a);
  const rho = Math.sqrt(1 + sinh * sinh);
  const scale = 1 + beta * sinh * sinh;
  return [(beta * rho * sinh) / scale, tangent / scale];
}

export function sinComplex(z: Complex): Complex {
  return timesMinusI(sinhComplex(timesI(z)));
}

export function cosComplex(z: Complex): Complex {
  return coshComplex(timesI(z));
}

export function tanComplex(z: Complex): Complex {
  return timesMinusI(tanhComplex(timesI(z)));
}

export function logisticComplex(z: Complex): Complex {
  return divideComplex(complexOne, addComplex(complexOne, expComplex(negateComplex(z))));
}

export function asinhComplex(z: Complex): Complex {
  const square = multiplyComplex(z, z);
  return logComplex(addComplex(z, sqrtComplex(addComplex(square, complexOne))));
}

export function acoshComplex(z: Complex): Complex {
  const product = multiplyComplex(sqrtComplex(addComplex(z, complexOne)), sqrtComplex(subtractComplex(z, complexOne)));
  return logComplex(addComplex(z, product));
}

export function atanhComplex(z: Complex): Complex {
  const [a, b] = subtractComplex(log1pComplex(z), log1pComplex(negateComplex(z)));
  return [a / 2, b / 2];
}

export function asinComplex(z: Complex): Complex {
  return timesMinusI(asinhComplex(timesI(z)));
}

export function acosComplex(z: Complex): Complex {
  const [a, b] = asinComplex(z);
  return [Math.PI / 2 - a, -b];
}

export function atanComplex(z: Complex): Complex {
  return timesMinusI(atanhComplex(timesI(z)));
}

function timesI([a, b]: Complex): Complex {
  return [-b, a];
}

function timesMinusI([a, b]: Complex): Complex {
  return [b, -a];
}
