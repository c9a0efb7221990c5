import { elementCount, tensorType } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import type { Complex } from './complex.ts';
import * as complex from './complex.ts';
import { roundEven } from './rounding.ts';
import { besselI1e, digamma, erf, erfc, erfInv, lgamma } from './special-functions.ts';
import type { IntegerFormat, Tensor } from './tensor.ts';
import { allocate, integerFormat, isBig, isComplex, settle } from './tensor.ts';

/** What an operation does to one element of each class; a missing class is not allowed by the specification. */
interface UnaryKernel {
  readonly float?: (x: number) => number;
  /** Integers of up to 64 bits and booleans, which are integers of one bit. The result is wrapped. */
  readonly integer?: (x: bigint, format: IntegerFormat) => bigint;
  readonly complex?: (z: Complex) => Complex;
}

const asinhReal = (x: number): number => (x === 0 ? x : Math.asinh(x));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const roundAwayFromZero = (x: number): number => {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
};

const kernels: Readonly<Record<string, UnaryKernel>> = {
  'stablehlo.abs': { float: Math.abs, integer: x => (x < 0n ? -x : x) },
  'stablehlo.cbrt': { float: Math.cbrt, complex: complex.cbrtComplex },
  'stablehlo.ceil': { float: Math.ceil },
  'stablehlo.cosine': { float: Math.cos, complex: complex.cosComplex },
  'stablehlo.count_leading_zeros': { integer: (x, { bits }) => BigInt(bits - binary(x, bits).length) },
  'stablehlo.exponential': { float: Math.exp, complex: complex.expComplex },
  'stablehlo.exponential_minus_one': { float: Math.expm1, complex: complex.expm1Complex },
  'stablehlo.floor': { float: Math.floor },
  'stablehlo.log': { float: Math.log, complex: complex.logComplex },
  'stablehlo.log_plus_one': { float: Math.log1p, complex: complex.log1pComplex },
  'stablehlo.logistic': { float: logistic, complex: complex.logisticComplex },
  'stablehlo.negate': { float: x => -x, integer: x => -x, complex: complex.negateComplex },
  'stablehlo.not': { integer: (x, { bits }) => (bits === 1 ? 1n - x : ~x) },
  'stablehlo.popcnt': { integer: (x, { bits }) => BigInt(binary(x, bits).replaceAll('0', '').length) },
  'stablehlo.round_nearest_afz': { float: roundAwayFromZero },
  'stablehlo.round_nearest_even': { float: roundEven },
  'stablehlo.rsqrt': { float: x => 1 / Math.sqrt(x), complex: complex.rsqrtComplex },
  'stablehlo.sign': {
    float: Math.sign,
    integer: x => (x > 0n ? 1n : x < 0n ? -1n : 0n),
    complex: complex.signComplex,
  },
  'stablehlo.sine': { float: Math.sin, complex: complex.sinComplex },
  'stablehlo.sqrt': { float: Math.sqrt, complex: complex.sqrtComplex },
  'stablehlo.tan': { float: Math.tan, complex: complex.tanComplex },
  'stablehlo.tanh': { float: Math.tanh, complex: complex.tanhComplex },
  'chlo.acos': { float: Math.acos, complex: complex.acosComplex },
  'chlo.acosh': { float: Math.acosh, complex: complex.acoshComplex },
  'chlo.asin': { float: Math.asin, complex: complex.asinComplex },
  'chlo.asinh': { float: asinhReal, complex: complex.asinhComplex },
  'chlo.atan': { float: Math.atan, complex: complex.atanComplex },
  'chlo.atanh': { float: Math.atanh, complex: complex.atanhComplex },
  'chlo.bessel_i1e': { float: besselI1e },
  'chlo.conj': { float: x => x, complex: ([a, b]) => [a, -b] },
  'chlo.cosh': { float: Math.cosh, complex: complex.coshComplex },
  'chlo.digamma': { float: digamma },
  'chlo.erf': { float: erf },
  'chlo.erf_inv': { float: erfInv },
  'chlo.erfc': { float: erfc },
  'chlo.lgamma': { float: lgamma },
  'chlo.sinh': { float: Math.sinh, complex: complex.sinhComplex },
  'chlo.square': { float: x => x * x, integer: x => x * x, complex: z => complex.multiplyComplex(z, z) },
  'chlo.tan': { float: Math.tan, complex: complex.tanComplex },
};

const tests: Readonly<Record<string, (x: number) => boolean>> = {
  'stablehlo.is_finite': Number.isFinite,
  'chlo.is_inf': x => Math.abs(x) === Number.POSITIVE_INFINITY,
  'chlo.is_neg_inf': x => x === Number.NEGATIVE_INFINITY,
  'chlo.is_pos_inf': x => x === Number.POSITIVE_INFINITY,
};

/** Operations on one tensor, element by element. */
export const elementwiseUnary: Readonly<Record<string, TensorEvaluator>> = {
  ...Object.fromEntries(Object.entries(kernels).map(([name, kernel]) => [name, unary(kernel)])),
  ...Object.fromEntries(Object.entries(tests).map(([name, test]) => [name, predicate(test)])),
};

function unary(kernel: UnaryKernel): TensorEvaluator {
  return call => {
    const [x] = call.operands;
    // The size of a complex number is real.
    if (call.operation.name === 'stablehlo.abs' && isComplex(x.type.element)) return [magnitude(x)];
    return [applyUnary(kernel, x, call)];
  };
}

function applyUnary(kernel: UnaryKernel, x: Tensor, call: TensorCall): Tensor {
  const { element, shape } = x.type;
  const format = integerFormat(element);
  const out = allocate(element, elementCount(shape));
  if (format !== undefined && kernel.integer !== undefined) {
    for (let i = 0; i < out.length; i++) {
      const y = kernel.integer(BigInt(x.data[i]), format);
      if (isBig(out)) out[i] = y;
      else out[i] = Number(BigInt.asIntN(32, y));
    }
  } else if (isComplex(element) && kernel.complex !== undefined && !isBig(x.data)) {
    for (let i = 0; i < out.length; i += 2) [out[i], out[i + 1]] = kernel.complex([x.data[i], x.data[i + 1]]);
  } else if (kernel.float !== undefined && !isBig(x.data) && !isBig(out)) {
    for (let i = 0; i < out.length; i++) out[i] = kernel.float(x.data[i]);
  } else throw new Error(`internal: ${call.operation.name} of ${element}`);
  return settle(tensorType(shape, element), out);
}

function magnitude({ type, data }: Tensor): Tensor {
  const element = type.element === 'complex<f64>' ? 'f64' : 'f32';
  const out = allocate(element, elementCount(type.shape));
  for (let i = 0; i < out.length; i++) out[i] = Math.hypot(Number(data[2 * i]), Number(data[2 * i + 1]));
  return settle(tensorType(type.shape, element), out);
}

function predicate(test: (x: number) => boolean): TensorEvaluator {
  return ({ operands: [{ type, data }] }) => [
    { type: tensorType(type.shape, 'i1'), data: Uint8Array.from(data as Float32Array, x => (test(x) ? 1 : 0)) },
  ];
}

/** The bits of an integer without leading zeros; nothing for 0. */
function binary(x: bigint, bits: number): string {
  const unsigned = BigInt.asUintN(bits, x);
  return unsigned === 0n ? '' : unsigned.toString(2);
}
