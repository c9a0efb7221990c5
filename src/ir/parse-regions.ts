import type { Attribute } from './attributes.ts';
import type { OperationDraft, ProgramReader } from './parse-reader.ts';
import type { ResultName } from './parse-values.ts';
import type { Block, ValueId } from './program.ts';
import { bytes } from './text-bytes.ts';
import { propagationDirections, stablehloNames } from './text-forms.ts';
import { type Type, tensorType } from './types.ts';

/** `(%iterArg = %a, %iterArg_0 = %b) : T, T cond { ... } do { ... }`. */
export function readWhile(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  const names: ResultName[] = [];
  const operands: ValueId[] = [];
  cursor.expect(bytes.open);
  while (cursor.peek() !== bytes.close) {
    if (names.length > 0) cursor.expect(bytes.comma);
    names.push(reader.values.resultName());
    cursor.expect(bytes.equals);
    operands.push(reader.values.use());
  }
  cursor.expect(bytes.close);
  let types: readonly Type[] = [];
  if (names.length > 0) {
    cursor.expect(bytes.colon);
    const start = cursor.position;
    types = reader.typeList();
    reader.checkOperands(operands, types, start);
  }
  const attributes = cursor.acceptWord('attributes') ? reader.attributes.dictionary() : {};
  const head = () =>
    names.map((name, index) => {
      const value = reader.values.create(types[index]);
      reader.values.define(name, value);
      return value;
    });
  cursor.expectWord('cond');
  const condition = reader.region(false, head);
  cursor.expectWord('do');
  const body = reader.region(false, head);
  return { operands, attributes, regions: [condition, body], resultTypes: types };
}

