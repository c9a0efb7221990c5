import type { Operation } from '../ir/index.ts';
import { claimsOf, dimensionsOf } from './factor-layout.ts';
import type { Layout } from './grid.ts';
import type { Propagation } from './propagation-types.ts';
import { factorRule } from './rules/table.ts';

/** The layouts from which a cheap operation makes its result as it is wanted; whole ones where nothing is cut. */
export function cheapOperands(
  { grid, func }: Pick<Propagation, 'grid' | 'func'>,
  operation: Operation,
  wanted: Layout,
): readonly (Layout | undefined)[] {
  if (operation.operands.length === 0 || wanted.dimensions.every(atoms => atoms.length === 0)) return [];
  const rule = factorRule(func, operation);
  const strategy: number[][] = rule.factors.map(() => []);
  for (const { atom, factor } of claimsOf(grid, rule, rule.results[0], wanted.dimensions)) strategy[factor].push(atom);
  return rule.operands.map(tensor => {
    const dimensions = dimensionsOf(grid, rule, tensor, strategy);
    return dimensions === undefined ? undefined : { dimensions, partial: [] };
  });
}
