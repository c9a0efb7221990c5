import { elementBits, elementCount, integerAttribute, tensorType } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType } from './call.ts';
import { fromBytes, toBytes } from './float-bits.ts';
import { exponentOf, roundFloat } from './rounding.ts';
import type { Tensor } from './tensor.ts';
import { allocate, integerFormat, isBig, isComplex, settle, zeros } from './tensor.ts';

/** Operations that change the element type, or the precision inside one. */
export const convert: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.convert': call => [convertTensor(call.operands[0], resultType(call).element)],
  'stablehlo.bitcast_convert': call => [fromBytes(resultType(call), toBytes(call.operands[0]))],
  'stablehlo.reduce_precision': reducePrecision,
  'stablehlo.complex': ({ operands: [real, imaginary] }) => [joinParts(real, imaginary)],
  'stablehlo.real': ({ operands: [operand] }) => [part(operand, 0)],
  'stablehlo.imag': ({ operands: [operand] }) => [part(operand, 1)],
};

/**
 * Converts every element. Floats become integers by truncation, saturated at the ends of the range, NaN becomes 0;
 * integers wrap; anything but 0 is true; complex numbers lose their imaginary part.
 */
export function convertTensor(operand: Tensor, element: Tensor['type']['element']): Tensor {
  const { shape } = operand.type;
  if (isComplex(element)) {
    if (isComplex(operand.type.element)) return { type: tensorType(shape, element), data: partsAs(operand, element) };
    const parts = convertTensor(operand, element === 'complex<f64>' ? 'f64' : 'f32');
    return joinParts(parts, zeros(parts.type));
  }
  const source = isComplex(operand.type.element) ? part(operand, 0) : operand;
  const out = allocate(element, elementCount(shape));
  const toInteger = integerFormat(element);
  const fromFloat = integerFormat(source.type.element) === undefined;
  const { data } = source;
  for (let i = 0; i < out.length; i++) {
    const x = data[i];
    if (element === 'i1') out[i] = Number(x) !== 0 ? 1 : 0;
    else if (isBig(out)) out[i] = fromFloat ? saturatedBig(Number(x), toInteger?.signed ?? true) : BigInt(x);
    else if (toInteger === undefined) out[i] = Number(x);
    else if (fromFloat) out[i] = saturated(Number(x), toInteger.bits, toInteger.signed);
    else out[i] = Number(typeof x === 'bigint' ? BigInt.asIntN(32, x) : x);
  }
  return settle(tensorType(shape, element), out);
}

function saturated(value: number, bits: number, signed: boolean): number {
  if (Number.isNaN(value)) return 0;
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = 2 ** (signed ? bits - 1 : bits) - 1;
  return Math.trunc(Math.max(low, Math.min(value, high)));
}

function saturatedBig(value: number, signed: boolean): bigint {
  if (Number.isNaN(value)) return 0n;
  const low = signed ? -(2n ** 63n) : 0n;
  const high = 2n ** (signed ? 63n : 64n) - 1n;
  if (value >= Number(high)) return high;
  return value <= Number(low) ? low : BigInt(Math.trunc(value));
}

function partsAs(operand: Tensor, element: Tensor['type']['element']): Float32Array | Float64Array {
  const parts = operand.data as Float32Array;
  return element === 'complex<f64>' ? Float64Array.from(parts) : Float32Array.from(parts);
}

function joinParts(real: Tensor, imaginary: Tensor): Tensor {
  const { shape, element } = real.type;
  const type = tensorType(shape, element === 'f64' ? 'complex<f64>' : 'complex<f32>');
  const data = allocate(type.element, elementCount(shape));
  for (let i = 0; i < real.data.length; i++) {
    data[2 * i] = real.data[i];
    data[2 * i + 1] = imaginary.data[i];
  }
  return { type, data };
}

/** The real (0) or imaginary (1) part. Real tensors are their own real part. */
function part(operand: Tensor, which: 0 | 1): Tensor {
  const { shape, element } = operand.type;
  if (!isComplex(element)) return which === 0 ? operand : zeros(operand.type);
  const result = zeros(tensorType(shape, element === 'complex<f64>' ? 'f64' : 'f32'));
  for (let i = 0; i < result.data.length; i++) result.data[i] = operand.data[2 * i + which];
  return result;
}

/** Rounds to fewer bits; numbers too small for a normal number of the format become 0, as XLA has it. */
function reducePrecision({ operation, operands: [operand] }: TensorCall): readonly Tensor[] {
  const format = {
    exponentBits: integerAttribute(operation, 'exponent_bits'),
    mantissaBits: integerAttribute(operation, 'mantissa_bits'),
  };
  const ownExponentBits = elementBits(operand.type.element) === 64 ? 11 : operand.type.element === 'f16' ? 5 : 8;
  const smallest = 2 - 2 ** (format.exponentBits - 1);
  const flushes = format.exponentBits < ownExponentBits;
  const data = operand.data.slice();
  for (let i = 0; i < data.length; i++) {
    const rounded = roundFloat(Number(data[i]), format);
    const tiny = flushes && rounded !== 0 && Number.isFinite(rounded) && exponentOf(rounded) < smallest;
    data[i] = tiny ? rounded * 0 : rounded;
  }
  return [settle(operand.type, data)];
}
