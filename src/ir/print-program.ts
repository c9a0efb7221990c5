import type { Attribute } from './attributes.ts';
import { formatString, formatSymbol, printAttribute, printDictionary, sortedNames } from './print-attributes.ts';
import { printPretty } from './print-forms.ts';
import { type NameCounters, nameValues, type ValueNames } from './print-names.ts';
import { formatLocation, OperationPrinter } from './print-operations.ts';
import { createChunkSink, createStringSink, type TextSink } from './print-sink.ts';
import type { Func, ModuleSymbol, Program } from './program.ts';
import { formatType } from './types.ts';

/** `pretty` is what jaxlib prints by default; `generic` spells every operation alike. */
export interface PrintOptions {
  readonly form?: 'pretty' | 'generic';
  /** Prints name scopes and argument names as locations. Off by default. */
  readonly locations?: boolean;
}

/** Prints a program as jaxlib does. Constants are copied; for programs of hundreds of megabytes use `writeProgram`. */
export function printProgram(program: Program, options: PrintOptions = {}): string {
  const sink = createStringSink();
  printModule(sink, program, options);
  return sink.value();
}

/** Prints a program in chunks of UTF-8, so that its text never lies in memory as a whole. */
export function writeProgram(program: Program, options: PrintOptions, sink: (chunk: Uint8Array) => void): void {
  const chunks = createChunkSink(sink);
  printModule(chunks, program, options);
  chunks.flush();
}

function printModule(sink: TextSink, program: Program, options: PrintOptions): void {
  if (options.form === 'generic') printGenericModule(sink, program, options.locations === true);
  else printPrettyModule(sink, program, options.locations === true);
}

function printPrettyModule(sink: TextSink, program: Program, locations: boolean): void {
  sink.text(program.name === '' ? 'module' : `module ${formatSymbol(program.name)}`);
  if (Object.keys(program.attributes).length > 0) {
    sink.text(' attributes ');
    printDictionary(sink, program.attributes, sortedNames(program.attributes));
  }
  sink.text(' {\n');
  for (const symbol of program.symbols) sink.text(`  ${symbol.text}\n`);
  for (const func of program.functions) {
    const names = nameValues(func);
    printSignature(sink, func, names, locations);
    if (func.body.operations.length > 0) {
      sink.text(' {\n');
      new OperationPrinter(sink, names, func.valueTypes, locations, printPretty).operations(func.body, '    ');
      sink.text('  }');
    }
    sink.text('\n');
  }
  sink.text('}\n');
}

function printSignature(sink: TextSink, func: Func, names: ValueNames, locations: boolean): void {
  const isDeclaration = func.body.operations.length === 0;
  const visibility = func.impliedVisibility ? '' : `${func.visibility} `;
  sink.text(`  func.func ${visibility}${formatSymbol(func.name)}(`);
  for (const [index, argument] of func.arguments.entries()) {
    if (index > 0) sink.text(', ');
    const type = formatType(func.valueTypes[argument.value]);
    sink.text(isDeclaration ? type : `${names.uses[argument.value]}: ${type}`);
    printOptional(sink, argument.attributes);
    if (locations && !isDeclaration) sink.text(formatLocation(argument.name));
  }
  sink.text(')');
  printResults(sink, func);
  if (Object.keys(func.attributes).length > 0) {
    sink.text(' attributes');
    printOptional(sink, func.attributes);
  }
}

function printResults(sink: TextSink, { results }: Func): void {
  if (results.length === 0) return;
  const [first] = results;
  const isBare = results.length === 1 && first.type.kind !== 'function' && Object.keys(first.attributes).length === 0;
  sink.text(isBare ? ' -> ' : ' -> (');
  for (const [index, result] of results.entries()) {
    if (index > 0) sink.text(', ');
    sink.text(formatType(result.type));
    printOptional(sink, result.attributes);
  }
  if (!isBare) sink.text(')');
}

function printOptional(sink: TextSink, attributes: Func['attributes']): void {
  if (Object.keys(attributes).length === 0) return;
  sink.text(' ');
  printDictionary(sink, attributes, sortedNames(attributes));
}

function printGenericModule(sink: TextSink, program: Program, locations: boolean): void {
  sink.text('"builtin.module"()');
  if (program.name !== '') sink.text(` <{sym_name = ${formatString(program.name)}}>`);
  sink.text(' ({\n');
  for (const symbol of program.symbols) sink.text(`  ${formatGenericSymbol(symbol)}\n`);
  const counters: NameCounters = { values: 0, arguments: 0, conflicts: 0 };
  const names = [...program.functions].reverse().map(func => nameValues(func, counters));
  for (const func of program.functions) {
    const valueNames = names.pop();
    if (valueNames !== undefined) printGenericFunction(sink, func, valueNames, locations);
  }
  sink.text('})');
  printOptional(sink, program.attributes);
  sink.text(' : () -> ()\n');
}

/** `sdy.mesh @mesh = <...> {...}` in its generic form; other symbols stay as they were read. */
function formatGenericSymbol(symbol: ModuleSymbol): string {
  const start = `sdy.mesh ${formatSymbol(symbol.name)} = `;
  if (!symbol.text.startsWith(start)) return symbol.text;
  const rest = symbol.text.slice(start.length);
  const brace = rest.indexOf('> {');
  const mesh = brace === -1 ? rest : rest.slice(0, brace + 1);
  const attributes = brace === -1 ? '' : rest.slice(brace + 1);
  return `"sdy.mesh"() <{mesh = #sdy.mesh${mesh}, sym_name = ${formatString(symbol.name)}}>${attributes} : () -> ()`;
}

function printGenericFunction(sink: TextSink, func: Func, names: ValueNames, locations: boolean): void {
  const dictionaries = (list: readonly { readonly attributes: Func['attributes'] }[]): Attribute | undefined =>
    list.every(item => Object.keys(item.attributes).length === 0)
      ? undefined
      : { kind: 'array', elements: list.map(item => ({ kind: 'dictionary', entries: item.attributes })) };
  const inputs = func.arguments.map(argument => func.valueTypes[argument.value]);
  const results = func.results.map(result => result.type);
  const ins = dictionaries(func.arguments);
  const outs = dictionaries(func.results);
  const properties: Record<string, Attribute> = {
    ...(ins === undefined ? {} : { arg_attrs: ins }),
    function_type: { kind: 'type', type: { kind: 'function', inputs, results } },
    ...(outs === undefined ? {} : { res_attrs: outs }),
    sym_name: { kind: 'string', value: func.name },
    ...(func.impliedVisibility ? {} : { sym_visibility: { kind: 'string', value: func.visibility } }),
  };
  sink.text('  "func.func"() <');
  printAttribute(sink, { kind: 'dictionary', entries: properties });
  sink.text('> ({\n');
  if (func.body.operations.length > 0) {
    const args = func.arguments.map(({ value, name }) => {
      const location = locations ? formatLocation(name) : '';
      return `${names.uses[value]}: ${formatType(func.valueTypes[value])}${location}`;
    });
    if (args.length > 0) sink.text(`  ^bb0(${args.join(', ')}):\n`);
    new OperationPrinter(sink, names, func.valueTypes, locations).operations(func.body, '    ');
  }
  sink.text('  })');
  printOptional(sink, func.attributes);
  sink.text(' : () -> ()\n');
}
