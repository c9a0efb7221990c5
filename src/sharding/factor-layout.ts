import { type Grid, type Layout, piecesOfAtoms } from './grid.ts';
import type { FactorRule } from './rules/rule.ts';

/** The atoms that cut each factor of a rule, major to minor. */
export type Strategy = readonly (readonly number[])[];

/** An atom seen on a factor by way of one tensor. */
export interface Claim {
  readonly atom: number;
  readonly factor: number;
}

/**
 * Reads a tensor's layout as claims on factors: the atoms of a dimension go to its factors, major first. A claim ends
 * where a factor cannot be cut further; atoms behind that are left out.
 */
export function claimsOf(
  grid: Grid,
  rule: FactorRule,
  tensor: readonly (readonly number[])[],
  dimensions: Layout['dimensions'],
): Claim[] {
  const claims: Claim[] = [];
  for (const [dimension, atoms] of dimensions.entries()) {
    const factors = tensor[dimension];
    let position = 0;
    let left = factors.length === 0 ? 1 : rule.factors[factors[0]].size;
    for (const atom of atoms) {
      while (left === 1 && position + 1 < factors.length) left = rule.factors[factors[++position]].size;
      const factor = factors[position];
      const { size } = grid.atoms[atom];
      if (factor === undefined || left % size !== 0 || rule.factors[factor].kind === 'replicate') break;
      claims.push({ atom, factor });
      left /= size;
    }
  }
  return claims;
}

/**
 * The dimensions of a tensor under a strategy. Undefined where a minor factor would be cut while a more major one of
 * the same dimension is not cut to the end: such pieces are not contiguous.
 */
export function dimensionsOf(
  grid: Grid,
  rule: FactorRule,
  tensor: readonly (readonly number[])[],
  strategy: Strategy,
): number[][] | undefined {
  const dimensions: number[][] = [];
  for (const factors of tensor) {
    const atoms: number[] = [];
    let blocked = false;
    for (const factor of factors) {
      const cut = strategy[factor];
      if (cut.length > 0 && blocked) return undefined;
      atoms.push(...cut);
      if (piecesOfAtoms(grid, cut) !== rule.factors[factor].size) blocked = true;
    }
    dimensions.push(atoms);
  }
  return dimensions;
}

/** True when every factor can be cut so: evenly, and only factors that can be cut at all. */
export function fits(grid: Grid, rule: FactorRule, strategy: Strategy): boolean {
  return rule.factors.every((factor, index) => {
    const cut = strategy[index];
    if (cut.length === 0) return true;
    return factor.kind !== 'replicate' && factor.size % piecesOfAtoms(grid, cut) === 0;
  });
}

/** The atoms on reduction factors, with how each is joined; addition leaves a partial sum. */
export function reductionsOf(rule: FactorRule, strategy: Strategy): { sums: number[]; others: number[] } {
  const sums: number[] = [];
  const others: number[] = [];
  for (const [index, factor] of rule.factors.entries()) {
    if (factor.kind === 'reduction') (factor.combiner === 'add' ? sums : others).push(...strategy[index]);
  }
  return { sums: sums.sort((a, b) => a - b), others: others.sort((a, b) => a - b) };
}
