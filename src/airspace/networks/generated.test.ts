import { expect, test } from 'vitest';
import type { DiagnosticError } from '../../base/index.ts';
import { type AirNetwork, edgeSources, type Point, vertexCount } from '../network.ts';
import { parseBuildings, syntheticBuildings } from './buildings.ts';
import { largestComponent } from './component.ts';
import { createProjection } from './frame.ts';
import { nearestPairs, scatterPoints } from './generated.ts';
import { generateLanes } from './lanes.ts';
import { routesOverBuildings } from './over-buildings.ts';
import { routesOverRoads, routesOverSyntheticRoads } from './over-roads.ts';

const rectangle = [
  [0, 0],
  [4000, 3000],
] as const;
const frame = { kind: 'tangent', longitude: 103.8, latitude: 1.3 } as const;

/** Edges as [from, to]. */
function edgesOf(network: AirNetwork): readonly (readonly [number, number])[] {
  return Array.from(edgeSources(network), (from, edge) => [from, network.edgeTargets[edge]] as const);
}
const isConnected = (network: AirNetwork): boolean => largestComponent(network).every(mark => mark === 1);

test('lanes lead east on even levels and west on odd ones, and reach everywhere', () => {
  const levels = [30, 42, 54];
  const lanes = generateLanes({ hubs: { seed: 3, rectangle, count: 40 }, levels, padsPerHub: 3 });
  const { x, y, z } = lanes.network;
  expect(lanes.name).toBe('lanes between 40 hubs, synthetic (seed 3)');
  expect(lanes.padVertices).toHaveLength(120);
  expect(vertexCount(lanes.network)).toBe(240);
  for (const [from, to] of edgesOf(lanes.network)) {
    if (z[from] !== z[to]) continue;
    const eastward = x[to] > x[from] || (x[to] === x[from] && y[to] > y[from]);
    expect(eastward).toBe(levels.indexOf(z[from]) % 2 === 0);
  }
  expect(isConnected(lanes.network)).toBe(true);
  expect(generateLanes({ hubs: { seed: 3, rectangle, count: 40 }, levels, padsPerHub: 3 }).source).toEqual(
    lanes.source,
  );
});

test('hubs in groups far from each other are joined all the same', () => {
  const hubs = [0, 10_000].flatMap(x => [0, 100, 200, 300].map((y): Point => [x, y]));
  const lanes = generateLanes({ hubs, levels: [30, 42], neighbours: 2 });
  expect(lanes.name).toBe('lanes between 8 hubs');
  expect(isConnected(lanes.network)).toBe(true);
});

test('synthetic roads say so, reach everywhere, and have hovering at crossings only', () => {
  const roads = routesOverSyntheticRoads({ seed: 5, rectangle, levels: [40, 52] });
  expect(roads.name).toBe('over synthetic roads (seed 5)');
  expect(isConnected(roads.network)).toBe(true);
  const hovering = roads.network.hover.reduce((total, mark) => total + mark, 0);
  expect(hovering).toBeGreaterThan(200);
  expect(vertexCount(roads.network)).toBeGreaterThan(2 * hovering);
  expect(routesOverSyntheticRoads({ seed: 5, rectangle, levels: [40, 52] }).source).toEqual(roads.source);
});

test('roads of a file lose what cannot be reached', () => {
  const projection = createProjection(frame);
  const line = (...places: Point[]): object => ({
    type: 'LineString',
    coordinates: places.map(place => projection.toEarth(...place)),
  });
  const features = [line([0, 0], [50, 0], [100, 0]), line([500, 0], [600, 0])].map(geometry => ({
    type: 'Feature',
    geometry,
  }));
  const roads = routesOverRoads(JSON.stringify({ type: 'FeatureCollection', features }), {
    frame,
    levels: [40],
    file: 'r.geojson',
  });
  expect(roads.name).toBe('over roads of r.geojson');
  expect(roads.network.x.map(Math.round)).toEqual(new Float64Array([0, 50, 100]));
  expect([...roads.network.hover]).toEqual([1, 0, 1]);
});

