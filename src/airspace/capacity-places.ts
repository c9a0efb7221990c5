import { fewestRefused } from './capacity-sharing.ts';
import type { RequestTimes } from './capacity-times.ts';
import { fewestLate } from './lateness-kernel.ts';
import type { AirspaceProblem, TimeWindow } from './problem.ts';
import { separationSeconds } from './separation-seconds.ts';

/** A thing that many want, and how much of it is asked for. */
export interface ResourceLoad {
  readonly name: string;
  /** Uses that are asked for with a deadline, by requests that could be served alone. */
  readonly asked: number;
  /** What they take of it, as a share of all of it from the first time of use to the last. */
  readonly utilisation: number;
  /** Of the requests that use it, at least so many are refused. */
  readonly refused: number;
}

/** What places refuse, together and each. */
export interface PlaceBound {
  readonly refused: number;
  readonly loads: readonly ResourceLoad[];
}

interface Use {
  /** Which of the requests. */
  readonly request: number;
  readonly release: number;
  readonly due: number;
  readonly seconds: number;
}

/** Less than any seconds that are asked for differ by rounding. */
const rounding = 1e-7;

/**
 * What pads refuse. A flight holds its pad for the service before take-off and after landing; the pad in the middle of
 * a round trip for the stop, at least. Between flights of two vehicles the buffer in time must pass: each hold is
 * longer by it, but for a hold that is followed by another of its own request.
 */
export function boundByPads({ pads, separation }: AirspaceProblem, times: readonly RequestTimes[]): PlaceBound {
  const uses: Use[][] = pads.map(() => []);
  const service = (pad: number): number => pads[pad]?.serviceSeconds ?? 0;
  times.forEach(({ from, to, takeOff, landing, back }, request) => {
    const hold = (pad: number, { start, end }: TimeWindow, seconds: number, isLast: boolean): void => {
      const buffer = isLast ? separation.bufferSeconds : 0;
      const due = end + seconds + buffer;
      if (seconds > 0) uses[pad]?.push({ request, release: start, due, seconds: seconds + buffer - rounding });
    };
    const before = { start: takeOff.start - service(from), end: takeOff.end - service(from) };
    hold(from, before, service(from), back === undefined && from !== to);
    hold(to, landing, back?.stopSeconds ?? service(to), back === undefined || from !== to);
    if (back !== undefined) hold(from, back.landing, service(from), true);
  });
  const names = pads.map(({ name }) => `pad ${name}`);
  return boundBy(
    names,
    uses.map(list => [list]),
    times.map(({ from, to }) => [from, to]),
  );
}

/**
 * What the air around pads refuses. Of two flights that land at one vertex, the later is on its last metres when the
 * earlier lands, if that is less than `separationSeconds` before: too close. So it is with two that take off. A flight
 * that is shorter than this does not count.
 */
export function boundByApproaches(problem: AirspaceProblem, times: readonly RequestTimes[]): PlaceBound {
  const vertices = [...new Set(problem.pads.map(({ vertex }) => vertex))];
  const placeOf = new Map(vertices.map((vertex, place) => [vertex, place]));
  const place = (pad: number): number => placeOf.get(problem.pads[pad]?.vertex ?? -1) ?? -1;
  const seconds = separationSeconds(problem, 1);
  const landings: Use[][] = vertices.map(() => []);
  const takeOffs: Use[][] = vertices.map(() => []);
  times.forEach(({ from, to, takeOff, landing, outSeconds, back }, request) => {
    const pass = (uses: Use[][], at: number, { start, end }: TimeWindow, airSeconds: number): void => {
      if (airSeconds < seconds || place(from) === place(to)) return;
      uses[at]?.push({ request, release: start, due: end + seconds, seconds: seconds - rounding });
    };
    pass(takeOffs, place(from), takeOff, outSeconds);
    pass(landings, place(to), landing, outSeconds);
    if (back === undefined) return;
    pass(takeOffs, place(to), back.takeOff, back.outSeconds);
    pass(landings, place(from), back.landing, back.outSeconds);
  });
  const names = vertices.map(vertex => `approach to ${problem.pads.find(pad => pad.vertex === vertex)?.name}`);
  const pairs = times.map(({ from, to }) => [place(from), place(to)] as const);
  return boundBy(
    names,
    vertices.map((_, at) => [landings[at] as Use[], takeOffs[at] as Use[]]),
    pairs,
  );
}

/** By place: lists of uses, each of which is a machine of its own. */
function boundBy(
  names: readonly string[],
  uses: readonly (readonly Use[][])[],
  pairs: readonly (readonly [number, number])[],
): PlaceBound {
  const loads = names.map((name, place) => {
    const machines = (uses[place] ?? []).map(list => loadOf(name, list));
    return machines.reduce((a, b) => {
      return { ...(a.utilisation < b.utilisation ? b : a), refused: Math.max(a.refused, b.refused) };
    });
  });
  const refused = fewestRefused({
    refused: loads.map(load => load.refused),
    pairs: pairs.filter(([a, b]) => a !== b),
  });
  return { refused, loads };
}

function loadOf(name: string, all: readonly Use[]): ResourceLoad {
  const uses = all.filter(({ due }) => due < Number.POSITIVE_INFINITY);
  if (uses.length === 0) return { name, asked: 0, utilisation: 0, refused: 0 };
  const counts = new Map<number, number>();
  const firsts = uses.filter(({ request }) => {
    const before = counts.get(request) ?? 0;
    counts.set(request, before + 1);
    return before === 0;
  });
  const refused = Math.max(requestsOf(late(uses), [...counts.values()]), late(firsts));
  const [first, last] = [smallest(uses, ({ release }) => release), -smallest(uses, ({ due }) => -due)];
  const asked = uses.reduce((total, { seconds }) => total + seconds, 0);
  return { name, asked: uses.length, utilisation: asked / (last - first), refused };
}

function late(uses: readonly Use[]): number {
  return fewestLate({
    release: Float64Array.from(uses, use => use.release),
    due: Float64Array.from(uses, use => use.due),
    seconds: Float64Array.from(uses, use => use.seconds),
  });
}

/** The fewest requests that `uses` uses can belong to, where each has so many as `counts` says. */
export function requestsOf(uses: number, counts: readonly number[]): number {
  let requests = 0;
  for (const count of [...counts].sort((a, b) => b - a)) {
    if (uses <= 0) break;
    uses -= count;
    requests++;
  }
  return requests;
}

function smallest<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const item of items) least = Math.min(least, measure(item));
  return least;
}
