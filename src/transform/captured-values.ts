import type { Operation, ValueId } from '../ir/index.ts';

/** The values from around an operation that its regions read, once each, in the order of their first use. */
export function capturedValues({ regions }: Operation): readonly ValueId[] {
  if (regions.length === 0) return [];
  const inside = new Set<ValueId>();
  const captured = new Set<ValueId>();
  const visit = (current: Operation): void => {
    for (const operand of current.operands) if (!inside.has(operand)) captured.add(operand);
    visitRegions(current);
    for (const result of current.results) inside.add(result);
  };
  const visitRegions = (current: Pick<Operation, 'regions'>): void => {
    for (const region of current.regions) {
      for (const argument of region.arguments) inside.add(argument);
      for (const inner of region.operations) visit(inner);
    }
  };
  visitRegions({ regions });
  return [...captured];
}
