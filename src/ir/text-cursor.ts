import type { DiagnosticCode } from '../base/index.ts';
import { byteClass, bytes, decodeBytes, digit, space, wordPart, wordStart } from './text-bytes.ts';
import { ByteTable, hashStart } from './text-table.ts';

/** What is wrong at one place of a text; the parser turns it into a diagnostic. */
export class TextProblem extends Error {
  readonly code: DiagnosticCode;
  readonly offset: number;
  readonly expected: string | undefined;
  readonly next: string;

  constructor(code: DiagnosticCode, offset: number, message: string, next: string, expected?: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.expected = expected;
    this.next = next;
  }
}

const truncatedNext = 'write the whole program again: this file was cut off';

/** A place in MLIR text, with the small steps that reading is made of. Offsets are bytes. */
export class TextCursor {
  readonly source: Uint8Array;
  readonly end: number;
  position = 0;
  readonly #wordTable: ByteTable;
  readonly #words: string[] = [];

  constructor(source: Uint8Array) {
    this.source = source;
    this.end = source.length;
    this.#wordTable = new ByteTable(source);
  }

  /** Skips white space and comments; returns the next byte, or -1 at the end. */
  peek(): number {
    const byte = this.source[this.position];
    if (byte > 32 && byte !== bytes.slash) return byte;
    const next = this.source[this.position + 1];
    if (byte !== 32 || !(next > 32) || next === bytes.slash) return this.#skipSpace();
    this.position++;
    return next;
  }

