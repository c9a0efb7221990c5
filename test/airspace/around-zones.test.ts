import { describe, expect, it } from 'vitest';
import { createAroundZones } from '../../src/airspace/around-zones.ts';
import { type AirspaceProblem, expandAirMatrix, type FlightRequest, type Zone } from '../../src/airspace/index.ts';
import { createPlanner } from '../../src/airspace/planner.ts';
import { createRandom, type Random } from '../../src/base/index.ts';

/** 14 x 10 cells on two layers with a corner cut off, seven pads, some of which are inside of zones. */
function lattice(random: Random): AirspaceProblem {
  const source = {
    kind: 'airmatrix',
    rings: [
      [
        [0, 0],
        [1400, 0],
        [1400, 600],
        [900, 1000],
        [0, 1000],
      ],
    ],
    rectangle: [
      [0, 0],
      [1400, 1000],
    ],
    cellMetres: 100,
    layerHeights: [24, 36],
  } as const;
  const size = { radiusMetres: 10, halfHeightMetres: 4, climbMetresPerSecond: 4, descentMetresPerSecond: 3 };
  const vertices = [3, 20, 47, 66, 80, 101, 118];
  return {
    format: 'skein.airspace/1',
    name: 'lattice',
    epoch: '2026-08-09T09:00:00+08:00',
    mode: 'delivery',
    frame: { kind: 'plane' },
    source,
    network: expandAirMatrix(source),
    classes: [
      { name: 'slow', speedMetresPerSecond: 9, ...size },
      { name: 'fast', speedMetresPerSecond: 14, airSeconds: 240, ...size },
    ],
    separation: { bufferMetres: 0, bufferSeconds: 0 },
    prices: random.pick([
      { ground: 1, hover: 1 },
      { ground: 0.5, hover: 1 },
      { ground: 0, hover: 1 },
    ]),
    pads: vertices.map((vertex, index) => ({ name: `${index}`, vertex, serviceSeconds: 10 })),
    zones: [],
    flights: [],
    requests: Array.from({ length: 30 }, (_, index): FlightRequest => {
      const from = random.integer(0, 7);
      return {
        name: `r${index}`,
        class: random.pick(['slow', 'fast']),
        from: `${from}`,
        to: `${(from + random.integer(1, 7)) % 7}`,
        earliest: random.integer(0, 300),
        ...(random.next() < 0.3 ? { roundTrip: {} } : {}),
      };
    }),
  };
}

function randomZone(random: Random, index: number): Zone {
  const start = random.pick([0, 0, 0, 100]);
  return {
    name: `zone ${index}`,
    area: {
      kind: 'circle',
      centre: [random.integer(0, 1400), random.integer(0, 1000)],
      radiusMetres: random.integer(80, 400),
    },
    floorMetres: 0,
    ceilingMetres: random.pick([30, 100, 100]),
    windows: [{ start, end: start + random.integer(50, 1500) }],
    rule: 'closed',
  };
}

describe('bounds of landings around zones', () => {
  it('leave costs as they are, and make searches shorter', () => {
    let [plain, bounded, found] = [0, 0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const random = createRandom(seed);
      const problem = lattice(random);
      const zones = [randomZone(random, 0), ...(random.next() < 0.4 ? [randomZone(random, 1)] : [])];
      const planner = createPlanner({ ...problem, zones }, { patience: Number.POSITIVE_INFINITY });
      const around = createAroundZones(problem.network, zones);
      if (around === undefined) throw new Error('no lattice');
      for (const request of problem.requests) {
        const vehicle = problem.classes.find(({ name }) => name === request.class);
        if (vehicle === undefined) throw new Error('no class');
        const one = planner.find(request);
        const other = planner.find(request, {
          adjust: query => ({
            ...query,
            legs: query.legs.map(leg => ({ ...leg, profile: around.profile(vehicle, leg) })),
          }),
        });
        plain += one.expansions;
        bounded += other.expansions;
        expect(other.kind, `seed ${seed}, ${request.name}`).toBe(one.kind);
        if (one.kind !== 'found' || other.kind !== 'found') continue;
        found++;
        expect(other.flight.cost, `seed ${seed}, ${request.name}`).toBeCloseTo(one.flight.cost, 5);
        planner.accept(one.flight);
      }
    }
    expect(found).toBeGreaterThan(600);
    expect(bounded).toBeLessThan(0.8 * plain);
  }, 300_000);
});
