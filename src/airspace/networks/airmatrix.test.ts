import { expect, test } from 'vitest';
import { createRandom, type DiagnosticError } from '../../base/index.ts';
import { type AirMatrixSource, edgeCount, type Point, vertexCount } from '../network.ts';
import { expandAirMatrix, latticeSteps } from './airmatrix.ts';

const box = (columns: number, rows: number, layers: number): AirMatrixSource => ({
  kind: 'airmatrix',
  rectangle: [
    [0, 0],
    [100 * columns, 100 * rows],
  ],
  cellMetres: 100,
  layerHeights: Array.from({ length: layers }, (_, layer) => 24 + 12 * layer),
});

/** Area that a polygon shares with the square from (column, row) to (column + 1, row + 1), by clipping: the oracle. */
function sharedArea(ring: readonly Point[], column: number, row: number): number {
  const halfPlanes: readonly ((point: Point) => number)[] = [
    ([x]) => x - column,
    ([x]) => column + 1 - x,
    ([, y]) => y - row,
    ([, y]) => row + 1 - y,
  ];
  let clipped = ring;
  for (const side of halfPlanes) {
    clipped = clipped.flatMap((point, index) => {
      const previous = clipped.at(index - 1) as Point;
      const [before, here] = [side(previous), side(point)];
      const share = before / (before - here);
      const crossing: Point = [
        previous[0] + share * (point[0] - previous[0]),
        previous[1] + share * (point[1] - previous[1]),
      ];
      const kept: Point[] = before * here < 0 ? [crossing] : [];
      return here >= 0 ? [...kept, point] : kept;
    });
  }
  let twice = 0;
  for (const [index, [x, y]] of clipped.entries()) {
    const [previousX, previousY] = clipped.at(index - 1) as Point;
    twice += previousX * y - x * previousY;
  }
  return Math.abs(twice) / 2;
}

test('a full rectangle has a vertex for every cell and layer, at its middle', () => {
  const network = expandAirMatrix(box(3, 2, 2));
  expect(vertexCount(network)).toBe(12);
  expect([...network.x.slice(0, 3)]).toEqual([50, 150, 250]);
  expect([...network.y.slice(0, 4)]).toEqual([50, 50, 50, 150]);
  expect([...new Set(network.z)]).toEqual([24, 36]);
  // In each layer 2 x 2 eastward pairs, 3 northward and 4 diagonal, both ways; 6 upward, both ways.
  expect(edgeCount(network)).toBe(2 * 2 * (4 + 3 + 4) + 2 * 6);
  expect(network.hover.every(hover => hover === 1)).toBe(true);
});

test('every edge is the step that it says, in the order of steps, and has a way back', () => {
  const ring: Point[] = [
    [30, 40],
    [930, 10],
    [820, 470],
    [480, 180],
    [140, 580],
  ];
  const network = expandAirMatrix({ ...box(10, 6, 3), rings: [ring] });
  const { x, y, z, edgeOffsets, edgeTargets } = network;
  const lattice = network.lattice as NonNullable<typeof network.lattice>;
  const pairs = new Set<string>();
  for (let vertex = 0; vertex < vertexCount(network); vertex++) {
    expect(lattice.vertexAt[lattice.cellOf[vertex]]).toBe(vertex);
    let before = -1;
    for (let edge = edgeOffsets[vertex]; edge < edgeOffsets[vertex + 1]; edge++) {
      const step = lattice.stepOfEdge[edge];
      const target = edgeTargets[edge];
      expect(step).toBeGreaterThan(before);
      before = step;
      const [columns, rows, layers] = latticeSteps[step];
      expect([x[target] - x[vertex], y[target] - y[vertex], z[target] - z[vertex]]).toEqual([
        100 * columns,
        100 * rows,
        12 * layers,
      ]);
      pairs.add(`${vertex} ${target}`);
    }
  }
  expect(pairs.size).toBe(edgeCount(network));
  for (const pair of pairs) expect(pairs.has(pair.split(' ').reverse().join(' '))).toBe(true);
});

