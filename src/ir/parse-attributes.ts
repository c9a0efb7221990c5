import type { Attribute, Attributes } from './attributes.ts';
import { readDense } from './parse-dense.ts';
import { readNumber } from './parse-number.ts';
import type { TypeReader } from './parse-types.ts';
import { byteClass, bytes, decodeBytes, digit } from './text-bytes.ts';
import { readConvolutionDimensions } from './text-convolution.ts';
import { type TextCursor, TextProblem } from './text-cursor.ts';
import { ByteTable, hashStart } from './text-table.ts';

const emptyAttributes: Attributes = Object.freeze({});
const unit: Attribute = { kind: 'unit' };
const boolean = { true: { kind: 'boolean', value: true }, false: { kind: 'boolean', value: false } } as const;

/** Reads attributes: single values, `{...}` dictionaries, and the lists of the pretty forms. */
export class AttributeReader {
  readonly #cursor: TextCursor;
  readonly #types: TypeReader;
  readonly #aliases: (name: string) => number | undefined;
  readonly #interned = new Map<string, Attribute>();
  readonly #singles = new Map<string, Map<Attribute, Attributes>>();
  readonly #lists: ByteTable;
  readonly #listAttributes: (Attribute | undefined)[] = [];
  #depth = 0;

  /** `aliases` gives the offset of the definition of `#name`. */
  constructor(cursor: TextCursor, types: TypeReader, aliases: (name: string) => number | undefined) {
    this.#cursor = cursor;
    this.#types = types;
    this.#aliases = aliases;
    this.#lists = new ByteTable(cursor.source);
  }

