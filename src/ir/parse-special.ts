import type { Attribute } from './attributes.ts';
import { integerAttribute, readArrowTypes } from './parse-forms.ts';
import { noOperands, noRegions, type OperationDraft, type ProgramReader } from './parse-reader.ts';
import { bytes } from './text-bytes.ts';
import type { TextCursor } from './text-cursor.ts';
import type { Type } from './types.ts';

/** `LT, %a, %b, SIGNED : (T, T) -> T`. */
export function readCompare(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  const direction = cursor.word('a direction such as LT');
  const attributes: Record<string, Attribute> = {
    comparison_direction: reader.attributes.enumeration('stablehlo', 'comparison_direction', direction),
  };
  cursor.expect(bytes.comma);
  const lhs = reader.values.use();
  cursor.expect(bytes.comma);
  const operands = [lhs, reader.values.use()];
  if (cursor.accept(bytes.comma)) {
    const type = cursor.word('a kind of comparison such as SIGNED');
    attributes.compare_type = reader.attributes.enumeration('stablehlo', 'comparison_type', type);
  }
  return finish(reader, operands, attributes);
}

/** `dense<...> : T`, after optional attributes. */
export function readConstant(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  const attributes: Record<string, Attribute> = {};
  if (cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
  const start = cursor.position;
  const value = reader.attributes.attribute();
  if (value.kind !== 'dense') {
    cursor.position = start;
    return cursor.fail("a constant such as 'dense<0.0> : tensor<f32>'");
  }
  attributes.value = value;
  return { operands: noOperands, attributes, regions: noRegions, resultTypes: [value.type] };
}

/** `%x [2:6:2, 0:16] : (T) -> T`. */
export function readSlice(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  const operands = [reader.values.use()];
  const starts: number[] = [];
  const limits: number[] = [];
  const strides: number[] = [];
  cursor.expect(bytes.openSquare);
  while (cursor.peek() !== bytes.closeSquare) {
    if (starts.length > 0) cursor.expect(bytes.comma);
    starts.push(cursor.integer());
    cursor.expect(bytes.colon);
    limits.push(cursor.integer());
    strides.push(cursor.accept(bytes.colon) ? cursor.integer() : 1);
  }
  cursor.expect(bytes.closeSquare);
  return finish(reader, operands, {
    limit_indices: { kind: 'integers', element: 'i64', values: limits },
    start_indices: { kind: 'integers', element: 'i64', values: starts },
    strides: { kind: 'integers', element: 'i64', values: strides },
  });
}

/** `%t[0] : (tuple<T>) -> T`. */
export function readTupleElement(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  const operands = [reader.values.use()];
  cursor.expect(bytes.openSquare);
  const index = integerAttribute(cursor.natural(), 'i32');
  cursor.expect(bytes.closeSquare);
  return finish(reader, operands, { index });
}

/** `%a, %b, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (T, T) -> T`. */
export function readDot(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  const lhs = reader.values.use();
  cursor.expect(bytes.comma);
  const operands = [lhs, reader.values.use()];
  const fields: Record<string, Attribute> = {};
  const attributes: Record<string, Attribute> = {
    dot_dimension_numbers: { kind: 'record', name: 'stablehlo.dot', fields },
  };
  while (cursor.accept(bytes.comma)) {
    const word = cursor.word();
    cursor.expect(bytes.equals);
    if (word === 'batching_dims') readDotPair(reader, 'batching', fields);
    else if (word === 'contracting_dims') readDotPair(reader, 'contracting', fields);
    else if (word === 'precision') attributes.precision_config = readPrecision(reader);
    else if (word === 'algorithm') {
      attributes.algorithm = reader.attributes.strippedRecord('stablehlo.dot_algorithm');
    } else cursor.fail('batching_dims, contracting_dims, precision or algorithm');
  }
  return finish(reader, operands, attributes);
}

function readDotPair(reader: ProgramReader, role: string, fields: Record<string, Attribute>): void {
  const lhs = reader.attributes.integers();
  reader.cursor.expectWord('x');
  const rhs = reader.attributes.integers();
  if (lhs.kind === 'integers' && lhs.values.length > 0) fields[`lhs_${role}_dimensions`] = lhs;
  if (rhs.kind === 'integers' && rhs.values.length > 0) fields[`rhs_${role}_dimensions`] = rhs;
}

function readPrecision(reader: ProgramReader): Attribute {
  const { cursor } = reader;
  const elements: Attribute[] = [];
  cursor.expect(bytes.openSquare);
  while (cursor.peek() !== bytes.closeSquare) {
    if (elements.length > 0) cursor.expect(bytes.comma);
    elements.push(reader.attributes.enumeration('stablehlo', 'precision', cursor.word('a precision such as DEFAULT')));
  }
  cursor.expect(bytes.closeSquare);
  return { kind: 'array', elements };
}

/** `(%x, %w) dim_numbers = [b, f]x[i, o]->[b, f], window = {stride = [1]} {attributes} : (T, T) -> T`. */
export function readConvolution(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  const operands = reader.bracketedOperands();
  cursor.expectWord('dim_numbers');
  cursor.expect(bytes.equals);
  const attributes: Record<string, Attribute> = { dimension_numbers: reader.attributes.convolution(false) };
  cursor.expect(bytes.comma);
  cursor.expectWord('window');
  cursor.expect(bytes.equals);
  cursor.expect(bytes.openBrace);
  for (let first = true; cursor.peek() !== bytes.closeBrace; first = false) {
    if (!first) cursor.expect(bytes.comma);
    readWindow(reader, attributes);
  }
  cursor.expect(bytes.closeBrace);
  return finish(reader, operands, attributes);
}

const windowAttributes: Readonly<Record<string, string>> = {
  stride: 'window_strides',
  pad: 'padding',
  lhs_dilate: 'lhs_dilation',
  rhs_dilate: 'rhs_dilation',
  reverse: 'window_reversal',
};

function readWindow(reader: ProgramReader, attributes: Record<string, Attribute>): void {
  const cursor: TextCursor = reader.cursor;
  const start = cursor.position;
  const word = cursor.word();
  const name = Object.hasOwn(windowAttributes, word) ? windowAttributes[word] : undefined;
  if (name === undefined || Object.hasOwn(attributes, name)) {
    cursor.position = start;
    cursor.fail('each of stride, pad, lhs_dilate, rhs_dilate and reverse once');
  }
  cursor.expect(bytes.equals);
  if (name === 'padding') attributes[name] = readPadding(reader);
  else if (name === 'window_reversal') attributes[name] = readReversal(reader);
  else attributes[name] = reader.attributes.integers();
}

function readReversal(reader: ProgramReader): Attribute {
  const { cursor } = reader;
  const values: number[] = [];
  cursor.expect(bytes.openSquare);
  while (cursor.peek() !== bytes.closeSquare) {
    if (values.length > 0) cursor.expect(bytes.comma);
    const isTrue = cursor.acceptWord('true') || cursor.acceptWord('1');
    if (!isTrue && !cursor.acceptWord('0')) cursor.expectWord('false');
    values.push(isTrue ? 1 : 0);
  }
  cursor.expect(bytes.closeSquare);
  return { kind: 'integers', element: 'i1', values };
}

/** `[[0, 1], [0, 1]]` as `dense<[[0, 1], [0, 1]]> : tensor<2x2xi64>`, or a splat when all numbers are equal. */
function readPadding(reader: ProgramReader): Attribute {
  const { cursor } = reader;
  cursor.expect(bytes.openSquare);
  const start = cursor.position - 1;
  const numbers: number[] = [];
  let firstStart = start;
  let firstEnd = start;
  for (let pairs = 0; cursor.peek() !== bytes.closeSquare; pairs++) {
    if (pairs > 0) cursor.expect(bytes.comma);
    cursor.expect(bytes.openSquare);
    cursor.peek();
    if (pairs === 0) firstStart = cursor.position;
    numbers.push(cursor.integer());
    if (pairs === 0) firstEnd = cursor.position;
    cursor.expect(bytes.comma);
    numbers.push(cursor.integer());
    cursor.expect(bytes.closeSquare);
  }
  cursor.expect(bytes.closeSquare);
  const { source, position } = cursor;
  const type = { kind: 'tensor', shape: [numbers.length / 2, 2], element: 'i64' } as const;
  if (numbers.length === 0) return { kind: 'dense', type, form: 'list', source, start, end: start };
  if (numbers.every(number => number === numbers[0])) {
    return { kind: 'dense', type, form: 'splat', source, start: firstStart, end: firstEnd };
  }
  return { kind: 'dense', type, form: 'list', source, start, end: position };
}

/** `@target(%x) {attributes} : (T) -> T`. */
export function readCustomCall(reader: ProgramReader): OperationDraft {
  const target: Attribute = { kind: 'string', value: reader.attributes.symbol() };
  return finish(reader, reader.bracketedOperands(), { call_target_name: target });
}

/** `@callee(%x) : (T) -> T`. */
export function readCall(reader: ProgramReader): OperationDraft {
  const callee: Attribute = { kind: 'symbol', name: reader.attributes.symbol() };
  return finish(reader, reader.bracketedOperands(), { callee });
}

/** `"name" %x {attributes} : (T) -> T`. */
export function readComposite(reader: ProgramReader): OperationDraft {
  const name: Attribute = { kind: 'string', value: reader.cursor.string() };
  return finish(reader, reader.operands(), { name });
}

/** `(%x, k = 2) : T -> (T, T)`. */
export function readTopK(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  cursor.expect(bytes.open);
  const operands = [reader.values.use()];
  const attributes: Record<string, Attribute> = {};
  while (cursor.accept(bytes.comma)) {
    const name = cursor.word();
    if (name === '__proto__') cursor.fail('k');
    cursor.expect(bytes.equals);
    attributes[name] = cursor.atWord() ? reader.attributes.attribute() : integerAttribute(cursor.integer(), 'i64');
  }
  cursor.expect(bytes.close);
  if (cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
  cursor.expect(bytes.colon);
  return { operands, attributes, regions: noRegions, resultTypes: readArrowTypes(reader, operands) };
}

/** `%x, %y : T, T`, for all kinds of `return`. */
export function readReturn(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  const attributes: Record<string, Attribute> = {};
  if (cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
  const operands = reader.operands();
  if (operands.length > 0) {
    if (cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
    cursor.expect(bytes.colon);
    const start = cursor.position;
    reader.checkOperands(operands, reader.typeList(), start);
  }
  return { operands, attributes, regions: noRegions, resultTypes: noTypes };
}

const noTypes: readonly Type[] = [];

/** Reads `{attributes} : (T) -> T`. */
export function finish(
  reader: ProgramReader,
  operands: readonly number[],
  attributes: Record<string, Attribute>,
): OperationDraft {
  if (reader.cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
  reader.cursor.expect(bytes.colon);
  return { operands, attributes, regions: noRegions, resultTypes: reader.functional(operands) };
}
