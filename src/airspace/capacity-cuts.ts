import { type ResourceLoad, requestsOf } from './capacity-places.ts';
import type { RequestTimes } from './capacity-times.ts';
import { edgeSources } from './network.ts';
import type { AirspaceProblem, TimeWindow } from './problem.ts';
import { leastAcross, leastUpright, separationSeconds } from './separation-seconds.ts';
import { isInZone } from './zone-times.ts';

/** A plane upright across the area: x or y is `at`. */
interface Plane {
  readonly axis: 0 | 1;
  readonly at: number;
}

/** Places where the network goes through a plane, so near each other that vehicles pass them one after another. */
interface Lanes {
  readonly seconds: number;
  readonly count: number;
  /** When they are closed. */
  readonly closed: readonly TimeWindow[];
}

/** All lanes of a plane, and from where to where along it they are. */
interface Gate {
  readonly groups: readonly Lanes[];
  readonly low: number;
  readonly high: number;
}

/** A request that must go through a plane, once on each leg. */
interface Crossing {
  readonly request: number;
  readonly release: number;
  readonly due: number;
}

/** Planes along one axis, and times between which crossings are counted. */
const mostPlanes = 16;
const gridTimes = 40;

/**
 * What planes across the area refuse: a flight between pads on two sides goes through one of the places at which edges
 * do. At one place, or at places in a cell of half the least distance, vehicles pass one after another with
 * `separationSeconds` between them: planes keep so far away from all pads that both are in the air all that time.
 * While a zone covers the place, none passes. Of requests whose times lie within an interval, no more are served than
 * places let through; intervals that do not overlap have different requests, and the chain of them that refuses most
 * counts.
 */
export function boundByCuts(problem: AirspaceProblem, times: readonly RequestTimes[]): ResourceLoad[] {
  const sources = edgeSources(problem.network);
  return planesOf(problem).flatMap(plane => {
    const lanes = lanesOf(problem, plane, sources);
    const crossings = crossingsOf(problem, times, plane, lanes);
    return crossings.length === 0 ? [] : [loadOf(plane, crossings, lanes.groups)];
  });
}

/** Planes half-way between pads that are far enough apart, spread over them. */
function planesOf(problem: AirspaceProblem): Plane[] {
  const { network, pads } = problem;
  const away = leastAcross(problem);
  return ([0, 1] as const).flatMap(axis => {
    const column = axis === 0 ? network.x : network.y;
    const places = pads.map(({ vertex }) => column[vertex] as number).sort((a, b) => a - b);
    const middles = places.slice(1).flatMap((place, index) => {
      const before = places[index] as number;
      return place - before > 2 * away ? [{ axis, at: (before + place) / 2 }] : [];
    });
    const step = Math.max(1, middles.length / mostPlanes);
    return middles.filter((_, index) => Math.floor((index + 1) / step) > Math.floor(index / step));
  });
}

/** Who goes from one side to the other, and when at the earliest and the latest, by straight ways to the lanes. */
function crossingsOf(
  { network, pads }: AirspaceProblem,
  times: readonly RequestTimes[],
  { axis, at }: Plane,
  { low, high }: Gate,
): Crossing[] {
  const [across, along] = axis === 0 ? [network.x, network.y] : [network.y, network.x];
  const place = (pad: number): readonly [ahead: number, metres: number] => {
    const vertex = pads[pad]?.vertex ?? -1;
    const ahead = (across[vertex] as number) - at;
    const side = along[vertex] as number;
    return [ahead, Math.hypot(ahead, Math.max(0, low - side, side - high))];
  };
  return times.flatMap(({ from, to, vehicle, takeOff, landing, back }, request) => {
    const [[start, toStart], [goal, toGoal]] = [place(from), place(to)];
    if (start > 0 === goal > 0) return [];
    const speed = vehicle.speedMetresPerSecond;
    const [near, far] = [toStart / speed, toGoal / speed];
    const out = { request, release: takeOff.start + near, due: landing.end - far };
    if (back === undefined) return [out];
    return [out, { request, release: back.takeOff.start + far, due: back.landing.end - near }];
  });
}

/** The places at which edges go through a plane, one by one or by cells: whichever lets fewer through. */
function lanesOf(problem: AirspaceProblem, { axis, at }: Plane, sources: Int32Array): Gate {
  const { x, y, z, edgeTargets } = problem.network;
  const [across, along] = axis === 0 ? [x, y] : [y, x];
  const [width, height] = [leastAcross(problem) / 2, leastUpright(problem) / 2];
  const closed = closedLanes(problem, axis, at);
  const places = new Map<string, readonly TimeWindow[]>();
  const cells = new Map<string, TimeWindow[]>();
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let edge = 0; edge < edgeTargets.length; edge++) {
    const [from, to] = [sources[edge] as number, edgeTargets[edge] as number];
    const [start, end] = [across[from] as number, across[to] as number];
    if (start > at === end > at) continue;
    const share = (at - start) / (end - start);
    const side = (along[from] as number) + share * ((along[to] as number) - (along[from] as number));
    const level = (z[from] as number) + share * ((z[to] as number) - (z[from] as number));
    // To a micrometre: an edge and the one back go through at the same place.
    const key = `${Math.round(side * 1e6)} ${Math.round(level * 1e6)}`;
    if (places.has(key)) continue;
    const windows = closed(side, level);
    places.set(key, windows);
    [low, high] = [Math.min(low, side), Math.max(high, side)];
    const cell = `${Math.floor(side / width)} ${Math.floor(level / height)}`;
    const known = cells.get(cell);
    // A cell is closed where all of its places are, by the same zones.
    cells.set(cell, known === undefined ? [...windows] : known.filter(window => windows.includes(window)));
  }
  const one = separationSeconds(problem, 1 - 1e-6);
  const half = separationSeconds(problem, 0.5 - 1e-6);
  const groups = places.size / one <= cells.size / half ? groupOf(places, one) : groupOf(cells, half);
  return { groups, low, high };
}

