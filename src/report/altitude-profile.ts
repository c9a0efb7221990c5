import { formatClock } from './clock.ts';
import type { FlightMapData, MapFlight } from './flight-map.ts';
import { flightTimes } from './flight-playback.ts';
import { drawing, label, line, rectangle, round } from './svg.ts';

/** Where the plot of a profile lies in its drawing, for whoever draws a line of the present on top. */
export const profilePlot = { left: 44, top: 14, width: 284, height: 96, right: 12, below: 26 } as const;

/** The time that a profile covers, waiting before take-off included; nothing where there is no flight. */
export function profileSpan(flight: MapFlight): { readonly start: number; readonly end: number } | undefined {
  const times = flightTimes(flight);
  if (times === undefined) return undefined;
  const start = Math.min(times.start, ...flight.waits.map(wait => wait.start));
  return { start, end: Math.max(times.end, start + 1) };
}

/** Height over time of a flight, with bands where it waits; empty where it does not fly. */
export function altitudeProfile({ epoch }: Pick<FlightMapData, 'epoch'>, flight: MapFlight): string {
  const { left, top, width, height, right, below } = profilePlot;
  const span = profileSpan(flight);
  if (span === undefined) return '';
  const { start, end } = span;
  const xOf = (seconds: number): number => left + ((seconds - start) / (end - start)) * width;
  const most = niceCeiling(Math.max(1, ...flight.legs.flat().map(point => point[2])));
  const yOf = (metres: number): number => top + height - (metres / most) * height;
  const waits = flight.waits.map(wait => {
    const hint = `${wait.kind === 'ground' ? 'waits' : 'hovers'} at ${wait.place}: ${wait.reason}`;
    return rectangle(xOf(wait.start), top, xOf(wait.end) - xOf(wait.start), height, `wait-${wait.kind}`, hint, 0);
  });
  const legs = flight.legs.map(leg => {
    const corners = leg.map(point => `${round(xOf(point[3]))} ${round(yOf(point[2]))}`).join('L');
    const base = `${round(yOf(0))}`;
    const area = `M${round(xOf(leg[0][3]))} ${base}L${corners}V${base}Z`;
    return `<path d="${area}" class="profile-area"/><path d="M${corners}" class="profile-line"/>`;
  });
  const ticks = [0, most / 2, most].flatMap(metres => [
    line(left, yOf(metres), left + width, yOf(metres), 'grid'),
    label(left - 6, yOf(metres) + 4, `${round(metres)} m`, 'end', 'small'),
  ]);
  const parts = [
    ...ticks,
    ...waits,
    ...legs,
    label(left, top + height + 16, formatClock(epoch, start), 'start', 'small'),
    label(left + width, top + height + 16, formatClock(epoch, end), 'end', 'small'),
  ];
  return drawing(left + width + right, top + height + below, `height of ${flight.name} over time`, parts);
}

/** The least of 1, 2 and 5 times a power of ten that is not below a height. */
function niceCeiling(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(metres));
  return ([1, 2, 5, 10].find(factor => factor * power >= metres) ?? 10) * power;
}
