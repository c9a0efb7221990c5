import { describe, expect, it } from 'vitest';
import {
  alone,
  city,
  direct,
  east,
  flightOf,
  kindsOf,
  legOf,
  moved,
  pad,
  planOf,
  request,
  south,
} from '../../test/airspace/crossing.ts';
import { createNetwork } from './network.ts';
import type { AirspaceProblem, Flight, FlightLeg, FlightPlan, FlightRequest } from './problem.ts';
import { validateFlightPlan } from './validate.ts';
import type { ViolationKind } from './violation.ts';

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