  #skipSpace(): number {
    const source = this.source;
    let at = this.position;
    for (;;) {
      const byte = source[at];
      if (byte === undefined) {
        this.position = this.end;
        return -1;
      }
      if ((byteClass[byte] & space) !== 0) {
        at++;
      } else if (byte === bytes.slash && source[at + 1] === bytes.slash) {
        const newline = source.indexOf(bytes.newline, at);
        at = newline === -1 ? this.end : newline + 1;
      } else {
        this.position = at;
        return byte;
      }
    }
  }

  /** True when the next byte is `byte`, which is then skipped. */
  accept(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.position++;
    return true;
  }

  /** Skips `byte`, or fails saying what was expected. */
  expect(byte: number): void {
    if (this.peek() !== byte) this.fail(`'${String.fromCharCode(byte)}'`);
    this.position++;
  }

  /** True when `->` comes next, which is then skipped. */
  acceptArrow(): boolean {
    if (this.peek() !== bytes.minus || this.source[this.position + 1] !== bytes.greater) return false;
    this.position += 2;
    return true;
  }

  expectArrow(): void {
    if (!this.acceptArrow()) this.fail("'->'");
  }

  /** True when a word starts here. */
  atWord(): boolean {
    const byte = this.peek();
    return byte !== -1 && (byteClass[byte] & wordStart) !== 0;
  }

  /** True when exactly `word` comes next, which is then skipped. */
  acceptWord(word: string): boolean {
    this.peek();
    const source = this.source;
    const at = this.position;
    const length = word.length;
    for (let index = 0; index < length; index++) {
      if (source[at + index] !== word.charCodeAt(index)) return false;
    }
    if ((byteClass[source[at + length] ?? 0] & wordPart) !== 0) return false;
    this.position = at + length;
    return true;
  }

  expectWord(word: string): void {
    if (!this.acceptWord(word)) this.fail(`'${word}'`);
  }

  /** Reads a word such as `stablehlo.add`; equal words are the same string. */
  word(expected = 'a name'): string {
    const first = this.peek();
    if (first === -1 || (byteClass[first] & wordStart) === 0) this.fail(expected);
    const start = this.position;
    const source = this.source;
    let hash = hashStart;
    let at = start;
    for (let byte = first; (byteClass[byte] & wordPart) !== 0; ) {
      hash = (hash << 5) ^ (hash >>> 27) ^ byte;
      byte = source[++at];
    }
    this.position = at;
    return this.#intern(start, at, hash);
  }

  /** The string of bytes [start, end); equal bytes give the same string. */
  intern(start: number, end: number): string {
    let hash = hashStart;
    for (let at = start; at < end; at++) hash = (hash << 5) ^ (hash >>> 27) ^ this.source[at];
    return this.#intern(start, end, hash);
  }

  #intern(start: number, end: number, hash: number): string {
    const known = this.#wordTable.size;
    const number = this.#wordTable.number(start, end, hash);
    if (number === known) this.#words.push(decodeBytes(this.source, start, end));
    return this.#words[number];
  }

  /** Reads a quoted string and returns its value: `\n`, `\t`, `\\`, `\"` and `\0A` are resolved. */
  string(expected = 'a string in double quotes'): string {
    if (this.peek() !== bytes.quote) this.fail(expected);
    const start = this.position + 1;
    const end = this.#stringEnd(start);
    this.position = end + 1;
    const hasEscape = this.source.subarray(start, Math.min(end, start + 4096)).includes(bytes.backslash);
    if (!hasEscape && end - start <= 4096) return this.intern(start, end);
    return unescapeBytes(this.source, start, end);
  }

  /** The offset of the quote that ends the string starting at `start`. */
  #stringEnd(start: number): number {
    let at = start;
    for (; at < this.end; at++) {
      const byte = this.source[at];
      if (byte === bytes.quote) return at;
      if (byte === bytes.backslash) at++;
      else if (byte === bytes.newline) break;
    }
    this.position = at < this.end ? start - 1 : this.end;
    return this.fail('a closing quote on the same line');
  }

  /** Reads a whole number, at most 2^53, without sign. */
  natural(expected = 'a whole number'): number {
    const first = this.peek();
    if (first === -1 || (byteClass[first] & digit) === 0) this.fail(expected);
    const start = this.position;
    let value = 0;
    let at = start;
    for (let byte: number | undefined = first; byte !== undefined && (byteClass[byte] & digit) !== 0; ) {
      value = value * 10 + (byte - bytes.zero);
      byte = this.source[++at];
    }
    this.position = at;
    return value;
  }

  /** Reads a whole number with an optional sign. */
  integer(expected = 'an integer'): number {
    return this.accept(bytes.minus) ? -this.natural(expected) : this.natural(expected);
  }

  /** Skips a bracketed text that starts here, strings respected, and returns the offset behind it. */
  skipBalanced(): number {
    const start = this.position;
    const stack: number[] = [];
    for (let at = start; at < this.end; at++) {
      const byte = this.source[at];
      if (byte === bytes.quote) at = this.#stringEnd(at + 1);
      else if (byte === bytes.minus && this.source[at + 1] === bytes.greater) at++;
      else if (byte === bytes.open || byte === bytes.openSquare || byte === bytes.openBrace || byte === bytes.less) {
        stack.push(closingOf(byte));
      } else if (byte === stack[stack.length - 1]) {
        stack.pop();
        if (stack.length === 0) {
          this.position = at + 1;
          return at + 1;
        }
      } else if (byte === bytes.close || byte === bytes.closeSquare || byte === bytes.closeBrace) {
        this.position = at;
        this.fail(`'${String.fromCharCode(stack[stack.length - 1] ?? bytes.close)}'`);
      }
    }
    this.position = this.end;
    return this.fail('a closing bracket');
  }

  /** Fails here: says what was found, and what was expected. */
  fail(expected: string, next = 'correct the text, or export the program again'): never {
    if (this.peek() === -1) throw this.truncated(expected);
    throw new TextProblem('SK1001', this.position, `found ${this.found(this.position)}`, next, expected);
  }

  /** The problem of a text that was cut off. */
  truncated(expected: string | undefined): TextProblem {
    return new TextProblem('SK1002', this.end, 'the program ends too early', truncatedNext, expected);
  }

  /** A short quotation of the text at `offset`, for messages. */
  found(offset: number): string {
    let end = offset;
    const isWord = (at: number) => (byteClass[this.source[at]] & wordPart) !== 0;
    while (end < this.end && end < offset + 40 && isWord(end)) end++;
    if (end === offset) while (end < this.end && end < offset + 12 && this.source[end] > 32) end++;
    if (end === offset) end++;
    const text = decodeBytes(this.source, offset, Math.min(end, this.end));
    return JSON.stringify(text);
  }
}

function closingOf(open: number): number {
  if (open === bytes.open) return bytes.close;
  return open === bytes.less ? bytes.greater : open + 2;
}

/** Resolves escapes; the value is UTF-8. */
function unescapeBytes(source: Uint8Array, start: number, end: number): string {
  const value = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    let byte = source[at];
    if (byte === bytes.backslash) {
      const next = String.fromCharCode(source[at + 1] ?? 0);
      const pair = decodeBytes(source, at + 1, Math.min(at + 3, end));
      if (next === 'n' || next === 't') {
        byte = next === 'n' ? 10 : 9;
        at += 1;
      } else if (/^[0-9a-fA-F]{2}$/.test(pair)) {
        byte = Number.parseInt(pair, 16);
        at += 2;
      } else {
        byte = source[at + 1] ?? bytes.backslash;
        at += 1;
      }
    }
    value[length++] = byte;
  }
  return decodeBytes(value, 0, length);
}
