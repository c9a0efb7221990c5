import { byteClass, bytes, decodeBytes, digit, wordPart } from './text-bytes.ts';
import { type TextCursor, TextProblem } from './text-cursor.ts';
import { ByteTable, hashStart } from './text-table.ts';
import type { ElementType, FunctionType, TensorType, Type } from './types.ts';
import { elementBits, elementCount } from './types.ts';

const staticNext = 'export the program with concrete sizes: Skein plans static shapes only';

/** Reads types; equal types of one text are the same object. */
export class TypeReader {
  readonly #cursor: TextCursor;
  readonly #table: ByteTable;
  readonly #types: (Type | undefined)[] = [];
  readonly #aliases: (name: string) => number | undefined;
  #depth = 0;

  /** `aliases` gives the offset of the definition of `!name`. */
  constructor(cursor: TextCursor, aliases: (name: string) => number | undefined) {
    this.#cursor = cursor;
    this.#table = new ByteTable(cursor.source);
    this.#aliases = aliases;
  }

  /** Reads one type: tensor, tuple, function, or any other as text. */
  type(): Type {
    const cursor = this.#cursor;
    const first = cursor.peek();
    if (first === bytes.open) return this.functionType();
    if (first === bytes.bang) return this.#dialectType();
    const start = cursor.position;
    const last = this.#last;
    if (last !== undefined && this.#isLast(start)) {
      cursor.position = start + this.#lastEnd - this.#lastStart;
      return last;
    }
    if (!cursor.atWord()) cursor.fail('a type');
    const end = this.#endOfWordType(start);
    const number = this.#table.number(start, end, this.#hash);
    const known = this.#types[number];
    const type = known ?? this.#readWordType(start, end);
    cursor.position = end;
    this.#types[number] = type;
    if (type.kind === 'tensor') {
      this.#last = type;
      this.#lastStart = start;
      this.#lastEnd = end;
    }
    return type;
  }

  /** Reads a tensor type, or fails. */
  tensor(): TensorType {
    const start = this.#cursor.position;
    const type = this.type();
    if (type.kind === 'tensor') return type;
    this.#cursor.position = start;
    return this.#cursor.fail("a tensor type such as 'tensor<8x1024xf32>'");
  }

  /** Reads `(T, T) -> T` or `(T) -> (T, T)`. */
  functionType(): FunctionType {
    const inputs = this.list();
    this.#cursor.expectArrow();
    return { kind: 'function', inputs, results: this.results() };
  }

  /** Reads `(T, T)`. */
  list(): Type[] {
    const cursor = this.#cursor;
    if (++this.#depth > 200) cursor.fail('less nesting');
    cursor.expect(bytes.open);
    const types: Type[] = [];
    if (!cursor.accept(bytes.close)) {
      do types.push(this.type());
      while (cursor.accept(bytes.comma));
      cursor.expect(bytes.close);
    }
    this.#depth--;
    return types;
  }

  /** Reads what follows `->`: one type without brackets, or `(T, T)`. */
  results(): Type[] {
    return this.#cursor.peek() === bytes.open ? this.list() : [this.type()];
  }

  /** The last tensor type and where it stood: most types of an operation are the same. */
  #last: TensorType | undefined;
  #lastStart = 0;
  #lastEnd = 0;
  #hash = 0;

  /** True when the bytes at `start` are those of the last tensor type, which ends with its bracket. */
  #isLast(start: number): boolean {
    const { source } = this.#cursor;
    const end = this.#lastEnd;
    let at = start;
    for (let other = this.#lastStart; other < end; other++) {
      if (source[other] !== source[at++]) return false;
    }
    return true;
  }

