import type { OutputError } from './run-report.ts';
import { label, line, rectangle, shorten, svg } from './svg.ts';

/** Errors of the worst outputs on a logarithmic scale, each beside its limit. */
export function errorChart(outputs: readonly OutputError[], most = 40): string {
  const severity = (output: OutputError): number =>
    output.nonFinite > 0 || Number.isNaN(output.error) ? Number.POSITIVE_INFINITY : output.error / output.limit;
  const worst = [...outputs].sort((a, b) => compare(severity(b), severity(a))).slice(0, most);
  const [left, plot, right, row, top] = [330, 380, 120, 18, 26];
  const [low, high] = [-9, 1];
  const at = (error: number): number => {
    const exponent = error > 0 ? Math.log10(error) : low;
    return left + ((Math.min(Math.max(exponent, low), high) - low) / (high - low)) * plot;
  };
  const height = top + worst.length * row + 8;
  const ticks = Array.from({ length: (high - low) / 2 + 1 }, (_, k) => low + 2 * k).flatMap(exponent => [
    line(at(10 ** exponent), top - 6, at(10 ** exponent), height - 8, 'grid'),
    label(at(10 ** exponent), top - 10, `1e${exponent}`, 'middle', 'small'),
  ]);
  const marks = worst.flatMap((output, index) => {
    const { name, dtype, error, limit, nonFinite } = output;
    const y = top + index * row;
    const bad = nonFinite > 0 || !(error <= limit);
    const text = nonFinite > 0 ? `${nonFinite} not finite` : error.toExponential(1);
    const hint = `${name} (${dtype}): error ${text}, limit ${limit.toExponential(0)}`;
    const x = at(nonFinite > 0 || Number.isNaN(error) ? 10 ** high : error);
    return [
      label(left - 10, y + 12, shorten(name, 46), 'end', 'small'),
      line(at(limit), y + 1, at(limit), y + row - 3, 'limit'),
      rectangle(x - 4, y + 3, 9, 9, bad ? 'bad' : 'good', hint, 5),
      label(Math.max(x, at(limit)) + 9, y + 12, text, 'start', 'small'),
    ];
  });
  const rest = outputs.length - worst.length;
  const more = rest > 0 ? `<p class="dim">and ${rest} outputs with smaller errors</p>` : '';
  const drawing = svg(left + plot + right, height, 'relative error of each output', [...ticks, ...marks]);
  return `<p class="legend"><span>dots: error; upright marks: its limit</span></p>${drawing}${more}`;
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
