import { type Assignment, type OperationChoice, type PinnedShardings, shardingOf } from '../sharding/index.ts';
import type { Fold } from './fold-types.ts';
import type { MeshProblem } from './problem-mesh.ts';

/** An assignment from the choices of each class of a fold: members of a class are cut alike. */
export function unfoldChoices(
  fold: Fold,
  byClass: readonly (OperationChoice | undefined)[],
): (OperationChoice | undefined)[] {
  return Array.from(fold.classOf, found => byClass[found]);
}

/**
 * An assignment as pins, from which propagation can find it again. What a pin cannot say is lost: the layouts in which
 * operations read their operands, where these are not what follows from the layouts in which values are handed on.
 */
export function assignmentPins(ground: MeshProblem, assignment: Assignment): PinnedShardings {
  const { grid, operations, func } = ground;
  const values = operations.flatMap((operation, number) => {
    const choice = assignment.choices[number];
    if (choice === undefined || operation.regions.length > 0) return [];
    return operation.results.flatMap((value, index) =>
      func.valueTypes[value].kind === 'tensor' ? [[value, shardingOf(grid, choice.finals[index])] as const] : [],
    );
  });
  return {
    arguments: assignment.arguments.map(layout => shardingOf(grid, layout)),
    results: assignment.results.map(layout => shardingOf(grid, layout)),
    values: new Map(values),
  };
}