  /** Reads one attribute. */
  attribute(): Attribute {
    const cursor = this.#cursor;
    const byte = cursor.peek();
    if (++this.#depth > 200) cursor.fail('less nesting');
    const attribute = this.#attributeFrom(byte);
    this.#depth--;
    return attribute;
  }

  #attributeFrom(byte: number): Attribute {
    const cursor = this.#cursor;
    if (byte === bytes.quote) return this.#stringAttribute();
    if (byte === bytes.at) return { kind: 'symbol', name: this.symbol() };
    if (byte === bytes.openSquare) return { kind: 'array', elements: this.#list() };
    if (byte === bytes.openBrace) return { kind: 'dictionary', entries: this.dictionary() };
    if (byte === bytes.hash) return this.#dialectAttribute();
    if (byte === bytes.minus || (byte !== -1 && (byteClass[byte] & digit) !== 0))
      return readNumber(cursor, this.#types);
    if (byte === bytes.open || byte === bytes.bang) return { kind: 'type', type: this.#types.type() };
    const start = cursor.position;
    const word = cursor.word('an attribute');
    switch (word) {
      case 'true':
      case 'false':
        return boolean[word];
      case 'unit':
        return unit;
      case 'dense':
        return readDense(cursor, this.#types);
      case 'array':
        return this.#typedArray(start);
      case 'dense_resource':
      case 'sparse':
      case 'affine_map':
      case 'affine_set':
      case 'distinct':
      case 'strided':
      case 'opaque':
      case 'loc':
        return this.#opaque(start);
      default:
        cursor.position = start;
        return { kind: 'type', type: this.#types.type() };
    }
  }

  /** Reads `{name = value, name}`; absent: empty. */
  optionalDictionary(): Attributes {
    return this.#cursor.peek() === bytes.openBrace ? this.dictionary() : emptyAttributes;
  }

  /** Reads `{name = value, name}`. */
  dictionary(): Attributes {
    const entries: Record<string, Attribute> = {};
    this.dictionaryInto(entries);
    return entries;
  }

  /** Reads `{name = value, name}` into `entries`. */
  dictionaryInto(entries: Record<string, Attribute>): void {
    const cursor = this.#cursor;
    cursor.expect(bytes.openBrace);
    if (cursor.accept(bytes.closeBrace)) return;
    do {
      const isString = cursor.peek() === bytes.quote;
      const start = cursor.position;
      const name = isString ? cursor.string() : cursor.word('the name of an attribute');
      if (name === '__proto__') {
        cursor.position = start;
        cursor.fail('another name of an attribute');
      }
      if (Object.hasOwn(entries, name)) {
        throw new TextProblem('SK1009', start, `attribute ${name} is given twice`, 'remove one of them');
      }
      entries[name] = cursor.accept(bytes.equals) ? this.attribute() : unit;
    } while (cursor.accept(bytes.comma));
    cursor.expect(bytes.closeBrace);
  }

  /** Reads `@name` or `@module::@function` and returns it without the first `@`. */
  symbol(): string {
    const cursor = this.#cursor;
    cursor.expect(bytes.at);
    let name = cursor.source[cursor.position] === bytes.quote ? cursor.string() : cursor.word('a symbol');
    while (cursor.source[cursor.position] === bytes.colon && cursor.source[cursor.position + 1] === bytes.colon) {
      cursor.position += 2;
      name += `::@${this.symbol()}`;
    }
    return name;
  }

  /** Reads `[0, 1]` as a list of i64; equal short lists are the same object. */
  integers(): Attribute {
    const cursor = this.#cursor;
    cursor.peek();
    const start = cursor.position;
    const { source } = cursor;
    let hash = hashStart;
    let end = start;
    while (end - start < 64 && source[end] !== bytes.closeSquare) {
      hash = (hash << 5) ^ (hash >>> 27) ^ source[end++];
    }
    if (source[end] !== bytes.closeSquare) return { kind: 'integers', element: 'i64', values: this.numbers() };
    const number = this.#lists.number(start, end, hash);
    const known = this.#listAttributes[number];
    if (known !== undefined) {
      cursor.position = end + 1;
      return known;
    }
    const attribute: Attribute = { kind: 'integers', element: 'i64', values: this.numbers() };
    this.#listAttributes[number] = attribute;
    return attribute;
  }

  /** `{name = attribute}`; equal names and attributes give the same object. */
  single(name: string, attribute: Attribute): Attributes {
    let byAttribute = this.#singles.get(name);
    if (byAttribute === undefined) {
      byAttribute = new Map();
      this.#singles.set(name, byAttribute);
    }
    let attributes = byAttribute.get(attribute);
    if (attributes === undefined) {
      attributes = { [name]: attribute };
      byAttribute.set(attribute, attributes);
    }
    return attributes;
  }

  /** Reads `[0, 1]` as numbers. */
  numbers(): number[] {
    const cursor = this.#cursor;
    cursor.expect(bytes.openSquare);
    const values: number[] = [];
    if (cursor.accept(bytes.closeSquare)) return values;
    do values.push(cursor.integer());
    while (cursor.accept(bytes.comma));
    cursor.expect(bytes.closeSquare);
    return values;
  }

  /** Reads what follows `array`: `<i64: 1, 2>`; floats stay text. */
  #typedArray(start: number): Attribute {
    const cursor = this.#cursor;
    cursor.expect(bytes.less);
    const element = cursor.word('an element type');
    if (!/^i\d+$/.test(element)) return this.#opaque(start);
    const values: number[] = [];
    if (cursor.accept(bytes.colon)) {
      do values.push(this.#arrayElement());
      while (cursor.accept(bytes.comma));
    }
    cursor.expect(bytes.greater);
    return { kind: 'integers', element, values };
  }

  #arrayElement(): number {
    if (this.#cursor.acceptWord('true')) return 1;
    return this.#cursor.acceptWord('false') ? 0 : this.#cursor.integer();
  }

  #list(): Attribute[] {
    const cursor = this.#cursor;
    cursor.expect(bytes.openSquare);
    const elements: Attribute[] = [];
    if (cursor.accept(bytes.closeSquare)) return elements;
    do elements.push(this.attribute());
    while (cursor.accept(bytes.comma));
    cursor.expect(bytes.closeSquare);
    return elements;
  }

  /** A string; one whose bytes are no UTF-8 stays text. */
  #stringAttribute(): Attribute {
    const cursor = this.#cursor;
    const start = cursor.position;
    const value = cursor.string();
    if (!value.includes('\ufffd')) return { kind: 'string', value };
    return { kind: 'opaque', text: decodeBytes(cursor.source, start, cursor.position) };
  }

  /** `#stablehlo<name WORD>`, `#stablehlo.record<field = value>`, an alias, or text. */
  #dialectAttribute(): Attribute {
    const cursor = this.#cursor;
    const start = cursor.position++;
    const word = cursor.word('the name of an attribute');
    const target = this.#aliases(word);
    if (target !== undefined) {
      const end = cursor.position;
      cursor.position = target;
      const attribute = this.attribute();
      cursor.position = end;
      return attribute;
    }
    if (cursor.source[cursor.position] !== bytes.less) {
      if (word.includes('.')) return { kind: 'opaque', text: `#${word}` };
      throw new TextProblem('SK1008', start, `unknown attribute #${word}`, 'define the alias, or correct its name');
    }
    if (word === 'stablehlo.conv') return this.convolution(true);
    const inside = cursor.position;
    const known = word.includes('.') ? this.#record(word) : this.#enumeration(word);
    if (known !== undefined) return known;
    cursor.position = inside;
    return this.#opaque(start);
  }

  /** Reads `[b, 0, f]x[0, i, o]->[b, 0, f]` as the record `stablehlo.conv`; in its own form it stands in `<...>`. */
  convolution(bracketed: boolean): Attribute {
    const cursor = this.#cursor;
    if (!bracketed) return readConvolutionDimensions(cursor);
    const start = cursor.position;
    cursor.expect(bytes.less);
    if (cursor.acceptWord('raw')) {
      cursor.position = start;
      return this.#record('stablehlo.conv') ?? cursor.fail('the fields of dimension numbers');
    }
    const record = readConvolutionDimensions(cursor);
    cursor.expect(bytes.greater);
    return record;
  }

  #enumeration(dialect: string): Attribute | undefined {
    const cursor = this.#cursor;
    cursor.expect(bytes.less);
    if (!cursor.atWord()) return undefined;
    const name = cursor.word();
    if (!cursor.atWord()) return undefined;
    const value = cursor.word();
    return cursor.accept(bytes.greater) ? this.enumeration(dialect, name, value) : undefined;
  }

  /** The attribute `#dialect<name value>`; equal ones are the same object. */
  enumeration(dialect: string, name: string, value: string): Attribute {
    const key = `${dialect}<${name} ${value}`;
    let attribute = this.#interned.get(key);
    if (attribute === undefined) {
      attribute = { kind: 'enumeration', dialect, name, value };
      this.#interned.set(key, attribute);
    }
    return attribute;
  }

  /** Reads `<field = value, ...>`; undefined when the text has another form. */
  #record(name: string): Attribute | undefined {
    const cursor = this.#cursor;
    cursor.expect(bytes.less);
    cursor.acceptWord('raw');
    const fields: Record<string, Attribute> = {};
    if (cursor.accept(bytes.greater)) return { kind: 'record', name, fields };
    do {
      if (!cursor.atWord()) return undefined;
      const field = cursor.word();
      if (field === '__proto__' || !cursor.accept(bytes.equals)) return undefined;
      const value = this.#field();
      if (value === undefined) return undefined;
      fields[field] = value;
    } while (cursor.accept(bytes.comma));
    return cursor.accept(bytes.greater) ? { kind: 'record', name, fields } : undefined;
  }

