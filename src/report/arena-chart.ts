import { formatBytes } from '../base/index.ts';
import { mergeBoxes, type PixelBox, thinnest } from './arena-merge.ts';
import type { ArenaBox, ArenaPlan, PackReport } from './pack-report.ts';
import { label, line, rectangle, round, shorten, svg } from './svg.ts';

/** Where a chart of bytes over time lies in its drawing. */
export interface ChartFrame {
  readonly left: number;
  readonly top: number;
  readonly plot: number;
  readonly height: number;
  /** Room for the names of lines. */
  readonly right: number;
  readonly below: number;
  /** The bytes at its upper edge. */
  readonly most: number;
}

/** A horizontal line with a name. */
export interface ByteLine {
  readonly name: string;
  readonly bytes: number;
  readonly kind: string;
}

/** Rectangles with a text of their own, in one picture. */
const mostNamed = 1000;
/** Characters of a name in a hint. */
const hintLength = 64;
/** Width of a character of a small label. */
const characterWidth = 6.3;

/**
 * Addresses over time: a rectangle for each tensor and workspace, coloured by kind, with what it is where the pointer
 * rests. Those that are too small, or too many, are drawn together without names.
 */
export function arenaChart(plan: ArenaPlan, report: PackReport, most: number): { html: string; merged: number } {
  const frame: ChartFrame = { left: 64, top: 22, plot: 700, height: 380, right: 116, below: 34, most };
  const { boxes, times, peakTimes } = plan;
  const [xOf, yOf] = [timeScale(frame, times), byteScale(frame)];
  const placed = boxes.map((box): PixelBox => {
    const [x, y] = [xOf(box.from), yOf(box.high)];
    return { x, y, width: xOf(box.to) - x, height: yOf(box.low) - y };
  });
  const { named, paths, merged } = mergeBoxes(boxes, placed, mostNamed);
  const at = peakTimes[0] ?? 0;
  const middle = (xOf(at) + xOf(at + 1)) / 2;
  const bottom = frame.top + frame.height;
  const parts = [
    ...byteTicks(frame),
    ...timeTicks(frame, times, report.unit),
    ...paths.map(({ kind, path }) => `<path d="${path}" class="kind-${kind}"/>`),
    ...named.map(index => drawBox(boxes[index], placed[index], plan, report.unit)),
    ...named.flatMap(index => nameInside(boxes[index], placed[index])),
    ...plan.banks.slice(1).map(({ low }) => line(frame.left, yOf(low), frame.left + frame.plot, yOf(low), 'limit')),
    `<path d="${peakBand(peakTimes, xOf, frame.top - 7)}" class="peak-band"/>`,
    line(middle, frame.top - 7, middle, bottom, 'peak'),
    ...namedLines(frame, linesOf(plan, report)),
    peakLabel(plan, report.unit, middle, frame),
  ];
  const html = svg(
    frame.left + frame.plot + frame.right,
    bottom + frame.below,
    `${plan.title}: addresses over time`,
    parts,
  );
  return { html, merged };
}

/** Arena, peak, bound and capacity of a plan. */
function linesOf({ arenaBytes, peakBytes }: ArenaPlan, { boundBytes, capacityBytes }: PackReport): ByteLine[] {
  return [
    { name: 'arena', bytes: arenaBytes, kind: 'top' },
    { name: 'peak', bytes: peakBytes, kind: 'peak' },
    { name: 'bound', bytes: boundBytes, kind: 'bound' },
    ...(capacityBytes === undefined ? [] : [{ name: 'capacity', bytes: capacityBytes, kind: 'capacity' }]),
  ];
}

/** Where a time, by index, lies from left to right. */
export function timeScale({ left, plot }: ChartFrame, times: readonly number[]): (index: number) => number {
  const first = times[0] ?? 0;
  const span = (times.at(-1) ?? first) - first || 1;
  return index => left + ((times[index] - first) / span) * plot;
}

/** Where bytes lie from top to bottom. */
export function byteScale({ top, height, most }: ChartFrame): (bytes: number) => number {
  return bytes => top + height - (bytes / most) * height;
}

/** Lines at round numbers of bytes. */
export function byteTicks(frame: ChartFrame): string[] {
  const yOf = byteScale(frame);
  return roundNumbers(0, frame.most, 6).flatMap(bytes => [
    line(frame.left, yOf(bytes), frame.left + frame.plot, yOf(bytes), 'grid'),
    label(frame.left - 8, yOf(bytes) + 4, formatBytes(bytes), 'end', 'small'),
  ]);
}

/** Names of round times below a chart. */
export function timeTicks(frame: ChartFrame, times: readonly number[], unit: string): string[] {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  const y = frame.top + frame.height;
  const span = last - first || 1;
  const ticks = roundNumbers(first, last, 8).flatMap(time => {
    const x = frame.left + ((time - first) / span) * frame.plot;
    return [line(x, y, x, y + 4, 'tick'), label(x, y + 16, String(time), 'middle', 'small')];
  });
  const name = label(
    frame.left + frame.plot,
    y + 30,
    unit === 'step' ? 'step: operators in order' : 'time',
    'end',
    'small',
  );
  return [line(frame.left, y, frame.left + frame.plot, y, 'tick'), ...ticks, name];
}