/** `(%x init: %c), (%y init: %d) across dimensions = [1] : types`, with `applies add` or followed by a `reducer`. */
export function readReduce(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  const inputs: ValueId[] = [];
  const initials: ValueId[] = [];
  const start = cursor.position;
  do {
    cursor.expect(bytes.open);
    inputs.push(reader.values.use());
    cursor.expectWord('init');
    cursor.expect(bytes.colon);
    initials.push(reader.values.use());
    cursor.expect(bytes.close);
  } while (cursor.accept(bytes.comma));
  const applied = cursor.acceptWord('applies') ? cursor.word('an operation such as stablehlo.add') : undefined;
  cursor.expectWord('across');
  cursor.expectWord('dimensions');
  cursor.expect(bytes.equals);
  const attributes: Record<string, Attribute> = { dimensions: reader.attributes.integers() };
  if (cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
  cursor.expect(bytes.colon);
  const operands = [...inputs, ...initials];
  const resultTypes = reader.functional(operands);
  const region = applied === undefined ? readReducer(reader) : applyOperation(reader, applied, inputs, start);
  return { operands, attributes, regions: [region], resultTypes };
}

/** `reducer(%a: t, %c: t) (%b: t, %d: t) { ... }`: pairs in the text; the block has all left, then all right ones. */
function readReducer(reader: ProgramReader): Block {
  const { cursor, values } = reader;
  cursor.expectWord('reducer');
  const pairs: { name: ResultName; type: Type }[][] = [];
  while (cursor.accept(bytes.open)) {
    const pair = [];
    do {
      const name = values.resultName();
      cursor.expect(bytes.colon);
      pair.push({ name, type: reader.types.type() });
      reader.locations.trailer();
    } while (cursor.accept(bytes.comma));
    cursor.expect(bytes.close);
    if (pair.length !== 2) cursor.fail('two arguments for each operand of the reduction');
    pairs.push(pair);
  }
  return reader.region(false, () =>
    [0, 1].flatMap(side =>
      pairs.map(pair => {
        const value = values.create(pair[side].type);
        values.define(pair[side].name, value);
        return value;
      }),
    ),
  );
}

/** The body that `applies stablehlo.add` stands for: on scalars of the input's element type, as jaxlib reads it. */
function applyOperation(reader: ProgramReader, name: string, inputs: readonly ValueId[], offset: number): Block {
  if (!stablehloNames.has(name) || inputs.length !== 1) {
    reader.cursor.position = offset;
    reader.cursor.fail('one operand, and a StableHLO operation after applies');
  }
  const { values } = reader;
  const input = values.types[inputs[0]];
  const type = input.kind === 'tensor' ? tensorType([], input.element) : input;
  const lhs = values.create(type);
  const rhs = values.create(type);
  const result = values.create(type);
  const shared = { attributes: {}, regions: [], offset };
  return {
    arguments: [lhs, rhs],
    operations: [
      { name, operands: [lhs, rhs], results: [result], ...shared },
      { name: 'stablehlo.return', operands: [result], results: [], ...shared },
    ],
  };
}

/** `(%x) in_shardings=[...] out_shardings=[...] manual_axes={...} (%arg: T) { ... } : (T) -> T`. */
export function readManualComputation(reader: ProgramReader): OperationDraft {
  const operands = reader.bracketedOperands();
  const attributes: Record<string, Attribute> = {};
  for (const name of ['in_shardings', 'out_shardings'] as const) readPerValue(reader, name, attributes);
  reader.cursor.expectWord('manual_axes');
  reader.cursor.expect(bytes.equals);
  const axes = reader.attributes.stripped('');
  attributes.manual_axes = { kind: 'opaque', text: `#sdy<manual_axes${axes.kind === 'opaque' ? axes.text : ''}>` };
  return readIsolatedBody(reader, operands, attributes);
}

/** `<"name">(%x) in_shardings=[...] out_shardings=[...] (%arg: T) { ... } : (T) -> T`. */
export function readNamedComputation(reader: ProgramReader): OperationDraft {
  const { cursor } = reader;
  cursor.expect(bytes.less);
  const attributes: Record<string, Attribute> = { name: { kind: 'string', value: cursor.string() } };
  cursor.expect(bytes.greater);
  const operands = reader.bracketedOperands();
  for (const name of ['in_shardings', 'out_shardings'] as const) {
    if (cursor.atWord()) readPerValue(reader, name, attributes);
  }
  return readIsolatedBody(reader, operands, attributes);
}

function readPerValue(reader: ProgramReader, name: string, attributes: Record<string, Attribute>): void {
  reader.cursor.expectWord(name);
  reader.cursor.expect(bytes.equals);
  const list = reader.attributes.stripped('');
  attributes[name] = { kind: 'opaque', text: `#sdy.sharding_per_value<${list.kind === 'opaque' ? list.text : ''}>` };
}

function readIsolatedBody(
  reader: ProgramReader,
  operands: readonly ValueId[],
  attributes: Record<string, Attribute>,
): OperationDraft {
  const { cursor, values } = reader;
  const depth = values.depth;
  values.enter(true);
  const blockArguments = cursor.peek() === bytes.open ? reader.blockArguments() : [];
  const body = reader.region(false, () => blockArguments);
  values.leaveTo(depth);
  if (cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
  cursor.expect(bytes.colon);
  return { operands, attributes, regions: [body], resultTypes: reader.functional(operands) };
}

/** `%x <@mesh, [{"dp"}]> : T`. */
export function readShardingConstraint(reader: ProgramReader): OperationDraft {
  const operand = reader.values.use();
  const attributes: Record<string, Attribute> = { sharding: reader.attributes.stripped('#sdy.sharding') };
  return { operands: [operand], attributes, regions: [], resultTypes: [readOwnType(reader, operand, attributes)] };
}

/** `%x group_id=3 : T`, without results. */
export function readShardingGroup(reader: ProgramReader): OperationDraft {
  const operand = reader.values.use();
  reader.cursor.expectWord('group_id');
  reader.cursor.expect(bytes.equals);
  const group = reader.cursor.natural();
  const attributes: Record<string, Attribute> = {
    group_id: { kind: 'integer', value: group, text: String(group), type: 'i64' },
  };
  readOwnType(reader, operand, attributes);
  return { operands: [operand], attributes, regions: [], resultTypes: [] };
}

/** `%x allowed_direction=FORWARD : T`. */
export function readPropagationBarrier(reader: ProgramReader): OperationDraft {
  const operand = reader.values.use();
  reader.cursor.expectWord('allowed_direction');
  reader.cursor.expect(bytes.equals);
  const value = propagationDirections.indexOf(reader.cursor.word('a direction such as FORWARD'));
  if (value === -1) reader.cursor.fail(`one of ${propagationDirections.join(', ')}`);
  const attributes: Record<string, Attribute> = {
    allowed_direction: { kind: 'integer', value, text: String(value), type: 'i32' },
  };
  return { operands: [operand], attributes, regions: [], resultTypes: [readOwnType(reader, operand, attributes)] };
}

function readOwnType(reader: ProgramReader, operand: ValueId, attributes: Record<string, Attribute>): Type {
  if (reader.cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
  reader.cursor.expect(bytes.colon);
  const start = reader.cursor.position;
  const type = reader.types.type();
  reader.checkOperand(operand, type, start);
  return type;
}
