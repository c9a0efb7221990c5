import { formatBytes } from '../base/index.ts';
import type { TrafficRow } from './run-report.ts';
import { label, rectangle, svg } from './svg.ts';

const series = [
  { name: 'ideal', fill: 'series-1', bytes: (row: TrafficRow) => row.idealBytes },
  { name: 'predicted for this backend', fill: 'series-2', bytes: (row: TrafficRow) => row.predictedBytes },
  { name: 'compiled', fill: 'series-3', bytes: (row: TrafficRow) => row.compiledBytes },
];

/** Three bars for each kind and axis: what would be needed, what was predicted, what the compiler made. */
export function trafficChart(rows: readonly TrafficRow[]): string {
  const [left, plot, right, bar, gap] = [210, 420, 90, 12, 14];
  const most = Math.max(1, ...rows.flatMap(row => series.map(one => one.bytes(row))));
  const height = rows.length * (3 * bar + gap) + gap;
  const parts = rows.flatMap((row, index) => {
    const top = gap + index * (3 * bar + gap);
    const name = `${row.kind} over ${row.axis}`;
    return [
      label(left - 10, top + 1.5 * bar + 4, name, 'end'),
      ...series.flatMap(({ name: which, fill, bytes }, k) => {
        const width = (bytes(row) / most) * plot;
        const y = top + k * bar;
        const text = formatBytes(bytes(row));
        return [
          rectangle(left, y, Math.max(width, bytes(row) > 0 ? 1 : 0), bar - 2, fill, `${name}, ${which}: ${text}`),
          label(left + width + 6, y + bar - 3, text, 'start', 'small'),
        ];
      }),
    ];
  });
  const drawing = svg(left + plot + right, height, 'bytes of collectives by kind and mesh axis', parts);
  return `${legend(series)}${drawing}`;
}

/** Names of the colours. */
export function legend(entries: readonly { readonly name: string; readonly fill: string }[]): string {
  const items = entries.map(
    ({ name, fill }) =>
      `<span><svg viewBox="0 0 10 10" class="key"><rect width="10" height="10" rx="2" class="${fill}"/></svg>${name}</span>`,
  );
  return `<p class="legend">${items.join('')}</p>`;
}
