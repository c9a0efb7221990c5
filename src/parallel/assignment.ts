import {
  type Layout,
  layoutOf,
  type Mesh,
  type PinnedShardings,
  type Propagation,
  type Strategy,
  shardingOf,
} from '../sharding/index.ts';
import type { Fold } from './fold-types.ts';
import type { MeshProblem } from './problem-mesh.ts';

/** How one operation is cut, and how its operands and results lie for it. */
export interface OperationChoice {
  /** The atoms that cut each factor of the operation's rule, major to minor. Empty for loops and branches. */
  readonly strategy: Strategy;
  /** Layouts in which operands are read. Partial ones are handed through, because the operation is linear in them. */
  readonly operands: readonly Layout[];
  /** Layouts in which results come out. */
  readonly results: readonly Layout[];
  /** Layouts in which results are handed on: as they come out, reduced, or as a pin wants it. */
  readonly finals: readonly Layout[];
}

/**
 * A full answer to a problem on one mesh. Layouts are lists of atoms, which are numbers of the mesh's axes unless pins
 * cut axes (see `MeshProblem.grid`).
 */
export interface Assignment {
  readonly mesh: Mesh;
  /** By position of the function's arguments. */
  readonly arguments: readonly Layout[];
  /** By position of the function's results; one that takes an argument's buffer lies as the argument does. */
  readonly results: readonly Layout[];
  /** By number of the operation; undefined for cheap operations, terminators and what folds elements. */
  readonly choices: readonly (OperationChoice | undefined)[];
  /** How many parts of the batch a step works off one after the other. */
  readonly microBatches: 1;
  /** Stages and their schedule; null where the program runs as one. */
  readonly pipeline: null;
}

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

/**
 * What propagation decides, as an assignment: a search's first incumbent, and how a plan made from pins is priced. The
 * grid of the propagation must be that of the problem.
 */
export function propagatedAssignment(ground: MeshProblem, propagation: Propagation): Assignment {
  const { grid, operations } = ground;
  return {
    mesh: ground.mesh,
    arguments: propagation.arguments.map(sharding => layoutOf(grid, sharding)),
    results: propagation.resultLayouts,
    choices: operations.map((operation): OperationChoice | undefined => {
      const plan = propagation.plans.get(operation);
      if (plan === undefined) return undefined;
      const { strategy, operands, results, finals } = plan;
      return { strategy, operands, results, finals };
    }),
    microBatches: 1,
    pipeline: null,
  };
}
