import type { IncomingEdges } from './incoming-edges.ts';
import type { IntervalTable } from './interval-table-kernel.ts';
import { LabelHeap } from './label-heap-kernel.ts';
import type { ArrivalProfile, FlightBound, LandingWindow, RouteGraph } from './route-query.ts';

export interface ProfileOptions {
  /** Vertices near the goal that are looked at, at most. Default 16. */
  readonly vertices?: number;
  /** Ways that are followed before fewer vertices are looked at. Default 20,000. */
  readonly ways?: number;
}

/** Bounds give way by so many seconds, so that rounding takes no route that fits exactly. */
const slackSeconds = 1e-7;

/**
 * Searches back from a goal, through the vertices that are nearest to it, for all times at once.
 *
 * A way says: whoever is at its vertex at a time t, `first <= t <= last`, can land at max(t, ready) + rest. Ways of a
 * vertex are found from those of the vertices after it, by ascending `rest`, as in Dijkstra's algorithm; a way that
 * another is as good as everywhere is dropped.
 *
 * **Why it is a bound.** Let N be the vertices that are looked at, and L(v, t) the earliest landing from v at t by ways
 * that stay in N: what is found, exactly. It does not fall with t. A route that leaves N, or begins outside, enters it
 * for the last time at some w that has an edge from outside, at a time t(w). From any v of the route before, `free` = t
 * + d(v), d the seconds of free flight, is at most t(w) + d(w), so it lands at L(w, t(w)) or later, which is at least
 *
 *     F(free) = min over all such w of L(w, free - d(w))
 *
 * So min(L(v, t), F(t + d(v))) is a bound in N, and F outside. It is consistent: along an edge neither t + d nor L
 * falls, and where the edge enters N at w, F(t + d(v)) <= L(w, t(w)) as above. The cost of waiting until then is
 * bounded as for any landing time.
 *
 * It stays a bound while intervals are added: what was free only becomes less. **Once anything is taken out it is none
 * any more** (`Occupancy.epoch`).
 */
export function createArrivalProfile(
  graph: RouteGraph,
  incoming: IncomingEdges,
  goal: number,
  landings: readonly LandingWindow[],
  flight: FlightBound,
  options: ProfileOptions = {},
): ArrivalProfile {
  const { ways = 20_000 } = options;
  for (let count = options.vertices ?? 16; ; count >>= 1) {
    const near = nearestVertices(graph, incoming, goal, count);
    const found = searchBack(graph, incoming, goal, landings, near, count > 1 ? ways : Number.POSITIVE_INFINITY);
    if (found !== undefined) return profileOf(found, cutWays(incoming, found, flight));
  }
}

interface Way {
  readonly vertex: number;
  readonly first: number;
  readonly last: number;
  readonly ready: number;
  readonly rest: number;
}

/** Vertices in order of the seconds from them to the goal. */
function nearestVertices(graph: RouteGraph, incoming: IncomingEdges, goal: number, count: number): ReadonlySet<number> {
  const near = new Set<number>();
  const heap = new LabelHeap();
  heap.push(0, 0, goal);
  while (near.size < count) {
    const seconds = heap.smallestKey();
    const vertex = heap.pop();
    if (vertex < 0) break;
    if (near.has(vertex)) continue;
    near.add(vertex);
    incoming.visit(vertex, (edge, source) => {
      if (!near.has(source)) heap.push(seconds + (graph.edgeSeconds[edge] as number), 0, source);
    });
  }
  return near;
}

