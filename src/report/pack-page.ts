import { formatBytes } from '../base/index.ts';
import { arenaChart } from './arena-chart.ts';
import { liveChart } from './live-chart.ts';
import type { AliveTable, ArenaPlan, PackReport } from './pack-report.ts';
import { factList, htmlPage, noteList, section } from './page-shell.ts';
import { escapeText, shorten } from './svg.ts';
import { legend } from './traffic-chart.ts';

/** Characters of a name in a table. */
const nameLength = 70;
/** Operators at the peak that are named. */
const namedOperators = 4;

/** The page of a memory plan: one HTML file that needs nothing else, for light and dark screens. */
export function packReportHtml(report: PackReport): string {
  const { title, facts, notes } = report;
  const header = `<header><h1>${escapeText(title)}</h1></header>`;
  return htmlPage(title, [header, factList(facts), noteList(notes), ...sections(report)].join('\n'));
}

function sections(report: PackReport): string[] {
  const { plans, alive, suggestions, capacityBytes = 0, boundBytes } = report;
  const highest = Math.max(boundBytes, ...plans.map(({ arenaBytes }) => arenaBytes));
  const isNear = capacityBytes <= 1.6 * highest;
  const most = (isNear ? Math.max(highest, capacityBytes) : highest) * 1.03 || 1;
  const key = legend(report.kinds.map(({ kind, name }) => ({ name: escapeText(name), fill: `kind-${kind}` })));
  const pictures = plans.map((plan, index) => pictureSection(plan, report, most, index === 0 ? key : ''));
  const points = suggestions.map(text => `<li>${escapeText(text)}</li>`).join('');
  return [
    ...pictures,
    section(escapeText(`What is live at each ${report.unit}`), liveIntroduction, liveKey(plans) + liveChart(report)),
    ...(alive.rows.length === 0
      ? []
      : [section('What is there at the peak', escapeText(alive.place), aliveTable(alive))]),
    ...(points === '' ? [] : [section('What would lower it', '', `<ul class="suggestions">${points}</ul>`)]),
  ];
}

const liveIntroduction =
  'Bytes that are needed at once, wherever they lie. What an arena takes beyond the highest of them is holes.';

function liveKey(plans: readonly ArenaPlan[]): string {
  return legend(plans.map(({ title, role }) => ({ name: escapeText(title), fill: `live-${role}` })));
}

/** A picture with what it takes, what sets its peak, and what of it is drawn together. */
function pictureSection(plan: ArenaPlan, report: PackReport, most: number, key: string): string {
  const { html, merged } = arenaChart(plan, report, most);
  const { boxes, banks } = plan;
  const sizes = `An arena of ${formatBytes(plan.arenaBytes)} for a peak of ${formatBytes(plan.peakBytes)}.`;
  const lines = [
    `${sizes} ${peakSentence(plan, report)}`,
    ...(banks.length > 1 ? [`Banks from below: ${banks.map(bankText).join(', ')}.`] : []),
    ...(merged === 0
      ? []
      : [
          `The largest ${boxes.length - merged} of ${boxes.length} rectangles say what they are ` +
            `where the pointer rests; the other ${merged}, too small or too many, are drawn together.`,
        ]),
  ];
  return section(escapeText(plan.title), lines.map(escapeText).join('<br>'), key + html);
}

function bankText({ name, arenaBytes }: ArenaPlan['banks'][number]): string {
  return `${name} with ${formatBytes(arenaBytes)}`;
}

/** Which operators, or times, set the peak. */
function peakSentence({ peakTimes, peakOperators, times }: ArenaPlan, { unit }: PackReport): string {
  if (peakTimes.length === 0) return '';
  const first = peakTimes.slice(0, namedOperators).map(time => times[time]);
  const rest = peakTimes.length - first.length;
  const more = rest > 0 ? ` and ${rest} more` : '';
  if (peakOperators.length === 0) return `The peak is at ${unit} ${first.join(', ')}${more}.`;
  const named = first.map((time, index) => `${shorten(peakOperators[index] ?? '', nameLength)} (${unit} ${time})`);
  return `The peak is at ${named.join(', ')}${more}.`;
}

function aliveTable({ rows, others }: AliveTable): string {
  const cell = (text: string): string => `<td class="name">${escapeText(shorten(text, nameLength))}</td>`;
  const lines = rows.map(({ kind, name, bytes, share, maker, reader, life }) => {
    const key = `<svg viewBox="0 0 10 10" class="key"><rect width="10" height="10" rx="2" class="kind-${kind}"/></svg>`;
    const numbers = `<td>${formatBytes(bytes)}</td><td>${percent(share)}</td>`;
    const head = `<th class="name">${key}${escapeText(shorten(name, nameLength))}</th>`;
    return `<tr>${head}${numbers}${cell(maker)}${cell(reader)}<td>${escapeText(life)}</td></tr>`;
  });
  const rest =
    others.count === 0
      ? ''
      : `<tr><th>${others.count} others</th><td>${formatBytes(others.bytes)}</td>${'<td></td>'.repeat(4)}</tr>`;
  const titles = ['bytes', 'share', 'made by', 'last read by', 'lives'];
  const head = titles.map(title => `<td${/ by/.test(title) ? ' class="name"' : ''}>${title}</td>`).join('');
  return `<table><thead><tr><th>tensor</th>${head}</tr></thead><tbody>${lines.join('')}${rest}</tbody></table>`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
