import { argumentRoles } from '../../cost/index.ts';
import { memoryProblemOf } from '../../footprint/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';

/**
 * The tensor in which each value of a function lies, with the values that are views of it: by `ValueId`. -1 for views of
 * arguments, results that take their buffers, and what is made in passing or fused, as in the memory of placed programs.
 */
export function storedValues({ func, donors, defects }: MeshProblem): Int32Array {
  const { tensorOf } = memoryProblemOf(func, func.name, { bodyBytes: () => 0, materialise: 'fused' });
  const held = new Set<number>();
  for (const { value } of func.arguments) held.add(tensorOf[value]);
  for (const [index, value] of (func.body.operations.at(-1)?.operands ?? []).entries()) {
    if (donors[index] >= 0) held.add(tensorOf[value]);
  }
  const stored = tensorOf.map(tensor => (defects.parametersOnly || held.has(tensor) ? -1 : tensor));
  const roles = defects.parametersOnly ? argumentRoles(func) : undefined;
  for (const [index, { value }] of func.arguments.entries()) {
    if (roles === undefined || roles[index] === 'parameter') stored[value] = tensorOf[value];
  }
  return stored;
}