/** All ways to the goal that stay near it, by vertex; undefined if there are more than are allowed. */
function searchBack(
  graph: RouteGraph,
  incoming: IncomingEdges,
  goal: number,
  landings: readonly LandingWindow[],
  near: ReadonlySet<number>,
  limit: number,
): ReadonlyMap<number, readonly Way[]> | undefined {
  const { edges, vertices, hover, edgeSeconds } = graph;
  const kept = new Map<number, Way[]>([...near].map(vertex => [vertex, []]));
  const found: Way[] = [];
  const heap = new LabelHeap();
  /** A way from a vertex, departing between `from` and `until`, in every gap of it. */
  const add = (vertex: number, from: number, until: number, ready: number, rest: number): void => {
    forEachGap(vertices, vertex, from, until, (gapStart, gapEnd) => {
      const departure = Math.max(from, gapStart);
      const first = hover[vertex] === 1 ? gapStart : departure;
      const last = Math.min(until, gapEnd);
      heap.push(rest, 0, found.push({ vertex, first, last, ready: Math.max(departure, ready), rest }) - 1);
    });
  };
  for (const { start, end } of landings) add(goal, start, end, start, 0);
  for (let count = 0; ; ) {
    const index = heap.pop();
    if (index < 0) return kept;
    const way = found[index] as Way;
    const known = kept.get(way.vertex) as Way[];
    if (known.some(other => isAsGood(other, way))) continue;
    if (++count > limit) return undefined;
    known.push(way);
    incoming.visit(way.vertex, (edge, source) => {
      if (!near.has(source)) return;
      const seconds = edgeSeconds[edge] as number;
      forEachGap(edges, edge, way.first - seconds, way.last - seconds, (free, blocked) => {
        const from = Math.max(free, way.first - seconds);
        const until = Math.min(blocked, way.last - seconds);
        add(source, from, until, way.ready - seconds, way.rest + seconds);
      });
    });
  }
}

function isAsGood(other: Way, way: Way): boolean {
  return (
    other.first <= way.first &&
    other.last >= way.last &&
    other.rest <= way.rest &&
    other.ready + other.rest <= way.ready + way.rest
  );
}

/** Visits the gaps of a resource that meet `[from, until]`, touching included. */
function forEachGap(
  table: IntervalTable,
  resource: number,
  from: number,
  until: number,
  visit: (start: number, end: number) => void,
): void {
  const { bounds } = table;
  const offset = table.offsets[resource] as number;
  const length = table.lengths[resource] as number;
  for (let entry = table.entryBefore(resource, from - slackSeconds); entry < length; entry++) {
    const start = entry < 0 ? Number.NEGATIVE_INFINITY : (bounds[2 * (offset + entry) + 1] as number);
    const end = entry + 1 < length ? (bounds[2 * (offset + entry + 1)] as number) : Number.POSITIVE_INFINITY;
    if (start > until + slackSeconds) return;
    if (start <= end && end >= from - slackSeconds) visit(start, end);
  }
}

/**
 * The ways of all vertices that have an edge from outside, as functions of the free landing; those that land first come
 * first.
 */
function cutWays(
  incoming: IncomingEdges,
  found: ReadonlyMap<number, readonly Way[]>,
  flight: FlightBound,
): readonly Way[] {
  const ways: Way[] = [];
  for (const [vertex, list] of found) {
    let isEntered = false;
    incoming.visit(vertex, (_, source) => {
      if (!found.has(source)) isEntered = true;
    });
    const seconds = flight.at(vertex);
    if (!isEntered || seconds === Number.POSITIVE_INFINITY) continue;
    for (const { last, ready, rest } of list) {
      ways.push({
        vertex,
        first: Number.NEGATIVE_INFINITY,
        last: last + seconds,
        ready: ready + seconds,
        rest: Math.max(0, rest - seconds),
      });
    }
  }
  const cut: Way[] = [];
  for (const way of inOrderOfLanding(ways)) if (!cut.some(other => isAsGood(other, way))) cut.push(way);
  return cut;
}

function inOrderOfLanding(ways: readonly Way[]): Way[] {
  return [...ways].sort((a, b) => a.ready + a.rest - b.ready - b.rest || a.rest - b.rest || b.last - a.last);
}

function profileOf(found: ReadonlyMap<number, readonly Way[]>, cut: readonly Way[]): ArrivalProfile {
  const near = new Map([...found].map(([vertex, ways]) => [vertex, inOrderOfLanding(ways)]));
  const earliest = (ways: readonly Way[], low: number, high: number): number => {
    let landing = Number.POSITIVE_INFINITY;
    for (let index = 0; index < ways.length; index++) {
      const { first, last, ready, rest } = ways[index] as Way;
      if (ready + rest >= landing) break;
      if (last + slackSeconds < low || first - slackSeconds > high) continue;
      landing = Math.min(landing, Math.max(low, ready) + rest);
    }
    return landing - slackSeconds;
  };
  return {
    landing: (vertex, low, high, free) => {
      const around = earliest(cut, free, Number.POSITIVE_INFINITY);
      const ways = near.get(vertex);
      return ways === undefined ? around : Math.min(around, earliest(ways, low, high));
    },
  };
}
