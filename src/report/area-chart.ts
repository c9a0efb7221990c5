import { formatBytes } from '../base/index.ts';
import type { MemoryOverTime } from './plan-report.ts';
import { escapeText, label, line, rectangle, round, svg } from './svg.ts';
import { legend } from './traffic-chart.ts';

/** Columns into which steps are gathered: of each the most that is there in any of its steps. */
const mostColumns = 400;

/**
 * Memory of one device over a step as stacked, stepped areas: what is there all the time below, what comes and goes on
 * top, with a line at the peak and, where it is in sight, at the limit.
 */
export function memoryAreaChart(memory: MemoryOverTime): string {
  const [left, top, plot, height, right, below] = [70, 18, 600, 220, 24, 44];
  const steps = Math.max(1, memory.changing.bytes.length);
  const columns = columnsOf(memory.changing.bytes);
  const base = memory.constant.reduce((sum, { bytes }) => sum + bytes, 0);
  const peak = base + Math.max(0, ...columns);
  const isLimitNear = memory.limitBytes <= 1.6 * peak;
  const most = (isLimitNear ? Math.max(peak, memory.limitBytes) : peak) * 1.05 || 1;
  const yOf = (bytes: number): number => top + height - (bytes / most) * height;
  const xOf = (step: number): number => left + (step / steps) * plot;
  let lower = 0;
  const layers = memory.constant.map(({ kind, bytes }, index) => {
    const [from, to] = [yOf(lower + bytes), yOf(lower)];
    lower += bytes;
    return rectangle(left, from, plot, to - from, `series-${index + 1}`, `${kind}: ${formatBytes(bytes)}`, 0);
  });
  const fill = `series-${memory.constant.length + 1}`;
  const hint = `${memory.changing.kind}: at most ${formatBytes(peak - base)}, at ${memory.peakPlace}`;
  const area = `<path d="${steppedPath(columns, base, left, plot, yOf)}" class="${fill}"><title>${escapeText(hint)}</title></path>`;
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap(part => {
    const bytes = (part * most) / 1.05;
    return [
      line(left, yOf(bytes), left + plot, yOf(bytes), 'grid'),
      label(left - 8, yOf(bytes) + 4, formatBytes(bytes), 'end', 'small'),
    ];
  });
  const at = xOf(memory.peakStep + 0.5);
  const side = at > left + plot / 2 ? 'end' : 'start';
  const peakText = `peak ${formatBytes(peak)} at ${memory.peakPlace}`;
  const parts = [
    ...ticks,
    ...layers,
    area,
    line(at, yOf(peak) - 4, at, top + height, 'peak'),
    label(at + (side === 'end' ? -6 : 6), top - 6, peakText, side, 'small'),
    ...(isLimitNear ? [line(left, yOf(memory.limitBytes), left + plot, yOf(memory.limitBytes), 'limit')] : []),
    ...markLabels(memory, xOf, top + height),
    label(left + plot, top + height + below - 4, `${steps} steps in program order`, 'end', 'small'),
  ];
  const kinds = [...memory.constant.map(({ kind }) => kind), memory.changing.kind];
  const entries = kinds.map((kind, index) => ({ name: escapeText(kind), fill: `series-${index + 1}` }));
  const drawing = svg(left + plot + right, top + height + below, 'memory of one device over a step', parts);
  return `${legend(entries)}${drawing}`;
}

/** The most of each run of steps, so that no peak is lost. */
function columnsOf(bytes: readonly number[]): number[] {
  const count = Math.min(mostColumns, Math.max(1, bytes.length));
  const columns = Array.from({ length: count }, () => 0);
  for (const [step, value] of bytes.entries()) {
    const column = Math.floor((step * count) / bytes.length);
    columns[column] = Math.max(columns[column], value);
  }
  return columns;
}

function steppedPath(
  columns: readonly number[],
  base: number,
  left: number,
  plot: number,
  yOf: (bytes: number) => number,
): string {
  const width = plot / columns.length;
  const tops = columns.map((bytes, index) => `V${round(yOf(base + bytes))}H${round(left + (index + 1) * width)}`);
  return `M${round(left)} ${round(yOf(base))}${tops.join('')}V${round(yOf(base))}Z`;
}

/** Names of steps below the chart, in two rows; those that would run into others are left out. */
function markLabels({ marks }: MemoryOverTime, xOf: (step: number) => number, bottom: number): string[] {
  const ends = [0, 0];
  return marks.flatMap(({ step, name }) => {
    const x = xOf(step);
    const row = ends.findIndex(end => x > end);
    if (row < 0) return [];
    ends[row] = x + 6.2 * name.length + 12;
    const y = bottom + 14 + 13 * row;
    return [line(x, bottom, x, y - 9, 'grid'), label(x + 2, y, name, 'start', 'small')];
  });
}
