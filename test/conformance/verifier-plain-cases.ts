import type { VerifierCase } from './verifier-case.ts';
import { f32, generic, precision, pretty, scalar } from './verifier-case.ts';

const elementwise: readonly VerifierCase[] = [
  generic('elementwise', 'stablehlo.add', [f32('4x8'), f32('4x8')], '', [f32('4x8')]),
  generic('elementwise', 'stablehlo.tanh', ['tensor<4x8xbf16>'], '', ['tensor<4x8xbf16>']),
  generic('elementwise', 'stablehlo.and', ['tensor<6xi1>', 'tensor<6xi1>'], '', ['tensor<6xi1>']),
  generic('elementwise', 'stablehlo.shift_left', ['tensor<6xui32>', 'tensor<6xui32>'], '', ['tensor<6xui32>']),
  generic('elementwise', 'stablehlo.abs', ['tensor<3xcomplex<f32>>'], '', [f32('3')]),
  generic('elementwise', 'stablehlo.is_finite', [f32('3x2')], '', ['tensor<3x2xi1>']),
  generic('elementwise', 'stablehlo.complex', [f32('3'), f32('3')], '', ['tensor<3xcomplex<f32>>']),
  generic('elementwise', 'chlo.square', [f32('5')], '', [f32('5')]),
  generic('elementwise', 'chlo.erf', ['tensor<5xf64>'], '', ['tensor<5xf64>']),
  generic('elementwise', 'stablehlo.power', ['tensor<5xi32>', 'tensor<5xi32>'], '', ['tensor<5xi32>']),
  pretty('elementwise', [f32('4x8'), f32('4x8')], [f32('4x8')], 'stablehlo.multiply %arg0, %arg1 : $r0'),
  pretty('elementwise', ['tensor<4xi32>'], ['tensor<4xi32>'], 'stablehlo.not %arg0 : $r0'),
];

const choices: readonly VerifierCase[] = [
  generic(
    'compare',
    'stablehlo.compare',
    [f32('4x8'), f32('4x8')],
    'comparison_direction = #stablehlo<comparison_direction LT>, compare_type = #stablehlo<comparison_type FLOAT>',
    ['tensor<4x8xi1>'],
  ),
  generic('compare', 'stablehlo.select', ['tensor<4x8xi1>', f32('4x8'), f32('4x8')], '', [f32('4x8')]),
  generic('compare', 'stablehlo.clamp', [scalar, f32('4x8'), scalar], '', [f32('4x8')]),
  pretty(
    'compare',
    ['tensor<4xi32>', 'tensor<4xi32>'],
    ['tensor<4xi1>'],
    'stablehlo.compare GE, %arg0, %arg1, SIGNED : ($0, $1) -> $r0',
  ),
  pretty(
    'compare',
    ['tensor<i1>', f32('3x3'), f32('3x3')],
    [f32('3x3')],
    'stablehlo.select %arg0, %arg1, %arg2 : $0, $1',
  ),
];

const shapes: readonly VerifierCase[] = [
  generic('shape', 'stablehlo.transpose', [f32('2x3x5')], 'permutation = array<i64: 2, 0, 1>', [f32('5x2x3')]),
  generic('shape', 'stablehlo.reshape', [f32('4x6')], '', [f32('2x12')]),
  generic('shape', 'stablehlo.broadcast_in_dim', [f32('3x1')], 'broadcast_dimensions = array<i64: 1, 2>', [
    f32('2x3x4'),
  ]),
  generic('shape', 'stablehlo.reverse', [f32('3x4')], 'dimensions = array<i64: 1>', [f32('3x4')]),
  generic('shape', 'stablehlo.concatenate', [f32('3x4'), f32('3x2')], 'dimension = 1 : i64', [f32('3x6')]),
  generic('shape', 'stablehlo.iota', [], 'iota_dimension = 1 : i64', ['tensor<3x4xi32>']),
  pretty('shape', [f32('2x3')], [f32('3x2')], 'stablehlo.transpose %arg0, dims = [1, 0] : ($0) -> $r0'),
  pretty('shape', [f32('3')], [f32('2x3')], 'stablehlo.broadcast_in_dim %arg0, dims = [1] : ($0) -> $r0'),
  pretty(
    'shape',
    [f32('3x1'), f32('3x2')],
    [f32('3x3')],
    'stablehlo.concatenate %arg0, %arg1, dim = 1 : ($0, $1) -> $r0',
  ),
];

const slices: readonly VerifierCase[] = [
  generic(
    'slice',
    'stablehlo.slice',
    [f32('8x10')],
    'limit_indices = array<i64: 6, 10>, start_indices = array<i64: 2, 1>, strides = array<i64: 2, 3>',
    [f32('2x3')],
  ),
  generic(
    'slice',
    'stablehlo.pad',
    [f32('3x4'), scalar],
    'edge_padding_high = array<i64: 0, 2>, edge_padding_low = array<i64: 1, -1>, interior_padding = array<i64: 0, 1>',
    [f32('4x8')],
  ),
  generic(
    'slice',
    'stablehlo.dynamic_slice',
    [f32('8x10'), 'tensor<i32>', 'tensor<i32>'],
    'slice_sizes = array<i64: 2, 10>',
    [f32('2x10')],
  ),
  generic('slice', 'stablehlo.dynamic_update_slice', [f32('8x10'), f32('2x3'), 'tensor<i32>', 'tensor<i32>'], '', [
    f32('8x10'),
  ]),
  pretty('slice', [f32('8x10')], [f32('4x5')], 'stablehlo.slice %arg0 [0:4, 0:10:2] : ($0) -> $r0'),
  pretty(
    'slice',
    [f32('3x4'), scalar],
    [f32('5x4')],
    'stablehlo.pad %arg0, %arg1, low = [1, 0], high = [1, 0], interior = [0, 0] : ($0, $1) -> $r0',
  ),
];

