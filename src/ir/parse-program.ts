import { type Diagnostic, DiagnosticError, type SourcePlace } from '../base/index.ts';
import type { Attribute, Attributes } from './attributes.ts';
import { findAliases } from './parse-aliases.ts';
import { readFunction, readGenericFunction } from './parse-functions.ts';
import { readOperations } from './parse-operations.ts';
import { ProgramReader, ReadingStopped } from './parse-reader.ts';
import type { Func, ModuleSymbol, Program } from './program.ts';
import { byteClass, bytes, decodeBytes, namePart } from './text-bytes.ts';
import { TextProblem } from './text-cursor.ts';

interface ModuleContents {
  name: string;
  attributes: Attributes;
  readonly symbols: ModuleSymbol[];
  readonly functions: Func[];
}

/**
 * Reads StableHLO text, pretty or generic, with or without locations.
 *
 * Constants stay in `source`, which must not change while the program is in use. Throws a `DiagnosticError` with up to
 * twenty diagnostics. Linear in the size of the text.
 */
export function parseProgram(source: Uint8Array, options: { file?: string } = {}): Program {
  const file = options.file ?? '<text>';
  const reader = new ProgramReader(source, findAliases(source), readOperations);
  const contents: ModuleContents = { name: '', attributes: {}, symbols: [], functions: [] };
  try {
    checkIsText(reader);
    readModule(reader, contents);
    if (reader.problems.length === 0) reader.locations.checkAliases();
  } catch (problem) {
    if (!(problem instanceof ReadingStopped)) {
      try {
        reader.report(problem);
      } catch (stopped) {
        if (!(stopped instanceof ReadingStopped)) throw stopped;
      }
    }
  }
  if (reader.problems.length > 0) throw new DiagnosticError(describe(reader.problems, source, file));
  return { ...contents, file };
}

const exportNext = 'export the program with jax.jit(f).lower(...).as_text()';

/** Fails with one clear message when the bytes are no MLIR text at all. */
function checkIsText(reader: ProgramReader): void {
  const { cursor } = reader;
  const { source } = cursor;
  const head = String.fromCharCode(...source.subarray(0, 4));
  let found: string | undefined;
  if (head === 'ML\xefR') found = 'MLIR bytecode, not text';
  else if (head.startsWith('\x1f\x8b')) found = 'gzip data, not text';
  else if (source.subarray(0, 1024).includes(0)) found = 'binary data';
  else if (cursor.peek() === -1) found = 'an empty file';
  if (found === undefined) {
    const byte = cursor.source[cursor.position];
    const starts = [bytes.hash, bytes.bang];
    if (starts.includes(byte as 35)) return;
    const isKnown = ['module', 'builtin.module', 'func.func', 'sdy.mesh'].some(word => {
      const length = word.length;
      const from = cursor.position + (byte === bytes.quote ? 1 : 0);
      const next = byteClass[source[from + length] ?? 0];
      return decodeBytes(source, from, Math.min(from + length, cursor.end)) === word && (next & namePart) === 0;
    });
    if (isKnown) return;
    if ('module'.startsWith(decodeBytes(source, cursor.position, Math.min(cursor.end, cursor.position + 7)))) return;
    found = cursor.found(cursor.position);
  }
  throw new TextProblem(
    'SK1005',
    cursor.position,
    `found ${found}`,
    exportNext,
    "StableHLO text, which starts with 'module'",
  );
}

/** Reads the module, or the functions of a text without one. */
function readModule(reader: ProgramReader, contents: ModuleContents): void {
  const { cursor } = reader;
  skipAliases(reader);
  if (cursor.peek() === bytes.quote) {
    const start = cursor.position;
    if (cursor.string() === 'builtin.module') {
      readGenericModule(reader, contents);
      expectEnd(reader);
      return;
    }
    cursor.position = start;
  } else if (cursor.acceptWord('module') || cursor.acceptWord('builtin.module')) {
    if (cursor.peek() === bytes.at) contents.name = reader.attributes.symbol();
    if (cursor.acceptWord('attributes')) contents.attributes = reader.attributes.dictionary();
    cursor.expect(bytes.openBrace);
    readSymbols(reader, contents);
    cursor.expect(bytes.closeBrace);
    reader.locations.trailer();
    expectEnd(reader);
    return;
  }
  if (cursor.peek() === -1) cursor.fail("'module'");
  readSymbols(reader, contents);
  expectEnd(reader);
}

/** `"builtin.module"() <{sym_name = "m"}> ({ ... }) {attributes} : () -> ()`. */
function readGenericModule(reader: ProgramReader, contents: ModuleContents): void {
  const { cursor } = reader;
  cursor.expect(bytes.open);
  cursor.expect(bytes.close);
  const entries: Record<string, Attribute> = {};
  if (cursor.accept(bytes.less)) {
    reader.attributes.dictionaryInto(entries);
    cursor.expect(bytes.greater);
  }
  cursor.expect(bytes.open);
  cursor.expect(bytes.openBrace);
  if (cursor.accept(bytes.caret)) {
    cursor.word();
    cursor.expect(bytes.colon);
  }
  readSymbols(reader, contents);
  cursor.expect(bytes.closeBrace);
  cursor.expect(bytes.close);
  if (cursor.peek() === bytes.openBrace) reader.attributes.dictionaryInto(entries);
  cursor.expect(bytes.colon);
  reader.functional([]);
  reader.locations.trailer();
  const { sym_name: symbol, ...rest } = entries;
  if (symbol?.kind === 'string') contents.name = symbol.value;
  contents.attributes = rest;
}

