import type { Attribute } from './attributes.ts';
import type { TypeReader } from './parse-types.ts';
import { byteClass, bytes, decodeBytes, namePart } from './text-bytes.ts';
import type { TextCursor } from './text-cursor.ts';

const numbers = /^-?(\d+(\.\d*)?([eE][-+]?\d+)?|0x[0-9a-fA-F]+)$/;

/** `3 : i32`, `1.0e-05 : f32`, `0x7FC00000 : f32`. */
export function readNumber(cursor: TextCursor, types: TypeReader): Attribute {
  const start = cursor.position;
  const { source } = cursor;
  let at = start + 1;
  let isFloat = false;
  const isHex = source[start] === bytes.zero && source[at] === 120;
  for (; at < cursor.end; at++) {
    const byte = source[at];
    const afterExponent = !isHex && (source[at - 1] | 32) === 101;
    if (byte === bytes.dot) isFloat = true;
    else if ((byte === bytes.minus || byte === 43) && afterExponent) continue;
    else if ((byteClass[byte] & namePart) === 0 || byte === bytes.minus) break;
  }
  cursor.position = at;
  const text = decodeBytes(source, start, at);
  if (!numbers.test(text)) {
    cursor.position = start;
    cursor.fail('a number');
  }
  let type = isFloat ? 'f64' : 'i64';
  if (cursor.accept(bytes.colon)) {
    const declared = types.type();
    if (declared.kind !== 'opaque') return cursor.fail('an element type');
    type = declared.text;
  }
  if (isFloat || /^[bt]?f/.test(type)) return { kind: 'float', text, type };
  return { kind: 'integer', value: Number(text), text, type };
}