test('routes over buildings keep their clearance, and none is over a tower', () => {
  const buildings = syntheticBuildings({ seed: 2, rectangle: [rectangle[0], [1800, 1200]] });
  const { network } = routesOverBuildings({ name: 'synthetic buildings (seed 2)', buildings });
  expect(isConnected(network)).toBe(true);
  expect(vertexCount(network)).toBeGreaterThan(0.6 * buildings.length);
  expect(Math.max(...network.z)).toBeLessThanOrEqual(60);
  let least = 100;
  // Rectangles, so that places over them are found by looking, at 200 places of each edge.
  for (const [from, to] of edgesOf(network)) {
    if (from > to) continue;
    const near = buildings.filter(
      ({ corners: [[x, y]] }) => Math.hypot(x - network.x[from], y - network.y[from]) < 600,
    );
    for (let share = 0; share <= 1; share += 0.005) {
      const [x, y, z] = [network.x, network.y, network.z].map(axis => axis[from] + share * (axis[to] - axis[from]));
      for (const { corners, roofMetres } of near) {
        if (x <= corners[0][0] || x >= corners[2][0] || y <= corners[0][1] || y >= corners[2][1]) continue;
        least = Math.min(least, z - roofMetres);
      }
    }
  }
  expect(least).toBeGreaterThan(-1e-9);
});

test('a wall between two roofs closes the way between them', () => {
  const square = (x: number, roofMetres: number) => ({
    corners: [
      [x, 0],
      [x + 10, 0],
      [x + 10, 10],
      [x, 10],
    ] as Point[],
    roofMetres,
  });
  const over = (wall: number): number =>
    vertexCount(
      routesOverBuildings({ name: 'w', buildings: [square(0, 20), square(100, wall), square(200, 20)], neighbours: 2 })
        .network,
    );
  expect([over(20), over(35), over(90)]).toEqual([3, 3, 1]);
});

test('buildings are read with heights or storeys, on the ground that is given', () => {
  const ring = [
    [103.8, 1.3],
    [103.801, 1.3],
    [103.801, 1.301],
    [103.8, 1.3],
  ];
  const feature = (properties: object) => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Polygon', coordinates: [ring] },
  });
  const text = (...features: object[]): string => JSON.stringify({ type: 'FeatureCollection', features });
  const read = parseBuildings(text(feature({ height: '12.5 m' }), feature({ 'building:levels': 4 })), {
    frame,
    terrainMetres: 5,
  });
  expect(read.map(({ roofMetres, corners }) => [roofMetres, corners.length])).toEqual([
    [17.5, 3],
    [17, 3],
  ]);
  let told: readonly string[] = [];
  try {
    parseBuildings(text(feature({})), { frame });
  } catch (error) {
    told = (error as DiagnosticError).diagnostics.map(({ code, message }) => `${code} ${message}`);
  }
  expect(told).toMatchInlineSnapshot(`
    [
      "SK6108 buildings.geojson: the feature.geometry.coordinates has no height",
      "SK6108 buildings.geojson: heights above the ground, and nothing says how high that is",
    ]
  `);
});

test('pairs of nearest points are there once', () => {
  expect(nearestPairs([[5, 5]], 3)).toEqual([]);
  const crowd = scatterPoints(1, rectangle, 60, 0);
  const expected = new Set<string>();
  for (const [index, [x, y]] of crowd.entries()) {
    const metres = crowd.map(([otherX, otherY]) => Math.hypot(x - otherX, y - otherY));
    const order = [...crowd.keys()].filter(other => other !== index).sort((a, b) => metres[a] - metres[b]);
    for (const other of order.slice(0, 4)) expected.add(`${Math.min(index, other)} ${Math.max(index, other)}`);
  }
  expect(new Set(nearestPairs(crowd, 4).map(pair => pair.join(' ')))).toEqual(expected);
  expect(
    nearestPairs(
      [
        [0, 0],
        [1, 0],
        [3, 0],
      ],
      1,
    ),
  ).toEqual([
    [0, 1],
    [1, 2],
  ]);
});
