import type { DenseAttribute } from './attributes.ts';
import { hexByte, smallFloatFormats, smallFloatValues } from './dense-floats.ts';
import { bytes, decodeBytes } from './text-bytes.ts';
import { type ElementType, elementBits, elementCount } from './types.ts';

/** Elements of a constant. 64-bit integers are exact; complex numbers are real and imaginary parts in turn. */
export type DenseElements =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/**
 * The elements of a constant in row-major order.
 *
 * i1 gives 0 and 1 in a `Uint8Array`; i64 and index a `BigInt64Array`, ui64 a `BigUint64Array`; f16, bf16 and the
 * narrower floats their values in a `Float32Array`; complex<f32> a `Float32Array` of twice the length. Splats are
 * filled. Throws an internal error when the text does not hold as many elements as the type says.
 */
export function denseElements(attribute: DenseAttribute): DenseElements {
  const { element, shape } = attribute.type;
  const parts = element.startsWith('complex') ? 2 : 1;
  const part = parts === 2 ? complexPart(element) : element;
  const elements = allocateElements(part, elementCount(shape) * parts);
  if (elements.length === 0) return elements;
  const count = attribute.form === 'hex' ? readHex(attribute, part, elements) : readText(attribute, part, elements);
  if (count === parts) fill(elements, parts);
  else if (count !== elements.length) {
    throw new Error(`internal: a constant of ${elements.length / parts} elements holds ${count / parts}`);
  }
  return elements;
}

function complexPart(element: ElementType): ElementType {
  return element === 'complex<f64>' ? 'f64' : 'f32';
}

/** Zeroed storage for `length` numbers of a real element type; floats of 16 bits and fewer lie in 32. */
export function allocateElements(element: ElementType, length: number): DenseElements {
  switch (element) {
    case 'i1':
    case 'ui2':
    case 'ui4':
    case 'ui8':
      return new Uint8Array(length);
    case 'i2':
    case 'i4':
    case 'i8':
      return new Int8Array(length);
    case 'ui16':
      return new Uint16Array(length);
    case 'i16':
      return new Int16Array(length);
    case 'ui32':
      return new Uint32Array(length);
    case 'i32':
      return new Int32Array(length);
    case 'i64':
    case 'index':
      return new BigInt64Array(length);
    case 'ui64':
      return new BigUint64Array(length);
    case 'f64':
      return new Float64Array(length);
    default:
      return new Float32Array(length);
  }
}

function fill(elements: DenseElements, parts: number): void {
  for (let at = parts; at < elements.length; at++) elements[at] = elements[at - parts];
}

/** Reads `[[1, 2], [3, 4]]`, `true`, `(1.0,2.0)`; returns how many numbers there were. */
function readText({ source, start, end }: DenseAttribute, element: ElementType, elements: DenseElements): number {
  const isWide = elements instanceof BigInt64Array || elements instanceof BigUint64Array;
  let count = 0;
  for (let at = start; at < end; ) {
    if (isSeparator(source[at])) {
      at++;
      continue;
    }
    const from = at;
    while (at < end && !isSeparator(source[at])) at++;
    if (count < elements.length) {
      const word = decodeBytes(source, from, at);
      if (isWide) elements[count] = bigValue(word);
      else elements[count] = numberValue(word, element);
    }
    count++;
  }
  return count;
}

function isSeparator(byte: number): boolean {
  return (
    byte <= 32 ||
    byte === bytes.comma ||
    byte === bytes.openSquare ||
    byte === bytes.closeSquare ||
    byte === bytes.open ||
    byte === bytes.close
  );
}

function bigValue(word: string): bigint {
  return word.startsWith('-') ? -BigInt(word.slice(1)) : BigInt(word);
}

/** Floats that decimals cannot say are written as their bits, `0x7FC00000`. */
function numberValue(word: string, element: ElementType): number {
  if (word === 'true') return 1;
  if (word === 'false') return 0;
  const isFloat = element.startsWith('f') || element === 'bf16';
  if (!isFloat || !word.startsWith('0x')) return Number(word);
  const bits = BigInt(word);
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits, true);
  return floatAt(view, 0, element);
}

/** Reads `"0x..."`, little-endian elements; returns how many there were. */
function readHex({ source, start, end }: DenseAttribute, element: ElementType, elements: DenseElements): number {
  const digits = start + 3;
  const sizeBytes = Math.floor((end - 1 - digits) / 2);
  const isPacked = element === 'i1' && sizeBytes !== elements.length;
  if (isPacked) {
    for (let at = 0; at < elements.length; at++)
      elements[at] = (hexByte(source, digits + 2 * (at >> 3)) >> (at & 7)) & 1;
    return elements.length;
  }
  const width = storedBytes(element);
  const count = sizeBytes / width;
  const raw = new Uint8Array(Math.min(sizeBytes, elements.length * width));
  for (let at = 0; at < raw.length; at++) raw[at] = hexByte(source, digits + 2 * at);
  const isNarrowFloat = element === 'bf16' || (element.startsWith('f') && width < 4);
  if (!isNarrowFloat) {
    new Uint8Array(elements.buffer).set(raw);
    return count;
  }
  const view = new DataView(raw.buffer);
  for (let at = 0; at < raw.length / width; at++) elements[at] = floatAt(view, at * width, element);
  return count;
}

/** Bytes of one element in a hexadecimal text, where narrow elements fill a byte. */
function storedBytes(element: ElementType): number {
  return element === 'i1' ? 1 : Math.ceil(elementBits(element) / 8);
}

function floatAt(view: DataView, at: number, element: ElementType): number {
  if (element === 'f64') return view.getFloat64(at, true);
  if (element === 'f32') return view.getFloat32(at, true);
  if (element === 'bf16') {
    const wide = new DataView(new ArrayBuffer(4));
    wide.setUint16(2, view.getUint16(at, true), true);
    return wide.getFloat32(0, true);
  }
  const format = smallFloatFormats[element];
  if (format === undefined) throw new Error(`internal: constants of ${element} cannot be read`);
  const bits = element === 'f16' ? view.getUint16(at, true) : view.getUint8(at);
  return smallFloatValues(format, bits);
}
