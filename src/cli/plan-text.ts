import { formatBytes, formatCount, formatSeconds } from '../base/index.ts';
import {
  type Alternative,
  type AxisExplanation,
  type BlockExplanation,
  type PlacementGroup,
  type PlanExplanation,
  type ProductGroup,
  percent,
} from '../explain/index.ts';
import { formatTransform } from '../parallel/index.ts';
import type { Plan } from '../plan/index.ts';
import { formatTable } from '../report/index.ts';

/** Groups of collectives, differences and blocks that are listed one by one. */
const [listedTraffic, listedDifferences, listedBlocks] = [5, 3, 3];
/** Columns that a list of names may take. */
const namesWidth = 76;

/** Prints a plan for people: mesh, placements, what moves most, memory, the next best plan, seconds and bound. */
export function formatPlanText(explanation: PlanExplanation): string {
  const { plan, second } = explanation;
  const axes = plan.mesh.axes.map(([name, size]) => `${name}=${size}`).join(',');
  return [
    `${plan.program.file} on ${plan.cluster}, mesh ${axes}`,
    ...(plan.transform === undefined
      ? []
      : [`It does not fit as it is, so it is done ${formatTransform(plan.transform)}`]),
    '',
    ...explanation.axes.map(axis => formatAxis(axis, explanation.axes)),
    '',
    ...placementLines(explanation.blocks),
    '',
    trafficTable(explanation),
    formatMemory(explanation),
    ...(second === undefined ? [] : [formatSecond(second, plan)]),
    ...secondsLines(plan),
  ].join('\n');
}

/** `tp = 4 over nvlink: columns of 67 % of the weights`. */
function formatAxis({ name, size, links, cuts }: AxisExplanation, all: readonly AxisExplanation[]): string {
  const width = Math.max(...all.map(axis => axis.name.length));
  const words = cuts.length === 0 ? 'nothing' : cuts.join(', ');
  const over = links.length === 0 ? '' : ` over ${links.join(' and ')}`;
  return `${name.padEnd(width)} = ${size}${over} cuts ${words}`;
}

function placementLines(blocks: readonly BlockExplanation[]): string[] {
  const [outside] = blocks.slice(-1);
  const repeated = blocks.slice(0, -1);
  const shown = repeated.slice(0, listedBlocks);
  const more = repeated.length - shown.length;
  return [
    ...shown.flatMap(block => blockLines(block, `${block.name} x ${block.repeats}`, 6)),
    ...(more > 0 ? [`and ${counted(more, 'more block')}`] : []),
    ...(outside === undefined ? [] : blockLines(outside, repeated.length === 0 ? 'All' : 'Outside of blocks', 4)),
  ];
}

/** A heading, then one line for each sharding, then what the products do. */
function blockLines(block: BlockExplanation, title: string, most: number): string[] {
  const placed = [...block.weights, ...block.inputs];
  const shown = placed.slice(0, most);
  const width = Math.max(0, ...shown.map(({ sharding }) => sharding.length), 'products'.length);
  const line = (head: string, text: string): string => `  ${head.padEnd(width)}  ${text}`.trimEnd();
  const rest = placed.length - shown.length;
  return [
    title,
    ...shown.map(({ sharding, names }) => line(sharding, listNames(names))),
    ...(rest > 0
      ? [line('', `and ${counted(rest, 'more kind')}, ${formatBytes(sumBytes(placed.slice(most)))} in all`)]
      : []),
    ...stateLines(block, line),
    ...(block.products.length === 0 ? [] : [line('products', formatProducts(block.products))]),
  ];
}

function stateLines(block: BlockExplanation, line: (head: string, text: string) => string): string[] {
  const { otherState, stateAsWeights } = block;
  if (otherState.length === 0) return stateAsWeights ? [line('state', 'of the optimizer lies as the weights do')] : [];
  const [first, ...others] = otherState;
  const more = others.length === 0 ? '' : `; and ${counted(others.length, 'more kind')}`;
  return [line('state', `of ${listNames(first.names, 40)} lies as ${first.sharding}${more}`)];
}

/** `batch {dp}, columns {tp} (44 % of FLOPs); inner {dp} (20 %)`. */
function formatProducts(products: readonly ProductGroup[]): string {
  const [first, ...others] = products;
  const shown = [first, ...others.slice(0, 2)];
  const rest = products.length - shown.length;
  const told = shown.map(({ cut, count, flopsShare }, index) => {
    const share = index === 0 ? `${percent(flopsShare)} of FLOPs` : percent(flopsShare);
    return `${cut} (${count}, ${share})`;
  });
  return told.join('; ') + (rest > 0 ? `; ${counted(rest, 'more way')}` : '');
}

