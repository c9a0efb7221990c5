import type { DenseAttribute } from './attributes.ts';
import type { TypeReader } from './parse-types.ts';
import { bytes, decodeBytes } from './text-bytes.ts';
import { type TextCursor, TextProblem } from './text-cursor.ts';
import { elementCount, type TensorType, typeBytes } from './types.ts';

/** The longest text of one constant, in bytes. */
const largestConstantBytes = 512 * 2 ** 20;

/** Reads what follows `dense`: `<...> : T`. */
export function readDense(cursor: TextCursor, types: TypeReader): DenseAttribute {
  const before = cursor.position;
  cursor.expect(bytes.less);
  cursor.peek();
  const start = cursor.position;
  const first = cursor.source[start];
  const end = endOfElements(cursor, start);
  cursor.position = end;
  cursor.expect(bytes.greater);
  if (end - start > largestConstantBytes) {
    const size = `${((end - start) / 1e6).toFixed(0)} MB`;
    const next = 'pass the tensor as an argument of the program instead of a constant';
    throw new TextProblem('SK1007', before, `the text of this constant is ${size}`, next, 'at most 512 MiB of text');
  }
  cursor.expect(bytes.colon);
  const type = types.tensor();
  const form = first === bytes.quote ? 'hex' : first === bytes.openSquare || end === start ? 'list' : 'splat';
  if (form === 'hex') checkHex(cursor, start, end, type);
  if (form === 'list') checkCount(cursor.source, start, end, type);
  return { kind: 'dense', type, form, source: cursor.source, start, end };
}

/** The offset of the `>` that ends the elements of a constant. */
function endOfElements(cursor: TextCursor, start: number): number {
  const { source } = cursor;
  let from = start;
  if (source[start] === bytes.quote) {
    const quote = source.indexOf(bytes.quote, start + 1);
    from = quote === -1 ? cursor.end : quote;
  }
  const end = source.indexOf(bytes.greater, from);
  if (end !== -1) return end;
  cursor.position = cursor.end;
  return cursor.fail("'>' at the end of a constant");
}

/** Fails unless the list has as many elements as the type. */
function checkCount(source: Uint8Array, start: number, end: number, type: TensorType): void {
  let numbers = end === start ? 0 : 1;
  for (let at = start; at < end; at++) if (source[at] === bytes.comma) numbers++;
  const expected = elementCount(type.shape);
  const count = type.element.startsWith('complex') ? numbers / 2 : numbers;
  if (count === expected) return;
  const message = `the constant lists ${count} elements, but its type has ${expected}`;
  throw new TextProblem('SK1001', start, message, 'correct the type or the list');
}

/** Fails unless the digits are as many as the type, or one element, takes. */
function checkHex(cursor: TextCursor, start: number, end: number, type: TensorType): void {
  const sizeBytes = (end - start - 4) / 2;
  const text = decodeBytes(cursor.source, start, Math.min(start + 3, end));
  const one = typeBytes({ kind: 'tensor', shape: [], element: type.element });
  if (text === '"0x' && (sizeBytes === typeBytes(type) || sizeBytes === one || type.element === 'i1')) return;
  cursor.position = start;
  cursor.fail(`"0x" and ${typeBytes(type)} bytes as hexadecimal digits`);
}
