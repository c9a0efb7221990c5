import type { ValueId } from '../ir/index.ts';
import {
  type Layout,
  layoutOf,
  type Mesh,
  type ProgramOnMesh,
  programOnMesh,
  refineMesh,
  resolvePins,
} from '../sharding/index.ts';
import { entryOf, type ShardingProblem } from './problem.ts';

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
}

/** Opens a problem on a mesh of its cluster. Throws the diagnostics of pins that do not fit the mesh. */
export function problemOnMesh(problem: ShardingProblem, mesh: Mesh): MeshProblem {
  const func = entryOf(problem.program);
  const pins = resolvePins(func, mesh, problem.pins);
  const values = pins.values ?? new Map();
  const shardings = [...pins.arguments, ...pins.results, ...values.values()].filter(found => found !== undefined);
  const grid = refineMesh(mesh, shardings);
  const layout = (sharding: (typeof pins.arguments)[number]) =>
    sharding === undefined ? undefined : layoutOf(grid, sharding);
  const ground = programOnMesh(problem.program, grid);
  // State stays where it is, so a pin of what becomes of an argument is a pin of the argument.
  const updates = func.arguments.map((_, index) => pins.results[ground.donors.indexOf(index)]);
  return {
    ...ground,
    problem,
    pinned: {
      arguments: pins.arguments.map((sharding, index) => layout(sharding ?? updates[index])),
      results: pins.results.map(layout),
      values: new Map([...values].map(([value, sharding]) => [value, layoutOf(grid, sharding)])),
    },
  };
}