/** Whole numbers 1, 2 or 5 times a power of ten apart, about `count` of them. */
function roundNumbers(from: number, to: number, count: number): number[] {
  const rough = Math.max(1, (to - from) / count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10);
  const found: number[] = [];
  for (let value = Math.ceil(from / step) * step; value <= to; value += step) found.push(value);
  return found;
}

/** Lines across a chart with their names at the right; those at one height share a name, and names keep apart. */
export function namedLines(frame: ChartFrame, lines: readonly ByteLine[]): string[] {
  const yOf = byteScale(frame);
  const right = frame.left + frame.plot;
  const groups = new Map<string, ByteLine[]>();
  for (const one of lines) {
    const key = formatBytes(one.bytes);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const drawn = [...groups.values()].filter(([{ bytes }]) => bytes <= frame.most);
  drawn.sort((a, b) => b[0].bytes - a[0].bytes);
  let last = 0;
  return drawn.flatMap(group => {
    const [{ bytes }] = group;
    const y = yOf(bytes);
    const texts = linesOfNames(group);
    const labels = texts.map((text, index) => {
      last = Math.max(index === 0 ? y + 4 : 0, last + 13);
      return label(right + 6, last, text, 'start', 'small');
    });
    return [...group.map(one => line(frame.left, yOf(one.bytes), right, yOf(one.bytes), one.kind)), ...labels];
  });
}

/** `arena 2.20 GB`, or `arena = peak`, `= bound`, `= 1.05 MB`: as narrow as the room beside a chart. */
function linesOfNames(group: readonly ByteLine[]): string[] {
  const [{ name, bytes }, second, ...rest] = group;
  const size = formatBytes(bytes);
  if (second === undefined) return [`${name} ${size}`];
  // Equal as printed, but for what is lost in rounding.
  const sign = group.every(one => one.bytes === bytes) ? '=' : '\u2248';
  return [`${name} ${sign} ${second.name}`, ...[...rest.map(one => one.name), size].map(text => `${sign} ${text}`)];
}

/** A stripe over the times at which the peak is reached, each at least a pixel wide. */
function peakBand(peakTimes: readonly number[], xOf: (index: number) => number, y: number): string {
  const stripes: { x: number; end: number }[] = [];
  for (const time of peakTimes) {
    const [x, end] = [xOf(time), Math.max(xOf(time + 1), xOf(time) + 1.5)];
    const last = stripes.at(-1);
    if (last !== undefined && x <= last.end + 0.5) last.end = end;
    else stripes.push({ x, end });
  }
  return stripes.map(({ x, end }) => `M${round(x)} ${y}h${round(end - x)}v5h${round(x - end)}z`).join('');
}

function peakLabel(plan: ArenaPlan, unit: string, x: number, { left, plot, top }: ChartFrame): string {
  const { peakBytes, peakOperators, peakTimes, times } = plan;
  const side = x > left + plot / 2 ? 'end' : 'start';
  const rest = peakTimes.length - 1;
  const place = peakOperators[0] ?? `${unit} ${times[peakTimes[0] ?? 0]}`;
  const text = `peak ${formatBytes(peakBytes)} at ${shorten(place, 48)}${rest > 0 ? ` and ${rest} more` : ''}`;
  return label(x + (side === 'end' ? 4 : -4), top - 10, text, side, 'small');
}

function drawBox(box: ArenaBox, { x, y, width, height }: PixelBox, { times }: ArenaPlan, unit: string): string {
  const edge = width >= 6 && height >= 6 ? ' box' : '';
  return rectangle(
    x,
    y,
    Math.max(width, thinnest),
    Math.max(height, thinnest),
    `kind-${box.kind}${edge}`,
    hintOf(box, times, unit),
    0,
  );
}

/** What a rectangle is: `mm_5 (temporary), 411 MB at 2013265920, steps 230 to 236, made by …, read last by …`. */
function hintOf(box: ArenaBox, times: readonly number[], unit: string): string {
  const { kind, name, low, high, address, from, to, maker, reader, isKept } = box;
  const [first, last] = [times[from], unit === 'step' ? times[to] - 1 : times[to]];
  const what = kind === 'workspace' ? `workspace of ${shorten(name, hintLength)}` : shorten(name, hintLength);
  return [
    what,
    `${formatBytes(high - low)} (${high - low} B) at address ${address}`,
    first === last ? `${unit} ${first}` : `${unit}s ${first} to ${last}`,
    ...(maker === undefined ? [] : [`made by ${shorten(maker, hintLength)}`]),
    ...(reader === undefined ? [] : [`last read by ${shorten(reader, hintLength)}`]),
    ...(isKept ? ['kept to the end'] : []),
  ].join('\n');
}

/** The name of a rectangle in it, where there is room. */
function nameInside({ name, low, high }: ArenaBox, { x, y, width, height }: PixelBox): string[] {
  if (height < 15 || width < 60) return [];
  const room = Math.floor((width - 8) / characterWidth);
  const size = formatBytes(high - low);
  const text = name.length + size.length + 2 <= room ? `${name}  ${size}` : shorten(name, room);
  return [label(x + 4, y + Math.min(height / 2 + 4, 14), text, 'start', 'inside')];
}
