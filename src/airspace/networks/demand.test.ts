import { expect, test } from 'vitest';
import { createRandom, type DiagnosticError } from '../../base/index.ts';
import { type AirMatrixSource, createNetwork, flightSeconds, type Point } from '../network.ts';
import { expandAirMatrix } from './airmatrix.ts';
import { deliveryClasses, generateDeliveryProblem } from './delivery-problem.ts';
import { generateDelivery, generateZones } from './demand.ts';
import { parseHousingBlocks } from './housing-blocks.ts';
import { generatePads, padCandidates } from './pads.ts';
import { indexPoints } from './point-index.ts';

const source: AirMatrixSource = {
  kind: 'airmatrix',
  rectangle: [
    [0, 0],
    [9000, 6000],
  ],
  cellMetres: 100,
  layerHeights: [24, 36],
};
const network = expandAirMatrix(source);
const pads = generatePads({ seed: 1, network, count: 50 });
const classes = deliveryClasses.map(vehicle => ({ class: vehicle, share: 1 }));
const options = { seed: 7, network, pads, count: 400, windowSeconds: 3600, classes };

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as DiagnosticError).diagnostics
      .map(({ code, message, place }) => `${place?.line ?? ''} ${code} ${message}`)
      .join('\n');
  }
  return 'none';
}

test('the same seed gives the same pads, requests and zones, and another seed others', () => {
  expect(generateDelivery(options)).toEqual(generateDelivery(options));
  expect(generateDelivery({ ...options, seed: 8 })).not.toEqual(generateDelivery(options));
  expect(generatePads({ seed: 1, network, count: 50 })).toEqual(pads);
  const zones = { seed: 3, network, count: 5, windowSeconds: 3600 };
  expect(generateZones(zones)).toEqual(generateZones(zones));
});

test('fewer requests of a seed are among more of it', () => {
  const many = new Map(generateDelivery(options).map(request => [request.name, request]));
  for (const request of generateDelivery({ ...options, count: 100 })) expect(many.get(request.name)).toEqual(request);
});

test('trips are as long as asked, in time, and in the order in which they are submitted', () => {
  const asked = { ...options, slackSeconds: [60, 600], roundTripShare: 0.3, leadSeconds: [0, 900] } as const;
  const requests = generateDelivery(asked);
  const vertexOf = new Map(pads.map(({ name, vertex }) => [name, vertex]));
  let before = Number.NEGATIVE_INFINITY;
  for (const { from, to, class: name, earliest, deadline = 0, submitted = 0 } of requests) {
    const [start, end] = [vertexOf.get(from as string) ?? -1, vertexOf.get(to as string) ?? -1];
    const metres = Math.hypot(network.x[start] - network.x[end], network.y[start] - network.y[end]);
    expect(metres >= 2000 && metres <= 8000).toBe(true);
    expect(earliest >= 0 && earliest <= 3600 && submitted <= earliest && submitted >= before).toBe(true);
    before = submitted;
    const vehicle = deliveryClasses.find(one => one.name === name) ?? deliveryClasses[0];
    const slack = deadline - earliest - 1.25 * flightSeconds(network, vehicle, start, end);
    expect(slack > 59.99 && slack < 600.01).toBe(true);
  }
  const round = requests.filter(request => request.roundTrip !== undefined);
  expect(round.length).toBeGreaterThan(80);
  expect(round.length).toBeLessThan(160);
  for (const { deadline = 0, roundTrip } of round)
    expect(roundTrip?.deadline ?? 0).toBeGreaterThan(deadline + 30 + 2000 / 15);
});

test('flights start from depots only, where some are named', () => {
  const starts = generateDelivery({ ...options, depots: ['P1', 'P2'] }).map(request => request.from);
  expect(new Set(starts)).toEqual(new Set(['P1', 'P2']));
});

test('pads lie on the lowest layer of the largest part, far enough apart', () => {
  const spread = generatePads({ seed: 5, network, count: 40, apartMetres: 500 });
  for (const { vertex } of spread) expect(network.z[vertex]).toBe(24);
  for (const a of spread) {
    for (const b of spread) {
      const metres = Math.hypot(network.x[a.vertex] - network.x[b.vertex], network.y[a.vertex] - network.y[b.vertex]);
      expect(a === b || metres >= 500).toBe(true);
    }
  }
  const islands: Point[][] = [
    [
      [0, 0],
      [500, 0],
      [500, 500],
      [0, 500],
    ],
    [
      [2000, 2000],
      [2900, 2000],
      [2900, 2900],
      [2000, 2900],
    ],
  ];
  expect(padCandidates(expandAirMatrix({ ...source, rings: islands }))).toHaveLength(81);
  const chain = createNetwork(
    [
      [0, 0, 0],
      [1, 0, 0],
      [2, 0, 0],
      [3, 0, 0],
    ],
    [
      [0, 1],
      [1, 2],
      [2, 1],
      [2, 3],
    ],
    { noHover: [1] },
  );
  expect(padCandidates(chain)).toEqual([2]);
});

