import { type AirspaceProblem, createNetwork, type FlightRequest, type Zone } from '../../src/airspace/index.ts';
import type { Random } from '../../src/base/index.ts';

/** How busy a random scenario is. */
export interface ScenarioSize {
  readonly requests: number;
  readonly bufferSeconds?: number;
}

/**
 * A little city: 5 x 4 junctions on two levels some 100 m apart, a few of them moved or without hovering, six pads, two
 * classes of different size and speed, closed zones, and requests that crowd into ten minutes.
 */
export function randomScenario(random: Random, { requests, bufferSeconds = 0 }: ScenarioSize): AirspaceProblem {
  const [columns, rows] = [5, 4];
  const vertices: (readonly [number, number, number])[] = [];
  for (const height of [30, 45]) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        vertices.push([column * 100 + random.integer(-20, 20), row * 100 + random.integer(-20, 20), height]);
      }
    }
  }
  const edges: [number, number][] = [];
  const join = (a: number, b: number): void => void edges.push([a, b], [b, a]);
  for (let vertex = 0; vertex < vertices.length; vertex++) {
    const [column, row] = [vertex % columns, Math.floor(vertex / columns) % rows];
    if (column + 1 < columns) join(vertex, vertex + 1);
    if (row + 1 < rows) join(vertex, vertex + columns);
    if (column + 1 < columns && row + 1 < rows && random.next() < 0.3) join(vertex, vertex + columns + 1);
    if (vertex < columns * rows && random.next() < 0.6) join(vertex, vertex + columns * rows);
  }
  const noHover = vertices.flatMap((_, vertex) => (random.next() < 0.25 ? [vertex] : []));
  const pads = Array.from({ length: 6 }, (_, index) => ({
    name: `pad ${index}`,
    vertex: random.integer(0, columns * rows),
    serviceSeconds: random.integer(5, 40),
  })).filter((pad, index, all) => all.findIndex(({ vertex }) => vertex === pad.vertex) === index);
  const size = { halfHeightMetres: 5, climbMetresPerSecond: 3, descentMetresPerSecond: 2 };
  return {
    format: 'skein.airspace/1',
    name: 'little city',
    epoch: '2026-08-09T09:00:00+08:00',
    mode: 'delivery',
    frame: { kind: 'plane' },
    source: { kind: 'graph', vertices, edges, noHover },
    network: createNetwork(vertices, edges, { noHover }),
    classes: [
      { name: 'small', radiusMetres: 8, speedMetresPerSecond: 14, ...size, airSeconds: 120 },
      { name: 'large', radiusMetres: 15, speedMetresPerSecond: 9, ...size },
    ],
    separation: { bufferMetres: 1, bufferSeconds },
    prices: random.pick([
      { ground: 1, hover: 1 },
      { ground: 0.5, hover: 2 },
      { ground: 0, hover: 1 },
    ]),
    pads,
    zones: Array.from({ length: 3 }, (_, index) => randomZone(random, index)),
    flights: [],
    requests: Array.from({ length: requests }, (_, index) => randomRequest(random, index, pads)),
  };
}

function randomZone(random: Random, index: number): Zone {
  const centre = [random.integer(0, 400), random.integer(0, 300)] as const;
  const reach = random.integer(20, 70);
  const start = random.integer(0, 400);
  const [x, y] = centre;
  return {
    name: `zone ${index}`,
    area:
      index % 2 === 0
        ? { kind: 'circle', centre, radiusMetres: reach }
        : {
            kind: 'polygon',
            corners: [
              [x - reach, y - reach],
              [x + reach, y - reach / 2],
              [x, y],
              [x, y + reach],
            ],
          },
    floorMetres: 0,
    ceilingMetres: random.pick([40, 100]),
    windows: [{ start, end: start + random.integer(50, 300) }],
    rule: 'closed',
  };
}

function randomRequest(random: Random, index: number, pads: AirspaceProblem['pads']): FlightRequest {
  const from = random.integer(0, pads.length);
  const to = (from + random.integer(1, pads.length)) % pads.length;
  const earliest = random.integer(0, 600);
  return {
    name: `request ${index}`,
    class: random.pick(['small', 'large']),
    from: pads[from]?.name ?? '',
    to: pads[to]?.name ?? '',
    earliest,
    deadline: earliest + random.integer(40, 160),
    ...(random.next() < 0.3 ? { roundTrip: { deadline: earliest + random.integer(100, 400) } } : {}),
    toleranceSeconds: random.integer(0, 60),
  };
}
