import { attributeOf } from '../../../src/ir/index.ts';
import { builtCase, orders, typeOf } from './build-case.ts';
import type { RuleCase } from './case.ts';

const { integer, integers } = attributeOf;

/** Operations that arrange elements, with sizes at which rules change. */
export function shapeCases(): RuleCase[] {
  return [...reshapeCases(), ...broadcastCases(), ...edgeCases(), ...orderCases()];
}

function reshapeCases(): RuleCase[] {
  const shapes = [
    ['4, 6', '24'],
    ['24', '4, 6'],
    ['24', '2, 3, 4'],
    ['2, 6, 4', '12, 4'],
    ['2, 6, 4', '4, 3, 4'],
    ['8, 3', '2, 12'],
    ['4, 6', '6, 4'],
    ['4, 1, 6', '1, 4, 6, 1'],
    ['2, 3, 4, 2', '6, 8'],
    ['1, 8', '2, 4'],
    ['6, 4, 5', '6, 20'],
    ['4, 6, 5', '6, 4, 5'],
    ['4, 9, 2', '12, 6'],
    ['2, 2, 2, 2', '4, 4'],
  ];
  return shapes.map(([from, to]) => builtCase('stablehlo.reshape', [`i32[${from}]`], {}, { results: [`i32[${to}]`] }));
}

function broadcastCases(): RuleCase[] {
  const spreads: readonly (readonly [string, string, readonly number[]])[] = [
    ['f32[]', 'f32[4, 6]', []],
    ['f32[6]', 'f32[4, 6]', [1]],
    ['f32[6, 4]', 'f32[4, 2, 6]', [2, 0]],
    ['f32[1, 6]', 'f32[4, 6]', [0, 1]],
    ['f32[4, 1]', 'f32[4, 6]', [0, 1]],
  ];
  return spreads.map(([from, to, dimensions]) =>
    builtCase('stablehlo.broadcast_in_dim', [from], { broadcast_dimensions: integers(dimensions) }, { results: [to] }),
  );
}

/** Operations that keep some dimensions whole and cut or grow others. */
function edgeCases(): RuleCase[] {
  const pad = (low: readonly number[], high: readonly number[], interior: readonly number[]) =>
    builtCase('stablehlo.pad', ['f32[4, 6]', 'f32[]'], {
      edge_padding_low: integers(low),
      edge_padding_high: integers(high),
      interior_padding: integers(interior),
    });
  const slice = (start: readonly number[], limit: readonly number[], strides: readonly number[]) =>
    builtCase('stablehlo.slice', ['f32[4, 6]'], {
      start_indices: integers(start),
      limit_indices: integers(limit),
      strides: integers(strides),
    });
  const dynamic = [
    [2, 6],
    [4, 3],
    [4, 6],
    [1, 1],
  ].flatMap(sizes => [
    builtCase('stablehlo.dynamic_slice', ['f32[4, 6]', 'i32[]', 'i32[]'], { slice_sizes: integers(sizes) }),
    builtCase('stablehlo.dynamic_update_slice', ['f32[4, 6]', `f32[${sizes.join()}]`, 'i32[]', 'i32[]']),
  ]);
  return [
    pad([0, 1], [0, 0], [0, 0]),
    pad([0, 0], [0, 0], [1, 0]),
    pad([0, -1], [0, 1], [0, 0]),
    slice([1, 0], [3, 6], [1, 1]),
    slice([0, 0], [4, 6], [1, 2]),
    slice([0, 1], [4, 5], [1, 1]),
    ...dynamic,
  ];
}

function orderCases(): RuleCase[] {
  const scalars = ['f32[]', 'f32[]', 'i32[]', 'i32[]'];
  const less = { comparison_direction: attributeOf.enumeration('comparison_direction', 'LT') };
  const sorts = [0, -1].map(dimension =>
    builtCase(
      'stablehlo.sort',
      ['f32[4, 6]', 'i32[4, 6]'],
      { dimension: integer(dimension) },
      {
        regions: builder => [
          builder.region(scalars.map(typeOf), ([a, b]) => builder.emit('stablehlo.compare', [a, b], less)),
        ],
      },
    ),
  );
  return [
    ...orders(3).map(order => builtCase('stablehlo.transpose', ['i32[2, 4, 6]'], { permutation: integers(order) })),
    ...[[0], [1], [0, 1]].map(list => builtCase('stablehlo.reverse', ['i32[4, 6]'], { dimensions: integers(list) })),
    builtCase('stablehlo.concatenate', ['i32[4, 6]', 'i32[2, 6]'], { dimension: integer(0) }),
    builtCase('stablehlo.concatenate', ['i32[4, 6]', 'i32[4, 2]', 'i32[4, 6]'], { dimension: integer(1) }),
    ...sorts,
    builtCase('chlo.top_k', ['f32[4, 6, 8]'], { k: integer(4) }),
    builtCase('chlo.top_k', ['i32[4, 8]'], { k: integer(8) }),
  ];
}
