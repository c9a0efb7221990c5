import { describe, expect, it } from 'vitest';
import { randomScenario } from '../../test/airspace/random-scenario.ts';
import { createRandom, type Random } from '../base/index.ts';
import { solveByBoxes } from './box-rule.ts';
import { boundServed } from './capacity.ts';
import { createNetwork } from './network.ts';
import { createPlanner } from './planner.ts';
import type { AirspaceProblem, FlightRequest, Pad, Zone } from './problem.ts';
import { solve } from './solve.ts';

/** Where hovering costs more than moving, ways that circle instead are many: what takes longer is given up. */
const nodesPerRequest = 5000;

describe('the bound of how many are served', () => {
  it('is not exceeded by any plan, over 40 busy little cities, and refuses some', () => {
    let refused = 0;
    for (let seed = 0; seed < 40; seed++) {
      const random = createRandom(seed);
      const problem = randomScenario(random, { requests: random.integer(20, 90), bufferSeconds: seed % 3 });
      const { served, requests } = boundServed(problem, { nodesPerRequest });
      refused += requests - served;
      const modes = seed % 20 === 0 ? (['first-come', 'bump', 'batch'] as const) : (['first-come', 'bump'] as const);
      for (const mode of modes) {
        const { stats } = solve(problem, { mode, repairs: 5, explain: false, nodesPerRequest });
        expect(stats.served, `seed ${seed}, ${mode}`).toBeLessThanOrEqual(served);
      }
      const boxes = solveByBoxes(problem, { groundDelay: true, nodesPerRequest });
      expect(boxes.flights.length, `seed ${seed}`).toBeLessThanOrEqual(served);
    }
    expect(refused).toBeGreaterThan(200);
  }, 300_000);

  it('is never less than the best of all orders at one pad, and mostly as much', () => {
    let [same, refused] = [0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const problem = starOf(createRandom(seed));
      const bound = boundServed(problem);
      const best = bestOrder(problem);
      expect(bound.served, `seed ${seed}`).toBeGreaterThanOrEqual(best);
      if (bound.served === best) same++;
      if (best < bound.requests) {
        refused++;
        if (bound.served < bound.requests) expect(bound.binding, `seed ${seed}`).toBe('pads');
      }
    }
    expect(refused).toBeGreaterThan(30);
    expect(same).toBeGreaterThan(50);
  }, 120_000);

  it('is what passes a corridor, where pads take no time', () => {
    // Everybody may take off in [0, 30] and passes 30 m after the one before, 2 s at 15 m/s: 16 of one distance.
    const free = corridorOf(40, []);
    const bound = boundServed(free);
    const { stats } = solve(free, { mode: 'first-come' });
    expect(stats.served).toBeLessThanOrEqual(bound.served);
    expect([bound.binding, bound.pads]).toEqual(['lanes', 40]);
    expect(bound.served).toBeLessThan(22);
    expect(bound.served - stats.served).toBeLessThanOrEqual(4);
    expect(bound.busiestLanes[0]?.utilisation).toBeGreaterThan(1);
    // Some 15 s of it are closed in the middle of the corridor.
    const middle = { kind: 'circle', centre: [500, 0], radiusMetres: 80 } as const;
    const closed = corridorOf(40, [
      {
        name: 'fire',
        area: middle,
        floorMetres: 0,
        ceilingMetres: 99,
        windows: [{ start: 80, end: 95 }],
        rule: 'closed',
      },
    ]);
    const less = boundServed(closed);
    expect(less.served).toBeLessThan(bound.served);
    expect(solve(closed).stats.served).toBeLessThanOrEqual(less.served);
  });

  it('is all who fly alone where nobody has a deadline, and pads are not busy then', () => {
    const scenario = randomScenario(createRandom(3), { requests: 40 });
    const requests = scenario.requests.map(({ deadline: _, roundTrip: __, ...request }) => request);
    const bound = boundServed({ ...scenario, requests }, { nodesPerRequest });
    expect(bound).toMatchObject({ openEnded: 40, busiestPads: [], busiestLanes: [] });
    expect(bound.served).toBe(bound.alone);
  });

  it('leaves out who has no way even alone', () => {
    const problem = corridorOf(4, []);
    const requests = problem.requests.map((request, index) => (index < 3 ? { ...request, deadline: 20 } : request));
    expect(boundServed({ ...problem, requests })).toMatchObject({ alone: 1, served: 1, binding: 'alone' });
  });
});

