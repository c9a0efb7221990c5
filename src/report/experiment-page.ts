import type { ExperimentPanel, ExperimentReport, ExperimentTable } from './experiment-report.ts';
import { factList, htmlPage, noteList, section } from './page-shell.ts';
import { refusalChart } from './refusal-chart.ts';
import { millisecondsChart, shareChart } from './share-chart.ts';
import { escapeText } from './svg.ts';
import { legend } from './traffic-chart.ts';

/** The page of an airspace experiment: one HTML file that needs nothing else, for light and dark screens. */
export function experimentReportHtml(report: ExperimentReport): string {
  const { title, facts, findings, unit, panels, kinds } = report;
  const header = `<header><h1>${escapeText(title)}</h1></header>`;
  const names = panels[0]?.lines.map(({ name }) => name) ?? [];
  const key = legend(names.map((name, index) => ({ name: escapeText(name), fill: `series-${index + 1}` })));
  const stacked = kinds.map(({ kind }) => kind);
  const kindKey = legend(
    kinds.map(({ kind }, index) => ({ name: escapeText(kind), fill: `series-${(index % 8) + 1}` })),
  );
  const meanings = kinds.map(({ kind, meaning }) => `<li>${escapeText(`${kind}: ${meaning}`)}</li>`).join('');
  return htmlPage(
    title,
    [
      header,
      factList(facts),
      noteList(findings),
      section(
        'Share of requests that are served',
        howToRead,
        key + panelGrid(panels, panel => shareChart(panel, unit)) + boundList(panels),
      ),
      section(
        'Why the others are refused',
        'Of all who ask: who is refused, by what would have to go for a route to be there.',
        kindKey +
          panels.map(panel => refusalGrid(panel, stacked, unit)).join('') +
          `<details><summary>What these mean</summary><ul>${meanings}</ul></details>`,
      ),
      section(
        'Processor time of a request',
        'Everything included: tables, searches, and the independent check of the whole plan. The scale is logarithmic.',
        key + panelGrid(panels, panel => millisecondsChart(panel, unit)),
      ),
      ...report.tables.map(tableSection),
    ].join('\n'),
  );
}

const howToRead =
  'A line is all seeds together, its band the 95 % interval over seeds, a dot one seed; nothing can be above the ' +
  'dashed line. Diamonds mark where the fitted curve falls most, which is where the sky saturates: before, requests ' +
  'find a way, beyond, each more that asks takes the place of another.';

function panelGrid(panels: readonly ExperimentPanel[], draw: (panel: ExperimentPanel) => string): string {
  const figures = panels.map(
    panel => `<figure>${draw(panel)}<figcaption>${escapeText(panel.title)}</figcaption></figure>`,
  );
  return `<div class="panels">${figures.join('')}</div>`;
}

function refusalGrid(panel: ExperimentPanel, kinds: readonly string[], unit: string): string {
  const figures = panel.lines.map(line => `<figure>${refusalChart(line, kinds, unit)}</figure>`);
  return `<h3>${escapeText(panel.title)}</h3><div class="columns">${figures.join('')}</div>`;
}

function boundList(panels: readonly ExperimentPanel[]): string {
  const [first, ...others] = new Set(panels.flatMap(({ bounds }) => bounds.map(({ name }) => name)));
  if (first === undefined) return '';
  const pale = others.length === 0 ? '' : `; pale: ${others.join('; ')}`;
  return `<p class="dim">Dashed, more than any plan serves: ${escapeText(`${first}${pale}`)}.</p>`;
}

function tableSection({ title, introduction, columns, rows, isText = false }: ExperimentTable): string {
  const row = (cells: readonly string[]): string => {
    const [first = '', ...others] = cells.map(escapeText);
    return `<tr><th>${first}</th>${others.map(text => `<td>${text}</td>`).join('')}</tr>`;
  };
  const table = `<table><thead>${row(columns)}</thead><tbody>${rows.map(row).join('')}</tbody></table>`;
  return section(
    escapeText(title),
    escapeText(introduction),
    `<div class="${isText ? 'words' : 'wide'}">${table}</div>`,
  );
}
