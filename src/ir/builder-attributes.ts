import type { Attribute, Attributes, DenseAttribute } from './attributes.ts';
import type { TensorType } from './types.ts';

/** Makers of attributes, for programs that are built rather than read. */
export const attributeOf = {
  unit: { kind: 'unit' } as Attribute,
  boolean: (value: boolean): Attribute => ({ kind: 'boolean', value }),
  /** `3 : i64` unless another type is given. */
  integer: (value: number, type = 'i64'): Attribute => ({ kind: 'integer', value, text: String(value), type }),
  /** The text must be as MLIR prints floats: `1.000000e-05`. */
  float: (text: string, type = 'f32'): Attribute => ({ kind: 'float', text, type }),
  string: (value: string): Attribute => ({ kind: 'string', value }),
  symbol: (name: string): Attribute => ({ kind: 'symbol', name }),
  array: (elements: readonly Attribute[]): Attribute => ({ kind: 'array', elements }),
  dictionary: (entries: Attributes): Attribute => ({ kind: 'dictionary', entries }),
  /** `array<i64: 1, 2>`. */
  integers: (values: readonly number[], element = 'i64'): Attribute => ({ kind: 'integers', element, values }),
  /** `array<i1: true, false>`. */
  booleans: (values: readonly boolean[]): Attribute => ({
    kind: 'integers',
    element: 'i1',
    values: values.map(Number),
  }),
  /** `#stablehlo<comparison_direction EQ>`. */
  enumeration: (name: string, value: string): Attribute => ({ kind: 'enumeration', dialect: 'stablehlo', name, value }),
  /** `#stablehlo.dot<...>`, for the name `dot`, from numbers, lists of numbers and attributes. */
  record: (name: string, fields: Readonly<Record<string, number | readonly number[] | Attribute>>): Attribute => ({
    kind: 'record',
    name: name.includes('.') ? name : `stablehlo.${name}`,
    fields: Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, fieldOf(value)])),
  }),
  dense: denseOf,
  /** `dense<[[0, 1], [1, 0]]> : tensor<2x2xi64>`, for padding and replica groups. */
  denseRows: (rows: readonly (readonly number[])[]): DenseAttribute =>
    denseOf(
      { kind: 'tensor', shape: [rows.length, rows[0]?.length ?? 0], element: 'i64' },
      rows.length === 0 ? '' : `[${rows.map(row => `[${row.join(', ')}]`).join(', ')}]`,
    ),
};

/**
 * A constant from the text between `dense<` and `>`: one element's text for a splat, nested lists, or a hex blob with
 * its quotes.
 */
function denseOf(type: TensorType, text: string): DenseAttribute {
  const source = new TextEncoder().encode(text);
  const form = text.startsWith('"') ? 'hex' : text.startsWith('[') || text === '' ? 'list' : 'splat';
  return { kind: 'dense', type, form, source, start: 0, end: source.length };
}

function fieldOf(value: number | readonly number[] | Attribute): Attribute {
  if (typeof value === 'number') return attributeOf.integer(value);
  return isNumbers(value) ? attributeOf.integers(value) : value;
}

function isNumbers(value: readonly number[] | Attribute): value is readonly number[] {
  return Array.isArray(value);
}