  #field(): Attribute | undefined {
    const cursor = this.#cursor;
    const byte = cursor.peek();
    if (byte === bytes.openSquare) {
      const start = cursor.position++;
      const next = cursor.peek();
      cursor.position = start;
      const isNumber =
        next === bytes.closeSquare || next === bytes.minus || (next !== -1 && (byteClass[next] & digit) !== 0);
      return isNumber ? this.integers() : this.attribute();
    }
    return byte === bytes.equals || byte === bytes.less ? undefined : this.attribute();
  }

  /** Reads `algorithm = <...>` and its like: the record `name`, without its prefix. */
  strippedRecord(name: string): Attribute {
    const start = this.#cursor.position;
    const record = this.#record(name);
    if (record !== undefined) return record;
    this.#cursor.position = start;
    return this.#cursor.fail(`the fields of #${name}`);
  }

  /** Reads a bracketed text as the opaque attribute `prefix` and the text. */
  stripped(prefix: string): Attribute {
    const cursor = this.#cursor;
    cursor.peek();
    const start = cursor.position;
    cursor.skipBalanced();
    return { kind: 'opaque', text: prefix + decodeBytes(cursor.source, start, cursor.position) };
  }

  /** Keeps `#name<...>`, `word<...>[...]` or `word(...)` with an optional type as text, from `start`. */
  #opaque(start: number): Attribute {
    const cursor = this.#cursor;
    const { source } = cursor;
    cursor.position = source[start] === bytes.hash ? start + 1 : start;
    cursor.word();
    while (openings.has(source[cursor.position])) cursor.skipBalanced();
    const end = cursor.position;
    if (!cursor.accept(bytes.colon)) {
      cursor.position = end;
      return { kind: 'opaque', text: decodeBytes(source, start, end) };
    }
    this.#types.type();
    return { kind: 'opaque', text: decodeBytes(source, start, cursor.position) };
  }
}

const openings: ReadonlySet<number | undefined> = new Set([bytes.less, bytes.open, bytes.openSquare]);
