import { noDefects, type PlannerDefects } from '../cost/index.ts';
import { aliasedResult, type ValueId } from '../ir/index.ts';
import {
  type Layout,
  layoutOf,
  type Mesh,
  type ProgramFacts,
  type ProgramOnMesh,
  programFacts,
  programOnMesh,
  refineMesh,
  resolvePins,
} from '../sharding/index.ts';
import { defectiveProblem } from './defective-problem.ts';
import type { ShardingProblem } from './problem.ts';

/** Layouts that pins decide; undefined where they decide nothing. */
export interface PinnedLayouts {
  readonly arguments: readonly (Layout | undefined)[];
  readonly results: readonly (Layout | undefined)[];
  readonly values: ReadonlyMap<ValueId, Layout>;
}

/** A problem on one mesh, with what is known before anything is placed. */
export interface MeshProblem extends ProgramOnMesh {
  readonly problem: ShardingProblem;
  readonly pinned: PinnedLayouts;
  /** Mistakes that are made on purpose, by tests. */
  readonly defects: PlannerDefects;
}

/**
 * Opens a problem on a mesh of its cluster; `shared` is what all its meshes have in common. Throws the diagnostics of
 * pins that do not fit the mesh.
 */
export function problemOnMesh(
  problem: ShardingProblem,
  mesh: Mesh,
  shared: ProgramFacts = programFacts(problem.program),
  defects: PlannerDefects = noDefects,
): MeshProblem {
  const { func, donors } = shared;
  const pins = resolvePins(func, mesh, problem.pins);
  const values = pins.values ?? new Map();
  const shardings = [...pins.arguments, ...pins.results, ...values.values()].filter(found => found !== undefined);
  const grid = refineMesh(mesh, shardings);
  const layout = (sharding: (typeof pins.arguments)[number]) =>
    sharding === undefined ? undefined : layoutOf(grid, sharding);
  // State stays where it is, so a pin of what becomes of an argument is a pin of the argument.
  const updates = func.arguments.map(argument => pins.results[aliasedResult(argument)]);
  return {
    ...programOnMesh(shared, grid),
    problem: defectiveProblem(problem, defects),
    defects,
    pinned: {
      arguments: pins.arguments.map((sharding, index) => layout(sharding ?? updates[index])),
      results: pins.results.map((sharding, index) => layout(sharding ?? pins.arguments[donors[index]])),
      values: new Map([...values].map(([value, sharding]) => [value, layoutOf(grid, sharding)])),
    },
  };
}

/** The arguments that a step does not update: its data. Where it updates none, those with the batch. */
export function dataArguments({ func, problem }: MeshProblem): readonly number[] {
  const state = func.arguments.map(argument => aliasedResult(argument) >= 0);
  return state.includes(true) ? state.flatMap((own, index) => (own ? [] : [index])) : problem.batchArguments;
}
