import type { ElementType } from '../ir/index.ts';
import { elementBits, elementCount } from '../ir/index.ts';
import type { FloatFormat } from './rounding.ts';
import { exponentOf } from './rounding.ts';
import type { Tensor } from './tensor.ts';
import { allocate, integerFormat, isBig, settle } from './tensor.ts';

/** The layout of an IEEE 754 element type. */
export function floatFormat(element: ElementType): FloatFormat {
  switch (element) {
    case 'f64':
      return { exponentBits: 11, mantissaBits: 52 };
    case 'f32':
      return { exponentBits: 8, mantissaBits: 23 };
    case 'bf16':
      return { exponentBits: 8, mantissaBits: 7 };
    case 'f16':
      return { exponentBits: 5, mantissaBits: 10 };
    default:
      throw new Error(`internal: ${element} is no IEEE 754 type`);
  }
}

/** The elements as they lie in memory: little-endian, i1 a byte each, i2 and i4 a byte each. */
export function toBytes({ type, data }: Tensor): Uint8Array<ArrayBuffer> {
  const width = type.element === 'bf16' || type.element === 'f16' ? 2 : data.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(data.length * width);
  const view = new DataView(bytes.buffer);
  if (width === 2 && !isBig(data) && integerFormat(type.element) === undefined) {
    const format = floatFormat(type.element);
    for (let i = 0; i < data.length; i++) view.setUint16(2 * i, halfBits(data[i], format), true);
  } else bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return bytes;
}

/** A tensor from bytes as `toBytes` writes them. Throws when there are too few or too many. */
export function fromBytes(type: Tensor['type'], bytes: Uint8Array): Tensor {
  const data = allocate(type.element, elementCount(type.shape));
  const half = type.element === 'bf16' || type.element === 'f16';
  const expected = half ? data.length * 2 : data.byteLength;
  if (bytes.length !== expected) throw new Error(`internal: ${bytes.length} bytes where ${expected} were expected`);
  if (half && !isBig(data)) {
    const format = floatFormat(type.element);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < data.length; i++) data[i] = halfValue(view.getUint16(2 * i, true), format);
    return { type, data };
  }
  new Uint8Array(data.buffer).set(bytes);
  return settle(type, data);
}

/** The 16 bits of a number that a half format holds exactly. */
function halfBits(value: number, { exponentBits, mantissaBits }: FloatFormat): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const top = 2 ** exponentBits - 1;
  if (Number.isNaN(value)) return (top << mantissaBits) | (1 << (mantissaBits - 1));
  if (value === 0) return sign;
  if (!Number.isFinite(value)) return sign | (top << mantissaBits);
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = Math.max(exponentOf(value), 1 - bias);
  const mantissa = Math.abs(value) / 2 ** (exponent - mantissaBits);
  // A normal number's mantissa holds the hidden one, which adds 1 to the exponent field.
  return sign | (((exponent + bias - 1) << mantissaBits) + mantissa);
}

function halfValue(bits: number, { exponentBits, mantissaBits }: FloatFormat): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const field = (bits & 0x7fff) >> mantissaBits;
  const mantissa = bits & (2 ** mantissaBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (field === 2 ** exponentBits - 1) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const scale = 2 ** (Math.max(field, 1) - bias - mantissaBits);
  return sign * (mantissa + (field === 0 ? 0 : 2 ** mantissaBits)) * scale;
}

/** The bits of a number of type f32 or f64, as an integer of that many bits. */
export function floatBits(value: number, bits: 32 | 64): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (bits === 64) view.setFloat64(0, value);
  else view.setFloat32(0, value);
  return bits === 64 ? view.getBigUint64(0) : BigInt(view.getUint32(0));
}

/** The neighbour of `from` in the direction of `to`, among the numbers of an element type. */
export function nextAfter(from: number, to: number, element: ElementType): number {
  if (Number.isNaN(from) || Number.isNaN(to)) return Number.NaN;
  if (from === to) return to;
  const away = from === 0 || to > from === from > 0;
  // Patterns of one sign are ordered as their numbers are; from 0 the way leads to the smallest number of either sign.
  const start = from === 0 && to < 0 ? -0 : from === 0 ? 0 : from;
  const bits = elementBits(element);
  if (bits === 16) {
    const format = floatFormat(element);
    return halfValue(halfBits(start, format) + (away ? 1 : -1), format);
  }
  const view = new DataView(new ArrayBuffer(8));
  const pattern = floatBits(start, bits === 64 ? 64 : 32) + (away ? 1n : -1n);
  if (bits === 64) view.setBigUint64(0, pattern);
  else view.setUint32(0, Number(pattern));
  return bits === 64 ? view.getFloat64(0) : view.getFloat32(0);
}
