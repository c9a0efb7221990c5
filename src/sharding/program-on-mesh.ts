import {
  aliasedResult,
  entryFunction,
  type Func,
  type Operation,
  type Program,
  tripCount,
  walkOperations,
} from '../ir/index.ts';
import type { Grid } from './grid.ts';
import type { Mesh } from './mesh.ts';
import { type ValueFacts, valueFacts } from './value-facts.ts';

/** What is known of a program before any mesh is. */
export interface ProgramFacts {
  /** Inlined: the entry function holds the whole program. */
  readonly program: Program;
  readonly func: Func;
  readonly facts: ValueFacts;
  /** All operations as `walkOperations` visits them: their numbers in folds, assignments and plans. */
  readonly operations: readonly Operation[];
  readonly numbers: ReadonlyMap<Operation, number>;
  /** How often each operation runs in one step, by number. */
  readonly trips: readonly number[];
  /** For each result of the function the argument whose buffer it takes, or -1. */
  readonly donors: readonly number[];
}

/** A program on a mesh, with what is known before anything is placed. */
export interface ProgramOnMesh extends ProgramFacts {
  readonly mesh: Mesh;
  readonly grid: Grid;
}

/** What an inlined program is on every mesh. O(operations). */
export function programFacts(program: Program): ProgramFacts {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const donorOf = new Map(func.arguments.map((argument, index) => [aliasedResult(argument), index]));
  const operations: Operation[] = [];
  walkOperations(func.body, operation => operations.push(operation));
  return {
    program,
    func,
    facts: valueFacts(func),
    operations,
    numbers: new Map(operations.map((operation, number) => [operation, number])),
    trips: tripsOf(func, operations),
    donors: func.results.map((_, result) => donorOf.get(result) ?? -1),
  };
}

/** Opens a program on a grid. */
export function programOnMesh(facts: ProgramFacts, grid: Grid): ProgramOnMesh {
  return { ...facts, mesh: grid.mesh, grid };
}

/** How an operation takes part in an assignment. */
export type OperationRole = 'free' | 'cheap' | 'follower' | 'loop' | 'branch';

/**
 * `cheap`: made again wherever it is needed, so nothing is to choose. `follower`: hands each operand on as the result of
 * the same number, in the layout in which it comes (barriers). `loop`, `branch`: the layouts of carried values or of
 * results are to choose. `free`: a strategy is to choose.
 */
export function operationRole({ facts }: Pick<ProgramFacts, 'facts'>, operation: Operation): OperationRole {
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
