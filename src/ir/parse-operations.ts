import { nearestName } from '../base/index.ts';
import type { Attribute } from './attributes.ts';
import { readForm, readTypes } from './parse-forms.ts';
import { noOperands, noRegions, type OperationDraft, type ProgramReader, unknownType } from './parse-reader.ts';
import * as regions from './parse-regions.ts';
import * as special from './parse-special.ts';
import type { ResultName } from './parse-values.ts';
import type { Operation, ValueId } from './program.ts';
import { bytes } from './text-bytes.ts';
import { TextProblem } from './text-cursor.ts';
import { operationForms, stablehloNames } from './text-forms.ts';

const specialForms: ReadonlyMap<string, (reader: ProgramReader) => OperationDraft> = new Map([
  ['call', special.readCall],
  ['func.call', special.readCall],
  ['return', special.readReturn],
  ['func.return', special.readReturn],
  ['stablehlo.return', special.readReturn],
  ['sdy.return', special.readReturn],
  ['stablehlo.compare', special.readCompare],
  ['stablehlo.constant', special.readConstant],
  ['chlo.constant', special.readConstant],
  ['sdy.constant', special.readConstant],
  ['stablehlo.slice', special.readSlice],
  ['stablehlo.get_tuple_element', special.readTupleElement],
  ['stablehlo.dot_general', special.readDot],
  ['stablehlo.convolution', special.readConvolution],
  ['stablehlo.custom_call', special.readCustomCall],
  ['stablehlo.composite', special.readComposite],
  ['chlo.top_k', special.readTopK],
  ['stablehlo.while', regions.readWhile],
  ['stablehlo.reduce', regions.readReduce],
  ['sdy.sharding_constraint', regions.readShardingConstraint],
  ['sdy.reshard', regions.readShardingConstraint],
  ['sdy.propagation_barrier', regions.readPropagationBarrier],
  ['sdy.sharding_group', regions.readShardingGroup],
  ['sdy.manual_computation', regions.readManualComputation],
  ['sdy.named_computation', regions.readNamedComputation],
]);

const isolatedNames: ReadonlySet<string> = new Set(['sdy.manual_computation', 'sdy.named_computation']);

/** Reads operations up to the closing brace of their block; after a wrong one, goes on at the next line. */
export function readOperations(reader: ProgramReader): Operation[] {
  const { cursor, values } = reader;
  const operations: Operation[] = [];
  const depth = values.depth;
  for (;;) {
    const byte = cursor.peek();
    if (byte === bytes.closeBrace) return operations;
    const start = cursor.position;
    try {
      if (byte === -1) cursor.fail("'}'");
      operations.push(readOperation(reader));
    } catch (problem) {
      reader.report(problem);
      values.leaveTo(depth);
      skipOperation(reader, start);
    }
  }
}

const noNames: ResultName[] = [];

/** Reads one operation, its results and its location. */
function readOperation(reader: ProgramReader): Operation {
  const { cursor, values } = reader;
  const offset = cursor.position;
  let names = noNames;
  if (cursor.peek() === bytes.percent) {
    names = [values.resultName()];
    while (cursor.accept(bytes.comma)) names.push(values.resultName());
    cursor.expect(bytes.equals);
  }
  const isGeneric = cursor.peek() === bytes.quote;
  const nameOffset = cursor.position;
  const word = isGeneric ? cursor.string() : cursor.word('an operation');
  const name = word === 'call' || word === 'return' ? `func.${word}` : word;
  const draft = isGeneric ? readGeneric(reader, name, nameOffset) : readPretty(reader, name, nameOffset);
  const scope = reader.locations.trailer();
  const results = defineResults(reader, names, draft, offset);
  const { operands, attributes } = draft;
  if (scope === undefined) return { name, operands, results, attributes, regions: draft.regions, offset };
  return { name, operands, results, attributes, regions: draft.regions, offset, scope };
}

