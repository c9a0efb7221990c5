import { describe, expect, it } from 'vitest';
import { createNetwork } from './network.ts';
import type { AirspaceProblem, Flight, FlightLeg, FlightPlan, FlightRequest } from './problem.ts';
import { type FlightValidationOptions, validateFlightPlan } from './validate.ts';
import type { ViolationKind } from './violation.ts';

/**
 * ```
 *              C (5)
 *               │
 *   A (0) ─ 1 ─ 2 ─ 3 ─ B (4)        every edge is 100 m long, 10 s; nothing may hover at 3
 *               │
 *              D (6)
 * ```
 */
const vertices = [
  [0, 0, 50],
  [100, 0, 50],
  [200, 0, 50],
  [300, 0, 50],
  [400, 0, 50],
  [200, 100, 50],
  [200, -100, 50],
] as const;
const edges = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
  [5, 2],
  [2, 6],
].flatMap(([a, b]): [number, number][] => [
  [a, b],
  [b, a],
]);
const pad = (name: string, vertex: number) => ({ name, vertex, serviceSeconds: 5 });
const request = (name: string, from: string, to: string, earliest: number): FlightRequest => ({
  name,
  class: 'drone',
  from,
  to,
  earliest,
});
const city = (more: Partial<AirspaceProblem> = {}): AirspaceProblem => ({
  format: 'skein.airspace/1',
  name: 'cross',
  epoch: '2026-08-09T09:00:00+08:00',
  mode: 'delivery',
  frame: { kind: 'plane' },
  source: { kind: 'graph', vertices, edges, noHover: [3] },
  network: createNetwork(vertices, edges, { noHover: [3] }),
  classes: [
    {
      name: 'drone',
      radiusMetres: 5,
      halfHeightMetres: 2,
      speedMetresPerSecond: 10,
      climbMetresPerSecond: 4,
      descentMetresPerSecond: 3,
      airSeconds: 60,
    },
  ],
  separation: { bufferMetres: 0, bufferSeconds: 0 },
  prices: { ground: 1, hover: 2 },
  pads: [pad('A', 0), pad('B', 4), pad('C', 5), pad('D', 6)],
  zones: [],
  flights: [],
  requests: [{ ...request('east', 'A', 'B', 100), deadline: 150 }, request('south', 'C', 'D', 115)],
  ...more,
});

/** A leg that takes 10 s from vertex to vertex, and hovers where `hovers` says for how long. */
function legOf(route: readonly number[], takeOff: number, hovers: Readonly<Record<number, number>> = {}): FlightLeg {
  const arrivals: number[] = [];
  const departures: number[] = [];
  let time = takeOff;
  for (const vertex of route) {
    arrivals.push(time);
    departures.push(time + (hovers[vertex] ?? 0));
    time += 10 + (hovers[vertex] ?? 0);
  }
  return { vertices: route, arrivals, departures };
}

const flightOf = (name: string, from: string, to: string, legs: readonly FlightLeg[], cost: number): Flight => ({
  name,
  class: 'drone',
  from,
  to,
  legs,
  cost,
});
const east = (leg: FlightLeg = legOf([0, 1, 2, 3, 4], 100), cost = 40): Flight =>
  flightOf('east', 'A', 'B', [leg], cost);
const south = (takeOff = 115, cost = 20): Flight => flightOf('south', 'C', 'D', [legOf([5, 2, 6], takeOff)], cost);
const planOf = (flights: readonly Flight[], more: Partial<FlightPlan> = {}): FlightPlan => ({
  format: 'skein.flights/1',
  problem: 'cross',
  epoch: '2026-08-09T09:00:00+08:00',
  flights,
  refusals: [],
  ...more,
});

const kindsOf = (problem: AirspaceProblem, plan: FlightPlan, options: FlightValidationOptions = {}): ViolationKind[] =>
  validateFlightPlan(problem, plan, options).map(({ kind }) => kind);
