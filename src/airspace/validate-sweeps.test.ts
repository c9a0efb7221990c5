import { expect, it } from 'vitest';
import { createRandom, type Random } from '../base/index.ts';
import { createNetwork } from './network.ts';
import type { AirspaceProblem, Flight, Zone } from './problem.ts';
import type { SoundFlight } from './validate-flights.ts';
import { encounterOf } from './validate-geometry.ts';
import { createSegments, placeAt, type Segment } from './validate-segments.ts';
import { checkSeparation } from './validate-separation.ts';
import { checkZones } from './validate-zones.ts';

/** Places at random, some of them at one place, and flights that go through a few of them, short ways and long ones. */
function randomSky(random: Random, bufferSeconds: number, zones: readonly Zone[]) {
  const spread = random.pick([60, 400, 3000]);
  const places = Array.from({ length: 30 }, () => [random.integer(0, spread), random.integer(0, spread), 40] as const);
  const flown = places.map(([x, y, z], index) => [x, y, z + (index % 3) * 3] as const);
  const vehicle = {
    name: 'drone',
    radiusMetres: 4,
    halfHeightMetres: 2,
    speedMetresPerSecond: 10,
    climbMetresPerSecond: 5,
    descentMetresPerSecond: 5,
  };
  const problem: AirspaceProblem = {
    format: 'skein.airspace/1',
    name: 'sky',
    epoch: '2026-08-09T09:00:00Z',
    mode: 'delivery',
    frame: { kind: 'plane' },
    source: { kind: 'graph', vertices: flown, edges: [] },
    network: createNetwork(flown, []),
    classes: [vehicle],
    separation: { bufferMetres: 1, bufferSeconds },
    prices: { ground: 1, hover: 1 },
    pads: [],
    zones,
    flights: [],
    requests: [],
  };
  const flights = Array.from({ length: 12 }, (_, index): SoundFlight => {
    const vertices = Array.from({ length: random.integer(2, 6) }, () => random.integer(0, 30));
    const [arrivals, departures]: [number[], number[]] = [[], []];
    let time = random.integer(0, 60);
    vertices.forEach((vertex, stop) => {
      const from = flown[vertices[stop - 1] ?? vertex];
      time += Math.hypot(flown[vertex][0] - from[0], flown[vertex][1] - from[1]) / 10;
      arrivals.push(time);
      time += random.pick([0, 0, 5]);
      departures.push(time);
    });
    const legs = [{ vertices, arrivals, departures }];
    const flight: Flight = { name: `${index}`, class: 'drone', from: 'a', to: 'b', legs, cost: 0 };
    return { flight, vehicle };
  });
  return { problem, flights, segments: createSegments(problem, flights) };
}

it.each([0, 3])('the sweep finds the pairs that looking at all finds, with a buffer of %s s', buffer => {
  let conflicts = 0;
  for (let seed = 0; seed < 150; seed++) {
    const { problem, flights, segments } = randomSky(createRandom(seed), buffer, []);
    const expected = new Set<string>();
    for (const a of segments) {
      for (const b of segments) {
        if (a.flight >= b.flight || encounterOf(a, b, 9, 5, buffer) === undefined) continue;
        expected.add([a.flight, b.flight].join(' and '));
      }
    }
    const found = checkSeparation(problem, flights, segments).map(({ flights: names }) =>
      [...names].sort((a, b) => Number(a) - Number(b)).join(' and '),
    );
    expect(found.toSorted(), `seed ${seed}`).toEqual([...expected].sort());
    conflicts += found.length;
  }
  expect(conflicts).toBeGreaterThan(500);
});

/** Open to the sides of a star with a dent, or of a circle, at heights where a third of the vertices are. */
function randomZones(random: Random): Zone[] {
  return Array.from({ length: 4 }, (_, index): Zone => {
    const [x, y, size] = [random.integer(0, 400), random.integer(0, 400), random.integer(20, 120)];
    const start = random.integer(0, 100);
    return {
      name: `zone ${index}`,
      area:
        index % 2 === 0
          ? { kind: 'circle', centre: [x, y], radiusMetres: size }
          : {
              kind: 'polygon',
              corners: [
                [x - size, y - size],
                [x + size, y - size],
                [x, y],
                [x + size, y + size],
                [x - size, y + size],
              ],
            },
      floorMetres: 41,
      ceilingMetres: 45,
      windows: [{ start, end: start + 40 }],
      rule: 'closed',
    };
  });
}

/** By how much a place is inside a zone; negative outside, where only the sign is right. */
function depthIn({ area, floorMetres, ceilingMetres }: Zone, [x, y, z]: readonly [number, number, number]): number {
  const upright = Math.min(z - floorMetres, ceilingMetres - z);
  if (area.kind === 'circle') {
    const [centreX, centreY] = area.centre;
    return Math.min(upright, area.radiusMetres - Math.hypot(x - centreX, y - centreY));
  }
  // A square without the triangle between its middle and its right side.
  const [[left, bottom], [right, top]] = [area.corners[0], area.corners[3]];
  const [across, up] = [x - (left + right) / 2, y - (bottom + top) / 2];
  const half = (right - left) / 2;
  return Math.min(upright, half + across, half - Math.abs(up), half - across, (Math.abs(up) - across) / Math.SQRT2);
}

it('finds flights in zones as samples do', () => {
  const step = 0.05;
  let entries = 0;
  for (let seed = 0; seed < 150; seed++) {
    const random = createRandom(seed);
    const zones = randomZones(random);
    const { problem, flights, segments } = randomSky(random, seed % 3, zones);
    const found = checkZones(problem, flights, segments);
    const names = new Set(found.map(({ flights: [name], message }) => `${name} in ${message.match(/zone \d/)?.[0]}`));
    entries += names.size;
    for (const zone of zones) {
      flights.forEach(({ flight }, index) => {
        const own = segments.filter(segment => segment.flight === index);
        const depth = Math.max(...own.map(segment => sampledDepth(segment, zone, seed % 3, step)));
        const isFound = names.has(`${flight.name} in ${zone.name}`);
        const place = `seed ${seed}: ${flight.name} in ${zone.name}, ${depth} m deep`;
        if (depth > 1e-6) expect(isFound, place).toBe(true);
        // Between two samples a vehicle flies half a metre, and the window may open or close.
        if (depth < -1) expect(isFound, place).toBe(false);
      });
    }
  }
  expect(entries).toBeGreaterThan(100);
});

function sampledDepth(segment: Segment, { windows: [window], ...zone }: Zone, buffer: number, step: number): number {
  let deepest = Number.NEGATIVE_INFINITY;
  const last = Math.min(segment.end, window.end + buffer) - 1e-6;
  for (let time = Math.max(segment.start, window.start - buffer) + 1e-6; time < last; time += step) {
    deepest = Math.max(deepest, depthIn({ ...zone, windows: [] }, placeAt(segment, time)));
  }
  return deepest;
}
