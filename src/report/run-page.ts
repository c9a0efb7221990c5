import { formatBytes } from '../base/index.ts';
import { errorChart } from './error-chart.ts';
import { memoryChart } from './memory-chart.ts';
import { factList, htmlPage, noteList, section } from './page-shell.ts';
import { placementGrids } from './placement-grid.ts';
import type { RunReport } from './run-report.ts';
import { escapeText } from './svg.ts';
import { trafficChart } from './traffic-chart.ts';

/** The page of a run: one HTML file that needs nothing else, for light and dark screens. */
export function runReportHtml(report: RunReport): string {
  const body = [
    `<header><h1>${escapeText(report.title)}</h1>${verdict(report)}</header>`,
    factList(report.facts),
    noteList(report.notes),
    ...sections(report),
  ];
  return htmlPage(report.title, body.join('\n'));
}

function verdict({ verified, outputs }: RunReport): string {
  if (verified === undefined) return '';
  const text = verified
    ? `verified: ${outputs.length} outputs equal those of one device`
    : 'not verified: the results differ from those of one device';
  return `<p class="verdict ${verified ? 'yes' : 'no'}">${text}</p>`;
}

function sections(report: RunReport): string[] {
  const { traffic, memory, placements, mesh, outputs } = report;
  return [
    ...(traffic.length === 0
      ? []
      : [section('What moves', trafficIntroduction(report), trafficChart(traffic) + trafficTable(report))]),
    ...(memory.length === 0 ? [] : [section('Memory of one device', '', memoryChart(memory))]),
    ...(mesh.length === 0 || placements.length === 0
      ? []
      : [section('Where the arguments lie', placementIntroduction(report), placementGrids(placements, mesh))]),
    ...(outputs.length === 0
      ? []
      : [
          section(
            'Difference from one device',
            'L2 norm of the difference over that of the reference.',
            errorChart(outputs),
          ),
        ]),
  ];
}

function trafficIntroduction({ unexplainedShare }: RunReport): string {
  const base = 'Bytes on one device in one step, by kind of collective and mesh axis.';
  if (unexplainedShare === undefined) return base;
  return `${base} ${(100 * unexplainedShare).toFixed(1)} % of the compiled bytes are not as predicted.`;
}

function placementIntroduction({ mesh }: RunReport): string {
  const axes = mesh.map(axis => `${axis.name}=${axis.size}`).join(', ');
  return `Mesh ${escapeText(axes)}. Each cell is a piece, with the numbers of the devices that hold it.`;
}

function trafficTable({ traffic }: RunReport): string {
  const rows = traffic.map(({ kind, axis, idealBytes, predictedBytes, compiledBytes }) => {
    const cells = [idealBytes, predictedBytes, compiledBytes].map(bytes => `<td>${formatBytes(bytes)}</td>`);
    return `<tr><th>${escapeText(kind)}</th><th>${escapeText(axis)}</th>${cells.join('')}</tr>`;
  });
  const head = '<tr><th>kind</th><th>axis</th><th>ideal</th><th>predicted</th><th>compiled</th></tr>';
  return `<details><summary>as a table</summary><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></details>`;
}
