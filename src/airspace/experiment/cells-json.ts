import { blockedKinds } from './blocked.ts';
import type { CellRecord } from './cells.ts';
import type { ExperimentMode } from './parameters.ts';

/** A record as one line of JSON, without its line break. */
export function formatCell(record: CellRecord): string {
  return JSON.stringify(record);
}

const countFields = [
  ...(['density', 'seed', 'asked', 'served', 'proved', 'gaveUp', 'flyable', 'delayed', 'cost', 'boundCost'] as const),
  ...(['padBound', 'laneBound', 'bound'] as const),
  ...(['expansions', 'cpuSeconds', 'padShare', 'busiestPadShare'] as const),
];

const modes: readonly string[] = ['first-come', 'bump', 'batch'] satisfies ExperimentMode[];

/** Reads what `formatCell` writes; undefined where a text is nothing of this kind, or not all of it. */
export function parseCell(text: string): CellRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isCell(value) ? value : undefined;
}

function isCell(value: unknown): value is CellRecord {
  if (!isRecord(value) || !isRecord(value.blocked)) return false;
  const { blocked } = value;
  return (
    modes.includes(String(value.mode)) &&
    typeof value.zones === 'boolean' &&
    countFields.every(field => Number.isFinite(value[field])) &&
    blockedKinds.every(kind => Number.isFinite(blocked[kind]))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
