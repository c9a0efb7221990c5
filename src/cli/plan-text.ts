import { formatBytes, formatSeconds } from '../base/index.ts';
import type { Plan, PlannedCollective, PlannedValue } from '../plan/index.ts';
import { formatTable } from '../report/index.ts';
import { formatPartitionSpec, parseSharding } from '../sharding/index.ts';

/** Inputs that are listed one by one. */
const listedInputs = 16;

/** Prints a plan for people: mesh, how the inputs are split, what moves, memory and seconds. */
export function formatPlanText(plan: Plan): string {
  const axes = plan.mesh.axes.map(([name, size]) => `${name}=${size}`).join(',');
  const { stepSeconds, computeSeconds, communicationSeconds, overlapSeconds } = plan.predicted;
  const hidden = overlapSeconds > 0 ? `, hidden ${formatSeconds(overlapSeconds)}` : '';
  return [
    `${plan.program.file} on ${plan.cluster}, mesh ${axes}`,
    '',
    'Inputs',
    inputTable(plan.inputs),
    'Expected to move, bytes per device and step',
    trafficTable(plan),
    `Memory per device: ${plan.memory.map(({ kind, bytesPerDevice }) => `${kind} ${formatBytes(bytesPerDevice)}`).join(', ')}`,
    `A step: ${formatSeconds(stepSeconds)} (computing ${formatSeconds(computeSeconds)}, moving ${formatSeconds(communicationSeconds)}${hidden})`,
    ...(plan.search === null ? [] : [formatSearch(plan.search)]),
  ].join('\n');
}

function formatSearch({ seconds, bound, gap }: NonNullable<Plan['search']>): string {
  const proof =
    gap === 0
      ? 'no plan is faster'
      : `no plan is faster than ${formatSeconds(bound)}, ${(100 * gap).toFixed(1)} % less`;
  return `Searched for ${formatSeconds(seconds)}: ${proof}`;
}

/** Inputs of the same type and sharding share a line. */
function inputTable(inputs: readonly PlannedValue[]): string {
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
  const rest = rows.length - listedInputs;
  const columns = ['input', 'type', 'sharding', 'for JAX'].map(title => ({ title }));
  return formatTable(columns, rows.slice(0, listedInputs)) + (rest > 0 ? `and ${rest} more kinds\n` : '');
}

function trafficTable({ collectives }: Plan): string {
  const ideal = sumByKindAndAxis(collectives.ideal);
  const backend = sumByKindAndAxis(collectives.backend);
  const keys = [...new Set([...ideal.keys(), ...backend.keys()])].sort();
  if (keys.length === 0) return 'nothing\n';
  const rows = keys.map(key => [
    ...key.split(' '),
    formatBytes(ideal.get(key) ?? 0),
    formatBytes(backend.get(key) ?? 0),
  ]);
  const columns = [{ title: 'collective' }, { title: 'axis' }];
  const numbers = ['ideal', 'by this backend'].map(title => ({ title, align: 'right' as const }));
  return formatTable([...columns, ...numbers], rows);
}

function sumByKindAndAxis(collectives: readonly PlannedCollective[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { kind, axes, bytesPerDevice, trips } of collectives) {
    const key = `${kind} ${axes.join(',')}`;
    sums.set(key, (sums.get(key) ?? 0) + bytesPerDevice * trips);
  }
  return sums;
}