  /** The end of `word` or `word<...>`, leaving the hash of its bytes behind. */
  #endOfWordType(start: number): number {
    const { source } = this.#cursor;
    let hash = hashStart;
    let at = start;
    let byte = source[at];
    while ((byteClass[byte] & wordPart) !== 0) {
      hash = (hash << 5) ^ (hash >>> 27) ^ byte;
      byte = source[++at];
    }
    let depth = 0;
    while (depth > 0 || byte === bytes.less) {
      if (byte === bytes.less) depth++;
      else if (byte === bytes.greater && source[at - 1] !== bytes.minus) depth--;
      else if (byte === bytes.newline || byte === undefined) {
        this.#cursor.position = at;
        this.#cursor.fail("'>'");
      }
      hash = (hash << 5) ^ (hash >>> 27) ^ byte;
      byte = source[++at];
    }
    this.#hash = hash;
    return at;
  }

  #readWordType(start: number, end: number): Type {
    const cursor = this.#cursor;
    const word = cursor.word('a type');
    if (word === 'tensor') return this.#readTensor(start);
    if (word === 'tuple') {
      cursor.expect(bytes.less);
      const elements: Type[] = [];
      if (++this.#depth > 200) cursor.fail('less nesting');
      if (!cursor.accept(bytes.greater)) {
        do elements.push(this.type());
        while (cursor.accept(bytes.comma));
        cursor.expect(bytes.greater);
      }
      this.#depth--;
      return { kind: 'tuple', elements };
    }
    if (!plainTypes.test(word)) {
      cursor.position = start;
      cursor.fail("a type such as 'tensor<8x1024xf32>'");
    }
    return { kind: 'opaque', text: decodeBytes(cursor.source, start, end) };
  }

  #readTensor(start: number): TensorType {
    const cursor = this.#cursor;
    const { source } = cursor;
    cursor.expect(bytes.less);
    const shape: number[] = [];
    for (;;) {
      const byte = cursor.peek();
      if (byte === bytes.question || byte === 42) this.#failDynamic(start);
      if (byte === -1 || (byteClass[byte] & digit) === 0) break;
      shape.push(cursor.natural());
      if (source[cursor.position] !== 120) cursor.fail("'x' after a size");
      cursor.position++;
    }
    const element = this.#readElement();
    let encoding: string | undefined;
    if (cursor.accept(bytes.comma)) encoding = this.#readEncoding(start);
    cursor.expect(bytes.greater);
    const type: TensorType =
      encoding === undefined ? { kind: 'tensor', shape, element } : { kind: 'tensor', shape, element, encoding };
    this.#checkSize(type, start);
    return type;
  }

  #readElement(): ElementType {
    const cursor = this.#cursor;
    cursor.peek();
    const start = cursor.position;
    if (cursor.accept(bytes.bang)) {
      cursor.word('a type');
      if (cursor.source[cursor.position] === bytes.less) cursor.skipBalanced();
    } else if (cursor.word('an element type') === 'complex') {
      cursor.skipBalanced();
    }
    const text = cursor.intern(start, cursor.position);
    if (isElementType(text)) return text;
    cursor.position = start;
    return cursor.fail('an element type such as f32, bf16, i32 or i1');
  }

  #readEncoding(start: number): string {
    const cursor = this.#cursor;
    cursor.peek();
    const from = cursor.position;
    for (let depth = 0; cursor.position < cursor.end; cursor.position++) {
      const byte = cursor.source[cursor.position];
      if (byte === bytes.question) this.#failDynamic(start);
      if (byte === bytes.less) depth++;
      if (byte === bytes.greater && depth-- === 0) break;
    }
    return cursor.intern(from, cursor.position);
  }

  #failDynamic(start: number): never {
    const shape = this.#cursor.source.subarray(start, start + 80);
    const text = /^[^>]*>?/.exec(decodeBytes(shape, 0, shape.length))?.[0] ?? '';
    throw new TextProblem('SK1004', start, `dynamic shape ${text}`, staticNext, 'every size as a number');
  }

  #checkSize(type: TensorType, start: number): void {
    const bits = elementCount(type.shape) * elementBits(type.element);
    const tooLong = type.shape.some(size => size > Number.MAX_SAFE_INTEGER);
    if (!tooLong && bits / 8 <= Number.MAX_SAFE_INTEGER) return;
    const message = `tensor<${type.shape.join('x')}x${type.element}> has more than 2^53 bytes`;
    throw new TextProblem('SK1006', start, message, 'check the sizes of this shape', 'at most 2^53 elements and bytes');
  }

  /** `!dialect.name<...>` or an alias `!name`. */
  #dialectType(): Type {
    const cursor = this.#cursor;
    const start = cursor.position++;
    const word = cursor.word('the name of a type');
    const target = word.includes('.') ? undefined : this.#aliases(word);
    if (target !== undefined) {
      const end = cursor.position;
      if (++this.#depth > 200) cursor.fail('an alias that does not refer to itself');
      cursor.position = target;
      const type = this.type();
      this.#depth--;
      cursor.position = end;
      return type;
    }
    if (!word.includes('.')) {
      throw new TextProblem('SK1008', start, `unknown type !${word}`, 'define the alias, or correct its name');
    }
    if (cursor.source[cursor.position] === bytes.less) cursor.skipBalanced();
    return { kind: 'opaque', text: cursor.intern(start, cursor.position) };
  }
}

const plainTypes = /^(i\d+|ui\d+|si\d+|f\d\w*|bf16|tf32|index|none|complex|memref|vector)$/;
const elementTypes =
  /^(i1|u?i(2|4|8|16|32|64)|bf16|f16|f32|f64|index|complex<f(32|64)>|f8E\w+|f4E\w+|f6E\w+|!quant\.uniform.*)$/;

function isElementType(text: string): text is ElementType {
  return elementTypes.test(text);
}
