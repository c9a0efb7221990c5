import { argumentRoles } from '../../cost/index.ts';
import { memoryProblemOf } from '../../footprint/index.ts';
import type { ValueId } from '../../ir/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';

/**
 * Tells which values of a function have bytes of their own: arguments and what its body makes, but not views, what is
 * made in passing, and results that take the buffers of arguments.
 */
export function storedValues({ func, donors, defects }: MeshProblem): (value: ValueId) => boolean {
  const { tensorOf } = memoryProblemOf(func, func.name, { bodyBytes: () => 0 });
  const owners = new Set<number>();
  const stored = new Uint8Array(func.valueTypes.length);
  const roles = defects.parametersOnly ? argumentRoles(func) : undefined;
  for (const [index, { value }] of func.arguments.entries()) {
    owners.add(tensorOf[value]);
    if (roles === undefined || roles[index] === 'parameter') stored[value] = 1;
  }
  if (defects.parametersOnly) return value => stored[value] === 1;
  for (const [index, value] of (func.body.operations.at(-1)?.operands ?? []).entries()) {
    if (donors[index] >= 0) owners.add(tensorOf[value]);
  }
  for (const { results } of func.body.operations) {
    for (const value of results) {
      if (tensorOf[value] < 0 || owners.has(tensorOf[value])) continue;
      owners.add(tensorOf[value]);
      stored[value] = 1;
    }
  }
  return value => stored[value] === 1;
}