/** A problem with the request of `east` alone. */
const alone = (more: Partial<AirspaceProblem> = {}, wishes: Partial<FlightRequest> = {}): AirspaceProblem =>
  city({ requests: [{ ...request('east', 'A', 'B', 100), ...wishes }], ...more });
const moved = (leg: FlightLeg, change: Partial<FlightLeg>): FlightLeg => ({ ...leg, ...change });
const direct = legOf([0, 1, 2, 3, 4], 100);

describe('the validator of flight plans', () => {
  it('accepts two flights that cross one after the other', () => {
    expect(validateFlightPlan(city(), planOf([east(), south()]))).toEqual([]);
  });

  it('accepts delay and hovering at their prices', () => {
    const leg = legOf([0, 1, 2, 3, 4], 103, { 1: 4 });
    expect(validateFlightPlan(alone(), planOf([east(leg, 3 + 40 + 2 * 4)]))).toEqual([]);
  });

  it('holds moved flights to what was promised and to their tolerance', () => {
    const problem = alone({}, { toleranceSeconds: 3 });
    const move = {
      flight: 'east',
      state: 're-timed',
      request: 'east',
      promised: { takeOff: 100, landings: [140] },
    } as const;
    const later = (seconds: number): FlightPlan =>
      planOf([east(legOf([0, 1, 2, 3, 4], 100 + seconds), 40 + seconds)], { moves: [move] });
    expect(kindsOf(problem, later(3))).toEqual([]);
    expect(kindsOf(problem, later(3.001))).toEqual(['promise', 'promise']);
    expect(validateFlightPlan(problem, later(4))[0].message).toBe(
      'east takes off at 104 s; promised were 100 s, and 3 s more are tolerated',
    );
    for (const wrong of [
      [move, { ...move, promised: { takeOff: 99, landings: [139] } }],
      [{ ...move, promised: { takeOff: 100, landings: [140, 180] } }],
      [{ ...move, request: 'south' }],
    ]) {
      expect(kindsOf(problem, planOf([east()], { moves: wrong }))).toEqual(['promise']);
    }
  });

  it('says who, where, when, and what would have been allowed', () => {
    const problem = alone({ classes: [{ ...city().classes[0], airSeconds: 39 }] });
    expect(validateFlightPlan(problem, planOf([east()]))).toMatchInlineSnapshot(`
      [
        {
          "flights": [
            "east",
          ],
          "kind": "air time",
          "message": "east is in the air for 40 s in leg 1; class drone may for 39 s",
          "time": 140,
        },
      ]
    `);
    expect(validateFlightPlan(city(), planOf([east(), south(111)], { refusals: [] }))[0].message).toMatchInlineSnapshot(
      `"south takes off at 111 s; earliest is 115 s"`,
    );
    expect(validateFlightPlan(city(), planOf([east(), south(110)])).at(-1)?.message).toMatchInlineSnapshot(
      `"east and south are 0 m apart across and 0 m in height at 120 s, near (200, 0, 50); they must be 10 m across or 4 m in height apart"`,
    );
  });
});

