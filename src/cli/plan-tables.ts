import { formatBytes, formatSeconds } from '../base/index.ts';
import type { LintFinding, ReasonRow } from '../explain/index.ts';
import type { PlannedValue } from '../plan/index.ts';
import { formatTable } from '../report/index.ts';
import { formatPartitionSpec, parseSharding } from '../sharding/index.ts';

/** What `--explain` prints beyond the plan: how all inputs lie, why everything moves, and what is odd. */
export function formatPlanTables(
  inputs: readonly PlannedValue[],
  reasons: readonly ReasonRow[],
  lint: readonly LintFinding[] | undefined,
): string {
  return [
    'Inputs',
    inputTable(inputs),
    'Why it moves, bytes per device and step',
    reasonTable(reasons),
    ...(lint === undefined ? [] : [formatLint(lint)]),
  ]
    .join('\n')
    .trimEnd();
}

/** Inputs of the same type and sharding share a line. */
export function inputTable(inputs: readonly PlannedValue[]): string {
  const groups = new Map<string, PlannedValue[]>();
  for (const input of inputs) {
    const key = `${input.type} ${input.sharding}`;
    groups.set(key, [...(groups.get(key) ?? []), input]);
  }
  const rows = [...groups.values()].map(group => {
    const [first] = group;
    const others = group.length === 1 ? '' : ` and ${group.length - 1} more`;
    return [first.name + others, first.type, first.sharding, formatPartitionSpec(parseSharding(first.sharding))];
  });
  const columns = ['input', 'type', 'sharding', 'for JAX'].map(title => ({ title }));
  return formatTable(columns, rows);
}

function reasonTable(reasons: readonly ReasonRow[]): string {
  if (reasons.length === 0) return 'nothing\n';
  const rows = reasons.map(({ kind, axis, times, bytes, seconds, reason }) => [
    kind,
    axis,
    String(times),
    formatBytes(bytes),
    formatSeconds(seconds),
    reason,
  ]);
  const right = ['times', 'bytes', 'seconds'].map(title => ({ title, align: 'right' as const }));
  return formatTable([{ title: 'collective' }, { title: 'axis' }, ...right, { title: 'why' }], rows);
}

function formatLint(lint: readonly LintFinding[]): string {
  if (lint.length === 0) return 'Nothing is odd about it';
  return ['Worth a look', ...lint.map(({ rule, message }) => `  ${rule}: ${message}`)].join('\n');
}
