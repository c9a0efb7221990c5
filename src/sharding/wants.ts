import { type Operation, type ValueId, walkOperations } from '../ir/index.ts';
import { claimsOf, dimensionsOf } from './factor-layout.ts';
import type { Grid, Layout } from './grid.ts';
import type { OperationPlan } from './propagation-types.ts';
import type { FactorRule } from './rules/rule.ts';
import type { ValueFacts } from './value-facts.ts';

/** Where something is needed in the end: `closed` atoms cut these dimensions and no others, the rest may be anywhere. */
export interface Want {
  readonly dimensions: Layout['dimensions'];
  readonly closed: ReadonlySet<number>;
  /** All that becomes of it are results of the function, which are where they are whatever is read on the way. */
  readonly final: boolean;
}

/** What each reader of a value wants of it, seen through all that becomes of it. */
export type Wants = ReadonlyMap<ValueId, ReadonlyMap<Operation, Want>>;

/**
 * Walks back over a placed function. A reader wants what its other operands or a pin impose, and where dimensions pass
 * through, what the readers of its result agree on. Results of the function, and values handed on by regions, are
 * wanted exactly as they are.
 */
export function findWants(
  grid: Grid,
  facts: ValueFacts,
  results: readonly Layout[],
  plans: ReadonlyMap<Operation, OperationPlan>,
): Wants {
  const wants = new Map<ValueId, Map<Operation, Want>>();
  const note = (value: ValueId, reader: Operation, want: Want) => {
    wants.set(value, (wants.get(value) ?? new Map()).set(reader, want));
  };
  const operations: Operation[] = [];
  walkOperations(facts.func.body, operation => operations.push(operation));
  const all = new Set(grid.atoms.keys());
  for (const operation of operations.reverse()) {
    if (operation.name === 'func.return') {
      for (const [index, value] of operation.operands.entries())
        note(value, operation, { dimensions: results[index].dimensions, closed: all, final: true });
    }
    const plan = plans.get(operation);
    if (plan === undefined || plan.strategy.length === 0) continue;
    const rule = facts.rule(operation);
    const after =
      operation.results.length === 1 && keepsDimensions(rule) ? agreed(wants, facts, operation.results[0]) : undefined;
    for (const [index, value] of operation.operands.entries()) {
      note(value, operation, operandWant(grid, rule, plan, index, after));
    }
  }
  return wants;
}

function keepsDimensions(rule: FactorRule): boolean {
  return rule.factors.every(factor => factor.kind === 'passthrough' || factor.kind === 'permutation');
}

/** What others impose on an operand, and of what is wanted of the result all that they leave open. */
function operandWant(grid: Grid, rule: FactorRule, plan: OperationPlan, index: number, after: Want | undefined): Want {
  const others = [...plan.claimants].filter(([, who]) => [...who].some(one => one !== index));
  const imposed = new Set(after?.final === true ? [] : others.map(([atom]) => atom));
  const dimensions = plan.operands[index].dimensions.map(atoms => atoms.filter(atom => imposed.has(atom)));
  if (after === undefined) return { dimensions, closed: imposed, final: false };
  const strategy: number[][] = rule.factors.map(() => []);
  for (const { atom, factor } of claimsOf(grid, rule, rule.results[0], after.dimensions)) {
    if (!imposed.has(atom)) strategy[factor].push(atom);
  }
  const mapped = dimensionsOf(grid, rule, rule.operands[index], strategy) ?? dimensions.map(() => []);
  return {
    dimensions: dimensions.map((atoms, dimension) => [...atoms, ...mapped[dimension]]),
    closed: new Set([...imposed, ...after.closed]),
    final: after.final,
  };
}

/** What the readers of a value agree on: atoms that some close, all of them alike. Undefined without readers. */
export function agreed(wants: Wants, facts: ValueFacts, value: ValueId): Want | undefined {
  const readers = [...(wants.get(value)?.values() ?? [])];
  if (readers.length === 0 || readers.length < (facts.readers.get(value) ?? 0)) return undefined;
  const place = (want: Want, atom: number) => want.dimensions.findIndex(atoms => atoms.includes(atom));
  const closed = new Set(readers.flatMap(want => [...want.closed]));
  let final = readers.every(want => want.final);
  for (const atom of closed) {
    const places = new Set(readers.filter(want => want.closed.has(atom)).map(want => place(want, atom)));
    if (places.size <= 1) continue;
    closed.delete(atom);
    final = false;
  }
  const dimensions = readers[0].dimensions.map((_, dimension) => {
    const atoms = readers.flatMap(want => want.dimensions[dimension].filter(atom => closed.has(atom)));
    return [...new Set(atoms)];
  });
  return { dimensions, closed, final };
}

/** A layout changed as far as it must be to satisfy a want. */
export function satisfying(want: Want, from: Layout): Layout {
  const dimensions = want.dimensions.map((atoms, dimension) => {
    const rest = from.dimensions[dimension].filter(atom => !want.closed.has(atom));
    return [...atoms, ...rest];
  });
  return { dimensions, partial: [] };
}
