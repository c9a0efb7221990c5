import { type ConflictRow, type ConflictRows, createConflictRows } from './conflict-rows.ts';
import { createMoves, type Moves } from './moves.ts';
import { type AirNetwork, edgeCount, edgeSources, type Lattice, vertexCount } from './network.ts';
import { expandAirMatrix } from './networks/airmatrix.ts';
import type { Separation } from './problem.ts';

/** Where the edges of a lattice are: by vertex and step, -1 where there is none. */
export interface LatticeIndex {
  readonly lattice: Lattice;
  readonly sources: Int32Array;
  readonly edgeAt: Int32Array;
}

/** The index of a network that lies on a lattice, undefined for others. */
export function createLatticeIndex(network: AirNetwork): LatticeIndex | undefined {
  const { lattice } = network;
  if (lattice === undefined) return undefined;
  const steps = lattice.steps.length / 3;
  const sources = edgeSources(network);
  const edgeAt = new Int32Array(vertexCount(network) * steps).fill(-1);
  for (let edge = 0; edge < edgeCount(network); edge++) {
    edgeAt[(sources[edge] as number) * steps + (lattice.stepOfEdge[edge] as number)] = edge;
  }
  return { lattice, sources, edgeAt };
}

/** What is blocked, counted in cells from the one that blocks. Ids are steps for edges, 0 for vertices. */
interface Stencil {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  readonly layers: Int32Array;
  readonly ids: Int32Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Rows of a lattice: all cells of a layer block the same cells around them, so that one stencil for each layer and step is
 * enough. Stencils are read off a patch of the lattice that is just large enough. Nothing is kept of rows.
 */
export function createLatticeRows(index: LatticeIndex, held: Moves, free: Moves, separation: Separation): ConflictRows {
  const { lattice, sources, edgeAt } = index;
  const { columns, rows, layers, vertexAt, cellOf, stepOfEdge } = lattice;
  const steps = lattice.steps.length / 3;
  const patch = createPatch(lattice, held, free, separation);
  const edgesOfEdge: Stencil[] = [];
  const verticesOfEdge: Stencil[] = [];
  const edgesOfVertex: Stencil[] = [];
  const verticesOfVertex: Stencil[] = [];
  for (let layer = 0; layer < layers; layer++) {
    edgesOfVertex.push(patch.edges(patch.rows.edgesOfVertex(patch.centre(layer)), layer));
    verticesOfVertex.push(patch.vertices(patch.rows.verticesOfVertex(patch.centre(layer)), layer));
    for (let step = 0; step < steps; step++) {
      const edge = patch.index.edgeAt[patch.centre(layer) * steps + step] as number;
      edgesOfEdge.push(edge < 0 ? emptyStencil : patch.edges(patch.rows.edgesOfEdge(edge), layer));
      verticesOfEdge.push(edge < 0 ? emptyStencil : patch.vertices(patch.rows.verticesOfEdge(edge), layer));
    }
  }
  const most = Math.max(
    ...[edgesOfEdge, verticesOfEdge, edgesOfVertex, verticesOfVertex].flat().map(s => s.ids.length),
  );
  const ids = new Int32Array(most);
  const low = new Float64Array(most);
  const high = new Float64Array(most);
  /** The stencil laid on a vertex, without what is not there. */
  const lay = (stencil: Stencil | undefined, vertex: number, ofEdges: boolean): ConflictRow => {
    let count = 0;
    const cell = cellOf[vertex] as number;
    const column = cell % columns;
    const row = Math.floor(cell / columns) % rows;
    const layer = Math.floor(cell / (columns * rows));
    for (let entry = 0; stencil !== undefined && entry < stencil.ids.length; entry++) {
      const atColumn = column + (stencil.columns[entry] as number);
      const atRow = row + (stencil.rows[entry] as number);
      if (atColumn < 0 || atColumn >= columns || atRow < 0 || atRow >= rows) continue;
      const there = vertexAt[
        ((layer + (stencil.layers[entry] as number)) * rows + atRow) * columns + atColumn
      ] as number;
      if (there < 0) continue;
      const id = ofEdges ? (edgeAt[there * steps + (stencil.ids[entry] as number)] as number) : there;
      if (id < 0) continue;
      ids[count] = id;
      low[count] = stencil.low[entry] as number;
      high[count] = stencil.high[entry] as number;
      count++;
    }
    return { count, ids, low, high };
  };
  const layerOf = (vertex: number): number => Math.floor((cellOf[vertex] as number) / (columns * rows));
  const stencilOf = (edge: number): number => layerOf(sources[edge] as number) * steps + (stepOfEdge[edge] as number);
  return {
    edgesOfEdge: edge => lay(edgesOfEdge[stencilOf(edge)], sources[edge] as number, true),
    verticesOfEdge: edge => lay(verticesOfEdge[stencilOf(edge)], sources[edge] as number, false),
    edgesOfVertex: vertex => lay(edgesOfVertex[layerOf(vertex)], vertex, true),
    verticesOfVertex: vertex => lay(verticesOfVertex[layerOf(vertex)], vertex, false),
  };
}

const emptyStencil: Stencil = {
  columns: new Int32Array(0),
  rows: new Int32Array(0),
  layers: new Int32Array(0),
  ids: new Int32Array(0),
  low: new Float64Array(0),
  high: new Float64Array(0),
};

interface Patch {
  readonly index: LatticeIndex;
  readonly rows: ConflictRows;
  /** The vertex in the middle of a layer. */
  centre(layer: number): number;
  edges(row: ConflictRow, layer: number): Stencil;
  vertices(row: ConflictRow, layer: number): Stencil;
}

/** A whole piece of the lattice, as far around its middle as a vehicle on a step can be in the way of others. */
function createPatch(lattice: Lattice, held: Moves, free: Moves, separation: Separation): Patch {
  const { cellMetres, layerHeights } = lattice;
  const radius = held.vehicle.radiusMetres + free.vehicle.radiusMetres + separation.bufferMetres;
  const reach = Math.ceil(radius / cellMetres) + 2;
  const width = 2 * reach + 1;
  const network = expandAirMatrix({
    kind: 'airmatrix',
    rectangle: [
      [0, 0],
      [width * cellMetres, width * cellMetres],
    ],
    cellMetres,
    layerHeights,
  });
  const index = createLatticeIndex(network);
  if (index === undefined) throw new Error('internal: a lattice without a lattice');
  const moves = (of: Moves): Moves => createMoves(network, of.vehicle);
  const rows = createConflictRows(network, moves(held), moves(free), separation, 0);
  const read = (
    row: ConflictRow,
    layer: number,
    vertexOf: (id: number) => number,
    idOf: (id: number) => number,
  ): Stencil => {
    const taken = Array.from(row.ids.subarray(0, row.count));
    const cells = taken.map(id => index.lattice.cellOf[vertexOf(id)] as number);
    return {
      columns: Int32Array.from(cells, cell => (cell % width) - reach),
      rows: Int32Array.from(cells, cell => (Math.floor(cell / width) % width) - reach),
      layers: Int32Array.from(cells, cell => Math.floor(cell / (width * width)) - layer),
      ids: Int32Array.from(taken, idOf),
      low: row.low.slice(0, row.count),
      high: row.high.slice(0, row.count),
    };
  };
  return {
    index,
    rows,
    centre: layer => index.lattice.vertexAt[(layer * width + reach) * width + reach] as number,
    edges: (row, layer) =>
      read(
        row,
        layer,
        edge => index.sources[edge] as number,
        edge => index.lattice.stepOfEdge[edge] as number,
      ),
    vertices: (row, layer) =>
      read(
        row,
        layer,
        vertex => vertex,
        () => 0,
      ),
  };
}
