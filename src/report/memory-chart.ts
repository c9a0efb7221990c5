import { formatBytes } from '../base/index.ts';
import type { MemoryBar } from './run-report.ts';
import { escapeText, label, rectangle, svg } from './svg.ts';
import { legend } from './traffic-chart.ts';

/** Memory of one device as stacked bars, one part per kind, the same colour for the same kind everywhere. */
export function memoryChart(bars: readonly MemoryBar[]): string {
  const [left, plot, right, bar, gap] = [130, 500, 90, 26, 12];
  const kinds = [...new Set(bars.flatMap(({ parts }) => parts.map(part => part.kind)))];
  const fillOf = (kind: string): string => `series-${(kinds.indexOf(kind) % 8) + 1}`;
  const totals = bars.map(({ parts }) => parts.reduce((sum, part) => sum + part.bytes, 0));
  const most = Math.max(1, ...totals);
  const drawn = bars.flatMap(({ label: name, parts }, index) => {
    const y = gap + index * (bar + gap);
    let x = left;
    const pieces = parts.map(({ kind, bytes }) => {
      const width = (bytes / most) * plot;
      const piece = rectangle(x, y, width - 1.5, bar, fillOf(kind), `${name}, ${kind}: ${formatBytes(bytes)}`);
      x += width;
      return piece;
    });
    const middle = y + bar / 2 + 4;
    return [
      label(left - 10, middle, name, 'end'),
      ...pieces,
      label(x + 6, middle, formatBytes(totals[index]), 'start', 'small'),
    ];
  });
  const height = gap + bars.length * (bar + gap);
  const names = kinds.map(kind => ({ name: escapeText(kind), fill: fillOf(kind) }));
  return `${legend(names)}${svg(left + plot + right, height, 'memory of one device by kind', drawn)}`;
}
