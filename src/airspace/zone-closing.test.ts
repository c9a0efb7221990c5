import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../base/index.ts';
import { type AirNetwork, createNetwork, edgeCount, edgeSources, vertexCount } from './network.ts';
import { expandAirMatrix } from './networks/airmatrix.ts';
import type { AirspaceProblem, Zone } from './problem.ts';
import { createPlaceIndex, type PlaceIndex, visitClosed } from './zone-closing.ts';

/** All of it, whatever the bounds. */
function everything(network: AirNetwork): PlaceIndex {
  const sources = edgeSources(network);
  return {
    verticesIn: (_, visit) => {
      for (let vertex = 0; vertex < vertexCount(network); vertex++) visit(vertex);
    },
    edgesIn: (_, visit) => {
      for (let edge = 0; edge < edgeCount(network); edge++) visit(edge, sources[edge] ?? -1);
    },
  };
}

function closedBy(problem: AirspaceProblem, zone: Zone, places: PlaceIndex): string[] {
  const taken: string[] = [];
  visitClosed(problem, zone, places, {
    vertex: (...what) => void taken.push(`vertex ${what.join(' ')}`),
    edge: (...what) => void taken.push(`edge ${what.join(' ')}`),
  });
  return taken.sort();
}

function problemOver(network: AirNetwork): AirspaceProblem {
  const size = { radiusMetres: 10, halfHeightMetres: 5, climbMetresPerSecond: 3, descentMetresPerSecond: 2 };
  return {
    format: 'skein.airspace/1',
    name: 'places',
    epoch: '2026-08-09T09:00:00+08:00',
    mode: 'delivery',
    frame: { kind: 'plane' },
    source: { kind: 'graph', vertices: [], edges: [] },
    network,
    classes: [
      { name: 'slow', speedMetresPerSecond: 9, ...size },
      { name: 'fast', speedMetresPerSecond: 15, ...size },
    ],
    separation: { bufferMetres: 1, bufferSeconds: 2 },
    prices: { ground: 1, hover: 1 },
    pads: [],
    zones: [],
    flights: [],
    requests: [],
  };
}

function randomZone(random: Random): Zone {
  const centre = [random.integer(-300, 1500), random.integer(-300, 1200)] as const;
  const reach = random.pick([3, 60, 250, 900]);
  const [x, y] = centre;
  const corners = [[x - reach, y] as const, [x, y - reach] as const, [x + reach, y] as const];
  return {
    name: 'zone',
    area: random.next() < 0.5 ? { kind: 'circle', centre, radiusMetres: reach } : { kind: 'polygon', corners },
    floorMetres: 0,
    ceilingMetres: random.pick([30, 40, 100]),
    windows: [
      { start: 10, end: 60 },
      { start: 100, end: Number.POSITIVE_INFINITY },
    ],
    rule: 'closed',
  };
}

describe('a zone takes', () => {
  it('of a lattice the same as a walk over all of it', () => {
    const network = expandAirMatrix({
      kind: 'airmatrix',
      rings: [
        [
          [0, 0],
          [1200, 0],
          [1200, 600],
          [600, 900],
          [0, 900],
        ],
      ],
      rectangle: [
        [-100, -200],
        [1300, 1000],
      ],
      cellMetres: 100,
      layerHeights: [24, 36, 60],
    });
    expect(differences(network)).toEqual({ different: [], empty: expect.any(Number), full: expect.any(Number) });
  });

  it('of any network the same as a walk over all of it', () => {
    const random = createRandom(7);
    const vertices = Array.from({ length: 150 }, () => {
      return [random.integer(0, 1300), random.integer(0, 1000), random.integer(20, 60)] as const;
    });
    const edges = Array.from({ length: 600 }, () => [random.integer(0, 150), random.integer(0, 150)] as const);
    const network = createNetwork(vertices, edges);
    expect(differences(network)).toEqual({ different: [], empty: expect.any(Number), full: expect.any(Number) });
  });
});

/** Seeds of zones that take something else by the index, and how many take nothing and something. */
function differences(network: AirNetwork): { different: number[]; empty: number; full: number } {
  const problem = problemOver(network);
  const places = createPlaceIndex(network);
  const found = { different: [] as number[], empty: 0, full: 0 };
  for (let seed = 0; seed < 100; seed++) {
    const zone = randomZone(createRandom(seed));
    const taken = closedBy(problem, zone, places);
    const all = closedBy(problem, zone, everything(network));
    if (taken.join() !== all.join()) found.different.push(seed);
    if (all.length === 0) found.empty++;
    else found.full++;
  }
  expect(found.full).toBeGreaterThan(20);
  return found;
}
