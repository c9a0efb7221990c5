import { describe, expect, it } from 'vitest';
import { type ConflictRow, createConflictRows } from './conflict-rows.ts';
import { createLatticeIndex, createLatticeRows } from './lattice-rows.ts';
import { createMoves } from './moves.ts';
import { edgeCount, vertexCount } from './network.ts';
import { expandAirMatrix } from './networks/airmatrix.ts';

describe('rows of a lattice', () => {
  it.each([
    { radius: 15, buffer: 0 },
    { radius: 40, buffer: 5 },
    { radius: 130, buffer: 0 },
  ])('are those of a network with the same edges, at radius $radius', ({ radius, buffer }) => {
    const network = expandAirMatrix({
      kind: 'airmatrix',
      // A corner is cut off, so that there are cells without neighbours.
      rings: [
        [
          [0, 0],
          [620, 0],
          [620, 250],
          [250, 520],
          [0, 520],
        ],
      ],
      rectangle: [
        [0, 0],
        [700, 600],
      ],
      cellMetres: 100,
      layerHeights: [24, 36, 60],
    });
    const pace = { halfHeightMetres: 5, climbMetresPerSecond: 3, descentMetresPerSecond: 2 };
    const slow = { name: 'slow', radiusMetres: radius, speedMetresPerSecond: 10, ...pace };
    const held = createMoves(network, slow);
    const free = createMoves(network, { ...slow, name: 'fast', speedMetresPerSecond: 16, halfHeightMetres: 8 });
    const separation = { bufferMetres: buffer, bufferSeconds: 1 };
    const index = createLatticeIndex(network);
    if (index === undefined) throw new Error('no lattice');
    const stencils = createLatticeRows(index, held, free, separation);
    const rows = createConflictRows(network, held, free, separation, 0);
    for (let edge = 0; edge < edgeCount(network); edge++) {
      expectSame(stencils.edgesOfEdge(edge), rows.edgesOfEdge(edge));
      expectSame(stencils.verticesOfEdge(edge), rows.verticesOfEdge(edge));
    }
    for (let vertex = 0; vertex < vertexCount(network); vertex++) {
      expectSame(stencils.edgesOfVertex(vertex), rows.edgesOfVertex(vertex));
      expectSame(stencils.verticesOfVertex(vertex), rows.verticesOfVertex(vertex));
    }
  });
});

/** The same ids; times differ by rounding only. */
function expectSame(actual: ConflictRow, expected: ConflictRow): void {
  const [one, other] = [entriesOf(actual), entriesOf(expected)];
  expect(one.map(({ id }) => id)).toEqual(other.map(({ id }) => id));
  const apart = one.map(({ low, high }, entry) =>
    Math.max(Math.abs(low - (other[entry]?.low ?? 0)), Math.abs(high - (other[entry]?.high ?? 0))),
  );
  expect(Math.max(0, ...apart)).toBeLessThan(1e-9);
}

function entriesOf({ count, ids, low, high }: ConflictRow): { id: number; low: number; high: number }[] {
  return Array.from(ids.subarray(0, count), (id, entry) => ({ id, low: low[entry] ?? 0, high: high[entry] ?? 0 })).sort(
    (a, b) => a.id - b.id,
  );
}
