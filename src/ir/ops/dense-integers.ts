import type { DenseAttribute } from '../attributes.ts';
import type { Operation } from '../program.ts';
import { elementBits, elementCount } from '../types.ts';

/**
 * The numbers of a small dense attribute of integers, such as padding or replica groups, in row-major order; undefined
 * when the operation has no such attribute.
 */
export function denseIntegers(operation: Operation, name: string): readonly number[] | undefined {
  const attribute = operation.attributes[name];
  return attribute?.kind === 'dense' ? readDenseIntegers(attribute) : undefined;
}

/** `padding` as one [low, high] pair per dimension; zeros when it is missing. */
export function paddingPairs(operation: Operation, rank: number): readonly (readonly [number, number])[] {
  const flat = denseIntegers(operation, 'padding');
  return Array.from({ length: rank }, (_, index) => [flat?.[2 * index] ?? 0, flat?.[2 * index + 1] ?? 0] as const);
}

/** Rows of replica ids or of source and target pairs. */
export function denseRows(attribute: DenseAttribute): readonly (readonly number[])[] {
  const flat = readDenseIntegers(attribute);
  const [rows = 0, columns = 0] = attribute.type.shape;
  return Array.from({ length: rows }, (_, row) => flat.slice(row * columns, (row + 1) * columns));
}

/** Elements of a dense attribute of integers, in row-major order. */
export function readDenseIntegers(attribute: DenseAttribute): readonly number[] {
  const count = elementCount(attribute.type.shape);
  const text = new TextDecoder().decode(attribute.source.subarray(attribute.start, attribute.end));
  if (attribute.form === 'hex') return readHex(text, attribute);
  const numbers = (text.match(/-?\d+|true|false/g) ?? []).map(word =>
    word === 'true' ? 1 : word === 'false' ? 0 : Number(word),
  );
  return attribute.form === 'splat' ? Array.from({ length: count }, () => numbers[0] ?? 0) : numbers;
}

function readHex(text: string, attribute: DenseAttribute): readonly number[] {
  const bytes = Buffer.from(text.replace(/^"0x|"$/g, ''), 'hex');
  const width = elementBits(attribute.type.element) / 8;
  const count = Math.floor(bytes.length / width);
  const signed = !attribute.type.element.startsWith('u');
  return Array.from({ length: count }, (_, index) => {
    if (width > 6) return Number(signed ? bytes.readBigInt64LE(index * 8) : bytes.readBigUInt64LE(index * 8));
    return signed ? bytes.readIntLE(index * width, width) : bytes.readUIntLE(index * width, width);
  });
}
