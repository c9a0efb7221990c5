import type { MapDensity } from './flight-map.ts';
import { drawing, escapeText, label, line, round } from './svg.ts';

/** Share of requests that are served against their density: a line for each way of planning, named at its end. */
export function densityChart({ unit, lines }: MapDensity): string {
  const [left, top, width, height, right, below] = [44, 14, 240, 150, 70, 38];
  const most = Math.max(0, ...lines.flatMap(({ points }) => points.map(({ density }) => density))) || 1;
  const xOf = (density: number): number => left + (density / most) * width;
  const yOf = (share: number): number => top + (1 - share) * height;
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap(share => [
    line(left, yOf(share), left + width, yOf(share), 'grid'),
    label(left - 6, yOf(share) + 4, `${100 * share} %`, 'end', 'small'),
  ]);
  const marks = [0, most / 2, most].map(density =>
    label(xOf(density), top + height + 16, formatDensity(density), 'middle', 'small'),
  );
  const names = spreadLabels(
    lines.map(({ points }) => yOf(points.at(-1)?.share ?? 0)),
    14,
  );
  const drawn = lines.map(({ name, points }, index) => {
    const kind = (index % 8) + 1;
    const corners = points.map(({ density, share }) => `${round(xOf(density))} ${round(yOf(share))}`);
    const dots = points.map(({ density, share }) => {
      const hint = `${name}: ${round(100 * share)} % of ${formatDensity(density)} ${unit}`;
      return `<circle cx="${round(xOf(density))}" cy="${round(yOf(share))}" r="3" class="series-${kind}"><title>${escapeText(hint)}</title></circle>`;
    });
    const path = corners.length > 1 ? `<path d="M${corners.join('L')}" class="line-${kind}"/>` : '';
    return `${path}${dots.join('')}${label(left + width + 8, names[index] + 4, name, 'start', 'small')}`;
  });
  const parts = [...grid, ...marks, ...drawn, label(left + width / 2, top + height + 33, unit, 'middle', 'small')];
  return drawing(left + width + right, top + height + below, `share of requests served against ${unit}`, parts);
}

/** Moves heights down so that any two are at least `gap` apart, in their order. */
function spreadLabels(heights: readonly number[], gap: number): number[] {
  const spread = [...heights];
  const order = heights.map((_, index) => index).sort((a, b) => heights[a] - heights[b]);
  for (const [rank, index] of order.entries()) {
    if (rank > 0) spread[index] = Math.max(spread[index], spread[order[rank - 1]] + gap);
  }
  return spread;
}

const formatDensity = (density: number): string => `${Number(density.toPrecision(3))}`;
