import { escapeText, label, line, rectangle, svg } from './svg.ts';
import { legend } from './traffic-chart.ts';

/** A bar with its parts, from left to right. */
export interface StackedBar {
  readonly label: string;
  readonly parts: readonly { readonly kind: string; readonly amount: number }[];
}

/**
 * Stacked bars, one part per kind, the same colour for the same kind everywhere. `mark` is an amount that gets a line
 * across all bars.
 */
export function stackedBars(
  bars: readonly StackedBar[],
  format: (amount: number) => string,
  title: string,
  mark?: number,
): string {
  const [left, plot, right, bar, gap] = [130, 500, 90, 26, 12];
  const kinds = [...new Set(bars.flatMap(({ parts }) => parts.map(part => part.kind)))];
  const fillOf = (kind: string): string => `series-${(kinds.indexOf(kind) % 8) + 1}`;
  const totals = bars.map(({ parts }) => parts.reduce((sum, part) => sum + part.amount, 0));
  const most = Math.max(...totals, mark ?? 0) || 1;
  const drawn = bars.flatMap(({ label: name, parts }, index) => {
    const y = gap + index * (bar + gap);
    let x = left;
    const pieces = parts.map(({ kind, amount }) => {
      const width = (amount / most) * plot;
      const piece = rectangle(x, y, width - 1.5, bar, fillOf(kind), `${name}, ${kind}: ${format(amount)}`);
      x += width;
      return piece;
    });
    const middle = y + bar / 2 + 4;
    return [
      label(left - 10, middle, name, 'end'),
      ...pieces,
      label(x + 6, middle, format(totals[index]), 'start', 'small'),
    ];
  });
  const height = gap + bars.length * (bar + gap);
  const at = left + ((mark ?? 0) / most) * plot;
  const limit = mark === undefined ? [] : [line(at, gap / 2, at, height - gap / 2, 'limit')];
  const names = kinds.map(kind => ({ name: escapeText(kind), fill: fillOf(kind) }));
  return `${legend(names)}${svg(left + plot + right, height, title, [...drawn, ...limit])}`;
}
