import type { Operation } from '../../ir/index.ts';

/** True for a constant of which every element is zero, as far as its text shows. */
export function isZeroConstant({ name, attributes }: Operation): boolean {
  const { value } = attributes;
  if (name !== 'stablehlo.constant' || value?.kind !== 'dense' || value.form !== 'splat') return false;
  const text = new TextDecoder().decode(value.source.subarray(value.start, value.end)).trim();
  return /^-?0(\.0*)?(e[+-]?\d+)?$/i.test(text);
}

/** Operations that make nothing but zeros from zeros. */
export const keepsZeros: ReadonlySet<string> = new Set(
  ['broadcast_in_dim', 'reshape', 'transpose', 'convert', 'slice', 'dynamic_slice', 'negate', 'concatenate'].map(
    name => `stablehlo.${name}`,
  ),
);