describe('of one flight, the validator refuses', () => {
  const broken: readonly [string, ViolationKind, Flight, AirspaceProblem?][] = [
    ['a take-off that is too early', 'take-off', east(legOf([0, 1, 2, 3, 4], 99), 39)],
    ['an edge that takes less than the class does', 'edge time', east(hurried(1), 39)],
    ['an edge that takes a microsecond less', 'edge time', east(hurried(1e-6), 40 - 1e-6)],
    ['hovering on an edge', 'edge time', east(hurried(-1), 41)],
    ['hovering where nothing may', 'hover', east(legOf([0, 1, 2, 3, 4], 100, { 3: 1 }), 42)],
    ['a second in the air too much', 'air time', east(legOf([0, 1, 2, 3, 4], 100, { 1: 21 }), 82)],
    ['a landing after the deadline', 'deadline', east(legOf([0, 1, 2, 3, 4], 111), 51), alone({}, { deadline: 150 })],
    ['a teleport', 'edge', east(legOf([0, 1, 3, 4], 100), 30)],
    ['a way that starts elsewhere', 'place', east(legOf([1, 2, 3, 4], 100), 30)],
    ['a way that ends elsewhere', 'place', east(legOf([0, 1, 2], 100), 20)],
    ['a vertex that there is not', 'vertex', east(legOf([0, 1, 2, 7, 4], 100))],
    ['a time that goes back', 'time', east(moved(direct, { departures: [100, 110, 119, 130, 140] }))],
    ['a time that is none', 'time', east(moved(direct, { arrivals: [100, Number.NaN, 120, 130, 140] }))],
    ['lists that do not fit', 'legs', east(moved(direct, { arrivals: [100, 110] }))],
    ['a leg too many', 'legs', flightOf('east', 'A', 'B', [direct, legOf([4, 3, 2, 1, 0], 150)], 80)],
    ['no leg at all', 'legs', flightOf('east', 'A', 'B', [], 0)],
    ['another class than was asked for', 'class', { ...east(), class: 'plane' }],
    ['a pad that nobody knows', 'place', { ...east(), to: 'Z' }],
    ['a wrong cost', 'cost', east(direct, 40.00001)],
  ];
  it.each(broken)('%s', (_, kind, flight, problem = alone()) => {
    expect(kindsOf(problem, planOf([flight]))).toEqual([kind]);
  });

  it('no cost that is off by rounding alone, and no edge that is', () => {
    const leg = moved(direct, { arrivals: [100, 110 + 2e-14, 120, 130 - 3e-14, 140] });
    expect(validateFlightPlan(alone(), planOf([east(leg, 40 + 1e-12)]))).toEqual([]);
  });
});

/** The direct way with `seconds` less on its second edge. */
function hurried(seconds: number): FlightLeg {
  const late = (time: number, index: number): number => (index < 2 ? time : time - seconds);
  return moved(direct, { arrivals: direct.arrivals.map(late), departures: direct.departures.map(late) });
}

describe('of round trips, the validator', () => {
  const trip = alone({}, { roundTrip: { stopSeconds: 8 } });
  const back = (takeOff: number): FlightLeg => legOf([4, 3, 2, 1, 0], takeOff);
  const there = (takeOff: number, cost: number, more: readonly FlightLeg[] = [back(takeOff)]): Flight =>
    flightOf('east', 'A', 'B', [direct, ...more], cost);

  it('accepts a stop that is as long as it must be, or longer at the price of delay', () => {
    expect(kindsOf(trip, planOf([there(148, 80)]))).toEqual([]);
    expect(kindsOf(trip, planOf([there(150, 82)]))).toEqual([]);
  });

  it('misses the second leg', () => {
    expect(kindsOf(trip, planOf([there(148, 40, [])]))).toEqual(['legs']);
  });

  it('refuses a stop that is too short, by default shorter than the service of the pad', () => {
    expect(kindsOf(trip, planOf([there(147, 79)]))).toEqual(['stop']);
    const plain = alone({}, { roundTrip: {} });
    expect(kindsOf(plain, planOf([there(145, 80)]))).toEqual([]);
    expect(kindsOf(plain, planOf([there(144, 79)]))).toEqual(['stop']);
  });

  it('limits the air time of both legs together where nothing is recharged', () => {
    const together = alone({}, { roundTrip: { stopSeconds: 8, recharge: false } });
    expect(kindsOf(together, planOf([there(148, 80)]))).toEqual(['air time']);
  });

  it('knows a deadline of its own for the way back', () => {
    const late = alone({}, { roundTrip: { stopSeconds: 8, deadline: 187 } });
    expect(kindsOf(late, planOf([there(148, 80)]))).toEqual(['deadline']);
  });

  it('holds the pad all the time between landing and take-off', () => {
    const visitor = flightOf('guest', 'D', 'B', [legOf([6, 2, 3, 4], 130)], 30);
    const both = city({ requests: [...trip.requests, request('guest', 'D', 'B', 130)] });
    const guest = legOf([6, 2, 3, 4], 135);
    expect(kindsOf(both, planOf([there(180, 112), visitor]))).toContain('pad');
    expect(kindsOf(both, planOf([there(180, 112), { ...visitor, legs: [guest], cost: 35 }]))).toContain('pad');
  });
});

