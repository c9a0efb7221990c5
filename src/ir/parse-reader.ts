import type { Attributes } from './attributes.ts';
import type { AliasTable } from './parse-aliases.ts';
import { AttributeReader } from './parse-attributes.ts';
import { LocationReader } from './parse-locations.ts';
import { TypeReader } from './parse-types.ts';
import { ValueScope } from './parse-values.ts';
import type { Block, ValueId } from './program.ts';
import { byteClass, bytes, namePart, space } from './text-bytes.ts';
import { TextCursor, TextProblem } from './text-cursor.ts';
import { equalTypes, formatType, type Type } from './types.ts';

/** The type of values whose definition was wrong; it agrees with every type, so that one mistake is told once. */
export const unknownType: Type = { kind: 'opaque', text: 'unknown' };

/** The operands of operations without operands; one list for all. */
export const noOperands: readonly ValueId[] = Object.freeze([]);

/** The regions of operations without regions; one list for all. */
export const noRegions: readonly Block[] = Object.freeze([]);

/** An operation as it was read, before its results exist. */
export interface OperationDraft {
  readonly operands: readonly ValueId[];
  readonly attributes: Attributes;
  readonly regions: readonly Block[];
  readonly resultTypes: readonly Type[];
}

/** Thrown when nothing more can be read: the problems are in the reader's list. */
export class ReadingStopped extends Error {}

/** Bytes that start a word: `%0`, `#loc`, `@f`, `!t`, and the arrow. */
const sigils: ReadonlySet<number | undefined> = new Set([bytes.percent, bytes.hash, bytes.at, bytes.bang, bytes.minus]);

const mostProblems = 20;
const deepestRegion = 100;

/** The parts of a reader of one text, and the steps that all forms of operations share. */
export class ProgramReader {
  readonly cursor: TextCursor;
  readonly types: TypeReader;
  readonly attributes: AttributeReader;
  readonly locations: LocationReader;
  readonly values: ValueScope;
  readonly problems: TextProblem[] = [];
  /** True when the module has ended, so that the text is whole. */
  isClosed = false;
  /** Reads the operations of a block up to its closing brace. */
  readonly #readOperations: (reader: ProgramReader) => Block['operations'];

  constructor(source: Uint8Array, aliases: AliasTable, readOperations: (reader: ProgramReader) => Block['operations']) {
    this.cursor = new TextCursor(source);
    this.types = new TypeReader(this.cursor, name => aliases.types.get(name));
    this.attributes = new AttributeReader(this.cursor, this.types, name => aliases.attributes.get(name));
    this.locations = new LocationReader(this.cursor, aliases.attributes);
    this.values = new ValueScope(this.cursor);
    this.#readOperations = readOperations;
  }

  /** Keeps a problem; stops reading after twenty, or at the end of the text. Other errors are thrown on. */
  report(problem: unknown): void {
    if (!(problem instanceof TextProblem)) throw problem;
    if (this.#isCutOff(problem)) {
      this.problems.push(this.cursor.truncated(problem.expected));
      throw new ReadingStopped();
    }
    this.problems.push(problem);
    if (problem.code === 'SK1002' || this.problems.length >= mostProblems) throw new ReadingStopped();
  }

