import type { AirMatrixSource, AirNetwork, Lattice } from '../network.ts';
import { checkAirMatrix, noCell } from './airmatrix-check.ts';
import { markRing } from './ring-cells-kernel.ts';

/**
 * The network of an AirMatrix, with its lattice: vertices in the order of the lattice, edges of one in the order of
 * `latticeSteps`. A vehicle may hover everywhere. Heights are exactly those given. A cell is there if it shares an area
 * with a ring, tested to rounding.
 *
 * Corners and cell size are taken to the nearest 2^-20 m, so that places and their differences have no rounding: a step
 * has the same displacement to the last bit wherever it is taken.
 *
 * @throws DiagnosticError SK6105 where no lattice is described.
 */
export function expandAirMatrix(source: AirMatrixSource): AirNetwork {
  checkAirMatrix(source);
  const cellMetres = snap(source.cellMetres);
  const west = snap(source.rectangle[0][0]);
  const south = snap(source.rectangle[0][1]);
  const [columns, rows] = latticeSize(source);
  const layers = source.layerHeights.length;
  const cells = new Uint8Array(columns * rows);
  if (source.rings === undefined) cells.fill(1);
  for (const ring of source.rings ?? []) markRing(ring, { west, south, cellMetres, columns, rows }, cells);

  const count = layers * cells.reduce((total, cell) => total + cell, 0);
  if (count === 0) throw noCell();
  const lattice = {
    columns,
    rows,
    layers,
    cellMetres,
    layerHeights: source.layerHeights,
    vertexAt: new Int32Array(columns * rows * layers).fill(-1),
    cellOf: new Int32Array(count),
    steps: Int32Array.from(latticeSteps.flat()),
  };
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const z = new Float64Array(count);
  let vertex = 0;
  for (let layer = 0; layer < layers; layer++) {
    for (let cell = 0; cell < cells.length; cell++) {
      if (cells[cell] === 0) continue;
      const column = cell % columns;
      x[vertex] = west + (column + 0.5) * cellMetres;
      y[vertex] = south + ((cell - column) / columns + 0.5) * cellMetres;
      z[vertex] = source.layerHeights[layer] as number;
      lattice.cellOf[vertex] = layer * cells.length + cell;
      lattice.vertexAt[layer * cells.length + cell] = vertex++;
    }
  }
  return { x, y, z, hover: new Uint8Array(count).fill(1), ...connect(lattice) };
}

/** Every step of a lattice as [columns, rows, layers]: 8 neighbours from east, counter-clockwise, then up and down. */
export const latticeSteps: readonly (readonly [columns: number, rows: number, layers: number])[] = [
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 0],
  [-1, 1, 0],
  [-1, 0, 0],
  [-1, -1, 0],
  [0, -1, 0],
  [1, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];

/** Columns and rows of cells. */
export function latticeSize(source: AirMatrixSource): readonly [columns: number, rows: number] {
  const [[west, south], [east, north]] = source.rectangle;
  return [Math.round((east - west) / source.cellMetres), Math.round((north - south) / source.cellMetres)];
}

/** To a multiple of 2^-20 m, half of which a double can count to 4e9 m and more. */
function snap(metres: number): number {
  return Math.round(metres * 1048576) / 1048576;
}

/** Edges for every step that has a cell at its end. Two passes: one counts, one writes. */
function connect(lattice: Omit<Lattice, 'stepOfEdge'>): Pick<AirNetwork, 'edgeOffsets' | 'edgeTargets'> & {
  lattice: Lattice;
} {
  const { columns, rows, layers, vertexAt, cellOf } = lattice;
  const count = cellOf.length;
  const edgeOffsets = new Int32Array(count + 1);
  let edgeTargets = new Int32Array(0);
  let stepOfEdge = new Uint8Array(0);
  for (const writes of [false, true]) {
    let edge = 0;
    for (let vertex = 0; vertex < count; vertex++) {
      const cell = cellOf[vertex] as number;
      const column = cell % columns;
      const row = ((cell - column) / columns) % rows;
      const layer = Math.floor(cell / (columns * rows));
      for (let step = 0; step < latticeSteps.length; step++) {
        const [east, north, up] = latticeSteps[step] as readonly [number, number, number];
        if (column + east < 0 || column + east >= columns || row + north < 0 || row + north >= rows) continue;
        if (layer + up < 0 || layer + up >= layers) continue;
        const target = vertexAt[cell + (up * rows + north) * columns + east] as number;
        if (target < 0) continue;
        if (writes) {
          edgeTargets[edge] = target;
          stepOfEdge[edge] = step;
        }
        edge++;
      }
      edgeOffsets[vertex + 1] = edge;
    }
    if (!writes) {
      edgeTargets = new Int32Array(edge);
      stepOfEdge = new Uint8Array(edge);
    }
  }
  return { edgeOffsets, edgeTargets, lattice: { ...lattice, stepOfEdge } };
}