describe('of pads, the validator', () => {
  const two = (more: Partial<AirspaceProblem> = {}): AirspaceProblem =>
    city({ requests: [request('east', 'A', 'B', 100), request('other', 'D', 'B', 100)], ...more });
  /** Lands on B at `takeOff + 30`. */
  const other = (takeOff: number): Flight =>
    flightOf('other', 'D', 'B', [legOf([6, 2, 3, 4], takeOff)], takeOff - 100 + 30);

  it('lets one land in the moment in which the other leaves, and not before', () => {
    expect(kindsOf(two(), planOf([east(), other(115)]))).toEqual([]);
    expect(kindsOf(two(), planOf([east(), other(114.999)]))).toEqual(['pad']);
  });

  it('asks for the buffer between them', () => {
    const buffered = two({ separation: { bufferMetres: 0, bufferSeconds: 2 } });
    expect(kindsOf(buffered, planOf([east(), other(117)]))).toEqual([]);
    expect(kindsOf(buffered, planOf([east(), other(116.999)]))).toEqual(['pad']);
  });
});

describe('of zones, the validator', () => {
  /** East is between x = 150 and x = 250 from 115 to 125 s. */
  const square = [
    [150, -50],
    [250, -50],
    [250, 50],
    [150, 50],
  ] as const;
  const closed = (start: number, end: number, more: object = {}): AirspaceProblem =>
    alone({
      zones: [
        {
          name: 'park',
          area: { kind: 'polygon', corners: square },
          floorMetres: 0,
          ceilingMetres: 100,
          windows: [{ start, end }],
          rule: 'closed',
          ...more,
        },
      ],
    });

  it('lets a flight enter as the zone opens and leave as it closes', () => {
    expect(kindsOf(closed(0, 115), planOf([east()]))).toEqual([]);
    expect(kindsOf(closed(125, Number.POSITIVE_INFINITY), planOf([east()]))).toEqual([]);
  });

  it('refuses a millisecond inside, early or late', () => {
    expect(kindsOf(closed(0, 115.001), planOf([east()]))).toEqual(['zone']);
    expect(kindsOf(closed(124.999, 200), planOf([east()]))).toEqual(['zone']);
    const circle = { area: { kind: 'circle', centre: [200, 0], radiusMetres: 50 } };
    expect(kindsOf(closed(0, 115, circle), planOf([east()]))).toEqual([]);
    expect(kindsOf(closed(0, 115.001, circle), planOf([east()]))).toEqual(['zone']);
  });

  it('widens windows by the buffer', () => {
    const problem = { ...closed(0, 113), separation: { bufferMetres: 0, bufferSeconds: 2 } };
    expect(kindsOf(problem, planOf([east()]))).toEqual([]);
    const longer = { ...closed(0, 113.001), separation: { bufferMetres: 0, bufferSeconds: 2 } };
    expect(kindsOf(longer, planOf([east()]))).toEqual(['zone']);
  });

  it('lets flights pass above, below, along the border, and through what needs a permit only', () => {
    const along = square.map(([x, y]) => [x, y + 50]);
    for (const more of [
      { floorMetres: 50 },
      { ceilingMetres: 50 },
      { rule: 'permit' },
      { area: { kind: 'polygon', corners: along } },
    ]) {
      expect(kindsOf(closed(0, 200, more), planOf([east()])), JSON.stringify(more)).toEqual([]);
    }
  });

  it('finds a flight that hovers inside as the zone closes', () => {
    const leg = legOf([0, 1, 2, 3, 4], 100, { 2: 20 });
    expect(kindsOf(closed(130, 135), planOf([east(leg, 80)]))).toEqual(['zone']);
  });
});

