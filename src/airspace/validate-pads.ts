import { type AirspaceProblem, endOfLeg, type Flight, landingOf, takeOffOf } from './problem.ts';
import { depthTolerance, roundingOf, show, type Violation } from './violation.ts';

interface Hold {
  readonly flight: string;
  readonly start: number;
  readonly end: number;
}

/** Pads that two flights hold together, or with less than the buffer between them. */
export function checkPads({ pads, separation }: AirspaceProblem, flights: readonly Flight[]): Violation[] {
  const holdsOf = new Map(pads.map(({ name }) => [name, [] as Hold[]]));
  const serviceOf = new Map(pads.map(({ name, serviceSeconds }) => [name, serviceSeconds]));
  const service = (pad: string): number => serviceOf.get(pad) ?? 0;
  for (const flight of flights) {
    const { name, legs } = flight;
    const [origin, target] = [String(flight.from), String(endOfLeg(flight, 0))];
    const hold = (pad: string, start: number, end: number): void => {
      // Held for no time, it is not held.
      if (end > start) holdsOf.get(pad)?.push({ flight: name, start, end });
    };
    const [out, back] = legs;
    hold(origin, takeOffOf(out) - service(origin), takeOffOf(out));
    const landing = landingOf(out);
    hold(target, landing, back === undefined ? landing + service(target) : takeOffOf(back));
    const home = String(endOfLeg(flight, 1));
    if (back !== undefined) hold(home, landingOf(back), landingOf(back) + service(home));
  }
  return [...holdsOf].flatMap(([pad, holds]) => collide(pad, holds, separation.bufferSeconds));
}

function collide(pad: string, holds: readonly Hold[], buffer: number): Violation[] {
  const found: Violation[] = [];
  const sorted = [...holds].sort((a, b) => a.start - b.start || a.end - b.end);
  sorted.forEach((first, index) => {
    const slack = depthTolerance + roundingOf(first.end);
    for (let other = index + 1; other < sorted.length; other++) {
      const second = sorted[other];
      if (second.start - buffer >= first.end - slack) break;
      if (first.start - buffer >= second.end - slack || first.flight === second.flight) continue;
      const tell = ({ flight, start, end }: Hold): string => `${flight} from ${show(start)} to ${show(end)} s`;
      const gap = buffer > 0 ? `, with less than ${show(buffer)} s between them` : '';
      const message = `pad ${pad} is held by ${tell(first)} and by ${tell(second)}${gap}`;
      found.push({ kind: 'pad', message, flights: [first.flight, second.flight], time: second.start });
    }
  });
  return found;
}
