import { describe, expect, it } from 'vitest';
import { randomScenario } from '../../test/airspace/random-scenario.ts';
import { createRandom } from '../base/index.ts';
import { solveByBoxes } from './box-rule.ts';
import { BoxTable } from './box-table-kernel.ts';
import { createNetwork, type Point } from './network.ts';
import type { AirspaceProblem, FlightPlan, FlightRequest } from './problem.ts';
import { validateFlightPlan } from './validate.ts';

describe('the rule of bounding boxes', () => {
  it('keeps flights apart, by a validator that knows nothing of boxes, with and without ground delay', () => {
    let [delayed, atOnce] = [0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const problem = randomScenario(createRandom(seed), { requests: 60, bufferSeconds: seed % 3 });
      for (const groundDelay of [false, true]) {
        const outcome = solveByBoxes(problem, { groundDelay, nodesPerRequest: 5000 });
        expect(validateFlightPlan(problem, planOf(problem, outcome)), `seed ${seed}`).toEqual([]);
        if (groundDelay) delayed += outcome.flights.length;
        else atOnce += outcome.flights.length;
      }
    }
    expect(atOnce).toBeGreaterThan(60);
    expect(delayed).toBeGreaterThan(atOnce);
  }, 300_000);

  it('refuses whoever crosses the box of a flight, and with ground delay waits until that is over', () => {
    // Box of the first: 95 to 135 s. The second would fly in a corner of it that the first never comes near.
    const problem = planeOf([
      { name: 'across', class: 'drone', from: 'a', to: 'd', earliest: 100, deadline: 1000 },
      { name: 'corner', class: 'drone', from: 'b', to: 'c', earliest: 100, deadline: 1000 },
    ]);
    expect(solveByBoxes(problem).refused.map(({ name }) => name)).toEqual(['corner']);
    const { flights, refused } = solveByBoxes(problem, { groundDelay: true });
    expect(refused).toEqual([]);
    expect(flights.map(({ legs }) => legs[0]?.arrivals[0])).toEqual([100, 140]);
    expect(flights[1]?.cost).toBe(40 + 5);
  });

  it('refuses who would land after the deadline', () => {
    const late = (deadline: number): readonly string[] =>
      solveByBoxes(
        planeOf([
          { name: 'across', class: 'drone', from: 'a', to: 'd', earliest: 100, deadline: 1000 },
          { name: 'corner', class: 'drone', from: 'b', to: 'c', earliest: 100, deadline },
        ]),
        { groundDelay: true },
      ).refused.map(({ name }) => name);
    expect(late(145)).toEqual([]);
    expect(late(144)).toEqual(['corner']);
  });
});

describe('the table of boxes', () => {
  it('finds the least shift without overlap, as going through all ends of boxes does', () => {
    let moved = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = createRandom(seed);
      const box = (): Float64Array =>
        Float64Array.from({ length: 8 }, (_, side) => random.integer(0, 6) + (side % 2 === 1 ? 6 : 0));
      const held = Array.from({ length: random.integer(0, 90) }, box);
      const asked = Array.from({ length: random.integer(1, 3) }, box);
      const table = new BoxTable();
      for (const each of held) table.add(each);
      const overlaps = (shift: number): boolean =>
        asked.some(one =>
          held.some(other =>
            [0, 2, 4, 6].every(axis => {
              const by = axis === 6 ? shift : 0;
              return value(one, axis) + by < value(other, axis + 1) && value(other, axis) < value(one, axis + 1) + by;
            }),
          ),
        );
      let least = 0;
      while (overlaps(least)) least++;
      expect(table.leastShift(asked), `seed ${seed}`).toBe(least);
      if (least > 0) moved++;
    }
    expect(moved).toBeGreaterThan(100);
  });
});

function value(box: Float64Array, index: number): number {
  return box[index] as number;
}

/** From a over one corner of a square to d in the opposite one; from b to c in a third corner, far from that way. */
function planeOf(requests: readonly FlightRequest[]): AirspaceProblem {
  const places: readonly Point[] = [
    [0, 0],
    [300, 0],
    [300, 300],
    [0, 300],
    [100, 300],
  ];
  const vertices = places.map(([x, y]) => [x, y, 30] as const);
  const edges = [
    [0, 1],
    [1, 2],
    [3, 4],
  ] as const;
  const pad = (name: string, vertex: number) => ({ name, vertex, serviceSeconds: 5 });
  return {
    format: 'skein.airspace/1',
    name: 'three sides',
    epoch: '2026-08-09T09:00:00+08:00',
    mode: 'delivery',
    frame: { kind: 'plane' },
    source: { kind: 'graph', vertices, edges },
    network: createNetwork(vertices, edges),
    classes: [
      {
        name: 'drone',
        radiusMetres: 15,
        halfHeightMetres: 5,
        speedMetresPerSecond: 20,
        climbMetresPerSecond: 4,
        descentMetresPerSecond: 3,
      },
    ],
    separation: { bufferMetres: 0, bufferSeconds: 0 },
    prices: { ground: 1, hover: 1 },
    pads: [pad('a', 0), pad('d', 2), pad('b', 3), pad('c', 4)],
    zones: [],
    flights: [],
    requests,
  };
}

function planOf(problem: AirspaceProblem, { flights, refused }: ReturnType<typeof solveByBoxes>): FlightPlan {
  const refusals = refused.map(({ name }) => {
    return { request: name, kind: 'proved', cause: 'flights', flights: [], zones: [] } as const;
  });
  const { name, epoch } = problem;
  return { format: 'skein.flights/1', problem: name, epoch, flights, refusals };
}
