import type { ExperimentPanel } from './experiment-report.ts';
import { escapeText, label, line, round, svg } from './svg.ts';

const [left, top, width, height, right, below] = [48, 16, 350, 220, 18, 44];

export const shareChartSize = [left + width + right, top + height + below] as const;

/**
 * Share served against density: a line through all seeds of each way of planning, its band, a faint dot for each seed,
 * the boundary as a mark on the axis with its interval, and dashed lines that no plan can be above.
 */
export function shareChart(panel: ExperimentPanel, unit: string): string {
  const { lines, bounds } = panel;
  const most = mostDensity(panel);
  const xOf = (density: number): number => left + (Math.min(Math.max(density, 0), most) / most) * width;
  const yOf = (share: number): number => top + (1 - share) * height;
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap(share => [
    line(left, yOf(share), left + width, yOf(share), 'grid'),
    label(left - 6, yOf(share) + 4, `${100 * share} %`, 'end', 'small'),
  ]);
  const dashed = bounds.map(
    ({ name, points }, index) =>
      `<path d="${pathOf(points.map(({ density, share }) => [xOf(density), yOf(share)]))}" class="bound" fill="none"` +
      `${index === 0 ? '' : ' stroke-opacity=".4"'}>` +
      `<title>${escapeText(name)}</title></path>`,
  );
  const bands = lines.map(({ points }, index) => {
    const upper = points.map(({ density, high }) => [xOf(density), yOf(high)] as const);
    const lower = points.map(({ density, low }) => [xOf(density), yOf(low)] as const).reverse();
    return `<path d="${pathOf([...upper, ...lower])}Z" class="band-${index + 1}"/>`;
  });
  const dots = lines.flatMap(({ points }, index) =>
    points.flatMap(({ density, seeds }) =>
      seeds.map(
        share => `<circle cx="${round(xOf(density))}" cy="${round(yOf(share))}" r="1.6" class="faint-${index + 1}"/>`,
      ),
    ),
  );
  const drawn = lines.flatMap(({ name, points }, index) => [
    trace(
      points.map(({ density, share }) => [xOf(density), yOf(share)]),
      index,
    ),
    ...points.map(({ density, share, low, high }) => {
      const range = `${percent(low)} to ${percent(high)}`;
      const hint = `${name}: ${percent(share)} (${range}) of ${formatDensity(density)} ${unit}`;
      return dot(xOf(density), yOf(share), index, hint);
    }),
  ]);
  const marks = lines.flatMap(({ name, boundary }, index) => {
    if (boundary === undefined || !Number.isFinite(boundary.density)) return [];
    const y = yOf(0) - 7 - 9 * index;
    const [low, high] = [xOf(boundary.low), xOf(boundary.high)];
    const hint = `${name} saturates at ${formatDensity(boundary.density)} ${unit}`;
    const at = xOf(boundary.density);
    return [
      `<line x1="${round(low)}" y1="${round(y)}" x2="${round(high)}" y2="${round(y)}" class="line-${index + 1}"/>`,
      `<path d="M${round(at)} ${round(y - 5)}l5 5l-5 5l-5 -5Z" class="series-${index + 1}">` +
        `<title>${escapeText(hint)}</title></path>`,
    ];
  });
  const parts = [...grid, ...densityAxis(most, xOf, unit), ...dashed, ...bands, ...dots, ...drawn, ...marks];
  return svg(left + width + right, top + height + below, `share served against ${unit}, ${panel.title}`, parts);
}

/** Milliseconds of a processor for each request against density, on a logarithmic scale. */
export function millisecondsChart(panel: ExperimentPanel, unit: string): string {
  const most = mostDensity(panel);
  const values = panel.lines.flatMap(({ points }) => points.map(({ milliseconds }) => milliseconds));
  const positive = values.filter(value => value > 0);
  const low = 10 ** Math.floor(Math.log10(Math.min(...positive, 1)));
  const high = Math.max(10 ** Math.ceil(Math.log10(Math.max(...positive, 1))), 10 * low);
  const xOf = (density: number): number => left + (density / most) * width;
  const yOf = (value: number): number =>
    top + (1 - Math.log(Math.max(value, low) / low) / Math.log(high / low)) * height;
  const grid: string[] = [];
  for (let value = low; value <= high * 1.01; value *= 10) {
    grid.push(line(left, yOf(value), left + width, yOf(value), 'grid'));
    grid.push(label(left - 6, yOf(value) + 4, `${round(value)} ms`, 'end', 'small'));
  }
  const drawn = panel.lines.flatMap(({ name, points }, index) => [
    trace(
      points.map(({ density, milliseconds }) => [xOf(density), yOf(milliseconds)]),
      index,
    ),
    ...points.map(({ density, milliseconds }) => {
      const hint = `${name}: ${milliseconds.toPrecision(3)} ms a request at ${formatDensity(density)} ${unit}`;
      return dot(xOf(density), yOf(milliseconds), index, hint);
    }),
  ]);
  const parts = [...grid, ...densityAxis(most, xOf, unit), ...drawn];
  return svg(left + width + right, top + height + below, `milliseconds a request, ${panel.title}`, parts);
}

function mostDensity({ lines }: ExperimentPanel): number {
  return Math.max(0, ...lines.flatMap(({ points }) => points.map(({ density }) => density))) || 1;
}

function densityAxis(most: number, xOf: (density: number) => number, unit: string): string[] {
  const marks: string[] = [];
  const step = niceStep(most / 4);
  for (let density = 0; density <= most * 1.001; density += step) {
    marks.push(line(xOf(density), top + height, xOf(density), top + height + 4, 'tick'));
    marks.push(label(xOf(density), top + height + 17, formatDensity(density), 'middle', 'small'));
  }
  return [...marks, label(left + width / 2, top + height + 36, unit, 'middle', 'small')];
}

/** A round number, at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= least * 0.999) ?? 10 * power;
}

function trace(corners: readonly (readonly [x: number, y: number])[], index: number): string {
  return `<path d="${pathOf(corners)}" class="line-${index + 1}"/>`;
}

function dot(x: number, y: number, index: number, hint: string): string {
  const place = `cx="${round(x)}" cy="${round(y)}" r="3"`;
  return `<circle ${place} class="series-${index + 1}"><title>${escapeText(hint)}</title></circle>`;
}

function pathOf(corners: readonly (readonly [x: number, y: number])[]): string {
  return `M${corners.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

const formatDensity = (density: number): string => `${Number(density.toPrecision(3))}`;