describe('of two flights, the validator', () => {
  /** Two that cross at right angles `d` seconds after each other come as near as 10 d / √2 metres. */
  const apart = (metres: number): Flight => {
    const takeOff = 110 + (metres * Math.SQRT2) / 10;
    return south(takeOff, 20 + takeOff - 110);
  };
  const crossing = (more: Partial<AirspaceProblem> = {}): AirspaceProblem =>
    city({ requests: [request('east', 'A', 'B', 100), request('south', 'C', 'D', 110)], ...more });

  it('lets them touch, and refuses a millimetre less', () => {
    expect(kindsOf(crossing(), planOf([east(), apart(10)]))).toEqual([]);
    expect(kindsOf(crossing(), planOf([east(), apart(9.999)]))).toEqual(['separation']);
  });

  it('adds the buffer of distance', () => {
    const wide = crossing({ separation: { bufferMetres: 3, bufferSeconds: 0 } });
    expect(kindsOf(wide, planOf([east(), apart(13)]))).toEqual([]);
    expect(kindsOf(wide, planOf([east(), apart(12.999)]))).toEqual(['separation']);
  });

  it('adds the buffer of time: nobody is where another was less than so long ago', () => {
    // The second may be taken two seconds back in time; then as above.
    const slow = crossing({ separation: { bufferMetres: 0, bufferSeconds: 2 } });
    const after = (seconds: number): Flight => south(110 + seconds, 20 + seconds);
    const touch = Math.SQRT2 + 2;
    expect(kindsOf(slow, planOf([east(), after(touch)]))).toEqual([]);
    expect(kindsOf(slow, planOf([east(), after(touch - 1e-4)]))).toEqual(['separation']);
  });

  it('lets vehicles pass above each other as soon as their heights are apart', () => {
    const lifted = (height: number): AirspaceProblem => {
      const places = vertices.map(([x, y, z], index): [number, number, number] => [x, y, index > 4 ? height : z]);
      const upper = [...places, [200, 0, height]] as const;
      const ways: (readonly [number, number])[] = [...edges.slice(0, 8), [5, 7], [7, 6]];
      return crossing({ network: createNetwork(upper, ways) });
    };
    const over = flightOf('south', 'C', 'D', [legOf([5, 7, 6], 110)], 20);
    expect(kindsOf(lifted(54), planOf([east(), over]))).toEqual([]);
    expect(kindsOf(lifted(53.999), planOf([east(), over]))).toEqual(['separation']);
  });

  it('refuses two that swap places on an edge', () => {
    const west = flightOf('west', 'B', 'A', [legOf([4, 3, 2, 1, 0], 100)], 40);
    const both = city({ requests: [request('east', 'A', 'B', 100), request('west', 'B', 'A', 100)] });
    expect(kindsOf(both, planOf([east(), west]))).toEqual(['separation']);
  });
});

