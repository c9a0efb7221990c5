import type { Attribute, Attributes } from './attributes.ts';
import { readOperations } from './parse-operations.ts';
import type { ProgramReader } from './parse-reader.ts';
import type { Func, FuncArgument, FuncResult } from './program.ts';
import { bytes } from './text-bytes.ts';
import { TextProblem } from './text-cursor.ts';
import type { Type } from './types.ts';

const none: Attributes = Object.freeze({});

/** Reads a function behind the word `func.func`. */
export function readFunction(reader: ProgramReader): Func {
  const { cursor } = reader;
  const valueTypes = reader.values.startFunction();
  const visibility = (['public', 'private', 'nested'] as const).find(word => cursor.acceptWord(word));
  const name = reader.attributes.symbol();
  const args = readArguments(reader);
  const results = cursor.acceptArrow() ? readResults(reader) : [];
  const attributes = cursor.acceptWord('attributes') ? reader.attributes.dictionary() : none;
  const operations = [];
  if (cursor.accept(bytes.openBrace)) {
    operations.push(...readOperations(reader));
    cursor.expect(bytes.closeBrace);
  }
  reader.locations.trailer();
  const body = { arguments: args.map(argument => argument.value), operations };
  return { name, ...visibilityOf(visibility), arguments: args, results, attributes, body, valueTypes };
}

/** Reads `(%arg0: T {attributes} loc("name"), ...)`; a declaration has types only. */
function readArguments(reader: ProgramReader): FuncArgument[] {
  const { cursor, values } = reader;
  const args: FuncArgument[] = [];
  cursor.expect(bytes.open);
  if (cursor.accept(bytes.close)) return args;
  do {
    const name = cursor.peek() === bytes.percent ? values.resultName() : undefined;
    if (name !== undefined) cursor.expect(bytes.colon);
    const value = values.create(reader.types.type());
    if (name !== undefined) values.define(name, value);
    const attributes = reader.attributes.optionalDictionary();
    const scope = reader.locations.trailer();
    args.push(scope === undefined ? { value, attributes } : { value, name: scope, attributes });
  } while (cursor.accept(bytes.comma));
  cursor.expect(bytes.close);
  return args;
}

/** Reads what follows `->`: `T`, or `(T {attributes}, T)`. */
function readResults(reader: ProgramReader): FuncResult[] {
  const { cursor } = reader;
  if (cursor.peek() !== bytes.open) return [{ type: reader.types.type(), attributes: none }];
  const results: FuncResult[] = [];
  cursor.position++;
  if (cursor.accept(bytes.close)) return results;
  do {
    const type = reader.types.type();
    results.push({ type, attributes: reader.attributes.optionalDictionary() });
  } while (cursor.accept(bytes.comma));
  cursor.expect(bytes.close);
  return results;
}

/** Reads a function in generic form, behind the word `"func.func"`. */
export function readGenericFunction(reader: ProgramReader): Func {
  const { cursor } = reader;
  const valueTypes = reader.values.startFunction();
  const start = cursor.position;
  cursor.expect(bytes.open);
  cursor.expect(bytes.close);
  const entries: Record<string, Attribute> = {};
  if (cursor.accept(bytes.less)) {
    reader.attributes.dictionaryInto(entries);
    cursor.expect(bytes.greater);
  }
  cursor.expect(bytes.open);
  cursor.expect(bytes.openBrace);
  const body = readGenericBody(reader);
  cursor.expect(bytes.closeBrace);
  cursor.expect(bytes.close);
  if (cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(entries);
  cursor.expect(bytes.colon);
  reader.functional([]);
  reader.locations.trailer();
  return makeFunction(entries, body, valueTypes, start);
}

interface GenericBody {
  readonly values: readonly number[];
  readonly names: readonly (string | undefined)[];
  readonly operations: Func['body']['operations'];
}

function readGenericBody(reader: ProgramReader): GenericBody {
  const { cursor, values } = reader;
  const ids: number[] = [];
  const names: (string | undefined)[] = [];
  if (cursor.accept(bytes.caret)) {
    cursor.word('the name of a block');
    if (cursor.accept(bytes.open) && !cursor.accept(bytes.close)) {
      do {
        const name = values.resultName();
        cursor.expect(bytes.colon);
        const value = values.create(reader.types.type());
        values.define(name, value);
        ids.push(value);
        names.push(reader.locations.trailer());
      } while (cursor.accept(bytes.comma));
      cursor.expect(bytes.close);
    }
    cursor.expect(bytes.colon);
  }
  return { values: ids, names, operations: readOperations(reader) };
}

function makeFunction(entries: Record<string, Attribute>, body: GenericBody, valueTypes: Type[], offset: number): Func {
  const { sym_name: symbol, sym_visibility: visible, function_type: type, arg_attrs: ins, res_attrs: outs } = entries;
  const isWhole = symbol?.kind === 'string' && type?.kind === 'type' && type.type.kind === 'function';
  if (!isWhole) {
    throw new TextProblem('SK1001', offset, 'a function without sym_name or function_type', 'export the program again');
  }
  const { inputs, results } = type.type;
  const values = [...body.values];
  for (let index = values.length; index < inputs.length; index++) values.push(valueTypes.push(inputs[index]) - 1);
  const rest = { ...entries };
  for (const name of ['sym_name', 'sym_visibility', 'function_type', 'arg_attrs', 'res_attrs']) delete rest[name];
  const visibility = visible?.kind === 'string' && isVisibility(visible.value) ? visible.value : undefined;
  return {
    name: symbol.value,
    ...visibilityOf(visibility),
    arguments: values.map((value, index) => {
      const name = body.names[index];
      const attributes = dictionaryAt(ins, index);
      return name === undefined ? { value, attributes } : { value, name, attributes };
    }),
    results: results.map((result, index) => ({ type: result, attributes: dictionaryAt(outs, index) })),
    attributes: Object.keys(rest).length === 0 ? none : rest,
    body: { arguments: values, operations: body.operations },
    valueTypes,
  };
}

function dictionaryAt(list: Attribute | undefined, index: number): Attributes {
  const attribute = list?.kind === 'array' ? list.elements[index] : undefined;
  return attribute?.kind === 'dictionary' ? attribute.entries : none;
}

function visibilityOf(word: Func['visibility'] | undefined): Pick<Func, 'visibility' | 'impliedVisibility'> {
  return word === undefined ? { visibility: 'public', impliedVisibility: true } : { visibility: word };
}

function isVisibility(text: string): text is Func['visibility'] {
  return text === 'public' || text === 'private' || text === 'nested';
}
