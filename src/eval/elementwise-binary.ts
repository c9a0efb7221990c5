import { elementCount, tensorType } from '../ir/index.ts';
import type { TensorEvaluator } from './call.ts';
import type { Complex } from './complex.ts';
import * as complex from './complex.ts';
import { nextAfter } from './float-bits.ts';
import { polygamma, power, zeta } from './special-functions.ts';
import type { IntegerFormat, Tensor } from './tensor.ts';
import { allocate, integerFormat, isBig, isComplex, settle } from './tensor.ts';

/** What an operation does to a pair of elements of each class; a missing class is not allowed by the specification. */
export interface BinaryKernel {
  readonly float?: (x: number, y: number) => number;
  /** Integers of up to 64 bits, and booleans as integers of one bit where true is any result but 0. Wrapped after. */
  readonly integer?: (x: bigint, y: bigint, format: IntegerFormat) => bigint;
  /** The same on integers of up to 32 bits as numbers, only for speed. */
  readonly small?: (x: number, y: number) => number;
  readonly complex?: (z: Complex, w: Complex) => Complex;
}

/** Kernels by operation name; those of one boolean, integer or float are also the usual bodies of reductions. */
export const binaryKernels: Readonly<Record<string, BinaryKernel>> = {
  'stablehlo.add': {
    float: (x, y) => x + y,
    integer: (x, y) => x + y,
    small: (x, y) => x + y,
    complex: complex.addComplex,
  },
  'stablehlo.and': { integer: (x, y) => x & y, small: (x, y) => x & y },
  'stablehlo.atan2': { float: Math.atan2 },
  'stablehlo.divide': { float: (x, y) => x / y, integer: divideIntegers, complex: complex.divideComplex },
  'stablehlo.maximum': { float: Math.max, integer: largerInteger, small: Math.max, complex: largerComplex },
  'stablehlo.minimum': { float: Math.min, integer: smallerInteger, small: Math.min, complex: smallerComplex },
  'stablehlo.multiply': {
    float: (x, y) => x * y,
    integer: (x, y) => x * y,
    small: Math.imul,
    complex: complex.multiplyComplex,
  },
  'stablehlo.or': { integer: (x, y) => x | y, small: (x, y) => x | y },
  'stablehlo.power': { float: power, integer: powerIntegers, complex: complex.powerComplex },
  'stablehlo.remainder': { float: (x, y) => x % y, integer: remainderIntegers },
  'stablehlo.shift_left': { integer: shiftLeft },
  'stablehlo.shift_right_arithmetic': { integer: shiftRightArithmetic },
  'stablehlo.shift_right_logical': { integer: shiftRightLogical },
  'stablehlo.subtract': {
    float: (x, y) => x - y,
    integer: (x, y) => x - y,
    small: (x, y) => x - y,
    complex: complex.subtractComplex,
  },
  'stablehlo.xor': { integer: (x, y) => x ^ y, small: (x, y) => x ^ y },
  'chlo.mulhi': { integer: (x, y, { bits }) => (x * y) >> BigInt(bits) },
  'chlo.polygamma': { float: polygamma },
  'chlo.zeta': { float: zeta },
};

/** Operations on two tensors of one type, element by element. */
export const elementwiseBinary: Readonly<Record<string, TensorEvaluator>> = {
  ...Object.fromEntries(
    Object.entries(binaryKernels).map(([name, kernel]): [string, TensorEvaluator] => [
      name,
      ({ operands: [x, y] }) => [applyBinary(kernel, x, y)],
    ]),
  ),
  'chlo.next_after': ({ operands: [x, y] }) => [
    applyBinary({ float: (from, to) => nextAfter(from, to, x.type.element) }, x, y),
  ],
};

/** Applies a kernel to two tensors of one type. */
export function applyBinary(kernel: BinaryKernel, x: Tensor, y: Tensor): Tensor {
  const { element, shape } = x.type;
  const format = integerFormat(element);
  const out = allocate(element, elementCount(shape));
  const a = x.data;
  const b = y.data;
  if (format !== undefined && kernel.integer !== undefined) {
    if (kernel.small !== undefined && !isBig(a) && !isBig(b) && !isBig(out)) {
      for (let i = 0; i < out.length; i++) out[i] = kernel.small(a[i], b[i]);
    } else {
      for (let i = 0; i < out.length; i++) {
        const value = kernel.integer(BigInt(a[i]), BigInt(b[i]), format);
        if (isBig(out)) out[i] = value;
        else out[i] = Number(BigInt.asIntN(32, value));
      }
    }
  } else if (isBig(a) || isBig(b) || isBig(out)) {
    throw new Error(`internal: ${element} has no such operation`);
  } else if (isComplex(element) && kernel.complex !== undefined) {
    for (let i = 0; i < out.length; i += 2) {
      [out[i], out[i + 1]] = kernel.complex([a[i], a[i + 1]], [b[i], b[i + 1]]);
    }
  } else if (kernel.float !== undefined) {
    for (let i = 0; i < out.length; i++) out[i] = kernel.float(a[i], b[i]);
  } else throw new Error(`internal: ${element} has no such operation`);
  return settle(tensorType(shape, element), out);
}

function largerInteger(x: bigint, y: bigint): bigint {
  if (x > y) return x;
  return y;
}

function smallerInteger(x: bigint, y: bigint): bigint {
  if (x < y) return x;
  return y;
}

/** Towards zero. The specification leaves x / 0 open; XLA has all bits set. */
function divideIntegers(x: bigint, y: bigint): bigint {
  return y === 0n ? -1n : x / y;
}

/** With the sign of the dividend. The specification leaves x % 0 open; XLA has x. */
function remainderIntegers(x: bigint, y: bigint): bigint {
  return y === 0n ? x : x % y;
}

/** By squaring, wrapped at every step. Negative exponents: only 1 and -1 have an inverse, others give 0. */
function powerIntegers(x: bigint, y: bigint, { bits }: IntegerFormat): bigint {
  if (y < 0n) return x === 1n ? 1n : x === -1n ? (y % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n;
  let square = x;
  for (let exponent = y; exponent > 0n; exponent >>= 1n) {
    if (exponent % 2n === 1n) result = BigInt.asUintN(bits, result * square);
    square = BigInt.asUintN(bits, square * square);
  }
  return result;
}

function shiftLeft(x: bigint, y: bigint, { bits }: IntegerFormat): bigint {
  return isShift(y, bits) ? x << y : 0n;
}

function shiftRightLogical(x: bigint, y: bigint, { bits }: IntegerFormat): bigint {
  return isShift(y, bits) ? BigInt.asUintN(bits, x) >> y : 0n;
}

function shiftRightArithmetic(x: bigint, y: bigint, { bits }: IntegerFormat): bigint {
  return BigInt.asIntN(bits, x) >> (isShift(y, bits) ? y : BigInt(bits));
}

function isShift(y: bigint, bits: number): boolean {
  return y >= 0n && y < BigInt(bits);
}

/** The lexicographically larger one: by real part, then by imaginary part. */
function largerComplex(z: Complex, w: Complex): Complex {
  return z[0] > w[0] || (z[0] === w[0] && z[1] > w[1]) ? z : w;
}

function smallerComplex(z: Complex, w: Complex): Complex {
  return z[0] < w[0] || (z[0] === w[0] && z[1] < w[1]) ? z : w;
}
