import type { ExperimentLine } from './experiment-report.ts';
import { label, line, rectangle, svg } from './svg.ts';

/** Columns of one way of planning: of those who asked at each density, who is refused, stacked by kind. */
export function refusalChart({ name, points }: ExperimentLine, kinds: readonly string[], unit: string): string {
  const [left, top, width, height, right, below] = [44, 24, 216, 130, 6, 42];
  const step = width / Math.max(1, points.length);
  const yOf = (share: number): number => top + (1 - share) * height;
  const grid = [0, 0.5, 1].flatMap(share => [
    line(left, yOf(share), left + width, yOf(share), 'grid'),
    label(left - 6, yOf(share) + 4, `${100 * share} %`, 'end', 'small'),
  ]);
  const columns = points.flatMap(({ density, refused }, index) => {
    const x = left + index * step;
    let upTo = 0;
    const pieces = kinds.flatMap((kind, order) => {
      const share = refused.find(part => part.kind === kind)?.share ?? 0;
      if (share <= 0) return [];
      upTo += share;
      const hint = `${name}, ${density} ${unit}: ${(100 * share).toFixed(1)} % ${kind}`;
      return [rectangle(x + 1.5, yOf(upTo), step - 3, share * height, `series-${(order % 8) + 1}`, hint, 0)];
    });
    return [...pieces, label(x + step / 2, top + height + 15, `${density}`, 'middle', 'small')];
  });
  const parts = [
    ...grid,
    label(left, 14, name),
    ...columns,
    label(left + width / 2, top + height + 33, unit, 'middle', 'small'),
  ];
  return svg(left + width + right, top + height + below, `refused by what keeps them down: ${name}`, parts);
}
