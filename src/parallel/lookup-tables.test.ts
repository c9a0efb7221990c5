import { expect, test } from 'vitest';
import { parseCluster } from '../cost/index.ts';
import { parseProgram } from '../ir/index.ts';
import { parseMesh } from '../sharding/index.ts';
import { layoutsOfTable, lookupDimensions } from './lookup-tables.ts';
import { createProblem } from './problem.ts';
import { problemOnMesh } from './problem-mesh.ts';
import { valueLayouts } from './space.ts';

/** Looks rows of a cast table of so many rows up. */
const lookup = (rows: number) =>
  parseProgram(
    new TextEncoder().encode(`module {
  func.func public @main(%t: tensor<${rows}x16xf32>, %i: tensor<4x1xi32>) -> tensor<4x16xbf16> {
    %0 = stablehlo.convert %t : (tensor<${rows}x16xf32>) -> tensor<${rows}x16xbf16>
    %1 = "stablehlo.gather"(%0, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 16>}> : (tensor<${rows}x16xbf16>, tensor<4x1xi32>) -> tensor<4x16xbf16>
    return %1 : tensor<4x16xbf16>
  }
}
`),
  );

/** The layouts of the table on four devices by two, as pieces of rows x pieces of columns. */
function layoutsOf(rows: number): string[] {
  const mesh = parseMesh('a=4,b=2');
  const ground = problemOnMesh(createProblem(lookup(rows), { cluster: parseCluster('v5p:2x2x2'), mesh }), mesh);
  const [[table, lookedUp]] = lookupDimensions(ground.func);
  const { grid } = ground;
  const pieces = (atoms: readonly number[]): number => atoms.reduce((all, atom) => all * grid.atoms[atom].size, 1);
  const layouts = layoutsOfTable(grid, valueLayouts(ground, table), lookedUp);
  return [...new Set(layouts.map(({ dimensions }) => dimensions.map(pieces).join('x')))].sort();
}

test('a table whose rows can be cut is cut into whole rows', () => {
  expect(layoutsOf(64)).toEqual(['1x1', '2x1', '4x1', '8x1']);
});

test('columns are cut where that makes more pieces than rows do', () => {
  expect(layoutsOf(6)).toEqual(['1x1', '1x4', '1x8', '2x1', '2x4']);
});
