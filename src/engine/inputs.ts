import { diagnosticError } from '../base/index.ts';

/** How to make the arguments of a program: one entry per argument of `@main`, in order. Exporters write it as JSON. */
export interface InputsSpec {
  readonly format: 'skein.inputs/1';
  readonly arguments: readonly ArgumentSpec[];
}

export type ArgumentSpec = {
  readonly name: string;
  readonly shape: readonly number[];
  /** As StableHLO spells it: `f32`, `bf16`, `i32`, `i1`... */
  readonly dtype: string;
} & Distribution;

/** Ranges are half-open, [low, high). */
export type Distribution =
  | { readonly distribution: 'uniform'; readonly low: number; readonly high: number }
  | { readonly distribution: 'normal'; readonly mean: number; readonly std: number }
  | { readonly distribution: 'integers'; readonly low: number; readonly high: number }
  | { readonly distribution: 'constant'; readonly value: number };

const numbersOf = {
  uniform: ['low', 'high'],
  normal: ['mean', 'std'],
  integers: ['low', 'high'],
  constant: ['value'],
} as const satisfies Record<Distribution['distribution'], readonly string[]>;

/** Checks JSON that was read from `file`. Throws SK1202, which says which entry is wrong and why. */
export function parseInputsSpec(json: unknown, file: string): InputsSpec {
  const fields = asRecord(json);
  if (fields?.format !== 'skein.inputs/1' || !Array.isArray(fields.arguments)) {
    throw malformed(file, 'it is no {"format": "skein.inputs/1", "arguments": [...]}');
  }
  return {
    format: 'skein.inputs/1',
    arguments: fields.arguments.map((entry, index) => parseEntry(entry, index, file)),
  };
}

function parseEntry(entry: unknown, index: number, file: string): ArgumentSpec {
  const fields = asRecord(entry);
  const { name, shape, dtype, distribution } = fields ?? {};
  if (fields === undefined || typeof name !== 'string' || typeof dtype !== 'string') {
    throw malformed(file, `arguments[${index}] has no "name" or no "dtype"`);
  }
  if (!Array.isArray(shape) || !shape.every(size => Number.isInteger(size) && size >= 0)) {
    throw malformed(file, `the "shape" of ${name} is ${JSON.stringify(shape)}, not a list of sizes`);
  }
  if (!isDistributionName(distribution)) {
    throw malformed(file, `the "distribution" of ${name} is ${JSON.stringify(distribution)}`);
  }
  const [first = Number.NaN, second = Number.NaN] = numbersOf[distribution].map(key => {
    const number = fields[key];
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw malformed(file, `${distribution} ${name} needs a number "${key}"`);
  });
  const type = { name, shape, dtype };
  if (distribution === 'constant') return { ...type, distribution, value: first };
  if (distribution === 'normal') return { ...type, distribution, mean: first, std: second };
  if (first >= second) throw malformed(file, `the range [${first}, ${second}) of ${name} is empty`);
  return { ...type, distribution, low: first, high: second };
}

function isDistributionName(value: unknown): value is Distribution['distribution'] {
  return typeof value === 'string' && Object.hasOwn(numbersOf, value);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

function malformed(file: string, why: string): Error {
  return diagnosticError('SK1202', {
    message: `${file} cannot be used: ${why}`,
    expected: 'one of uniform (low, high), normal (mean, std), integers (low, high), constant (value) per argument',
    next: 'export the program again, or correct the entry',
  });
}
