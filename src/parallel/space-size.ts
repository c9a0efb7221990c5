import type { Operation, ValueId } from '../ir/index.ts';
import { type FactorRule, type Grid, operationRole, type ProgramFacts, piecesOfAtoms } from '../sharding/index.ts';
import type { MeshProblem } from './problem-mesh.ts';

/** How many assignments a problem has on one mesh, before any rule leaves some out. */
export interface SpaceSize {
  /** Even strategies of operations and layouts of arguments, free results and carried values, multiplied. */
  readonly assignments: bigint;
  /** Number of operations with more than one strategy. */
  readonly openOperations: number;
  /** The most strategies that one operation has. */
  readonly widest: number;
}

/**
 * Counts assignments in closed form, without listing them. Strategies whose pieces are not contiguous count as well;
 * ways to carry partial sums and to hand results on do not.
 */
export function spaceSize(ground: MeshProblem): SpaceSize {
  const { func, grid, facts, operations, pinned, donors } = ground;
  let [assignments, openOperations, widest] = [1n, 0, 1];
  const layouts = (value: ValueId): number => layoutCount(grid, facts.tensor(value)?.shape ?? []);
  for (const [index, { value }] of func.arguments.entries()) {
    if (pinned.arguments[index] === undefined) assignments *= BigInt(layouts(value));
  }
  const counts = new Map<FactorRule, number>();
  const countOf = (rule: FactorRule): number => {
    const count = counts.get(rule) ?? strategyCount(grid, rule);
    counts.set(rule, count);
    return count;
  };
  const returned = func.body.operations.at(-1)?.operands ?? [];
  for (const [index, value] of returned.entries()) {
    if (donors[index] < 0 && pinned.results[index] === undefined) assignments *= BigInt(layouts(value));
  }
  for (const operation of decidingOperations(ground, operations)) {
    const role = operationRole(ground, operation);
    const own = role === 'free' ? countOf(facts.rule(operation)) : 1;
    if (role === 'loop' || role === 'branch')
      for (const value of operation.results) assignments *= BigInt(layouts(value));
    assignments *= BigInt(own);
    if (own > 1) openOperations++;
    widest = Math.max(widest, own);
  }
  return { assignments, openOperations, widest };
}

/** The operations for which something is to choose: not terminators, cheap ones, and what folds elements. */
export function decidingOperations(ground: Pick<ProgramFacts, 'facts'>, operations: readonly Operation[]): Operation[] {
  const folding = new Set<Operation>();
  for (const operation of operations) {
    const control = ['loop', 'branch'].includes(operationRole(ground, operation));
    for (const region of operation.regions)
      for (const inner of region.operations) if (!control || folding.has(operation)) folding.add(inner);
  }
  return operations.filter(
    operation =>
      !folding.has(operation) && !/\.return$/.test(operation.name) && operationRole(ground, operation) !== 'cheap',
  );
}

/**
 * Number of even strategies of a rule: of ways to put each atom on one factor or none, in every order on a factor. With
 * w(F, S) = |S|! where the pieces of S divide factor F and 0 elsewhere, it is the sum over disjoint sets S_F of the
 * product of w(F, S_F), by subset convolution: O(factors x 3^atoms).
 */
export function strategyCount(grid: Grid, rule: FactorRule): number {
  const sets = 1 << grid.atoms.length;
  const membersOf = (set: number): number[] => [...grid.atoms.keys()].filter(atom => (set & (1 << atom)) !== 0);
  let counts: number[] = Array.from({ length: sets }, (_, set) => (set === 0 ? 1 : 0));
  for (const { size, kind } of rule.factors) {
    if (kind === 'replicate') continue;
    const weights = Array.from({ length: sets }, (_, set) => {
      const members = membersOf(set);
      return size % piecesOfAtoms(grid, members) === 0 ? factorial(members.length) : 0;
    });
    counts = counts.map((_, set) => {
      let sum = 0;
      for (let part = set; ; part = (part - 1) & set) {
        sum += weights[part] * counts[set & ~part];
        if (part === 0) return sum;
      }
    });
  }
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Number of even layouts of a tensor of this shape that are no partial sums. */
export function layoutCount(grid: Grid, shape: readonly number[]): number {
  const factors = shape.filter(size => size > 1).map(size => ({ size, kind: 'passthrough' }) as const);
  return strategyCount(grid, { factors, operands: [], results: [], linear: [] });
}

function factorial(number: number): number {
  return number <= 1 ? 1 : number * factorial(number - 1);
}