test('sites draw pads by their weight', () => {
  const sites = [
    { point: [1010, 1020], weight: 1 },
    { point: [8000, 5000], weight: 0 },
    { point: [4010, 3020], weight: 3 },
  ] as const;
  const chosen = generatePads({ seed: 2, network, count: 2, sites });
  const places = chosen.map(({ vertex }) => `${network.x[vertex]} ${network.y[vertex]}`);
  expect(places.sort()).toEqual(['1050 1050', '4050 3050']);
});

test('housing blocks become sites weighted by dwellings', () => {
  const frame = { kind: 'tangent', longitude: 103.8, latitude: 1.3 } as const;
  const text = 'block,lat,lon,total_dwelling_units\n1,1.3,103.8,120\r\n2,1.31,103.8,80\n';
  const [first, second] = parseHousingBlocks(text, frame);
  expect(first).toEqual({ point: [0, 0], weight: 120 });
  expect(second?.weight).toBe(80);
  expect(second?.point[1]).toBeCloseTo(1105.8, 0);
  expect(failure(() => parseHousingBlocks('lat,units\n', frame))).toMatchInlineSnapshot(`
    "1 SK6109 no column lon
    1 SK6109 no column total_dwelling_units"
  `);
  expect(
    failure(() => parseHousingBlocks('lat,lon,total_dwelling_units\n1.3,,5\n95,1,2', frame)),
  ).toMatchInlineSnapshot(`
    "2 SK6109 a block at longitude, latitude with dwellings , 1.3, 5
    3 SK6109 a block at longitude, latitude with dwellings 1, 95, 2"
  `);
});

test('what cannot be generated is told', () => {
  expect(failure(() => generateDelivery({ ...options, tripMetres: [20_000, 30_000] }))).toMatchInlineSnapshot(
    `" SK6110 hardly any two of 50 pads are 20000 to 30000 m apart"`,
  );
  expect(failure(() => generateDelivery({ ...options, classes: [] }))).toMatchInlineSnapshot(
    `" SK6110 no class can be drawn of shares []"`,
  );
  expect(failure(() => generatePads({ seed: 1, network, count: 500, apartMetres: 1000 }))).toMatchInlineSnapshot(
    `" SK6110 room for 45 of 500 pads, at 5400 vertices and 1000 m apart"`,
  );
});

test('zones lie within their ranges and appear before they start', () => {
  const zones = generateZones({ seed: 4, network, count: 50, windowSeconds: 7200 });
  for (const { appears, zone } of zones) {
    const [{ start, end }] = zone.windows;
    expect(zone.area.kind === 'circle' && zone.area.radiusMetres >= 500 && zone.area.radiusMetres <= 1000).toBe(true);
    expect(appears <= start && start - appears <= 600.001 && end - start >= 1800 && end - start <= 3600.001).toBe(true);
  }
});

test('a whole problem is the same for the same seed, and labelled as synthetic', () => {
  const parts = {
    seed: 9,
    source,
    pads: { count: 20 },
    demand: { count: 10, windowSeconds: 600 },
    appearing: { count: 2, windowSeconds: 600 },
  };
  const { problem, appearing } = generateDeliveryProblem(parts);
  expect(problem.name).toBe('synthetic deliveries (seed 9)');
  expect(problem.requests).toHaveLength(10);
  expect(appearing).toHaveLength(2);
  expect(generateDeliveryProblem(parts).problem.requests).toEqual(problem.requests);
});

test('the nearest of many points is the one that looking at all finds', () => {
  const random = createRandom(6);
  const points = Array.from({ length: 200 }, (): Point => [1000 * random.next(), 300 * random.next()]);
  const index = indexPoints(points);
  for (let run = 0; run < 300; run++) {
    const [x, y] = [3000 * random.next() - 1000, 900 * random.next() - 300];
    const metres = points.map(point => Math.hypot(point[0] - x, point[1] - y));
    expect(index.nearest(x, y), `seed 6, run ${run}`).toBe(metres.indexOf(Math.min(...metres)));
    expect(index.within(x, y, 150)).toEqual(metres.flatMap((distance, at) => (distance <= 150 ? [at] : [])));
  }
  expect(indexPoints([]).nearest(0, 0)).toBe(-1);
  expect(indexPoints([[5, 5]]).nearest(1e6, 0)).toBe(0);
});