const drone = {
  name: 'drone',
  radiusMetres: 15,
  halfHeightMetres: 20,
  speedMetresPerSecond: 15,
  climbMetresPerSecond: 4,
  descentMetresPerSecond: 3,
};

function problemOf(
  vertices: readonly (readonly [number, number, number])[],
  edges: readonly (readonly [number, number])[],
  pads: readonly Pad[],
  requests: readonly FlightRequest[],
  zones: readonly Zone[] = [],
): AirspaceProblem {
  return {
    format: 'skein.airspace/1',
    name: 'a few pads',
    epoch: '2026-08-09T09:00:00+08:00',
    mode: 'delivery',
    frame: { kind: 'plane' },
    source: { kind: 'graph', vertices, edges },
    network: createNetwork(vertices, edges),
    classes: [drone],
    separation: { bufferMetres: 0, bufferSeconds: 0 },
    prices: { ground: 1, hover: 1 },
    pads,
    zones,
    flights: [],
    requests,
  };
}

/** Six pads around one, each with a request to it. */
function starOf(random: Random): AirspaceProblem {
  const around = Array.from({ length: 6 }, (_, index) => {
    const angle = (index * Math.PI) / 3;
    return [1000 * Math.cos(angle), 1000 * Math.sin(angle), 30] as const;
  });
  const pad = (vertex: number) => ({ name: `pad ${vertex}`, vertex, serviceSeconds: random.integer(10, 40) });
  const requests = around.map((_, index): FlightRequest => {
    const earliest = random.integer(0, 60);
    const isRound = random.next() < 0.2;
    return {
      name: `request ${index}`,
      class: 'drone',
      from: `pad ${index + 1}`,
      to: 'pad 0',
      earliest,
      deadline: earliest + 70 + random.integer(0, 60),
      ...(isRound ? { roundTrip: { stopSeconds: random.integer(5, 40), deadline: earliest + 220 } } : {}),
    };
  });
  const edges = around.flatMap((_, index) => [[index + 1, 0] as const, [0, index + 1] as const]);
  return problemOf(
    [[0, 0, 30], ...around],
    edges,
    [0, ...around.keys(), 6].slice(0, 7).map((_, at) => pad(at)),
    requests,
  );
}

/** The most that are served when requests are put in one after another, over all orders. */
function bestOrder(problem: AirspaceProblem): number {
  const planner = createPlanner(problem);
  let best = 0;
  const visit = (left: readonly FlightRequest[]): void => {
    best = Math.max(best, planner.flights().length);
    if (planner.flights().length + left.length <= best) return;
    for (const request of left) {
      const answer = planner.find(request);
      if (answer.kind !== 'found') continue;
      planner.accept(answer.flight);
      visit(left.filter(other => other !== request));
      planner.withdraw(request.name);
    }
  };
  visit(problem.requests);
  return best;
}

/** Ten pads west and ten east of one way of 1 km between two junctions; pads take no time. */
function corridorOf(count: number, zones: readonly Zone[]): AirspaceProblem {
  const vertices: [number, number, number][] = [
    [0, 0, 30],
    [1000, 0, 30],
  ];
  const edges: [number, number][] = [[0, 1]];
  for (let pad = 0; pad < 10; pad++) {
    const west = vertices.push([-600, 80 * (pad - 4.5), 30]) - 1;
    const east = vertices.push([1600, 80 * (pad - 4.5), 30]) - 1;
    edges.push([west, 0], [1, east]);
  }
  const pads = vertices.slice(2).map((_, index) => ({ name: `pad ${index}`, vertex: index + 2, serviceSeconds: 0 }));
  const requests = Array.from({ length: count }, (_, index): FlightRequest => {
    const pad = (index % 10) * 2;
    const metres = 1000 + 2 * Math.hypot(600, 80 * ((index % 10) - 4.5));
    const [from, to] = [`pad ${pad}`, `pad ${pad + 1}`];
    return { name: `request ${index}`, class: 'drone', from, to, earliest: 0, deadline: metres / 15 + 30 };
  });
  return problemOf(vertices, edges, pads, requests, zones);
}