/** Lanes that are closed at the same times are counted together. */
function groupOf(places: ReadonlyMap<string, readonly TimeWindow[]>, seconds: number): Lanes[] {
  const groups = new Map<string, { count: number; readonly closed: readonly TimeWindow[] }>();
  for (const closed of places.values()) {
    const key = closed.map(({ start, end }) => `${start} ${end}`).join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { count: 1, closed });
    else group.count++;
  }
  return [...groups.values()].map(({ count, closed }) => ({ seconds, count, closed: merged(closed) }));
}

function merged(windows: readonly TimeWindow[]): TimeWindow[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of [...windows].sort((a, b) => a.start - b.start)) {
    const last = result[result.length - 1];
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/** When zones cover a place of a plane. */
function closedLanes(problem: AirspaceProblem, axis: 0 | 1, at: number): (side: number, level: number) => TimeWindow[] {
  const zones = problem.zones.filter(({ rule }) => rule === 'closed');
  return (side, level) => {
    const [px, py] = axis === 0 ? [at, side] : [side, at];
    return zones.flatMap(zone => (isInZone(zone, px, py, level) ? zone.windows : []));
  };
}

function loadOf(plane: Plane, all: readonly Crossing[], lanes: readonly Lanes[]): ResourceLoad {
  const name = `${plane.axis === 0 ? 'x' : 'y'} = ${Number(plane.at.toFixed(1))} m`;
  const crossings = all.filter(({ due }) => due < Number.POSITIVE_INFINITY);
  if (crossings.length === 0) return { name, asked: 0, utilisation: 0, refused: 0 };
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { release, due } of crossings) [first, last] = [Math.min(first, release), Math.max(last, due)];
  const times = Array.from({ length: gridTimes + 1 }, (_, step) => first + ((last - first) * step) / gridTimes);
  const within = crossingsWithin(crossings, first, last);
  const chains = new Float64Array(gridTimes + 1);
  for (let end = 1; end <= gridTimes; end++) {
    chains[end] = chains[end - 1] as number;
    for (let start = 0; start < end; start++) {
      const asked = within(start, end);
      if (asked <= (chains[end] as number) - (chains[start] as number)) continue;
      const over = asked - passing(lanes, times[start] as number, times[end] as number);
      chains[end] = Math.max(chains[end] as number, (chains[start] as number) + over);
    }
  }
  const counts = new Map<number, number>();
  for (const { request } of crossings) counts.set(request, (counts.get(request) ?? 0) + 1);
  const refused = requestsOf(chains[gridTimes] as number, [...counts.values()]);
  const most = passing(lanes, first, last);
  return { name, asked: crossings.length, utilisation: crossings.length / most, refused };
}

/** Counts the crossings whose times lie between two times of the grid. */
function crossingsWithin(crossings: readonly Crossing[], first: number, last: number) {
  const side = gridTimes + 1;
  const counts = new Int32Array(side * side);
  const step = (last - first) / gridTimes;
  for (const { release, due } of crossings) {
    const start = Math.max(0, Math.min(gridTimes, Math.floor((release - first) / step - 1e-9)));
    const end = Math.max(0, Math.min(gridTimes, Math.ceil((due - first) / step + 1e-9)));
    counts[start * side + end] = (counts[start * side + end] as number) + 1;
  }
  // Sums over all that starts as late or later and ends as early or earlier.
  for (let start = gridTimes; start >= 0; start--) {
    for (let end = 0; end < side; end++) {
      const at = start * side + end;
      const later = start < gridTimes ? (counts[at + side] as number) : 0;
      const earlier = end > 0 ? (counts[at - 1] as number) : 0;
      const both = start < gridTimes && end > 0 ? (counts[at + side - 1] as number) : 0;
      counts[at] = (counts[at] as number) + later + earlier - both;
    }
  }
  return (start: number, end: number): number => counts[start * side + end] as number;
}

/** The most vehicles that pass all lanes in a closed interval. */
function passing(lanes: readonly Lanes[], start: number, end: number): number {
  let total = 0;
  for (const { seconds, count, closed } of lanes) {
    let [each, from] = [0, start];
    const open = (until: number): void => {
      if (until >= from) each += Math.floor((until - from) / seconds) + 1;
    };
    for (const window of closed) {
      if (window.end <= from || window.start > end) continue;
      open(window.start);
      from = window.end;
    }
    open(end);
    total += count * Math.min(each, Math.floor((end - start) / seconds) + 1);
  }
  return total;
}
