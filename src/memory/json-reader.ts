import { diagnosticError } from '../base/index.ts';
import type { Gap, Interval } from './problem.ts';

/** Reads a JSON document field by field. Every method throws SK5001 that names the path of what is wrong. */
export class JsonReader {
  readonly #value: unknown;
  readonly #path: string;
  readonly #file: string;

  constructor(value: unknown, path: string, file: string) {
    this.#value = value;
    this.#path = path;
    this.#file = file;
  }

  /** The field `name`, which may be absent. */
  field(name: string): JsonReader {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#wrong('an object');
    const path = this.#path === '' ? name : `${this.#path}.${name}`;
    return new JsonReader((value as Record<string, unknown>)[name], path, this.#file);
  }

  get isAbsent(): boolean {
    return this.#value === undefined;
  }

  list(): JsonReader[] {
    if (!Array.isArray(this.#value)) throw this.#wrong('a list');
    return this.#value.map((entry, index) => new JsonReader(entry, `${this.#path}[${index}]`, this.#file));
  }

  text(): string {
    if (typeof this.#value !== 'string') throw this.#wrong('a text');
    return this.#value;
  }

  number(): number {
    if (typeof this.#value !== 'number') throw this.#wrong('a number');
    return this.#value;
  }

  boolean(): boolean {
    if (typeof this.#value !== 'boolean') throw this.#wrong('true or false');
    return this.#value;
  }

  numbers(): number[] {
    return this.list().map(entry => entry.number());
  }

  word<Word extends string>(words: readonly Word[]): Word {
    const found = words.find(word => word === this.#value);
    if (found === undefined) throw this.#wrong(`one of ${words.join(', ')}`);
    return found;
  }

  /** `[start, end]`. */
  interval(): Interval {
    const numbers = this.numbers();
    if (numbers.length !== 2) throw this.#wrong('[start, end]');
    return { start: numbers[0], end: numbers[1] };
  }

  /** `[start, end]` or `[start, end, windowStart, windowEnd]`. */
  gap(): Gap {
    const numbers = this.numbers();
    const [start, end, low, high] = numbers;
    if (numbers.length === 2) return { start, end };
    if (numbers.length !== 4) throw this.#wrong('[start, end] or [start, end, windowStart, windowEnd]');
    return { start, end, window: { start: low, end: high } };
  }

  #wrong(expected: string): Error {
    const found = this.#value === undefined ? 'missing' : JSON.stringify(this.#value).slice(0, 40);
    return diagnosticError('SK5001', {
      message: `${this.#file}: ${this.#path === '' ? 'the document' : this.#path} is ${found}`,
      expected,
      next: 'see docs/memory.md for the format skein.memory/1',
    });
  }
}

/** Parses JSON text. Throws SK5001 where it is none. */
export function readJson(text: string, file: string): JsonReader {
  try {
    return new JsonReader(JSON.parse(text), '', file);
  } catch (error) {
    throw diagnosticError('SK5001', {
      message: `${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      next: 'check that the file is whole',
    });
  }
}

/** `{name: value}` for a field that is there, else `{}`. */
export function optionalField<Name extends string, Value>(
  reader: JsonReader,
  name: Name,
  read: (field: JsonReader) => Value,
): { readonly [key in Name]?: Value } {
  const field = reader.field(name);
  return field.isAbsent ? {} : ({ [name]: read(field) } as { [key in Name]: Value });
}
