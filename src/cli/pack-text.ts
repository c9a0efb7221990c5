import { formatBytes, formatSeconds } from '../base/index.ts';
import {
  hasFixedLifetimes,
  type Infeasibility,
  type MemoryOutcome,
  type MemoryPlan,
  type MemoryProblem,
  measureOrder,
  type Resident,
  type Violation,
} from '../memory/index.ts';
import { formatTable } from '../report/index.ts';

/** Tensors that are named where something is full. */
const listedResidents = 6;
/** Broken rules that are told. */
const listedViolations = 10;

/** Prints what packing came to for people: of an order alone its peak is what counts. */
export function formatPackText(
  path: string,
  problem: MemoryProblem,
  outcome: MemoryOutcome,
  orderOnly = false,
): string {
  const { stats, status, solution, explanation } = outcome;
  const operators = hasFixedLifetimes(problem) ? '' : `${problem.operators.length} operators, `;
  const [what, most] = orderOnly ? ['peak', stats.peakBytes] : ['arena', stats.arenaBytes];
  const gap = most - stats.boundBytes;
  const proven = [
    ...(stats.isLayoutOptimal && !orderOnly ? ['no layout of this order is smaller'] : []),
    ...(stats.isOrderOptimal && operators !== '' ? ['no order has a lower peak'] : []),
  ];
  const verdict = [status, ...(proven.length === 0 ? [] : [proven.join(', ')])].join('; ');
  const atOnce = 'at once, parameters and state included';
  return [
    `${path}: ${operators}${problem.tensors.length} tensors`,
    '',
    ...aligned([
      ['arena', bytes(stats.arenaBytes), orderOnly ? 'of some addresses; none were searched' : verdict],
      ['peak', bytes(stats.peakBytes), orderOnly ? `${verdict}; ${atOnce}` : atOnce],
      ['resident', bytes(stats.residentBytes), 'inputs and constants'],
      ['transient', bytes(stats.transientBytes), 'peak less resident'],
      [
        'bound',
        bytes(stats.boundBytes),
        `proven; the ${what} is ${gap === 0 ? 'at it' : `${percent(gap, stats.boundBytes)} above`}`,
      ],
    ]),
    ...(stats.banks.length > 1 ? [bankTable(stats.banks)] : []),
    `order: ${stats.order}; layout: ${stats.layout}; ${stats.nodes} nodes in ${formatSeconds(stats.seconds)}`,
    ...(stats.otherOrders > 0 ? [`${stats.otherOrders} other orders of no higher peak were laid out`] : []),
    ...(solution === undefined || operators === '' ? [] : ['', ...peakLines(problem, solution)]),
    ...(stats.rivals.length === 0 ? [] : ['', rivalTable(outcome)]),
    ...(explanation === undefined ? [] : ['', ...explainLines(explanation)]),
    ...(status === 'timeout' ? ['', 'this plan does not fit the capacity, and nothing proves that none does'] : []),
  ]
    .join('\n')
    .trimEnd();
}

/** Prints the verdict on a plan. */
export function formatVerdict(path: string, arenaBytes: number, violations: readonly Violation[]): string {
  if (violations.length === 0) return `${path} is valid: an arena of ${bytes(arenaBytes)}`;
  const rest = violations.length - listedViolations;
  return [
    `${path} breaks ${violations.length} rule${violations.length === 1 ? '' : 's'}`,
    ...violations.slice(0, listedViolations).map(({ rule, message }) => `  ${rule}: ${message}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ].join('\n');
}

function bytes(value: number): string {
  return value < 1000 ? `${value} B` : `${formatBytes(value)} (${value} B)`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? formatBytes(part) : `${((100 * part) / whole).toFixed(part / whole < 0.0995 ? 2 : 1)} %`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map(column => Math.max(...rows.map(row => row[column].length)));
  return rows.map(([name, value, remark]) => `${name.padEnd(widths[0])}  ${value.padStart(widths[1])}  ${remark}`);
}

function bankTable(banks: MemoryOutcome['stats']['banks']): string {
  const columns = [
    { title: 'bank' },
    ...['arena', 'bound', 'capacity'].map(title => ({ title, align: 'right' as const })),
  ];
  const rows = banks.map(({ name, arenaBytes, boundBytes, capacityBytes }) => [
    name,
    formatBytes(arenaBytes),
    formatBytes(boundBytes),
    capacityBytes === undefined ? '' : formatBytes(capacityBytes),
  ]);
  return `\n${formatTable(columns, rows)}`;
}

function peakLines(problem: MemoryProblem, plan: MemoryPlan): string[] {
  if (plan.order.length === 0) return [];
  const { liveness, residents } = measureOrder(problem, plan.order);
  const { name } = problem.operators[plan.order[liveness.peakStep]];
  return [`The peak is at ${name}, step ${liveness.peakStep} of ${plan.order.length}:`, ...residentLines(residents)];
}

function residentLines(residents: readonly Resident[]): string[] {
  const shown = residents.slice(0, listedResidents);
  const rest = residents.slice(listedResidents);
  const restBytes = rest.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [
    ...shown.map(({ name, sizeBytes }) => `  ${formatBytes(sizeBytes).padStart(8)}  ${name}`),
    ...(rest.length === 0 ? [] : [`  ${formatBytes(restBytes).padStart(8)}  ${rest.length} others`]),
  ];
}

function rivalTable({ stats }: MemoryOutcome): string {
  const columns = [
    { title: 'what others do' },
    { title: 'order' },
    { title: 'layout' },
    ...['peak', 'arena', 'over ours'].map(title => ({ title, align: 'right' as const })),
  ];
  const rows = stats.rivals.map(({ name, order, layout, peakBytes, arenaBytes }) => [
    name,
    order,
    layout,
    formatBytes(peakBytes),
    formatBytes(arenaBytes),
    percent(arenaBytes - stats.arenaBytes, stats.arenaBytes),
  ]);
  return formatTable(columns, rows).trimEnd();
}

function explainLines({ bank, capacityBytes, neededBytes, where, residents }: Infeasibility): string[] {
  return [
    `It cannot fit: bank ${bank} has ${bytes(capacityBytes)}, but ${bytes(neededBytes)} are needed ${placeOf(where)}:`,
    ...residentLines(residents),
  ];
}

function placeOf(where: Infeasibility['where']): string {
  switch (where.kind) {
    case 'time':
      return `at time ${where.time}`;
    case 'search':
      return `or more, as a search of ${where.nodes} nodes proved. Most is there at time ${where.time}`;
    case 'orders':
      return `in every order, as a search of ${where.nodes} nodes proved. There are always`;
    case 'pair':
      return `at ${where.names[0]} or at ${where.names[1]}, whichever runs first. There are always`;
    case 'cut':
      return `at ${where.name}, whatever runs before. Where it needs least, these are there`;
    case 'operator':
    case 'ends':
      return `in every order, at ${where.name}`;
  }
}
