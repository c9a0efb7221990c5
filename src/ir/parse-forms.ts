import type { Attribute } from './attributes.ts';
import { noOperands, noRegions, type OperationDraft, type ProgramReader } from './parse-reader.ts';
import type { ValueId } from './program.ts';
import { bytes } from './text-bytes.ts';
import type { TextCursor } from './text-cursor.ts';
import type { Clause, OperationForm, TypeForm } from './text-forms.ts';
import type { ElementType, Type } from './types.ts';

/** Reads `operands, clause, clause {attributes} : types`, as the form says. */
export function readForm(reader: ProgramReader, form: OperationForm): OperationDraft {
  const { cursor } = reader;
  if (form.types === 'list' && cursor.accept(bytes.open)) {
    cursor.expect(bytes.close);
    return {
      operands: noOperands,
      attributes: reader.attributes.optionalDictionary(),
      regions: noRegions,
      resultTypes: [],
    };
  }
  const { clauses } = form;
  const operands = readOperands(reader, clauses.length > 0);
  if (clauses.length === 0) {
    const attributes = reader.attributes.optionalDictionary();
    return { operands, attributes, regions: noRegions, resultTypes: readTypes(reader, form.types, operands) };
  }
  const [clause] = clauses;
  if (clauses.length === 1 && clause.kind === 'integers') {
    cursor.expectWord(clause.keyword);
    cursor.expect(bytes.equals);
    const list = reader.attributes.integers();
    if (cursor.peek() !== bytes.openBrace) {
      const attributes = reader.attributes.single(clause.attribute, list);
      return { operands, attributes, regions: noRegions, resultTypes: readTypes(reader, form.types, operands) };
    }
    const attributes: Record<string, Attribute> = { [clause.attribute]: list };
    return finishForm(reader, form, operands, attributes);
  }
  const attributes: Record<string, Attribute> = {};
  for (let index = 0; index < clauses.length; index++) {
    if (index > 0) cursor.expect(bytes.comma);
    readClause(reader, clauses[index], attributes);
  }
  return finishForm(reader, form, operands, attributes);
}

function readOperands(reader: ProgramReader, clauses: boolean): readonly ValueId[] {
  if (reader.cursor.peek() !== bytes.percent) return noOperands;
  const first = reader.values.use();
  return reader.cursor.accept(bytes.comma) ? reader.moreOperands(first, clauses) : [first];
}

/** Reads `{attributes} : types`. */
function finishForm(
  reader: ProgramReader,
  form: OperationForm,
  operands: readonly ValueId[],
  attributes: Record<string, Attribute>,
): OperationDraft {
  if (reader.cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
  return { operands, attributes, regions: noRegions, resultTypes: readTypes(reader, form.types, operands) };
}

function readClause(reader: ProgramReader, clause: Clause, attributes: Record<string, Attribute>): void {
  const cursor: TextCursor = reader.cursor;
  cursor.expectWord(clause.keyword);
  cursor.expect(bytes.equals);
  switch (clause.kind) {
    case 'integers':
      attributes[clause.attribute] = reader.attributes.integers();
      return;
    case 'integer':
      attributes[clause.attribute] = integerAttribute(cursor.integer(), clause.type);
      return;
    case 'word':
      attributes[clause.attribute] = reader.attributes.enumeration('stablehlo', clause.enumeration, cursor.word());
      return;
    case 'boolean':
      attributes[clause.attribute] = { kind: 'boolean', value: readBoolean(reader) };
      return;
    case 'string':
      attributes[clause.attribute] = { kind: 'string', value: cursor.string() };
      return;
    case 'format': {
      const bits = /^e(\d+)m(\d+)$/.exec(cursor.word("a format such as 'e8m7'"));
      if (bits === null) cursor.fail("a format such as 'e8m7'");
      attributes.exponent_bits = integerAttribute(Number(bits[1]), 'i32');
      attributes.mantissa_bits = integerAttribute(Number(bits[2]), 'i32');
      return;
    }
    default:
      clause satisfies never;
  }
}

/** Reads `true` or `false`. */
export function readBoolean(reader: ProgramReader): boolean {
  if (reader.cursor.acceptWord('true')) return true;
  reader.cursor.expectWord('false');
  return false;
}

/** The attribute of a whole number. */
export function integerAttribute(value: number, type: string): Attribute {
  return { kind: 'integer', value, text: String(value), type };
}

/** Reads `: types` in the given form, checks the operands, and returns the types of the results. */
export function readTypes(reader: ProgramReader, form: TypeForm, operands: readonly ValueId[]): readonly Type[] {
  const { cursor, types } = reader;
  cursor.expect(bytes.colon);
  if (form === 'functional') return reader.functional(operands);
  if (form === 'arrow') return readArrowTypes(reader, operands);
  const isFunctional = cursor.peek() === bytes.open;
  if (isFunctional && form !== 'list' && form !== 'tuple') return reader.functional(operands);
  const start = cursor.position;
  switch (form) {
    case 'same': {
      const type = types.type();
      for (let index = 0; index < operands.length; index++) reader.checkOperand(operands[index], type, start);
      return [type];
    }
    case 'list': {
      const list = reader.typeList();
      reader.checkOperands(operands, list, start);
      return list;
    }
    case 'select': {
      const predicate = types.type();
      cursor.expect(bytes.comma);
      const type = types.type();
      reader.checkOperands(operands, [predicate, type, type], start);
      return [type];
    }
    case 'complex': {
      const type = types.tensor();
      const element = realElement(type.element);
      if (element === undefined) return cursor.fail('a tensor of complex numbers');
      const { shape } = type;
      for (const operand of operands) reader.checkOperand(operand, { kind: 'tensor', shape, element }, start);
      return [type];
    }
    case 'tuple': {
      const type = types.type();
      if (type.kind !== 'tuple') return cursor.fail('a tuple type');
      reader.checkOperands(operands, type.elements, start);
      return [type];
    }
    default:
      return form satisfies never;
  }
}

function realElement(element: ElementType): ElementType | undefined {
  if (element === 'complex<f32>') return 'f32';
  return element === 'complex<f64>' ? 'f64' : undefined;
}

/** Reads `T, T -> T` or `T -> (T, T)`; `(T) -> T` is read as well. */
export function readArrowTypes(reader: ProgramReader, operands: readonly ValueId[]): readonly Type[] {
  const { cursor } = reader;
  if (cursor.peek() === bytes.open) return reader.functional(operands);
  const start = cursor.position;
  reader.checkOperands(operands, reader.typeList(), start);
  cursor.expectArrow();
  return reader.types.results();
}
