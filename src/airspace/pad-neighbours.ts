import type { Planner } from './planner.ts';
import { type FlightRequest, serviceSecondsOf } from './problem.ts';

/** A flight that holds a pad, and when. */
export interface Hold {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** When a request can be at a pad: whoever holds it then may be in its way. */
export interface PadWindow {
  readonly pad: string;
  /** How long it holds the pad. */
  readonly seconds: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Where and when a request needs its pads, by its least seconds of flight: to take off, to land and, on a round trip,
 * to land again. The window of landing comes first. Open ends are cut off an hour after.
 */
export function padWindows(planner: Planner, request: FlightRequest): PadWindow[] {
  const { problem } = planner;
  if (problem.mode === 'classic') return [];
  const [from, to] = [String(request.from), String(request.to)];
  const service = (name: string): number => serviceSecondsOf(problem, name);
  const flight = planner.freeSeconds(request.class, from, to);
  const { earliest, roundTrip } = request;
  const { deadline = earliest + flight + 3600 } = request;
  const stop = roundTrip === undefined ? service(to) : (roundTrip.stopSeconds ?? service(to));
  const land = { pad: to, seconds: stop, start: earliest + flight, end: deadline + stop };
  const leave = { pad: from, seconds: service(from), start: earliest - service(from), end: deadline - flight };
  if (roundTrip === undefined) return [land, leave];
  const back = planner.freeSeconds(request.class, to, from);
  const { deadline: home = deadline + stop + back + 3600 } = roundTrip;
  const return_ = { pad: from, seconds: service(from), start: land.start + stop + back, end: home + service(from) };
  return [land, leave, return_];
}

/** Who holds a pad in a window, by start. Zones hold none; accepted flights may be among them. */
export function holdsIn(planner: Planner, { pad, start, end }: PadWindow): Hold[] {
  const { occupancy, problem } = planner;
  const index = problem.pads.findIndex(({ name }) => name === pad);
  const { pads } = occupancy;
  const holds: Hold[] = [];
  const offset = pads.offsets[index] as number;
  for (let entry = offset; entry < offset + (pads.lengths[index] as number); entry++) {
    const from = pads.bounds[2 * entry] as number;
    const until = pads.ends[entry] as number;
    if (from >= end) break;
    const name = planner.nameOfOwner(pads.owners[entry] as number);
    if (until > start && name !== undefined) holds.push({ name, start: from, end: until });
  }
  return holds;
}

/**
 * Groups of neighbours at a pad, of those that can go, whose idle times together are enough for one more hold if they
 * move up: small ones first, and of two the one with more idle time. Where there are none, the largest groups, in the
 * hope that one of them fits elsewhere.
 */
export function groupsAt(
  planner: Planner,
  window: PadWindow,
  sizes: readonly number[],
  canGo: (name: string) => boolean,
): string[][] {
  const holds = holdsIn(planner, window);
  const groups = new Map<string, { readonly names: string[]; readonly spare: number; readonly span: number }>();
  for (const span of sizes) {
    for (let first = 0; first < holds.length && (first === 0 || first + span <= holds.length); first++) {
      const part = holds.slice(first, first + span);
      const names = [...new Set(part.map(({ name }) => name))].filter(canGo);
      const key = names.join('\n');
      const before = Math.max(window.start, holds[first - 1]?.end ?? window.start);
      const after = Math.min(window.end, holds[first + span]?.start ?? window.end);
      const busy = part.reduce((total, { start, end }) => total + end - start, 0);
      const spare = after - before - busy;
      if (names.length > 0 && (groups.get(key)?.spare ?? Number.NEGATIVE_INFINITY) < spare)
        groups.set(key, { names, spare, span });
    }
  }
  const all = [...groups.values()];
  const fitting = all.filter(({ spare }) => spare >= window.seconds);
  const chosen = fitting.length > 0 ? fitting : all.filter(({ span }) => span === sizes.at(-1));
  return chosen.sort((a, b) => a.names.length - b.names.length || b.spare - a.spare).map(({ names }) => names);
}
