import { formatBytes } from '../base/index.ts';
import { byteScale, byteTicks, type ChartFrame, namedLines, timeTicks } from './arena-chart.ts';
import type { ArenaPlan, PackReport } from './pack-report.ts';
import { escapeText, round, svg } from './svg.ts';

/** Columns into which times are gathered: of each the most that is live in any of its times. */
const mostColumns = 700;

/** Live bytes over time, one stepped area for each plan, with a line at the bound. */
export function liveChart({ plans, boundBytes, unit }: PackReport): string {
  const highest = Math.max(boundBytes, ...plans.map(({ peakBytes }) => peakBytes));
  const frame: ChartFrame = {
    left: 64,
    top: 12,
    plot: 700,
    height: 200,
    right: 116,
    below: 34,
    most: highest * 1.04 || 1,
  };
  const draw = (plan: ArenaPlan, kind: string): string => {
    const hint = `${plan.title}: at most ${formatBytes(plan.peakBytes)}`;
    return `<path d="${steppedPath(plan, frame)}" class="${kind}"><title>${escapeText(hint)}</title></path>`;
  };
  // The outline of what is behind, once more in front.
  const outlines = plans.slice(0, -1).map(plan => draw(plan, `line-${plan.role}`));
  const parts = [
    ...byteTicks(frame),
    ...plans.map(plan => draw(plan, `live-${plan.role}`)),
    ...outlines,
    ...timeTicks(frame, plans.at(-1)?.times ?? [], unit),
    ...namedLines(frame, [{ name: 'bound', bytes: boundBytes, kind: 'bound' }]),
  ];
  const [width, height] = [frame.left + frame.plot + frame.right, frame.top + frame.height + frame.below];
  return svg(width, height, 'live bytes over time', parts);
}

/** The outline of the live bytes of a plan, down to nothing at both ends. */
function steppedPath({ times, liveBytes }: ArenaPlan, frame: ChartFrame): string {
  const first = times[0] ?? 0;
  const span = (times.at(-1) ?? first) - first || 1;
  const yOf = byteScale(frame);
  const columns = new Float64Array(mostColumns);
  for (const [index, bytes] of liveBytes.entries()) {
    const [from, to] = [index, index + 1].map(at => ((times[at] - first) / span) * mostColumns);
    for (let column = Math.floor(from); column < Math.max(to, Math.floor(from) + 1) && column < mostColumns; column++) {
      columns[column] = Math.max(columns[column], bytes);
    }
  }
  let path = `M${frame.left} ${round(yOf(0))}`;
  for (const [column, bytes] of columns.entries()) {
    if (column > 0 && bytes === columns[column - 1]) continue;
    const x = round(frame.left + (column / mostColumns) * frame.plot);
    path += `H${x}V${round(yOf(bytes))}`;
  }
  return `${path}H${frame.left + frame.plot}V${round(yOf(0))}Z`;
}
