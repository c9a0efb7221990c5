import { formatBytes, formatSeconds } from '../base/index.ts';
import { memoryAreaChart } from './area-chart.ts';
import { factList, htmlPage, noteList, section } from './page-shell.ts';
import { placementGrids } from './placement-grid.ts';
import type { AxisTraffic, PlanBlock, PlanReport, TrafficLine } from './plan-report.ts';
import { stackedBars } from './stacked-bars.ts';
import { escapeText } from './svg.ts';

/** Arguments that are drawn for each block, largest first. */
const drawnPerBlock = 8;

/** The page of a plan: one HTML file that needs nothing else, for light and dark screens. */
export function planReportHtml(report: PlanReport): string {
  const { title, facts, notes } = report;
  const header = `<header><h1>${escapeText(title)}</h1></header>`;
  return htmlPage(title, [header, factList(facts), noteList(notes), ...sections(report)].join('\n'));
}

function sections(report: PlanReport): string[] {
  const { axes, blocks, traffic, memory, steps } = report;
  return [
    ...(axes.length === 0 ? [] : [section('What the axes of the mesh are for', '', axisList(axes))]),
    section('Seconds of a step', stepIntroduction(report), stepChart(report)),
    ...(traffic.length === 0 ? [] : [section('What moves', trafficIntroduction, trafficBody(report))]),
    ...(steps.length === 0 ? [] : [section('Memory of one device over a step', '', memoryBody(memory))]),
    ...blocks.map(block => section(escapeText(block.title), '', blockBody(block, report))),
  ];
}

function axisList(axes: PlanReport['axes']): string {
  const items = axes.map(({ name, text }) => `<li><b>${escapeText(name)}</b> ${escapeText(text)}</li>`);
  return `<ul class="axes">${items.join('')}</ul>`;
}

function stepIntroduction({ boundSeconds }: PlanReport): string {
  if (boundSeconds === undefined) return 'As predicted from the cluster\u2019s profile.';
  return `As predicted. The line is at ${formatSeconds(boundSeconds)}: no plan in the space that was searched is faster.`;
}

function stepChart({ steps, boundSeconds }: PlanReport): string {
  const bars = steps.map(({ label, parts }) => ({
    label,
    parts: parts.map(({ kind, seconds }) => ({ kind, amount: seconds })),
  }));
  return stackedBars(bars, formatSeconds, 'seconds of a step', boundSeconds);
}

const trafficIntroduction =
  'Bytes on one device in one step by mesh axis, then the groups of collectives that take longest.';

function trafficBody({ traffic, longest }: PlanReport): string {
  const bars = traffic.map(({ axis, parts }: AxisTraffic) => ({
    label: axis,
    parts: parts.map(({ kind, bytes }) => ({ kind, amount: bytes })),
  }));
  return stackedBars(bars, formatBytes, 'bytes of collectives by mesh axis') + longestTable(longest);
}

function longestTable(lines: readonly TrafficLine[]): string {
  const rows = lines.map(({ kind, axis, what, times, bytes, seconds, share }) => {
    const names = [kind, axis, what].map(text => `<th>${escapeText(text)}</th>`).join('');
    const cells = [String(times), formatBytes(bytes), formatSeconds(seconds), `${(100 * share).toFixed(1)} %`];
    return `<tr>${names}${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const titles = ['collective', 'axis', 'what', 'times', 'bytes', 'seconds', 'of the step'];
  const head = titles.map((title, index) => (index < 3 ? `<th>${title}</th>` : `<td>${title}</td>`)).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function memoryBody(memory: PlanReport['memory']): string {
  const rows = memory.largest.map(
    ({ name, count, bytes }) => `<tr><th>${escapeText(name)}</th><td>${count}</td><td>${formatBytes(bytes)}</td></tr>`,
  );
  const head = '<tr><th>largest at the peak, beside the arguments</th><td>tensors</td><td>bytes</td></tr>';
  const table = `<table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
  return memoryAreaChart(memory) + (rows.length === 0 ? '' : table);
}

function blockBody({ products, placements }: PlanBlock, { mesh }: PlanReport): string {
  const lines = products.map(line => `<li>${escapeText(line)}</li>`).join('');
  const list = lines === '' ? '' : `<p class="dim">Products</p><ul class="products">${lines}</ul>`;
  const grids = placements.length === 0 ? '' : placementGrids(placements, mesh, drawnPerBlock);
  return list + grids;
}
