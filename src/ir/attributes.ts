import type { TensorType, Type } from './types.ts';

/**
 * Attributes of operations, arguments, functions and modules.
 *
 * Numbers keep the text that was read (`1.000000e-05`, `0xFF800000`), so that printing loses nothing.
 */
export type Attribute =
  | { readonly kind: 'unit' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `3 : i32`; a missing suffix means i64. `value` is exact up to 2^53; `text` always is. */
  | { readonly kind: 'integer'; readonly value: number; readonly text: string; readonly type: string }
  /** `1.0 : f32`; a missing suffix means f64. */
  | { readonly kind: 'float'; readonly text: string; readonly type: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'type'; readonly type: Type }
  /** `@main`, `@module::@function`. */
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'array'; readonly elements: readonly Attribute[] }
  | { readonly kind: 'dictionary'; readonly entries: Attributes }
  /** `array<i64: 1, 2>` and `array<i1: true>` (booleans as 0 and 1). */
  | { readonly kind: 'integers'; readonly element: string; readonly values: readonly number[] }
  | DenseAttribute
  /** `#stablehlo<comparison_direction EQ>`, written without spaces that do not matter: one word of one enumeration. */
  | { readonly kind: 'enumeration'; readonly dialect: string; readonly name: string; readonly value: string }
  /** `#stablehlo.gather<offset_dims = [1], ...>`: named fields, missing ones have the field's default (empty, 0). */
  | { readonly kind: 'record'; readonly name: string; readonly fields: Attributes }
  /** Anything else, kept as text. */
  | { readonly kind: 'opaque'; readonly text: string };

export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * A constant tensor. `splat` constants hold one element. The elements of the rest stay where they were read, as a byte
 * range of the file; `ir/dense` reads them on demand, so that a constant costs no memory until it is used.
 */
export interface DenseAttribute {
  readonly kind: 'dense';
  readonly type: TensorType;
  /** `splat`: one element's text, for all. `list`: nested `[...]` lists. `hex`: `"0x..."`, little-endian elements. */
  readonly form: 'splat' | 'list' | 'hex';
  readonly source: Uint8Array;
  /** Half-open byte range of the text between `dense<` and `>`. */
  readonly start: number;
  readonly end: number;
}
