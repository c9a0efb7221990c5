import type { Diagnostic } from '../base/index.ts';
import { type Func, type Operation, walkOperations } from '../ir/index.ts';
import { hasFactorRule } from './rules/table.ts';

/** A warning for each kind of operation without a factor rule. */
export function replicatedWarnings(func: Func): Diagnostic[] {
  const counts = new Map<string, number>();
  walkOperations(func.body, operation => {
    const label = operationLabel(operation);
    if (!hasFactorRule(operation.name) && !/\.return$/.test(operation.name))
      counts.set(label, (counts.get(label) ?? 0) + 1);
  });
  return [...counts].map(([label, count]) => ({
    code: 'SK1103',
    severity: 'warning',
    message: `${count} x ${label}: there is no rule for cutting it, so its operands are gathered`,
    next: 'nothing, if these operations are small; otherwise write the program with operations that can be cut',
  }));
}

function operationLabel(operation: Operation): string {
  const target = operation.attributes.call_target_name;
  return target?.kind === 'string' || target?.kind === 'symbol'
    ? `${operation.name} @${target.kind === 'string' ? target.value : target.name}`
    : operation.name;
}
