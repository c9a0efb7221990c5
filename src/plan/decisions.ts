import { walkOperations } from '../ir/index.ts';
import {
  formatAxisPart,
  formatSharding,
  type Grid,
  type Layout,
  layoutKey,
  type OperationChoice,
  type Propagation,
  shardingOf,
} from '../sharding/index.ts';
import type { PlannedDecision, PlannedOperation } from './plan.ts';

/** What a plan says of operations: each different decision once, and which operation has which. */
export interface PlannedDecisions {
  readonly decisions: readonly PlannedDecision[];
  readonly assigned: readonly PlannedOperation[];
}

/** Writes down how every operation of a placed program is decided. */
export function plannedDecisions({ func, grid, plans }: Propagation): PlannedDecisions {
  const decisions: PlannedDecision[] = [];
  const numbers = new Map<string, number>();
  const assigned: PlannedOperation[] = [];
  let operationNumber = -1;
  walkOperations(func.body, operation => {
    operationNumber++;
    const choice = plans.get(operation);
    if (choice === undefined) return;
    const key = decisionKey(operation.name, choice);
    const number = numbers.get(key) ?? decisions.push(plannedDecision(grid, operation.name, choice)) - 1;
    numbers.set(key, number);
    assigned.push([operationNumber, number]);
  });
  return { decisions, assigned };
}

/** The atoms of axes that are cut, in braces for each such axis; undefined where all axes are whole. */
export function plannedParts({ mesh, atoms }: Grid): string | undefined {
  const cut = mesh.axes.flatMap(({ name }) => {
    const parts = atoms.filter(atom => atom.axis === name);
    const axes = parts.map(({ axis, before, size }) => formatAxisPart({ axis, sub: { before, size } }));
    return parts.length > 1 ? [`{${axes.join(',')}}`] : [];
  });
  return cut.length === 0 ? undefined : `[${cut.join(', ')}]`;
}

/** Equal for decisions that print alike only. Keys of layouts do not tell whole tensors of rank 0 and 1 apart. */
function decisionKey(operation: string, { strategy, operands, results, finals }: OperationChoice): string {
  const lists = [operands, results, finals].map(layouts =>
    layouts.map(layout => `${layout.dimensions.length}:${layoutKey(layout)}`).join(';'),
  );
  return [operation, strategy.map(atoms => atoms.join()).join('|'), ...lists].join('/');
}

function plannedDecision(grid: Grid, operation: string, choice: OperationChoice): PlannedDecision {
  const text = (layout: Layout): string => formatSharding(shardingOf(grid, layout));
  return {
    operation,
    strategy: text({ dimensions: choice.strategy, partial: [] }),
    operands: choice.operands.map(text),
    results: choice.results.map(text),
    finals: choice.finals.map(text),
  };
}