describe('of the whole plan, the validator', () => {
  const accepted = city({ flights: [east()], requests: [request('south', 'C', 'D', 115)] });

  it('keeps accepted flights as they were, unless they may be changed', () => {
    const later = east(legOf([0, 1, 2, 3, 4], 101), 41);
    expect(kindsOf(accepted, planOf([east(), south()]))).toEqual([]);
    expect(kindsOf(accepted, planOf([later, south()]))).toEqual(['accepted flight']);
    expect(kindsOf(accepted, planOf([south()]))).toEqual(['accepted flight']);
    expect(kindsOf(accepted, planOf([later, south()]), { changed: new Set(['east']) })).toEqual([]);
  });

  it('wants every request served or refused, not both, and nobody else', () => {
    const refusal = { kind: 'proved', cause: 'flights', flights: ['east'], zones: [] } as const;
    const refusals = [{ request: 'south', ...refusal }];
    expect(kindsOf(city(), planOf([east()], { refusals }))).toEqual([]);
    expect(kindsOf(city(), planOf([east()]))).toEqual(['request']);
    expect(kindsOf(city(), planOf([east(), south()], { refusals }))).toEqual(['request']);
    expect(kindsOf(alone(), planOf([east(), south()]))).toEqual(['request']);
    expect(kindsOf(city(), planOf([east()], { refusals: [...refusals, ...refusals] }))).toEqual(['name']);
    expect(kindsOf(alone(), planOf([east(), east()]))[0]).toBe('name');
  });

  it('wants it to be of this problem', () => {
    expect(kindsOf(alone(), planOf([east()], { problem: 'other' }))).toEqual(['plan']);
  });

  it('checks ten thousand flights of fifty edges in seconds', () => {
    const line = Array.from({ length: 51 * 200 }, (_, index) => [(index % 51) * 100, Math.floor(index / 51) * 50, 50]);
    const ways = line.flatMap((_, index) => (index % 51 < 50 ? [[index, index + 1] as const] : []));
    const network = createNetwork(
      line.map(([x, y, z]) => [x, y, z] as const),
      ways,
    );
    const pads = Array.from({ length: 400 }, (_, index) =>
      pad(`${index}`, Math.floor(index / 2) * 51 + (index % 2) * 50),
    );
    const requests: FlightRequest[] = [];
    const flights: Flight[] = [];
    for (let index = 0; index < 10_000; index++) {
      const [row, turn] = [index % 200, Math.floor(index / 200)];
      const [from, to] = [`${2 * row}`, `${2 * row + 1}`];
      const route = Array.from({ length: 51 }, (_, stop) => row * 51 + stop);
      requests.push(request(`flight ${index}`, from, to, turn * 20));
      flights.push(flightOf(`flight ${index}`, from, to, [legOf(route, turn * 20)], 500));
    }
    const { airSeconds: _, ...tireless } = city().classes[0];
    const busy = city({ network, pads, requests, classes: [tireless] });
    expect(validateFlightPlan(busy, planOf(flights))).toEqual([]);
  }, 20_000);
});

describe('in classic mode, the validator', () => {
  const agent = (name: string, from: number, to: number): FlightRequest => ({
    name,
    class: 'drone',
    from,
    to,
    earliest: 0,
  });
  const classic = (requests: readonly FlightRequest[]): AirspaceProblem =>
    city({ mode: 'classic', pads: [], requests, prices: { ground: 1, hover: 1 } });
  const flightTo = (name: string, leg: FlightLeg, cost: number): Flight => ({
    name,
    class: 'drone',
    from: leg.vertices[0],
    to: leg.vertices[leg.vertices.length - 1],
    legs: [leg],
    cost,
  });

  it('has vehicles at their starts from time 0', () => {
    const problem = classic([agent('a', 0, 2)]);
    expect(kindsOf(problem, planOf([flightTo('a', legOf([0, 1, 2], 0, { 0: 3 }), 23)]))).toEqual([]);
    expect(kindsOf(problem, planOf([flightTo('a', legOf([0, 1, 2], 3), 20)]))).toEqual(['take-off']);
  });

  it('has vehicles at their goals for ever', () => {
    const problem = classic([agent('a', 0, 2), agent('b', 5, 6)]);
    const a = flightTo('a', legOf([0, 1, 2], 0), 20);
    expect(kindsOf(problem, planOf([a, flightTo('b', legOf([5, 2, 6], 0, { 5: 40 }), 60)]))).toEqual(['separation']);
    const first = flightTo('b', legOf([5, 2, 6], 0), 20);
    expect(kindsOf(problem, planOf([a, first]))).toEqual([]);
  });

  it('has nobody pass one who waits at its start', () => {
    const problem = classic([agent('a', 0, 4), agent('b', 2, 6)]);
    const a = flightTo('a', legOf([0, 1, 2, 3, 4], 0), 40);
    expect(kindsOf(problem, planOf([a, flightTo('b', legOf([2, 6], 0, { 2: 30 }), 40)]))).toEqual(['separation']);
    expect(kindsOf(problem, planOf([a, flightTo('b', legOf([2, 6], 0), 10)]))).toEqual([]);
  });
});
