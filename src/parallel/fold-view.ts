import { type Func, type Operation, walkOperations } from '../ir/index.ts';

/** What defines a value: a result or a region argument of an operation, or, with `operation` -1, a function argument. */
export interface Origin {
  readonly operation: number;
  readonly position: number;
  readonly isRegionArgument: boolean;
}

/** A function as the validator of folds reads it: operations in the order of `walkOperations`, and who makes what. */
export interface FoldView {
  readonly func: Func;
  readonly operations: readonly Operation[];
  /** The operation around each operation; -1 at the top. */
  readonly parents: readonly number[];
  /** By value. */
  readonly origins: readonly Origin[];
  /** Operands of the function's return. */
  readonly returned: readonly number[];
}

/** Reads a function. O(operations + values). */
export function viewFunction(func: Func): FoldView {
  const numbers = new Map<Operation, number>();
  walkOperations(func.body, operation => numbers.set(operation, numbers.size));
  const operations = [...numbers.keys()];
  const parents = operations.map(() => -1);
  const origins: Origin[] = [];
  for (const [position, { value }] of func.arguments.entries()) {
    origins[value] = { operation: -1, position, isRegionArgument: false };
  }
  for (const [number, operation] of operations.entries()) {
    for (const [position, value] of operation.results.entries()) {
      origins[value] = { operation: number, position, isRegionArgument: false };
    }
    for (const [position, value] of operation.regions.flatMap(region => region.arguments).entries()) {
      origins[value] = { operation: number, position, isRegionArgument: true };
    }
    for (const inner of operation.regions.flatMap(region => region.operations)) {
      const found = numbers.get(inner);
      if (found === undefined) throw new Error(`internal: ${inner.name} was not visited`);
      parents[found] = number;
    }
  }
  return { func, operations, parents, origins, returned: func.body.operations.at(-1)?.operands ?? [] };
}
