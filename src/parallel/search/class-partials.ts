import type { ValueId } from '../../ir/index.ts';
import type { ProgramFacts } from '../../sharding/index.ts';
import type { Fold } from '../fold-types.ts';
import { partialValues } from '../space.ts';

/**
 * The values that can be partial sums on some mesh, closed under the classes of a fold: where one member's operand can
 * be one, so can all members'.
 */
export function classPartials({ facts, operations }: ProgramFacts, fold: Fold): ReadonlySet<ValueId> {
  const partial = new Set(partialValues(facts, operations, size => size > 1));
  for (const [number, { operands }] of operations.entries()) {
    const first = operations[fold.representatives[fold.classOf[number]]];
    for (let index = 0; index < operands.length; index++) {
      if (partial.has(operands[index])) partial.add(first.operands[index]);
    }
  }
  return partial;
}
