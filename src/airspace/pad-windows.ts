import type { IntervalTable } from './interval-table-kernel.ts';
import type { LandingWindow } from './route-query.ts';

/**
 * When a vehicle that holds a pad for `serviceSeconds` before may take off from it, from `earliest` on. No time is no
 * hold.
 */
export function takeOffWindows(
  pads: IntervalTable,
  pad: number,
  serviceSeconds: number,
  earliest: number,
): readonly (readonly [start: number, end: number])[] {
  if (serviceSeconds === 0) return [[earliest, Number.POSITIVE_INFINITY]];
  const windows: (readonly [number, number])[] = [];
  forEachGap(pads, pad, earliest - serviceSeconds, (start, end) => {
    const first = Math.max(earliest, start + serviceSeconds);
    if (first <= end) windows.push([first, end]);
  });
  return windows;
}

/** When a vehicle that holds a pad for `holdSeconds` after may land on it: at `deadline` at the latest. */
export function landingWindows(
  pads: IntervalTable,
  pad: number,
  holdSeconds: number,
  earliest: number,
  deadline: number,
): readonly LandingWindow[] {
  if (holdSeconds === 0) return [{ start: earliest, end: deadline, padEnd: Number.POSITIVE_INFINITY }];
  const windows: LandingWindow[] = [];
  forEachGap(pads, pad, earliest, (start, end) => {
    const first = Math.max(earliest, start);
    const last = Math.min(deadline, end - holdSeconds);
    if (first <= last) windows.push({ start: first, end: last, padEnd: end });
  });
  return windows;
}

/** Visits the gaps of a resource that end at `from` or later. */
function forEachGap(
  table: IntervalTable,
  resource: number,
  from: number,
  visit: (start: number, end: number) => void,
): void {
  const offset = table.offsets[resource] as number;
  const length = table.lengths[resource] as number;
  for (let entry = -1; entry < length; entry++) {
    const start = entry < 0 ? Number.NEGATIVE_INFINITY : (table.bounds[2 * (offset + entry) + 1] as number);
    const end = entry + 1 < length ? (table.bounds[2 * (offset + entry + 1)] as number) : Number.POSITIVE_INFINITY;
    if (start <= end && end >= from) visit(start, end);
  }
}
