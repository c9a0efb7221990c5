import type { Operation, ValueId } from './program.ts';

/** Values that an operation and all inside it read, but for those that are made inside. Once each, in order. */
export function readValues(operation: Operation): readonly ValueId[] {
  const { operands, regions } = operation;
  if (regions.length === 0) return operands.length < 2 ? operands : [...new Set(operands)];
  return [...new Set([...operands, ...capturedValues(operation)])];
}

/** The values from around an operation that its regions read, once each, in the order of their first use. */
export function capturedValues({ regions }: Pick<Operation, 'regions'>): readonly ValueId[] {
  if (regions.length === 0) return [];
  const inside = new Set<ValueId>();
  const captured = new Set<ValueId>();
  const visit = (current: Pick<Operation, 'regions'>): void => {
    for (const region of current.regions) {
      for (const argument of region.arguments) inside.add(argument);
      for (const operation of region.operations) {
        for (const operand of operation.operands) if (!inside.has(operand)) captured.add(operand);
        visit(operation);
        for (const result of operation.results) inside.add(result);
      }
    }
  };
  visit({ regions });
  return [...captured];
}
