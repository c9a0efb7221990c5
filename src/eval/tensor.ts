import { diagnosticError } from '../base/index.ts';
import type { ElementType, TensorType } from '../ir/index.ts';
import { allocateElements, elementCount, tensorType } from '../ir/index.ts';
import { roundBfloat16, roundFloat16 } from './rounding.ts';

export type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;
export type BigArray = BigInt64Array | BigUint64Array;
export type TensorData = NumberArray | BigArray;

/**
 * A tensor with its elements in row-major order.
 *
 * How each element type is stored: f32 and f64 as themselves; bf16 and f16 as f32 that hold rounded values; i1 as
 * bytes 0 and 1; i2 and i4 as i8; other integers as themselves (i64 and ui64 as bigint); complex numbers as pairs of
 * their parts, side by side.
 */
export interface Tensor {
  readonly type: TensorType;
  readonly data: TensorData;
}

/** Bits and sign of an integer element type. */
export interface IntegerFormat {
  readonly bits: number;
  readonly signed: boolean;
}

/** The integer format of an element type, or undefined for floats and complex numbers. `i1` has one unsigned bit. */
export function integerFormat(element: ElementType): IntegerFormat | undefined {
  if (element === 'i1') return { bits: 1, signed: false };
  if (element === 'index') return { bits: 64, signed: true };
  const match = /^(u?)i(\d+)$/.exec(element);
  return match === null ? undefined : { bits: Number(match[2]), signed: match[1] === '' };
}

/** True for `complex<f32>` and `complex<f64>`. */
export function isComplex(element: ElementType): boolean {
  return element === 'complex<f32>' || element === 'complex<f64>';
}

/** True for element types that hold real floating-point numbers. */
export function isFloat(element: ElementType): boolean {
  return !isComplex(element) && integerFormat(element) === undefined;
}

/** True for storage whose elements are bigint. */
export function isBig(data: TensorData): data is BigArray {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}

/** Zeroed storage for `count` elements. Throws SK3009 for element types that the interpreter does not know. */
export function allocate(element: ElementType, count: number): TensorData {
  if (isComplex(element)) return allocateElements(element === 'complex<f64>' ? 'f64' : 'f32', 2 * count);
  if (known.test(element)) return allocateElements(element, count);
  throw diagnosticError('SK3009', {
    message: `the reference interpreter does not compute with ${element}`,
    expected: 'i1 to i64, ui2 to ui64, bf16, f16, f32, f64, complex<f32> or complex<f64>',
    next: 'run the program on the xla engine',
  });
}

/** The real element types that the interpreter computes with. */
const known = /^(b?f16|f32|f64|index|i1|u?i(2|4|8|16|32|64))$/;

/** A tensor of zeros. */
export function zeros(type: TensorType): Tensor {
  return { type, data: allocate(type.element, elementCount(type.shape)) };
}

/** Brings freshly computed elements into the range of their type, in place: rounds bf16 and f16, wraps i1, i2 and i4. */
export function settle(type: TensorType, data: TensorData): Tensor {
  if (!isBig(data)) settleNumbers(type.element, data);
  return { type, data };
}

function settleNumbers(element: ElementType, data: NumberArray): void {
  if (element === 'bf16') for (let i = 0; i < data.length; i++) data[i] = roundBfloat16(data[i]);
  else if (element === 'f16') for (let i = 0; i < data.length; i++) data[i] = roundFloat16(data[i]);
  else if (element === 'i1') for (let i = 0; i < data.length; i++) data[i] = data[i] === 0 ? 0 : 1;
  else if (/^u?i[24]$/.test(element)) {
    const shift = element.endsWith('2') ? 30 : 28;
    const signed = element.startsWith('i');
    for (let i = 0; i < data.length; i++) {
      data[i] = signed ? (data[i] << shift) >> shift : (data[i] << shift) >>> shift;
    }
  }
}

/**
 * Makes a tensor from numbers in row-major order, rounding and wrapping each to the element type. Complex tensors take
 * the parts side by side; one value alone fills the tensor.
 */
export function tensor(
  element: ElementType,
  shape: readonly number[],
  values: ArrayLike<number | bigint | boolean>,
): Tensor {
  const result = zeros(tensorType(shape, element));
  const { data } = result;
  const fills = values.length === 1 && !isComplex(element);
  if (!fills && values.length !== data.length) {
    throw new Error(`internal: ${values.length} values for ${data.length} elements of ${element}[${shape.join(', ')}]`);
  }
  if (isBig(data)) for (let i = 0; i < data.length; i++) data[i] = BigInt(values[fills ? 0 : i]);
  else for (let i = 0; i < data.length; i++) data[i] = Number(values[fills ? 0 : i]);
  return settle(result.type, data);
}

/** The only element of a tensor as a number. For i64, values beyond 2^53 lose bits. */
export function scalarValue(value: Tensor): number {
  return Number(value.data[0]);
}

/** True when a tensor holds an element for each place of its shape, in the storage of its type. */
export function isWellFormed(value: Tensor): boolean {
  const model = allocate(value.type.element, 0);
  const count = elementCount(value.type.shape) * (isComplex(value.type.element) ? 2 : 1);
  return value.data.constructor === model.constructor && value.data.length === count;
}
