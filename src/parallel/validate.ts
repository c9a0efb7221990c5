import { type Assignment, type AssignmentFault, checkAssignment, type Layout, layoutKey } from '../sharding/index.ts';
import type { MeshProblem } from './problem-mesh.ts';
import { type AssignmentCost, assignmentBytes } from './recost.ts';

/** A promise that an assignment breaks. */
export interface Violation {
  readonly kind: AssignmentFault['kind'] | 'pin' | 'memory';
  readonly message: string;
}

/**
 * Everything that is wrong with an assignment as the answer to a problem; empty when it is valid. Beside what makes it
 * one that can be carried out at all, whatever found it, pins hold and a device's memory suffices. `cost` is what
 * `recostAssignment` says of the assignment; it is asked where it is left out.
 */
export function validateAssignment(
  ground: MeshProblem,
  assignment: Assignment,
  cost?: Pick<AssignmentCost, 'memoryBytes'>,
): Violation[] {
  const faults = checkAssignment(ground, assignment);
  const violations: Violation[] = [
    ...faults.map(({ kind, message }) => ({ kind, message })),
    ...brokenPins(ground, assignment),
  ];
  if (violations.length > 0) return violations;
  const memoryBytes = cost?.memoryBytes ?? assignmentBytes(ground, assignment);
  const limit = ground.problem.memoryLimitBytes;
  if (memoryBytes <= limit) return [];
  return [{ kind: 'memory', message: `a device needs ${memoryBytes} bytes of ${limit}` }];
}

function brokenPins({ operations, pinned }: MeshProblem, assignment: Assignment): Violation[] {
  const broken: Violation[] = [];
  const check = (what: string, pin: Layout | undefined, layout: Layout | undefined): void => {
    if (pin === undefined || layout === undefined || layoutKey(pin) === layoutKey(layout)) return;
    broken.push({ kind: 'pin', message: `${what} is pinned otherwise` });
  };
  for (const [index, layout] of assignment.arguments.entries())
    check(`argument ${index}`, pinned.arguments[index], layout);
  for (const [index, layout] of assignment.results.entries()) check(`result ${index}`, pinned.results[index], layout);
  for (const [number, choice] of assignment.choices.entries()) {
    const operation = operations[number];
    for (const [index, value] of (choice === undefined ? [] : operation.results).entries())
      check(
        `result ${index} of operation ${number} (${operation.name})`,
        pinned.values.get(value),
        choice?.finals[index],
      );
  }
  return broken;
}
