import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Tensor } from '../../src/eval/index.ts';
import { fromBytes } from '../../src/eval/index.ts';
import type { ElementType } from '../../src/ir/index.ts';
import { tensorType } from '../../src/ir/index.ts';

/** A program with inputs and the outputs that XLA computed; `golden.py` wrote it. */
export interface GoldenCase {
  readonly name: string;
  readonly text: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

interface StoredTensor {
  readonly element: ElementType;
  readonly shape: readonly number[];
  readonly data: string;
}

interface StoredCase {
  readonly name: string;
  readonly text: string;
  readonly inputs: readonly StoredTensor[];
  readonly outputs: readonly StoredTensor[];
}

const folder = new URL('./golden/', import.meta.url);

/** The names of the stored families. */
export function goldenFamilies(): readonly string[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.json.gz'))
    .map(file => file.slice(0, -'.json.gz'.length))
    .sort();
}

/** The cases of a family. */
export function readGolden(family: string): readonly GoldenCase[] {
  const text = gunzipSync(readFileSync(new URL(`${family}.json.gz`, folder))).toString();
  const { cases } = JSON.parse(text) as { readonly cases: readonly StoredCase[] };
  return cases.map(({ name, text: program, inputs, outputs }) => ({
    name,
    text: program,
    inputs: inputs.map(restore),
    outputs: outputs.map(restore),
  }));
}

/** The names of the operations that stand in a program's text. */
export function operationsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(/\b(stablehlo|chlo|sdy|func)\.[a-z_0-9]+/g) ?? []);
}

/** How far floats may be off: a share of the expected value, and a floor for values close to 0. */
const tolerances: Readonly<Record<string, readonly [relative: number, floor: number]>> = {
  f64: [1e-12, 1e-13],
  'complex<f64>': [1e-12, 1e-13],
  f32: [1e-5, 1e-6],
  'complex<f32>': [1e-5, 1e-6],
  f16: [2e-3, 1e-6],
  bf16: [1e-2, 1e-6],
};

/**
 * What differs between two tensors, or undefined. Integers must be equal, NaN and infinities at the same places. Sums
 * over a `wholeProgram` cancel, and XLA does not round to bf16 inside a fusion: there the floor is a share of the
 * largest expected value.
 */
export function differenceOf(actual: Tensor, expected: Tensor, wholeProgram: boolean): string | undefined {
  const [relative, smallest] = tolerances[expected.type.element] ?? [0, 0];
  const largest = Array.from(expected.data as Float32Array, Number).reduce(largerFinite, 0);
  const floor = wholeProgram ? Math.max(smallest, relative * largest) : smallest;
  for (let i = 0; i < expected.data.length; i++) {
    const a = actual.data[i];
    const e = expected.data[i];
    if (a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    if (typeof a === 'number' && typeof e === 'number' && Math.abs(a - e) <= relative * Math.abs(e) + floor) continue;
    return `element ${i} of ${expected.type.element}[${expected.type.shape.join(', ')}] is ${a}, XLA has ${e}`;
  }
  return undefined;
}

function largerFinite(largest: number, value: number): number {
  return Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
}

function restore({ element, shape, data }: StoredTensor): Tensor {
  return fromBytes(tensorType(shape, element), Buffer.from(data, 'base64'));
}