  /** True when the word at which reading stopped is the last one of an unfinished text: it may be half a word. */
  #isCutOff(problem: TextProblem): boolean {
    if (this.isClosed || problem.code === 'SK1005') return false;
    const { source, end } = this.cursor;
    let at = Math.max(this.cursor.position, problem.offset);
    while (at < end && (byteClass[source[at]] & namePart) !== 0) at++;
    if (sigils.has(source[at])) at++;
    while (at < end && (byteClass[source[at]] & (namePart | space)) !== 0) at++;
    return at >= end;
  }

  /** Reads `%a, %b#1`, or nothing. */
  operands(): readonly ValueId[] {
    if (this.cursor.peek() !== bytes.percent) return noOperands;
    const first = this.values.use();
    return this.cursor.accept(bytes.comma) ? this.moreOperands(first, false) : [first];
  }

  /**
   * Reads the operands after `first` and its comma. With `clauses`, a comma may be followed by something else, where
   * reading stops. Short lists are written as literals, for a list that grows is given room for sixteen more.
   */
  moreOperands(first: ValueId, clauses: boolean): readonly ValueId[] {
    const { cursor, values } = this;
    if (clauses && cursor.peek() !== bytes.percent) return [first];
    const second = values.use();
    if (!cursor.accept(bytes.comma) || (clauses && cursor.peek() !== bytes.percent)) return [first, second];
    const operands = [first, second, values.use()];
    while (cursor.accept(bytes.comma) && !(clauses && cursor.peek() !== bytes.percent)) operands.push(values.use());
    return operands;
  }

  /** Reads `(%a, %b)`. */
  bracketedOperands(): readonly ValueId[] {
    this.cursor.expect(bytes.open);
    const operands = this.operands();
    this.cursor.expect(bytes.close);
    return operands;
  }

  /** Reads `(T, T) -> T` and returns the types of the results. */
  functional(operands: readonly ValueId[]): Type[] {
    const { cursor, types } = this;
    const start = cursor.position;
    let count = 0;
    cursor.expect(bytes.open);
    if (!cursor.accept(bytes.close)) {
      do {
        const declared = types.type();
        if (count < operands.length) this.checkOperand(operands[count], declared, start);
        count++;
      } while (cursor.accept(bytes.comma));
      cursor.expect(bytes.close);
    }
    this.#checkCount(operands.length, count, start);
    cursor.expectArrow();
    return types.results();
  }

  /** Reads `T, T`. */
  typeList(): Type[] {
    const types: Type[] = [];
    do types.push(this.types.type());
    while (this.cursor.accept(bytes.comma));
    return types;
  }

  /** Fails unless the operands have these types. */
  checkOperands(operands: readonly ValueId[], declared: readonly Type[], offset: number): void {
    this.#checkCount(operands.length, declared.length, offset);
    for (let index = 0; index < operands.length; index++) this.checkOperand(operands[index], declared[index], offset);
  }

  #checkCount(operands: number, types: number, offset: number): void {
    if (operands === types) return;
    const message = `${operands} operands, but ${types} types`;
    throw new TextProblem('SK1010', offset, message, 'give one type for each operand');
  }

  /** Fails unless the operand has this type. */
  checkOperand(operand: ValueId, declared: Type, offset: number): void {
    const actual = this.values.types[operand];
    if (actual === declared || actual === unknownType || equalTypes(actual, declared)) return;
    const message = `an operand of type ${formatType(actual)} is declared here as ${formatType(declared)}`;
    throw new TextProblem('SK1010', offset, message, 'use the type that the value was defined with');
  }

  /** Reads `({ ... }, { ... })`, the regions of the generic form. */
  genericRegions(isolated: boolean): Block[] {
    const { cursor } = this;
    const regions: Block[] = [];
    cursor.expect(bytes.open);
    do regions.push(this.region(isolated, () => this.blockHead()));
    while (cursor.accept(bytes.comma));
    cursor.expect(bytes.close);
    return regions;
  }

  /** Reads `{ ... }`; `head` makes the block's arguments. */
  region(isolated: boolean, head: () => readonly ValueId[]): Block {
    const depth = this.values.depth;
    if (depth > deepestRegion) this.cursor.fail('less nesting');
    this.values.enter(isolated);
    this.cursor.expect(bytes.openBrace);
    const block = { arguments: head(), operations: this.#readOperations(this) };
    this.cursor.expect(bytes.closeBrace);
    this.values.leaveTo(depth);
    return block;
  }

  /** Reads `^bb0(%a: T, %b: T):`, or nothing. */
  blockHead(): ValueId[] {
    const { cursor } = this;
    if (!cursor.accept(bytes.caret)) return [];
    cursor.word('the name of a block');
    const values = cursor.peek() === bytes.open ? this.blockArguments() : [];
    cursor.expect(bytes.colon);
    return values;
  }

  /** Reads `(%a: T, %b: T)` as new values. */
  blockArguments(): ValueId[] {
    const { cursor } = this;
    const values: ValueId[] = [];
    cursor.expect(bytes.open);
    if (cursor.accept(bytes.close)) return values;
    do {
      const name = this.values.resultName();
      cursor.expect(bytes.colon);
      const value = this.values.create(this.types.type());
      this.values.define(name, value);
      this.locations.trailer();
      values.push(value);
    } while (cursor.accept(bytes.comma));
    cursor.expect(bytes.close);
    return values;
  }
}