function defineResults(
  reader: ProgramReader,
  names: readonly ResultName[],
  draft: OperationDraft,
  offset: number,
): readonly ValueId[] {
  const { resultTypes } = draft;
  if (names.length === 1 && names[0].count === 1 && resultTypes.length === 1) {
    const value = reader.values.create(resultTypes[0]);
    reader.values.define(names[0], value);
    return [value];
  }
  let named = 0;
  for (const name of names) named += name.count;
  if (named !== resultTypes.length && names.length > 0) {
    const message = `${named} results are named, but the operation has ${resultTypes.length}`;
    throw new TextProblem('SK1001', offset, message, 'name each result, or write %name:N for N results');
  }
  const results = resultTypes.length === 0 ? noOperands : resultTypes.map(type => reader.values.create(type));
  let first = 0;
  for (const name of names) {
    reader.values.define(name, results[first] ?? 0);
    first += name.count;
  }
  return results;
}

function readPretty(reader: ProgramReader, name: string, offset: number): OperationDraft {
  const form = operationForms.get(name);
  if (form !== undefined) return readForm(reader, form);
  const read = specialForms.get(name);
  if (read !== undefined) return read(reader);
  checkName(reader, name, offset);
  if (name.startsWith('chlo.')) return readForm(reader, { clauses: [], types: 'arrow' });
  reader.cursor.position = offset;
  return reader.cursor.fail(`"${name}" in quotes: this operation is read in its generic form only`);
}

/** `"name"(%a) <{properties}> ({ ... }) {attributes} : (T) -> T`. */
function readGeneric(reader: ProgramReader, name: string, offset: number): OperationDraft {
  checkName(reader, name, offset);
  const { cursor } = reader;
  const operands = reader.bracketedOperands();
  const attributes: Record<string, Attribute> = {};
  if (cursor.accept(bytes.less)) {
    reader.attributes.dictionaryInto(attributes);
    cursor.expect(bytes.greater);
  }
  const blocks = cursor.peek() === bytes.open ? reader.genericRegions(isolatedNames.has(name)) : noRegions;
  if (cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(attributes);
  return { operands, attributes, regions: blocks, resultTypes: readTypes(reader, 'functional', operands) };
}

/** Fails when the name is no operation of StableHLO, naming the nearest one. */
function checkName(reader: ProgramReader, name: string, offset: number): void {
  if (offset + name.length >= reader.cursor.end) reader.cursor.fail('the rest of an operation');
  if (stablehloNames.has(name)) return;
  if (name.includes('.') && !name.startsWith('stablehlo.')) return;
  const slip = Math.max(2, Math.floor(name.length / 3));
  const nearest = nearestName(name, [...stablehloNames, 'func.call', 'func.return'], slip);
  const next = nearest === undefined ? 'export the program with jaxlib 0.10.2' : `did you mean ${nearest}?`;
  throw new TextProblem('SK1003', offset, `unknown operation ${name}`, next, 'an operation of StableHLO 1.17');
}

/** Goes to the line after the operation that starts at `start`, and defines its results with an unknown type. */
function skipOperation(reader: ProgramReader, start: number): void {
  const { cursor, values } = reader;
  cursor.position = start;
  try {
    while (cursor.peek() === bytes.percent) {
      const name = values.resultName();
      let first = -1;
      for (let index = 0; index < Math.min(name.count, 1000); index++) {
        const value = values.create(unknownType);
        if (first === -1) first = value;
      }
      values.define(name, first);
      if (!cursor.accept(bytes.comma)) break;
    }
  } catch (problem) {
    if (!(problem instanceof TextProblem)) throw problem;
  }
  cursor.position = endOfOperation(cursor.source, start);
}

/** The offset where the operation starting at `start` ends: the end of a line outside its brackets. */
function endOfOperation(source: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const byte = source[at];
    if (byte === bytes.quote) {
      for (at++; at < source.length && source[at] !== bytes.quote && source[at] !== bytes.newline; at++) {
        if (source[at] === bytes.backslash) at++;
      }
    }
    if (byte === bytes.open || byte === bytes.openBrace || byte === bytes.openSquare) depth++;
    else if (byte === bytes.close || byte === bytes.closeSquare) depth = Math.max(0, depth - 1);
    else if (byte === bytes.closeBrace && --depth < 0) return at;
    else if (source[at] === bytes.newline && depth === 0 && !continues(source, at + 1)) return at + 1;
  }
  return source.length;
}

/** True when the line at `at` belongs to the operation before it. */
function continues(source: Uint8Array, at: number): boolean {
  while (source[at] === 32) at++;
  const text = String.fromCharCode(...source.subarray(at, at + 8));
  return text.startsWith('cond {') || text.startsWith('reducer(');
}
