import type { Strategy } from './factor-layout.ts';
import { type Layout, layoutOf } from './grid.ts';
import type { Mesh } from './mesh.ts';
import type { ProgramOnMesh } from './program-on-mesh.ts';
import type { Propagation } from './propagation-types.ts';

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
 * A full answer to how a program lies on one mesh. Layouts are lists of atoms, which are numbers of the mesh's axes
 * unless pins cut axes (see `ProgramOnMesh.grid`).
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

/**
 * What propagation decides, as an assignment: a search's first incumbent, how a plan made from pins is priced, and what
 * a plan keeps. The grid of the propagation must be that of the program.
 */
export function propagatedAssignment(ground: ProgramOnMesh, propagation: Propagation): Assignment {
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
