import type { DenseAttribute } from '../attributes.ts';
import { elementBits, elementCount } from '../types.ts';

/**
 * True when the text of a dense attribute has as many elements as its type, and lists nested as its shape says.
 * One pass over a list; hex blobs and splats take constant time.
 */
export function fillsShape(attribute: DenseAttribute): boolean {
  const { shape, element } = attribute.type;
  const length = attribute.end - attribute.start;
  if (attribute.form === 'splat') return isLiteral(textOf(attribute), element);
  const count = elementCount(shape);
  if (attribute.form === 'hex') {
    const digits = length - '"0x"'.length;
    const blobBits = element === 'i1' ? 8 * Math.ceil(count / 8) : count * elementBits(element);
    // A blob of one element stands for all of them; booleans come as bits or as bytes.
    return (
      digits * 4 === blobBits || digits * 4 === count * elementBits(element) || digits * 4 === elementBits(element)
    );
  }
  return length === 0 ? count === 0 : fillsLists(attribute);
}

/** True when the text is one element of this type. Only splats are looked at so closely. */
function isLiteral(text: string, element: string): boolean {
  if (element.startsWith('complex')) return /^\s*\(.+,.+\)\s*$/.test(text) || text.startsWith('"');
  if (element === 'i1') return /^(true|false|0|1|-1)$/.test(text);
  const integer = /^(u?)i(\d+)$/.exec(element === 'index' ? 'i64' : element);
  if (integer === null) return element.startsWith('!') || !/^-?\d+$/.test(text);
  if (!/^-?(\d+|0x[\dA-Fa-f]+)$/.test(text)) return false;
  const bits = BigInt(integer[2]);
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
  return value >= (integer[1] === 'u' ? 0n : -(1n << (bits - 1n))) && value < 1n << bits;
}

function textOf({ source, start, end }: DenseAttribute): string {
  return new TextDecoder().decode(source.subarray(start, end)).trim();
}

const open = 0x5b;
const close = 0x5d;
const comma = 0x2c;
const parenthesis = 0x28;
const parenthesisEnd = 0x29;

/** Counts the entries of each open list; a list must be full when it closes. */
function fillsLists({ source, start, end, type }: DenseAttribute): boolean {
  const { shape } = type;
  const entries = new Float64Array(shape.length + 1);
  let depth = 0;
  let inside = 0;
  let hasText = false;
  for (let at = start; at < end; at++) {
    const byte = source[at];
    if (byte === open) {
      if (depth === shape.length) return false;
      entries[++depth] = 0;
      hasText = false;
    } else if (byte === comma || byte === close) {
      if (inside > 0) continue;
      if (hasText) {
        if (depth !== shape.length) return false;
        entries[depth]++;
      }
      hasText = false;
      if (byte === close) {
        if (depth === 0 || entries[depth] !== shape[depth - 1]) return false;
        entries[--depth]++;
      }
    } else if (byte === parenthesis) inside++;
    else if (byte === parenthesisEnd) inside--;
    else if (byte > 0x20) hasText = true;
  }
  return depth === 0;
}
