import { aliasedResult, type Func, type Operation, tripCount, type ValueId, walkOperations } from '../ir/index.ts';
import {
  type Grid,
  type Layout,
  layoutOf,
  type Mesh,
  refineMesh,
  resolvePins,
  type ValueFacts,
  valueFacts,
} from '../sharding/index.ts';
import { entryOf, type ShardingProblem } from './problem.ts';

/** Layouts that pins decide; undefined where they decide nothing. */
export interface PinnedLayouts {
  readonly arguments: readonly (Layout | undefined)[];
  readonly results: readonly (Layout | undefined)[];
  readonly values: ReadonlyMap<ValueId, Layout>;
}

/** What is known of a problem's program before any mesh is. */
export interface ProgramFacts {
  readonly func: Func;
  readonly facts: ValueFacts;
  /** All operations as `walkOperations` visits them: their numbers in folds and assignments. */
  readonly operations: readonly Operation[];
  readonly numbers: ReadonlyMap<Operation, number>;
  /** How often each operation runs in one step, by number. */
  readonly trips: readonly number[];
  /** For each result of the function the argument whose buffer it takes, or -1. */
  readonly donors: readonly number[];
}

/** A problem on one mesh, with what is known before anything is placed. */
export interface MeshProblem extends ProgramFacts {
  readonly problem: ShardingProblem;
  readonly mesh: Mesh;
  readonly grid: Grid;
  readonly pinned: PinnedLayouts;
}

/** What all meshes of a problem share. O(operations). */
export function programFacts(problem: ShardingProblem): ProgramFacts {
  const func = entryOf(problem.program);
  const donorOf = new Map(func.arguments.map((argument, index) => [aliasedResult(argument), index]));
  const operations: Operation[] = [];
  walkOperations(func.body, operation => operations.push(operation));
  return {
    func,
    facts: valueFacts(func),
    operations,
    numbers: new Map(operations.map((operation, number) => [operation, number])),
    trips: tripsOf(func, operations),
    donors: func.results.map((_, result) => donorOf.get(result) ?? -1),
  };
}

/** Opens a problem on a mesh of its cluster. Throws the diagnostics of pins that do not fit the mesh. */
export function problemOnMesh(
  problem: ShardingProblem,
  mesh: Mesh,
  shared: ProgramFacts = programFacts(problem),
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
    ...shared,
    problem,
    mesh,
    grid,
    pinned: {
      arguments: pins.arguments.map((sharding, index) => layout(sharding ?? updates[index])),
      results: pins.results.map((sharding, index) => layout(sharding ?? pins.arguments[donors[index]])),
      values: new Map([...values].map(([value, sharding]) => [value, layoutOf(grid, sharding)])),
    },
  };
}

/** How an operation takes part in an assignment. */
export type OperationRole = 'free' | 'cheap' | 'follower' | 'loop' | 'branch';

/**
 * `cheap`: made again wherever it is needed, so nothing is to choose. `follower`: hands each operand on as the result of
 * the same number, in the layout in which it comes (barriers). `loop`, `branch`: the layouts of carried values or of
 * results are to choose. `free`: a strategy is to choose.
 */
export function operationRole({ facts }: MeshProblem, operation: Operation): OperationRole {
  if (operation.results.length === 1 && facts.cheap.has(operation.results[0])) return 'cheap';
  switch (operation.name) {
    case 'stablehlo.while':
      return 'loop';
    case 'stablehlo.case':
    case 'stablehlo.if':
      return 'branch';
    case 'stablehlo.optimization_barrier':
      return operation.results.length > 1 ? 'follower' : 'free';
    default:
      return 'free';
  }
}

/** Trips of each operation: 1, times those of the loops around it; loops whose trips are not plain to see count once. */
function tripsOf(func: Func, operations: readonly Operation[]): number[] {
  const trips = new Map<Operation, number>();
  return operations.map(operation => {
    const own = trips.get(operation) ?? 1;
    const inside = operation.name === 'stablehlo.while' ? own * (tripCount(func, operation) ?? 1) : own;
    for (const region of operation.regions) for (const inner of region.operations) trips.set(inner, inside);
    return own;
  });
}
