import { describe, expect, it } from 'vitest';
import { IntervalTable } from '../../src/airspace/interval-table-kernel.ts';
import { landingWindows, takeOffWindows } from '../../src/airspace/pad-windows.ts';
import { createRouteFinder } from '../../src/airspace/route-finder.ts';
import type { BegunRoute, FlightBound, RouteQuery, RouteResult } from '../../src/airspace/route-query.ts';
import { createRandom, type Random } from '../../src/base/index.ts';
import { type Blocked, leastCost, type WholeCase } from './time-expanded.ts';

/** Each seed is one case; they are few enough to run with every test and many enough to meet every combination. */
const seeds = 10_000;

describe('the search for one flight', () => {
  it(`agrees with a time-expanded search on ${seeds} cases of whole seconds, all prices and limits`, () => {
    let accepted = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const problem = randomCase(createRandom(seed));
      const expected = leastCost(problem);
      // Patient searches never learn of their goals here, impatient ones at once.
      const found = solve(problem, seed % 2 === 0 ? 1000 : seed % 3);
      const cost = found.kind === 'found' ? found.cost : Number.POSITIVE_INFINITY;
      expect(cost, `seed ${seed}`).toBeCloseTo(expected, 5);
      if (found.kind !== 'found') continue;
      accepted++;
      expect(problemsOf(problem, found), `seed ${seed}`).toEqual([]);
    }
    // Neither answer is rare.
    expect(accepted).toBeGreaterThan(seeds / 4);
    expect(accepted).toBeLessThan((3 * seeds) / 4);
  }, 300_000);

  it(`agrees with it on ${seeds} cases of flights that are on their way, with what they have flown`, () => {
    let accepted = 0;
    for (let seed = seeds; seed < 2 * seeds; seed++) {
      const random = createRandom(seed);
      const problem = begunCase(random, randomCase(random));
      const expected = leastCost(problem);
      const found = solve(problem);
      const cost = found.kind === 'found' ? found.cost : Number.POSITIVE_INFINITY;
      expect(cost, `seed ${seed}`).toBeCloseTo(expected, 5);
      if (found.kind !== 'found') continue;
      accepted++;
      expect(problemsOf(problem, found), `seed ${seed}`).toEqual([]);
    }
    expect(accepted).toBeGreaterThan(seeds / 5);
    expect(accepted).toBeLessThan((4 * seeds) / 5);
  }, 300_000);

  it('needs more than one label in a safe interval where delay on the ground is free', () => {
    // Two ways from s to a: 10 s at any time, or 5 s from 15 on; then 10 s to g, which must be reached by 50.
    const open = twoWays([]);
    const closed = twoWays([[12, 100]]);
    // The earliest at a is not the cheapest at g ...
    expect([costOf(solve(open)), leastCost(open)]).toEqual([15, 15]);
    // ... and the cheapest at a does not get to g at all, where the last edge closes at 12.
    expect([costOf(solve(closed)), leastCost(closed)]).toEqual([20, 20]);
  });

  it('takes off late where air time is limited and the way is blocked early', () => {
    // s-a-g, 10 s each, at most 25 s in the air, a-g closed to departures of [0, 100).
    const corridor: WholeCase = {
      vertices: 3,
      hover: [true, true, true],
      edges: [
        { from: 0, to: 1, seconds: 10 },
        { from: 1, to: 2, seconds: 10 },
      ],
      blockedEdges: [[], [[-1, 100]]],
      blockedVertices: [[], [], []],
      blockedPads: [[], [], []],
      legs: [{ from: 0, to: 2, deadline: Number.POSITIVE_INFINITY }],
      earliest: 0,
      service: 5,
      stop: 5,
      ground: 1,
      hoverPrice: 1,
      airSeconds: 25,
      together: false,
      horizon: 200,
    };
    const found = solve(corridor);
    expect(found.kind === 'found' && found.legs[0]?.arrivals[0]).toBeGreaterThanOrEqual(85);
    expect(found.kind === 'found' && found.cost).toBe(110);
    expect(leastCost(corridor)).toBe(110);
  });
});

function twoWays(lastEdge: Blocked[]): WholeCase {
  return {
    vertices: 3,
    hover: [true, true, true],
    edges: [
      { from: 0, to: 1, seconds: 10 },
      { from: 0, to: 1, seconds: 5 },
      { from: 1, to: 2, seconds: 10 },
    ],
    blockedEdges: [[], [[-1, 15]], lastEdge],
    blockedVertices: [[], [], []],
    blockedPads: [[], [], []],
    legs: [{ from: 0, to: 2, deadline: 50 }],
    earliest: 0,
    service: 0,
    stop: 0,
    ground: 0,
    hoverPrice: 1,
    airSeconds: Number.POSITIVE_INFINITY,
    together: false,
    horizon: 60,
  };
}

