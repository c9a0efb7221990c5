/**
 * Small valid programs of one operation each, to be broken in many ways. In `body`, `$0` is the type of argument 0 and
 * `$r0` that of result 0; the results of the body are `%0`, or `%0#0`, `%0#1`.
 */
export interface VerifierCase {
  readonly family: string;
  readonly operands: readonly string[];
  readonly results: readonly string[];
  readonly body: string;
  /** Other functions of the program. */
  readonly helpers?: string;
}

const precision = '#stablehlo<precision DEFAULT>';
const scalar = 'tensor<f32>';
const add = region(['a', 'b'], scalar, `%s = stablehlo.add %a, %b : ${scalar}`, scalar);
const greater = region(
  ['a', 'b'],
  scalar,
  `%s = "stablehlo.compare"(%a, %b) <{comparison_direction = #stablehlo<comparison_direction GE>, compare_type = #stablehlo<comparison_type FLOAT>}> : (${scalar}, ${scalar}) -> tensor<i1>`,
  'tensor<i1>',
);

function region(names: readonly string[], type: string, line: string, returned: string): string {
  return `({\n  ^bb0(${names.map(name => `%${name}: ${type}`).join(', ')}):\n    ${line}\n    "stablehlo.return"(%s) : (${returned}) -> ()\n  })`;
}

function generic(
  family: string,
  name: string,
  operands: readonly string[],
  properties: string,
  results: readonly string[],
  regions = '',
): VerifierCase {
  const values = operands.map((_, index) => `%arg${index}`).join(', ');
  const types = operands.map((_, index) => `$${index}`).join(', ');
  const resultTypes = results.map((_, index) => `$r${index}`).join(', ');
  const bound = results.length === 1 ? '%0' : `%0:${results.length}`;
  const text = `${bound} = "${name}"(${values})${properties === '' ? '' : ` <{${properties}}>`}${regions === '' ? '' : ` ${regions}`}`;
  return { family, operands, results, body: `${text} : (${types}) -> (${resultTypes})` };
}

function pretty(family: string, operands: readonly string[], results: readonly string[], body: string): VerifierCase {
  return { family, operands, results, body: `%0 = ${body}` };
}

const f32 = (shape: string): string => `tensor<${shape}xf32>`;

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

const calls: readonly VerifierCase[] = [
  {
    family: 'call',
    operands: [f32('4'), 'tensor<i32>'],
    results: [f32('4'), 'tensor<i32>'],
    body: '%0:2 = func.call @helper(%arg0, %arg1) : ($0, $1) -> ($r0, $r1)',
    helpers: `func.func private @helper(%arg0: tensor<4xf32>, %arg1: tensor<i32>) -> (tensor<4xf32>, tensor<i32>) {
  %0 = stablehlo.add %arg0, %arg0 : tensor<4xf32>
  return %0, %arg1 : tensor<4xf32>, tensor<i32>
}
`,
  },
  {
    family: 'call',
    operands: [f32('2x3'), f32('2x3')],
    results: [f32('3')],
    body: `%1 = call @helper(%arg0, %arg1) : ($0, $1) -> tensor<3x2xf32>
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %0 = stablehlo.reduce(%1 init: %cst) applies stablehlo.maximum across dimensions = [1] : (tensor<3x2xf32>, tensor<f32>) -> $r0`,
    helpers: `func.func private @helper(%arg0: tensor<2x3xf32>, %arg1: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %0 = stablehlo.subtract %arg0, %arg1 : tensor<2x3xf32>
  %1 = stablehlo.transpose %0, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}
`,
  },
  {
    family: 'call',
    operands: [f32('4')],
    results: [f32('4')],
    body: '%0 = stablehlo.composite "my.double" %arg0 {composite_attributes = {by = 2 : i64}, decomposition = @double} : ($0) -> $r0',
    helpers: `func.func private @double(%arg0: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.add %arg0, %arg0 : tensor<4xf32>
  return %0 : tensor<4xf32>
}
`,
  },
];

const opaque: readonly VerifierCase[] = [
  generic('opaque', 'stablehlo.optimization_barrier', [f32('4'), 'tensor<i32>'], '', [f32('4'), 'tensor<i32>']),
  pretty('opaque', [f32('4')], [f32('4')], 'stablehlo.optimization_barrier %arg0 : $0'),
  generic(
    'opaque',
    'stablehlo.custom_call',
    [f32('4x4')],
    'api_version = 1 : i32, call_target_name = "target", has_side_effect = false, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], result_layouts = [dense<[1, 0]> : tensor<2xindex>]',
    [f32('4x4')],
  ),
  generic('opaque', 'stablehlo.partition_id', [], '', ['tensor<ui32>']),
  pretty(
    'opaque',
    [f32('4')],
    [f32('2')],
    'stablehlo.custom_call @target(%arg0) {backend_config = "", has_side_effect = true} : ($0) -> $r0',
  ),
  {
    family: 'opaque',
    operands: [f32('4'), 'tensor<i32>'],
    results: ['tensor<i32>'],
    body: `%1 = stablehlo.tuple %arg0, %arg1 : tuple<$0, $1>
  %0 = stablehlo.get_tuple_element %1[1] : (tuple<$0, $1>) -> $r0`,
  },
];

/** Every case, family by family. */
export const verifierCases: readonly VerifierCase[] = [
  ...elementwise,
  ...choices,
  ...shapes,
  ...slices,
  ...dots,
  ...convolutions,
  ...reductions,
  ...windows,
  ...gathers,
  ...scatters,
  ...sorts,
  ...control,
  ...conversions,
  ...collectives,
  ...calls,
  ...opaque,
];
