/**
 * What a value is to a loop over pieces of the batch.
 *
 * `whole`: the same for every piece; `zero` where all its elements are known to be zero.
 * `cut`: it has the batch as the major part of a dimension, so that each piece has its own part.
 * `sum`: the sum of what the pieces make of it, each alone.
 * `after`: it follows from sums, and is known only when the last piece is done.
 */
export type ValueKind =
  | { readonly kind: 'whole'; readonly zero: boolean }
  | { readonly kind: 'cut'; readonly dimension: number }
  | { readonly kind: 'sum' }
  | { readonly kind: 'after' };

export const whole: ValueKind = { kind: 'whole', zero: false };
export const zero: ValueKind = { kind: 'whole', zero: true };
export const sum: ValueKind = { kind: 'sum' };
export const after: ValueKind = { kind: 'after' };

export function equalKinds(a: ValueKind, b: ValueKind): boolean {
  if (a.kind === 'whole') return b.kind === 'whole' && a.zero === b.zero;
  if (a.kind === 'cut') return b.kind === 'cut' && a.dimension === b.dimension;
  return a.kind === b.kind;
}

/** What a loop carries that goes in as one kind and is handed on as another; undefined where no kind is both. */
export function joinKinds(a: ValueKind, b: ValueKind): ValueKind | undefined {
  if (equalKinds(a, b)) return a;
  const [first, second] = a.kind === 'whole' ? [a, b] : [b, a];
  if (first.kind !== 'whole') return undefined;
  if (second.kind === 'whole') return whole;
  if (second.kind === 'cut') return second;
  // A start other than zero would be added once for each piece.
  return second.kind === 'sum' && first.zero ? sum : undefined;
}