function costOf(found: RouteResult): number {
  return found.kind === 'found' ? found.cost : Number.POSITIVE_INFINITY;
}

/** A few vertices, edges of 0 to 4 seconds and many blocked intervals; every price and limit has its turn. */
function randomCase(random: Random): WholeCase {
  const vertices = random.integer(2, 6);
  const count = random.integer(vertices, 3 * vertices);
  const edges = Array.from({ length: count }, () => ({
    from: random.integer(0, vertices),
    to: random.integer(0, vertices),
    seconds: random.integer(0, 5),
  })).filter(({ from, to }) => from !== to);
  const horizon = 40;
  const intervals = (most: number): Blocked[] =>
    Array.from({ length: random.integer(0, most + 1) }, () => {
      const start = random.integer(-3, 25);
      return [start, start + random.integer(1, 8)];
    });
  const from = random.integer(0, vertices);
  const to = (from + random.integer(1, vertices)) % vertices;
  const deadline = (): number => random.integer(8, 38);
  const legs = [{ from, to, deadline: deadline() }];
  if (random.next() < 0.4) legs.push({ from: to, to: from, deadline: deadline() });
  const hoverPrice = random.pick([0.5, 1, 2, 3]);
  const busy = random.pick([1, 2, 4]);
  return {
    vertices,
    hover: Array.from({ length: vertices }, () => random.next() < 0.7),
    edges,
    blockedEdges: edges.map(() => intervals(busy)),
    blockedVertices: Array.from({ length: vertices }, () => intervals(busy)),
    blockedPads: Array.from({ length: vertices }, () => intervals(2)),
    legs,
    earliest: random.integer(0, 4),
    service: random.integer(0, 4),
    stop: random.integer(1, 5),
    ground: random.pick([0, 0.25, 0.5, 1, 2, 3].filter(price => price <= hoverPrice)),
    hoverPrice,
    airSeconds: random.pick([4, 7, 10, 16, Number.POSITIVE_INFINITY]),
    together: random.next() < 0.5,
    horizon,
  };
}

/** The same, in the air for a while already. */
function begunCase(random: Random, problem: WholeCase): WholeCase {
  const takeOff = problem.earliest + random.integer(0, 4);
  const time = takeOff + random.integer(0, 6);
  const spent = problem.together && random.next() < 0.5 ? random.integer(0, 4) : 0;
  return { ...problem, begun: { time, takeOff, moved: random.integer(0, time - takeOff + 1), spent } };
}

