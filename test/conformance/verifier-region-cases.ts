import type { VerifierCase } from './verifier-case.ts';
import { add, f32, generic, greater, pretty, scalar } from './verifier-case.ts';

const reductions: readonly VerifierCase[] = [
  generic('reduce', 'stablehlo.reduce', [f32('4x8x3'), scalar], 'dimensions = array<i64: 0, 2>', [f32('8')], add),
  generic(
    'reduce',
    'stablehlo.reduce',
    ['tensor<4x8xbf16>', 'tensor<bf16>'],
    'dimensions = array<i64: 1>',
    [f32('4')],
    add,
  ),
  generic(
    'reduce',
    'stablehlo.reduce',
    [f32('4x8'), 'tensor<4x8xi32>', scalar, 'tensor<i32>'],
    'dimensions = array<i64: 1>',
    [f32('4'), 'tensor<4xi32>'],
    `({
  ^bb0(%a: ${scalar}, %b: tensor<i32>, %c: ${scalar}, %d: tensor<i32>):
    "stablehlo.return"(%c, %d) : (${scalar}, tensor<i32>) -> ()
  })`,
  ),
  pretty(
    'reduce',
    [f32('4x8'), scalar],
    [f32('4')],
    'stablehlo.reduce(%arg0 init: %arg1) applies stablehlo.add across dimensions = [1] : ($0, $1) -> $r0',
  ),
];

const windows: readonly VerifierCase[] = [
  generic(
    'reduce_window',
    'stablehlo.reduce_window',
    [f32('1x8x8x2'), scalar],
    'base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<[[0, 0], [1, 1], [1, 1], [0, 0]]> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 3, 3, 1>, window_strides = array<i64: 1, 2, 2, 1>',
    [f32('1x4x4x2')],
    add,
  ),
  generic(
    'reduce_window',
    'stablehlo.reduce_window',
    [f32('6'), scalar],
    'window_dimensions = array<i64: 2>',
    [f32('5')],
    add,
  ),
  generic(
    'reduce_window',
    'stablehlo.select_and_scatter',
    [f32('8x8'), f32('4x4'), scalar],
    'padding = dense<[[0, 0], [0, 0]]> : tensor<2x2xi64>, window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 2, 2>',
    [f32('8x8')],
    `${greater.slice(0, -1)}, ${add.slice(1)}`,
  ),
];

const scatters: readonly VerifierCase[] = [
  generic(
    'scatter',
    'stablehlo.scatter',
    [f32('10x16'), 'tensor<2x5x1xi32>', f32('2x5x16')],
    'indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [2], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 2>, unique_indices = false',
    [f32('10x16')],
    add,
  ),
  generic(
    'scatter',
    'stablehlo.scatter',
    [f32('8x10'), 'tensor<8x4x1xi32>', f32('8x4')],
    'scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [1], input_batching_dims = [0], scatter_indices_batching_dims = [0], scatter_dims_to_operand_dims = [1], index_vector_dim = 2>',
    [f32('8x10')],
    add,
  ),
];

const sorts: readonly VerifierCase[] = [
  generic('sort', 'stablehlo.sort', [f32('4x8')], 'dimension = 1 : i64, is_stable = true', [f32('4x8')], greater),
  generic(
    'sort',
    'stablehlo.sort',
    [f32('4x8'), 'tensor<4x8xi32>'],
    'dimension = 0 : i64',
    [f32('4x8'), 'tensor<4x8xi32>'],
    `({
  ^bb0(%a: ${scalar}, %b: ${scalar}, %c: tensor<i32>, %d: tensor<i32>):
    %s = stablehlo.compare GT, %a, %b, FLOAT : (${scalar}, ${scalar}) -> tensor<i1>
    "stablehlo.return"(%s) : (tensor<i1>) -> ()
  })`,
  ),
  generic('sort', 'chlo.top_k', [f32('4x8')], 'k = 3 : i64', [f32('4x3'), 'tensor<4x3xi32>']),
];