/** As many names as fit, and how many more there are. */
export function listNames(names: readonly string[], width = namesWidth): string {
  let text = names[0];
  for (const [index, name] of names.entries()) {
    if (index === 0) continue;
    if (text.length + name.length + 2 > width) return `${text} and ${names.length - index} more`;
    text = `${text}, ${name}`;
  }
  return text;
}

function trafficTable({ traffic, plan }: PlanExplanation): string {
  if (traffic.length === 0) return 'Nothing moves';
  const shown = traffic.slice(0, listedTraffic);
  const rows = shown.map(({ kind, axis, what, times, bytes, seconds, share }) => [
    kind,
    axis,
    what,
    String(times),
    formatBytes(bytes),
    formatSeconds(seconds),
    percent(share),
  ]);
  const left = ['moves most', 'axis', 'what'].map(title => ({ title }));
  const right = ['times', 'bytes', 'seconds', 'of the step'].map(title => ({ title, align: 'right' as const }));
  const rest = traffic.slice(listedTraffic);
  const seconds = rest.reduce((sum, group) => sum + group.seconds, 0);
  const share = percent(seconds / Math.max(plan.predicted.stepSeconds, Number.MIN_VALUE));
  const more =
    rest.length === 0 ? '' : `and ${counted(rest.length, 'more kind')}: ${formatSeconds(seconds)}, ${share}\n`;
  return formatTable([...left, ...right], rows) + more;
}

function formatMemory({ plan, memoryLimitBytes }: PlanExplanation): string {
  const all = plan.memory.reduce((sum, { bytesPerDevice }) => sum + bytesPerDevice, 0);
  const kinds = plan.memory.map(({ kind, bytesPerDevice }) => `${kind} ${formatBytes(bytesPerDevice)}`).join(', ');
  const share = percent(all / memoryLimitBytes);
  const fits = all > memoryLimitBytes ? ', does not fit' : '';
  return `Memory per device: ${formatBytes(all)}, ${share} of ${formatBytes(memoryLimitBytes)}${fits}: ${kinds}`;
}

/** The next best plan in one line, and where it differs in another. */
function formatSecond({ mesh, stepSeconds, memoryBytes, differences }: Alternative, plan: Plan): string {
  const slower = stepSeconds / plan.predicted.stepSeconds - 1;
  const change = `${slower < 0 ? '-' : '+'} ${percent(Math.abs(slower))}`;
  const head = `Next best: mesh ${mesh}, ${formatSeconds(stepSeconds)} (${change}), about ${formatBytes(memoryBytes)} a device`;
  const told = differences
    .slice(0, listedDifferences)
    .map(({ name, here, there, bytes }) => `${name} ${there} not ${here} (${formatBytes(bytes)})`);
  const rest = differences.length - told.length;
  const list = told.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return `${head}\n  ${told.length === 0 ? 'cuts all weights into the same pieces' : `cuts otherwise: ${list}`}`;
}

function secondsLines({ predicted, search }: Plan): string[] {
  const { stepSeconds, computeSeconds, communicationSeconds, overlapSeconds } = predicted;
  const hidden = overlapSeconds > 0 ? `, hidden ${formatSeconds(overlapSeconds)}` : '';
  const step = `A step: ${formatSeconds(stepSeconds)} (computing ${formatSeconds(computeSeconds)}, moving ${formatSeconds(communicationSeconds)}${hidden})`;
  if (search === null) return [step];
  const { seconds, bound, gap, space } = search;
  const proof =
    gap === 0
      ? 'no plan is faster'
      : `no plan is faster than ${formatSeconds(bound)}, ${(100 * gap).toFixed(1)} % less`;
  return [
    step,
    `Searched for ${formatSeconds(seconds)}: ${proof}`,
    ...(space === undefined ? [] : [formatSpace(space)]),
  ];
}

function formatSpace(space: NonNullable<NonNullable<Plan['search']>['space']>): string {
  const { assignmentsLog10, meshes, meshesInAll, pruned, choicesCounted, choicesKept } = space;
  const why = pruned.map(rule => `${rule.meshes} ${rule.rule}: ${rule.why}`).join('; ');
  const left = why === '' ? '' : ` (left out: ${why})`;
  const kept = `${formatCount(choicesCounted)} strategies of operations, pruned to ${formatCount(choicesKept)} choices`;
  const searched = `${meshes} of ${counted(meshesInAll, 'mesh', 'meshes')}`;
  return [
    `Of 10^${Math.round(assignmentsLog10)} assignments on this mesh; ${searched}${left}`,
    `  ${kept} with the ways to carry sums`,
  ].join('\n');
}

function sumBytes(groups: readonly PlacementGroup[]): number {
  return groups.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** `1 more kind`, `2 more kinds`. */
function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