function solve(problem: WholeCase, patience = 1000): RouteResult {
  const order = problem.edges.map((_, index) => index).sort((a, b) => edge(problem, a).from - edge(problem, b).from);
  const edgeOffsets = new Int32Array(problem.vertices + 1);
  for (const { from } of problem.edges) edgeOffsets[from + 1] = (edgeOffsets[from + 1] ?? 0) + 1;
  for (let vertex = 0; vertex < problem.vertices; vertex++) {
    edgeOffsets[vertex + 1] = (edgeOffsets[vertex + 1] ?? 0) + (edgeOffsets[vertex] ?? 0);
  }
  const graph = {
    edgeOffsets,
    edgeTargets: Int32Array.from(order, index => edge(problem, index).to),
    edgeSeconds: Float64Array.from(order, index => edge(problem, index).seconds),
    hover: Uint8Array.from(problem.hover, Number),
    edges: tableOf(order.map(index => problem.blockedEdges[index] ?? [])),
    vertices: tableOf(problem.blockedVertices),
  };
  const pads = tableOf(problem.blockedPads);
  const query: RouteQuery = {
    legs: problem.legs.map(({ from, to, deadline }, index) => {
      const last = index + 1 === problem.legs.length;
      const hold = last ? problem.service : problem.stop;
      return {
        start: from,
        goal: to,
        landings: landingWindows(pads, to, hold, problem.earliest, deadline),
        stopSeconds: problem.stop,
        flight: flightBound(problem, to),
        anyTime: {
          holdSeconds: hold,
          landings: () => landingWindows(pads, to, hold, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
        },
      };
    }),
    takeOffs: takeOffWindows(pads, problem.legs[0]?.from ?? 0, problem.service, problem.earliest),
    earliest: problem.earliest,
    groundPrice: problem.ground,
    hoverPrice: problem.hoverPrice,
    airSeconds: problem.airSeconds,
    limitTogether: problem.together,
    nodes: 1e6,
    ...(problem.begun === undefined ? {} : { begun: begunRoute(problem, problem.begun) }),
  };
  return createRouteFinder(graph, () => 0, { patience }).search(query);
}

function begunRoute(
  { ground, earliest }: WholeCase,
  { time, takeOff, moved, spent }: NonNullable<WholeCase['begun']>,
): BegunRoute {
  return { base: -ground * earliest, spent, airborne: { time, takeOff, moving: moved } };
}

function edge(problem: WholeCase, index: number): WholeCase['edges'][number] {
  const found = problem.edges[index];
  if (found === undefined) throw new Error(`no edge ${index}`);
  return found;
}

function tableOf(blocked: readonly (readonly Blocked[])[]): IntervalTable {
  const table = new IntervalTable(blocked.length);
  blocked.forEach((intervals, resource) => {
    intervals.forEach(([start, end], owner) => void table.insert(resource, start, end, owner));
  });
  return table;
}

/** Shortest ways to a goal by repeated relaxation. */
function flightBound(problem: WholeCase, goal: number): FlightBound {
  const seconds = Array.from({ length: problem.vertices }, (_, vertex) =>
    vertex === goal ? 0 : Number.POSITIVE_INFINITY,
  );
  for (let round = 0; round < problem.vertices; round++) {
    for (const { from, to, seconds: length } of problem.edges) {
      seconds[from] = Math.min(seconds[from] ?? 0, (seconds[to] ?? 0) + length);
    }
  }
  return { at: vertex => seconds[vertex] ?? Number.POSITIVE_INFINITY };
}

/** What is wrong with a route: it must be what it says, beside costing what it should. */
function problemsOf(problem: WholeCase, found: Extract<RouteResult, { kind: 'found' }>): string[] {
  const wrong: string[] = [];
  let cost = 0;
  let ready = problem.earliest;
  let spent = problem.begun?.spent ?? 0;
  found.legs.forEach(({ vertices, arrivals, departures }, leg) => {
    const begun = leg === 0 ? problem.begun : undefined;
    const takeOff = begun?.takeOff ?? arrivals[0] ?? 0;
    if (begun !== undefined) {
      if (arrivals[0] !== begun.time) wrong.push('is not where it was');
      cost += begun.moved + problem.hoverPrice * (begun.time - takeOff - begun.moved);
    }
    const landing = departures[departures.length - 1] ?? 0;
    if (takeOff < ready) wrong.push('takes off too early');
    if (landing > (problem.legs[leg]?.deadline ?? 0)) wrong.push('lands too late');
    cost += problem.ground * (takeOff - ready);
    for (let index = 0; index < vertices.length; index++) {
      const vertex = vertices[index] ?? 0;
      const arrival = arrivals[index] ?? 0;
      const departure = departures[index] ?? 0;
      cost += problem.hoverPrice * (departure - arrival);
      if (departure < arrival) wrong.push('leaves before it arrives');
      if (departure > arrival && problem.hover[vertex] !== true) wrong.push('hovers where it may not');
      const blocked = problem.blockedVertices[vertex] ?? [];
      if (blocked.some(([start, end]) => start < departure && arrival < end)) wrong.push('is at a blocked vertex');
      if (blocked.some(([start, end]) => start < arrival && arrival < end)) wrong.push('passes a blocked vertex');
      if (index + 1 === vertices.length) continue;
      const seconds = (arrivals[index + 1] ?? 0) - departure;
      const flown = problem.edges.some(
        (one, number) =>
          one.from === vertex &&
          one.to === vertices[index + 1] &&
          one.seconds === seconds &&
          (problem.blockedEdges[number] ?? []).every(([start, end]) => departure <= start || departure >= end),
      );
      if (!flown) wrong.push('flies an edge that is blocked or not there');
      cost += seconds;
    }
    spent = (problem.together ? spent : 0) + landing - takeOff;
    if (spent > problem.airSeconds) wrong.push('is in the air too long');
    ready = landing + problem.stop;
  });
  if (Math.abs(cost - found.cost) > 1e-9) wrong.push(`costs ${cost}, not ${found.cost}`);
  return wrong;
}
