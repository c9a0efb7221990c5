import type { ValueId } from './program.ts';
import { byteClass, bytes, decodeBytes, namePart } from './text-bytes.ts';
import { type TextCursor, TextProblem } from './text-cursor.ts';
import { ByteTable, hashStart } from './text-table.ts';
import type { Type } from './types.ts';

/** A name before `=`: `%1:2` stands for two values, `%values` for one. */
export interface ResultName {
  readonly name: number;
  readonly offset: number;
  readonly count: number;
}

/** The values of one function, by name and by region. Names are numbers: equal text, equal number. */
export class ValueScope {
  readonly #cursor: TextCursor;
  readonly #table: ByteTable;
  /** By name: first value, or -1 while the name is not defined. */
  readonly #first: number[] = [];
  /** By name: how many values it stands for. */
  readonly #count: number[] = [];
  /** By name: how deep the region is that defines it. */
  readonly #depths: number[] = [];
  /** Names in order of definition, each as name, first, count and depth before, to undo at the end of a region. */
  readonly #undo: number[] = [];
  readonly #marks: { undo: number; floor: number }[] = [];
  /** Names of regions less deep than this are not visible. */
  #floor = 0;
  #types: Type[] = [];

  constructor(cursor: TextCursor) {
    this.#cursor = cursor;
    this.#table = new ByteTable(cursor.source);
  }

  /** Types by value; of the current function. */
  get types(): readonly Type[] {
    return this.#types;
  }

  /** Starts a function: values count from 0 again. */
  startFunction(): Type[] {
    this.#types = [];
    for (let at = 0; at < this.#undo.length; at += 4) this.#first[this.#undo[at]] = -1;
    this.#undo.length = 0;
    this.#marks.length = 0;
    this.#floor = 0;
    return this.#types;
  }

  /** Enters a region; an isolated one does not see the values around it. */
  enter(isolated = false): void {
    this.#marks.push({ undo: this.#undo.length, floor: this.#floor });
    if (isolated) this.#floor = this.#marks.length;
  }

  /** How many regions are open. */
  get depth(): number {
    return this.#marks.length;
  }

  /** Leaves regions until only `depth` are open; their names are forgotten. */
  leaveTo(depth: number): void {
    while (this.#marks.length > depth) {
      const mark = this.#marks.pop();
      if (mark === undefined) return;
      for (let at = this.#undo.length - 4; at >= mark.undo; at -= 4) {
        const name = this.#undo[at];
        this.#first[name] = this.#undo[at + 1];
        this.#count[name] = this.#undo[at + 2];
        this.#depths[name] = this.#undo[at + 3];
      }
      this.#undo.length = mark.undo;
      this.#floor = mark.floor;
    }
  }

  /** A new value of this type. */
  create(type: Type): ValueId {
    return this.#types.push(type) - 1;
  }

  /** Lets `name` stand for the values from `first`; fails when it is taken. */
  define({ name, offset, count }: ResultName, first: ValueId): void {
    const known = this.#first[name];
    if (known !== -1 && this.#depths[name] >= this.#floor) {
      const text = this.#text(offset);
      const next = 'give one of the two another name';
      throw new TextProblem('SK1009', offset, `value ${text} is defined twice`, next);
    }
    this.#undo.push(name, known, this.#count[name], this.#depths[name]);
    this.#first[name] = first;
    this.#count[name] = count;
    this.#depths[name] = this.#marks.length;
  }

  /** Reads `%name` where it is defined: its number, and with `:2` how many values it stands for. */
  resultName(): ResultName {
    const cursor = this.#cursor;
    if (cursor.peek() !== bytes.percent) cursor.fail("a value such as '%0'");
    const offset = cursor.position;
    const name = this.#readName();
    let count = 1;
    if (cursor.source[cursor.position] === bytes.colon && cursor.source[cursor.position + 1] !== bytes.colon) {
      const next = cursor.source[cursor.position + 1];
      if (next >= bytes.zero && next < bytes.colon) {
        cursor.position++;
        count = cursor.natural();
      }
    }
    return { name, offset, count };
  }

  /** Reads `%name` or `%name#1` where it is used. */
  use(): ValueId {
    const cursor = this.#cursor;
    if (cursor.peek() !== bytes.percent) cursor.fail("a value such as '%0'");
    const offset = cursor.position;
    const name = this.#readName();
    let index = 0;
    if (cursor.source[cursor.position] === bytes.hash) {
      cursor.position++;
      index = cursor.natural();
    }
    const first = this.#first[name];
    if (first === -1 || this.#depths[name] < this.#floor) {
      const message = `value ${this.#text(offset)} is not defined here`;
      throw new TextProblem('SK1008', offset, message, 'define it above, or correct its name');
    }
    if (index >= this.#count[name]) {
      const message = `value ${this.#text(offset)} stands for ${this.#count[name]} values, not ${index + 1}`;
      throw new TextProblem('SK1008', offset, message, `use a number below ${this.#count[name]} after '#'`);
    }
    return first + index;
  }

  /** Reads `%name` and returns the number of the name. */
  #readName(): number {
    const cursor = this.#cursor;
    const { source } = cursor;
    const start = cursor.position + 1;
    let hash = hashStart;
    let at = start;
    for (let byte = source[at]; (byteClass[byte] & namePart) !== 0; ) {
      hash = (hash << 5) ^ (hash >>> 27) ^ byte;
      byte = source[++at];
    }
    if (at === start) cursor.fail("a value such as '%0'");
    cursor.position = at;
    const name = this.#table.number(start, at, hash);
    if (name === this.#first.length) {
      this.#first.push(-1);
      this.#count.push(0);
      this.#depths.push(0);
    }
    return name;
  }

  #text(offset: number): string {
    const { source, end } = this.#cursor;
    let at = offset + 1;
    while (at < end && at < offset + 60 && (byteClass[source[at]] & namePart) !== 0) at++;
    return decodeBytes(source, offset, at);
  }
}
