import { attributeOf } from '../../../src/ir/index.ts';
import { builtCase } from './build-case.ts';
import type { RuleCase } from './case.ts';

/** Gathers and scatters: whole and partial windows, batching, indices along several dimensions. */
export function indexingCases(): RuleCase[] {
  return [...gatherCases(), ...scatterCases()];
}

type Fields = Readonly<Record<string, number | readonly number[]>>;

function gatherCases(): RuleCase[] {
  const gather = (operand: string, indices: string, sizes: readonly number[], fields: Fields) =>
    builtCase('stablehlo.gather', [operand, indices], {
      dimension_numbers: attributeOf.record('gather', fields),
      slice_sizes: attributeOf.integers(sizes),
    });
  const rows = { offset_dims: [2], collapsed_slice_dims: [0], start_index_map: [0], index_vector_dim: 2 };
  const points = { collapsed_slice_dims: [0, 1], start_index_map: [1, 0], index_vector_dim: 1 };
  return [
    gather('f32[8, 6]', 'i32[2, 4]', [1, 6], rows),
    gather('i32[8, 6]', 'ui8[2, 4, 1]', [1, 6], rows),
    gather('i32[8, 6]', 'i32[2, 4]', [1, 3], rows),
    gather('i1[8, 6]', 'i32[4, 2]', [1, 1], points),
    gather('f32[4, 6]', 'i32[2, 4]', [1, 1], { ...points, index_vector_dim: 0 }),
    gather('i32[4, 6]', 'i32[4, 1]', [1, 1], {
      collapsed_slice_dims: [0, 1],
      start_index_map: [1],
      index_vector_dim: 1,
    }),
    gather('f32[8, 6]', 'i32[4, 2]', [2, 6], { offset_dims: [0, 2], start_index_map: [0, 1], index_vector_dim: 1 }),
    gather('f32[4, 8, 6]', 'i32[4, 2, 1]', [1, 1, 6], {
      offset_dims: [2],
      collapsed_slice_dims: [1],
      operand_batching_dims: [0],
      start_indices_batching_dims: [0],
      start_index_map: [1],
      index_vector_dim: 2,
    }),
    gather('f32[2, 8, 4]', 'i32[4, 6, 2]', [1, 1, 1], {
      collapsed_slice_dims: [1],
      operand_batching_dims: [0, 2],
      start_indices_batching_dims: [2, 0],
      start_index_map: [1],
      index_vector_dim: 3,
    }),
  ];
}

function scatterCases(): RuleCase[] {
  const scatter = (tensors: readonly [input: string, indices: string, update: string], body: string, fields: Fields) =>
    builtCase(
      'stablehlo.scatter',
      tensors,
      { scatter_dimension_numbers: attributeOf.record('scatter', fields) },
      {
        regions: builder => {
          const { element } = builder.tensorOf(0);
          const scalar = { kind: 'tensor', shape: [], element } as const;
          if (body === 'replace') return [builder.region([scalar, scalar], ([, update]) => [update])];
          return [builder.reducer(`stablehlo.${body}`, element)];
        },
      },
    );
  const rows = {
    update_window_dims: [2],
    inserted_window_dims: [0],
    scatter_dims_to_operand_dims: [0],
    index_vector_dim: 2,
  };
  const points = { inserted_window_dims: [0, 1], scatter_dims_to_operand_dims: [1, 0], index_vector_dim: 1 };
  const batching = {
    update_window_dims: [2],
    inserted_window_dims: [1],
    input_batching_dims: [0],
    scatter_indices_batching_dims: [0],
    scatter_dims_to_operand_dims: [1],
    index_vector_dim: 2,
  };
  return ['add', 'maximum', 'multiply', 'replace'].flatMap(body => [
    scatter(['f32[8, 6]', 'i32[2, 4]', 'f32[2, 4, 6]'], body, rows),
    scatter(['i32[8, 6]', 'i32[2, 4, 1]', 'i32[2, 4, 3]'], body, rows),
    scatter(['i32[8, 6]', 'i32[4, 2]', 'i32[4]'], body, points),
    scatter(['i32[4, 6]', 'i32[4, 1]', 'i32[4]'], body, { ...points, scatter_dims_to_operand_dims: [1] }),
    scatter(['f32[4, 8, 6]', 'i32[4, 2, 1]', 'f32[4, 2, 6]'], body, batching),
    scatter(['i32[8, 6]', 'i32[4, 2]', 'i32[4, 2, 6]'], body, {
      update_window_dims: [1, 2],
      scatter_dims_to_operand_dims: [0, 1],
      index_vector_dim: 1,
    }),
    scatter(['i32[8, 6]', 'i32[0]', 'i32[8, 6]'], body, { update_window_dims: [0, 1], index_vector_dim: 0 }),
  ]);
}