const control: readonly VerifierCase[] = [
  generic(
    'control',
    'stablehlo.while',
    ['tensor<i32>', f32('4')],
    '',
    ['tensor<i32>', f32('4')],
    `({
  ^bb0(%a: tensor<i32>, %b: ${f32('4')}):
    %s = stablehlo.compare LT, %a, %a, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    "stablehlo.return"(%s) : (tensor<i1>) -> ()
  }, {
  ^bb0(%a: tensor<i32>, %b: ${f32('4')}):
    %s = stablehlo.add %b, %b : ${f32('4')}
    "stablehlo.return"(%a, %s) : (tensor<i32>, ${f32('4')}) -> ()
  })`,
  ),
  {
    family: 'control',
    operands: ['tensor<i1>', f32('4')],
    results: [f32('4')],
    body: `%0 = "stablehlo.if"(%arg0) ({
    "stablehlo.return"(%arg1) : ($1) -> ()
  }, {
    %s = stablehlo.negate %arg1 : ${f32('4')}
    "stablehlo.return"(%s) : (${f32('4')}) -> ()
  }) : ($0) -> ($r0)`,
  },
  {
    family: 'control',
    operands: ['tensor<i32>', f32('4'), 'tensor<2xi1>'],
    results: [f32('4'), 'tensor<2xi1>'],
    body: `%0:2 = "stablehlo.case"(%arg0) ({
    "stablehlo.return"(%arg1, %arg2) : ($1, $2) -> ()
  }, {
    %s = stablehlo.negate %arg1 : $1
    "stablehlo.return"(%s, %arg2) : ($1, $2) -> ()
  }) : ($0) -> ($r0, $r1)`,
  },
  {
    family: 'control',
    operands: ['tensor<i32>', f32('4')],
    results: ['tensor<i32>', f32('4')],
    body: `%0:2 = stablehlo.while(%iterArg = %arg0, %iterArg_0 = %arg1) : $0, $1
    cond {
    %c = stablehlo.constant dense<12> : tensor<i32>
    %p = stablehlo.compare LT, %iterArg, %c, SIGNED : ($0, tensor<i32>) -> tensor<i1>
    stablehlo.return %p : tensor<i1>
  } do {
    %c = stablehlo.constant dense<1> : tensor<i32>
    %n = stablehlo.add %iterArg, %c : tensor<i32>
    %m = stablehlo.add %iterArg_0, %iterArg_0 : $1
    stablehlo.return %n, %m : $0, $1
  }`,
  },
];

const collectives: readonly VerifierCase[] = [
  generic(
    'collective',
    'stablehlo.all_gather',
    [f32('4x8')],
    'all_gather_dim = 0 : i64, channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>, replica_groups = dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>, use_global_device_ids',
    [f32('8x8')],
  ),
  generic(
    'collective',
    'stablehlo.all_reduce',
    [f32('4x8')],
    'replica_groups = dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>',
    [f32('4x8')],
    add,
  ),
  generic(
    'collective',
    'stablehlo.reduce_scatter',
    [f32('4x8')],
    'replica_groups = dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>, scatter_dimension = 1 : i64',
    [f32('4x4')],
    add,
  ),
  generic(
    'collective',
    'stablehlo.all_to_all',
    [f32('4x8')],
    'concat_dimension = 0 : i64, replica_groups = dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>, split_count = 2 : i64, split_dimension = 1 : i64',
    [f32('8x4')],
  ),
  generic(
    'collective',
    'stablehlo.collective_permute',
    [f32('4x8')],
    'source_target_pairs = dense<[[0, 1], [1, 2], [2, 0]]> : tensor<3x2xi64>',
    [f32('4x8')],
  ),
];

/** Operations with regions, and collectives. */
export const regionCases: readonly VerifierCase[] = [
  ...reductions,
  ...windows,
  ...scatters,
  ...sorts,
  ...control,
  ...collectives,
];
