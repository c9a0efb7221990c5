import type { Attribute, Attributes } from './attributes.ts';
import { formatString, printAttribute, printDictionary, sortedNames } from './print-attributes.ts';
import type { ValueNames } from './print-names.ts';
import type { TextSink } from './print-sink.ts';
import type { Block, Operation, ValueId } from './program.ts';
import { inherentNames } from './text-inherent.ts';
import { equalTypes, formatType, type Type } from './types.ts';

/** Prints the operations of one function. */
export class OperationPrinter {
  readonly sink: TextSink;
  readonly names: ValueNames;
  readonly types: readonly Type[];
  readonly locations: boolean;
  readonly #formatted = new Map<Type, string>();
  /** Prints an operation in its pretty form from its name on; false when it has none. */
  readonly #printPretty: ((printer: OperationPrinter, operation: Operation, indent: string) => boolean) | undefined;

  constructor(
    sink: TextSink,
    names: ValueNames,
    types: readonly Type[],
    locations: boolean,
    printPretty?: (printer: OperationPrinter, operation: Operation, indent: string) => boolean,
  ) {
    this.sink = sink;
    this.names = names;
    this.types = types;
    this.locations = locations;
    this.#printPretty = printPretty;
  }

  /** Prints a line for each operation. */
  operations(block: Block, indent: string): void {
    const { sink } = this;
    for (const operation of block.operations) {
      const definitions = this.names.definitions(operation);
      sink.text(definitions === '' ? indent : `${indent}${definitions} = `);
      const isPretty = this.#printPretty?.(this, operation, indent) ?? false;
      if (!isPretty) this.#generic(operation, indent);
      if (this.locations) sink.text(formatLocation(operation.scope));
      sink.text('\n');
    }
  }

  #generic(operation: Operation, indent: string): void {
    const { sink } = this;
    const { attributes } = operation;
    sink.text(`${formatString(operation.name)}(${this.uses(operation.operands)})`);
    const names = sortedNames(attributes);
    const inherent = names.filter(name => inherentNames.has(name));
    if (inherent.length > 0) {
      sink.text(' <');
      printDictionary(sink, attributes, inherent);
      sink.text('>');
    }
    if (operation.regions.length > 0) {
      sink.text(' (');
      for (const [index, region] of operation.regions.entries()) {
        if (index > 0) sink.text(', ');
        this.region(region, indent);
      }
      sink.text(')');
    }
    const others = names.filter(name => !inherentNames.has(name));
    if (others.length > 0) {
      sink.text(' ');
      printDictionary(sink, attributes, others);
    }
    sink.text(` : ${this.functional(operation)}`);
  }

  /** Prints `{`, the arguments as a block's head, the operations, and `}`. */
  region(block: Block, indent: string): void {
    this.sink.text('{\n');
    if (block.arguments.length > 0) this.sink.text(`${indent}^bb0(${this.typed(block.arguments)}):\n`);
    this.operations(block, `${indent}  `);
    this.sink.text(`${indent}}`);
  }

  /** `%a, %b`. */
  uses(values: readonly ValueId[]): string {
    if (values.length === 1) return this.names.uses[values[0]];
    return values.map(value => this.names.uses[value]).join(', ');
  }

  /** `%a: T, %b: T`. */
  typed(values: readonly ValueId[]): string {
    return values.map(value => `${this.names.uses[value]}: ${this.typeOf(value)}`).join(', ');
  }

  /** `T, T`, the types of these values. */
  typeList(values: readonly ValueId[]): string {
    return values.map(value => this.typeOf(value)).join(', ');
  }

  typeOf(value: ValueId): string {
    return this.format(this.types[value]);
  }

  /** Prints a type; each is formatted once. */
  format(type: Type): string {
    let text = this.#formatted.get(type);
    if (text === undefined) {
      text = formatType(type);
      this.#formatted.set(type, text);
    }
    return text;
  }

  isSame(a: ValueId, b: ValueId): boolean {
    return this.types[a] === this.types[b] || equalTypes(this.types[a], this.types[b]);
  }

  /** `(T, T) -> T` or `(T) -> (T, T)`. */
  functional(operation: Operation): string {
    return `(${this.typeList(operation.operands)}) -> ${this.resultTypes(operation)}`;
  }

  /** `T`, or `(T, T)`. */
  resultTypes({ results }: Operation): string {
    const isSingle = results.length === 1 && this.types[results[0]].kind !== 'function';
    return isSingle ? this.typeOf(results[0]) : `(${this.typeList(results)})`;
  }

  attribute(attribute: Attribute, elided = false): void {
    printAttribute(this.sink, attribute, elided);
  }

  /** Prints ` {name = value}` with all entries but `without`; nothing when none is left. */
  others(attributes: Attributes, without: readonly string[] = [], before = ' '): void {
    if (Object.keys(attributes).every(name => without.includes(name))) return;
    const names = sortedNames(attributes).filter(name => !without.includes(name));
    this.sink.text(before);
    printDictionary(this.sink, attributes, names);
  }
}

/** ` loc("scope")`; without a name, nothing. */
export function formatLocation(name: string | undefined): string {
  return name === undefined ? '' : ` loc(${formatString(name)})`;
}