const dots: readonly VerifierCase[] = [
  generic(
    'dot_general',
    'stablehlo.dot_general',
    [f32('2x3x4'), f32('2x4x5')],
    `dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [0], rhs_batching_dimensions = [0], lhs_contracting_dimensions = [2], rhs_contracting_dimensions = [1]>, precision_config = [${precision}, ${precision}]`,
    [f32('2x3x5')],
  ),
  generic(
    'dot_general',
    'stablehlo.dot_general',
    ['tensor<4x6xbf16>', 'tensor<6x3xbf16>'],
    'dot_dimension_numbers = #stablehlo.dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>',
    ['tensor<4x3xf32>'],
  ),
  pretty(
    'dot_general',
    [f32('2x3x4'), f32('2x5x4')],
    [f32('2x3x5')],
    'stablehlo.dot_general %arg0, %arg1, batching_dims = [0] x [0], contracting_dims = [2] x [2], precision = [DEFAULT, DEFAULT] : ($0, $1) -> $r0',
  ),
];

const convolutions: readonly VerifierCase[] = [
  generic(
    'convolution',
    'stablehlo.convolution',
    [f32('2x8x8x4'), f32('3x3x2x6')],
    `batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>, feature_group_count = 2 : i64, lhs_dilation = array<i64: 1, 1>, padding = dense<[[1, 1], [0, 2]]> : tensor<2x2xi64>, precision_config = [${precision}, ${precision}], rhs_dilation = array<i64: 1, 1>, window_reversal = array<i1: false, false>, window_strides = array<i64: 2, 1>`,
    [f32('2x4x8x6')],
  ),
  generic(
    'convolution',
    'stablehlo.convolution',
    [f32('4x3x7'), f32('3x2x6')],
    'batch_group_count = 2 : i64, dimension_numbers = #stablehlo.conv<[b, f, 0]x[i, 0, o]->[b, f, 0]>, feature_group_count = 1 : i64',
    [f32('2x6x6')],
  ),
  pretty(
    'convolution',
    [f32('8x14x14x3'), f32('8x7x7x5')],
    [f32('2x2x3x5')],
    `stablehlo.convolution(%arg0, %arg1) dim_numbers = [f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f], window = {stride = [1, 1], pad = [[0, 0], [0, 0]], lhs_dilate = [1, 1], rhs_dilate = [2, 2], reverse = [false, false]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [${precision}, ${precision}]} : ($0, $1) -> $r0`,
  ),
];

const gathers: readonly VerifierCase[] = [
  generic(
    'gather',
    'stablehlo.gather',
    [f32('10x16'), 'tensor<2x5x1xi32>'],
    'dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 2>, indices_are_sorted = false, slice_sizes = array<i64: 1, 16>',
    [f32('2x5x16')],
  ),
  generic(
    'gather',
    'stablehlo.gather',
    [f32('8x10x3'), 'tensor<8x4x2xi32>'],
    'dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [1, 2], operand_batching_dims = [0], start_indices_batching_dims = [0], start_index_map = [1, 2], index_vector_dim = 2>, slice_sizes = array<i64: 1, 1, 1>',
    [f32('8x4')],
  ),
  generic(
    'gather',
    'stablehlo.gather',
    [f32('10x16'), 'tensor<2xi32>'],
    'dimension_numbers = #stablehlo.gather<offset_dims = [0, 1], start_index_map = [0, 1]>, slice_sizes = array<i64: 3, 4>',
    [f32('3x4')],
  ),
];

const conversions: readonly VerifierCase[] = [
  generic('convert', 'stablehlo.convert', [f32('4x8')], '', ['tensor<4x8xbf16>']),
  generic('convert', 'stablehlo.bitcast_convert', [f32('4x2')], '', ['tensor<4xf64>']),
  generic('convert', 'stablehlo.bitcast_convert', ['tensor<4xui32>'], '', ['tensor<4x4xui8>']),
  generic('convert', 'stablehlo.reduce_precision', [f32('4')], 'exponent_bits = 8 : i32, mantissa_bits = 7 : i32', [
    f32('4'),
  ]),
  generic(
    'convert',
    'stablehlo.rng',
    [scalar, scalar, 'tensor<2xi64>'],
    'rng_distribution = #stablehlo<rng_distribution UNIFORM>',
    [f32('3x4')],
  ),
  generic(
    'convert',
    'stablehlo.rng_bit_generator',
    ['tensor<2xui64>'],
    'rng_algorithm = #stablehlo<rng_algorithm THREE_FRY>',
    ['tensor<2xui64>', 'tensor<3x4xui32>'],
  ),
];

/** Operations without regions. */
export const plainCases: readonly VerifierCase[] = [
  ...elementwise,
  ...choices,
  ...shapes,
  ...slices,
  ...dots,
  ...convolutions,
  ...gathers,
  ...conversions,
];
