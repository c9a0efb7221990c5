import { type Diagnostic, type DiagnosticCode, DiagnosticError, nearestName } from '../base/index.ts';

/** Where what is wrong with a document is gathered. */
export interface DocumentFaults {
  readonly code: DiagnosticCode;
  readonly file: string;
  /** The next step where no better one is known. */
  readonly next: string;
  readonly found: Diagnostic[];
}

const shown = 20;

/** Throws the faults of a document, the first twenty, if there are any. */
export function throwFaults(found: readonly Diagnostic[]): void {
  if (found.length > 0) throw new DiagnosticError(found.slice(0, shown));
}

/**
 * A value of a JSON document and the path to it. What is wrong is reported and replaced by some value of the type that was
 * asked for, so that one run tells all; nothing that was read may be used before `throwFaults`.
 */
export class JsonField {
  readonly value: unknown;
  readonly path: string;
  readonly #faults: DocumentFaults;
  /** Whether something around it is reported already. */
  readonly #isMuted: boolean;

  constructor(value: unknown, path: string, faults: DocumentFaults, isMuted = false) {
    this.value = value;
    this.path = path;
    this.#faults = faults;
    this.#isMuted = isMuted;
  }

  get isAbsent(): boolean {
    return this.value === undefined;
  }

  /** Reads an object of these keys, which may be absent, and no others. */
  record<Key extends string>(keys: readonly Key[]): (key: Key) => JsonField {
    const value = this.value;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) this.reject('an object');
    const fields = (isObject ? value : {}) as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      if (keys.some(known => known === key)) continue;
      const nearest = nearestName(key, keys, 3);
      const next = nearest === undefined ? `leave it out; known are ${keys.join(', ')}` : `write \`${nearest}\``;
      this.report(`${this.#pathOf(key)} is no key that is known`, next);
    }
    return key => {
      const own = Object.hasOwn(fields, key) ? fields[key] : undefined;
      return new JsonField(own, this.#pathOf(key), this.#faults, !isObject || this.#isMuted);
    };
  }

  list(): JsonField[] {
    if (!Array.isArray(this.value)) {
      this.reject('a list');
      return [];
    }
    return this.value.map((entry, index) => {
      return new JsonField(entry, `${this.path}[${index}]`, this.#faults, this.#isMuted);
    });
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.reject('a text', '');
  }

  number(): number {
    return typeof this.value === 'number' ? this.value : this.reject('a number', 0);
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.reject('true or false', false);
  }

  place(): string | number {
    const { value } = this;
    if (typeof value === 'string' || typeof value === 'number') return value;
    return this.reject('the name of a pad, or in classic mode the index of a vertex', '');
  }

  numbers(): number[] {
    return this.list().map(entry => entry.number());
  }

  texts(): string[] {
    return this.list().map(entry => entry.text());
  }

  /** `[x, y]`. */
  pair(): readonly [number, number] {
    const { value } = this;
    if (!isNumbers(value, 2)) return this.reject('[x, y]', [0, 0]);
    return [value[0], value[1]];
  }

  /** `[x, y, z]`. */
  triple(): readonly [number, number, number] {
    const { value } = this;
    if (!isNumbers(value, 3)) return this.reject('[x, y, z]', [0, 0, 0]);
    return [value[0], value[1], value[2]];
  }

  word<Word extends string>(words: readonly [Word, ...Word[]]): Word {
    return words.find(word => word === this.value) ?? this.reject(`one of ${words.join(', ')}`, words[0]);
  }

  /** `{key: value}` where the field is there, else `{}`. */
  optional<Key extends string, Value>(key: Key, read: (field: JsonField) => Value): { readonly [name in Key]?: Value } {
    return this.isAbsent ? {} : ({ [key]: read(this) } as { [name in Key]: Value });
  }

  /** Reports that this is not what was expected, and returns `instead`. */
  reject<Value>(expected: string, instead?: Value): Value {
    const actual = this.isAbsent ? 'missing' : String(JSON.stringify(this.value)).slice(0, 60);
    this.report(`${this.path === '' ? 'the document' : this.path} is ${actual}`, this.#faults.next, expected);
    return instead as Value;
  }

  report(message: string, next: string, expected?: string, code: DiagnosticCode = this.#faults.code): void {
    if (this.#isMuted) return;
    const { file, found } = this.#faults;
    const more = expected === undefined ? {} : { expected };
    found.push({ code, severity: 'error', message: `${file}: ${message}`, ...more, next });
  }

  #pathOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }
}

function isNumbers(value: unknown, count: number): value is number[] {
  return Array.isArray(value) && value.length === count && value.every(entry => typeof entry === 'number');
}

/** The whole of a JSON document. Throws where it is none. */
export function readDocument(text: string, faults: DocumentFaults): JsonField {
  try {
    return new JsonField(JSON.parse(text), '', faults);
  } catch (error) {
    const message = `${faults.file} is no JSON: ${error instanceof Error ? error.message : String(error)}`;
    throw new DiagnosticError([
      { code: faults.code, severity: 'error', message, next: 'check that the file is whole' },
    ]);
  }
}

/** Prints an object with each field on a line of its own, and each entry of the lists that are named. */
export function formatDocument(fields: object, lists: readonly string[]): string {
  const lines = Object.entries(fields).map(([key, value]) => {
    const isLong = lists.includes(key) && Array.isArray(value) && value.length > 0;
    const entries = isLong ? value.map(entry => `    ${JSON.stringify(entry)}`).join(',\n') : '';
    return `  ${JSON.stringify(key)}: ${isLong ? `[\n${entries}\n  ]` : JSON.stringify(value)}`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}