test('cells are those that share an area with a ring, as clipping finds', () => {
  const random = createRandom(3);
  for (let run = 0; run < 300; run++) {
    // Star-shaped around a point, on quarters of cells every other time, so that edges meet grid lines and corners.
    const corners = random.integer(3, 9);
    const centre: Point = [random.integer(1, 8), random.integer(1, 6)];
    const ring = Array.from({ length: corners }, (_, corner): Point => {
      const angle = (2 * Math.PI * (corner + 0.8 * random.next())) / corners;
      const radius = 0.2 + 4 * random.next();
      const place = [centre[0] + radius * Math.cos(angle), centre[1] + radius * Math.sin(angle)] as const;
      return run % 2 === 0 ? place : [Math.round(place[0] * 4) / 4, Math.round(place[1] * 4) / 4];
    });
    const network = expandAirMatrix({ ...box(9, 7, 1), rings: [ring.map(([x, y]): Point => [100 * x, 100 * y])] });
    const found = new Set(network.lattice?.cellOf);
    for (let cell = 0; cell < 63; cell++) {
      const area = sharedArea(ring, cell % 9, Math.floor(cell / 9));
      if (area > 1e-9) expect(found.has(cell), `seed 3, run ${run}, cell ${cell}, area ${area}`).toBe(true);
      // A thin ring that folds onto itself has cells with edges through them and no area.
      if (area === 0 && run % 2 === 0) expect(found.has(cell), `seed 3, run ${run}, cell ${cell}`).toBe(false);
    }
  }
});

test('a ring inside one cell has that cell, and one along grid lines has the cells inside only', () => {
  const cellsOf = (ring: Point[]): number[] => [
    ...(expandAirMatrix({ ...box(4, 3, 1), rings: [ring] }).lattice?.cellOf ?? []),
  ];
  expect(
    cellsOf([
      [110, 110],
      [120, 110],
      [115, 120],
    ]),
  ).toEqual([5]);
  expect(
    cellsOf([
      [100, 100],
      [300, 100],
      [300, 200],
      [100, 200],
    ]),
  ).toEqual([5, 6]);
});

test('steps have equal displacements to the last bit, whatever the cell size', () => {
  const source = { ...box(1, 1, 1), cellMetres: 33.3, layerHeights: [24.1, 36.7] };
  const network = expandAirMatrix({
    ...source,
    rectangle: [
      [-12345.678, 9876.54321],
      [-12345.678 + 33.3 * 50, 9876.54321 + 33.3 * 40],
    ],
  });
  const { x, y, z, edgeOffsets, edgeTargets, lattice } = network;
  const seen = new Map<number, string>();
  for (let vertex = 0; vertex < vertexCount(network); vertex++) {
    for (let edge = edgeOffsets[vertex]; edge < edgeOffsets[vertex + 1]; edge++) {
      const step = lattice?.stepOfEdge[edge] ?? -1;
      const target = edgeTargets[edge];
      const shift = `${x[target] - x[vertex]} ${y[target] - y[vertex]} ${z[target] - z[vertex]}`;
      expect(seen.get(step) ?? shift).toBe(shift);
      seen.set(step, shift);
    }
  }
  expect(seen.size).toBe(10);
  expect([...new Set(z)]).toEqual([24.1, 36.7]);
});

test('what describes no lattice is told, all of it at once', () => {
  const wrong: AirMatrixSource = {
    ...box(2, 2, 0),
    rectangle: [
      [0, 0],
      [250, -100],
    ],
    rings: [
      [
        [0, 0],
        [1, 1],
      ],
    ],
  };
  let told: readonly string[] = [];
  try {
    expandAirMatrix(wrong);
  } catch (error) {
    told = (error as DiagnosticError).diagnostics.map(({ code, message }) => `${code} ${message}`);
  }
  expect(told).toMatchInlineSnapshot(`
    [
      "SK6105 the rectangle measures 250 m from west to east, in cells of 100 m",
      "SK6105 the rectangle measures -100 m from south to north, in cells of 100 m",
      "SK6105 the layers are at [] m",
      "SK6105 ring 0 has 2 corners",
    ]
  `);
});

test('rings that leave no cell are told', () => {
  const ring: Point[] = [
    [900, 900],
    [950, 900],
    [900, 950],
  ];
  expect(() => expandAirMatrix({ ...box(2, 2, 1), rings: [ring] })).toThrow(/SK6105: no cell of the rectangle/);
});