/** Reads functions and other symbols up to a closing brace; after a wrong one, goes on at the next function. */
function readSymbols(reader: ProgramReader, contents: ModuleContents): void {
  const { cursor } = reader;
  const names = new Set<string>();
  for (;;) {
    skipAliases(reader);
    const byte = cursor.peek();
    if (byte === -1 || byte === bytes.closeBrace) return;
    const start = cursor.position;
    try {
      const symbol = readSymbol(reader, contents);
      if (names.has(symbol)) {
        throw new TextProblem(
          'SK1009',
          start,
          `symbol @${symbol} is defined twice`,
          'give one of the two another name',
        );
      }
      names.add(symbol);
    } catch (problem) {
      reader.report(problem);
      skipToFunction(reader, Math.max(start + 1, cursor.position));
    }
  }
}

function readSymbol(reader: ProgramReader, contents: ModuleContents): string {
  const { cursor } = reader;
  const start = cursor.position;
  const isGeneric = cursor.peek() === bytes.quote;
  const operation = isGeneric ? cursor.string() : cursor.word('a function');
  if (operation === 'func.func') {
    const func = isGeneric ? readGenericFunction(reader) : readFunction(reader);
    contents.functions.push(func);
    return func.name;
  }
  if (!operation.includes('.')) {
    cursor.position = start;
    cursor.fail("'func.func' or another symbol of a module");
  }
  const symbol = isGeneric ? readGenericSymbol(reader, operation, start) : readOtherSymbol(reader, operation, start);
  contents.symbols.push(symbol);
  reader.locations.trailer();
  return symbol.name;
}

/** `sdy.mesh @mesh = <["dp"=2]> {attributes}`, kept as text. */
function readOtherSymbol(reader: ProgramReader, operation: string, start: number): ModuleSymbol {
  const { cursor } = reader;
  const name = reader.attributes.symbol();
  let end = cursor.position;
  const { source } = cursor;
  while (cursor.position < cursor.end && source[cursor.position] !== bytes.newline) {
    const byte = source[cursor.position];
    if (byte <= 32) {
      cursor.position++;
      continue;
    }
    if (byte === bytes.closeBrace || cursor.acceptWord('loc')) break;
    if (byte === bytes.less || byte === bytes.openBrace || byte === bytes.openSquare || byte === bytes.open) {
      cursor.skipBalanced();
    } else if (byte === bytes.quote) cursor.string();
    else cursor.position++;
    end = cursor.position;
  }
  cursor.position = end;
  return { name, operation, text: decodeBytes(source, start, end) };
}

/** `"sdy.mesh"() <{mesh = #sdy.mesh<...>, sym_name = "m"}> {...} : () -> ()`, as the text of its pretty form. */
function readGenericSymbol(reader: ProgramReader, operation: string, start: number): ModuleSymbol {
  const { cursor } = reader;
  cursor.expect(bytes.open);
  cursor.expect(bytes.close);
  const entries: Record<string, Attribute> = {};
  if (cursor.accept(bytes.less)) {
    reader.attributes.dictionaryInto(entries);
    cursor.expect(bytes.greater);
  }
  cursor.peek();
  const from = cursor.position;
  if (cursor.peek() === bytes.openBrace) cursor.skipBalanced();
  const rest = decodeBytes(cursor.source, from, cursor.position);
  cursor.expect(bytes.colon);
  reader.functional([]);
  const { sym_name: symbol, mesh } = entries;
  const name = symbol?.kind === 'string' ? symbol.value : '';
  if (operation === 'sdy.mesh' && mesh?.kind === 'opaque') {
    const text = `sdy.mesh @${name} = ${mesh.text.replace(/^#sdy\.mesh/, '')}${rest === '' ? '' : ` ${rest}`}`;
    return { name, operation, text };
  }
  return { name, operation, text: decodeBytes(cursor.source, start, cursor.position) };
}

/** Skips `#name = ...` and `!name = ...` lines, which were found before. */
function skipAliases(reader: ProgramReader): void {
  const { cursor } = reader;
  for (let byte = cursor.peek(); byte === bytes.hash || byte === bytes.bang; byte = cursor.peek()) {
    const newline = cursor.source.indexOf(bytes.newline, cursor.position);
    cursor.position = newline === -1 ? cursor.end : newline + 1;
  }
}

function expectEnd(reader: ProgramReader): void {
  reader.isClosed = true;
  skipAliases(reader);
  if (reader.cursor.peek() !== -1) reader.cursor.fail('the end of the file');
}

/** Goes to the next function at or behind `from`; without one, stops reading. */
function skipToFunction(reader: ProgramReader, from: number): void {
  const { cursor } = reader;
  const { source } = cursor;
  const buffer = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const found = buffer.indexOf('func.func', from);
  if (found === -1) throw new ReadingStopped();
  cursor.position = source[found - 1] === bytes.quote ? found - 1 : found;
}

/** Gives each problem its line and column, in order of the text. */
function describe(problems: readonly TextProblem[], source: Uint8Array, file: string): Diagnostic[] {
  const sorted = [...problems].sort((a, b) => a.offset - b.offset);
  let line = 1;
  let lineStart = 0;
  return sorted.map(problem => {
    for (;;) {
      const newline = source.indexOf(bytes.newline, lineStart);
      if (newline === -1 || newline >= problem.offset) break;
      lineStart = newline + 1;
      line++;
    }
    const place: SourcePlace = { file, line, column: problem.offset - lineStart + 1 };
    const { code, message, next, expected } = problem;
    const diagnostic = { code, severity: 'error', message, next, place } as const;
    return expected === undefined ? diagnostic : { ...diagnostic, expected };
  });
}
