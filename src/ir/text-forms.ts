/** One part of a pretty form between the operands and the types, and the attribute that it spells. */
export type Clause =
  /** `dims = [0, 1]`. */
  | { readonly kind: 'integers'; readonly keyword: string; readonly attribute: string }
  /** `dim = 0`. */
  | { readonly kind: 'integer'; readonly keyword: string; readonly attribute: string; readonly type: string }
  /** `type = FFT`: one word of a StableHLO enumeration. */
  | { readonly kind: 'word'; readonly keyword: string; readonly attribute: string; readonly enumeration: string }
  /** `lower = true`. */
  | { readonly kind: 'boolean'; readonly keyword: string; readonly attribute: string }
  /** `config = "ij->i"`. */
  | { readonly kind: 'string'; readonly keyword: string; readonly attribute: string }
  /** `format = e8m7`: exponent and mantissa bits. */
  | { readonly kind: 'format'; readonly keyword: string };

/**
 * How types are written after the colon.
 *
 * `same`: one type when operands and result agree, else `(T) -> T`. `functional`: always `(T) -> T`. `list`: the types
 * of the operands, which are those of the results. `select`: predicate and result. `complex`: the result. `tuple`: the
 * result, whose elements are the operands. `arrow`: `T, T -> T`, as chlo writes it.
 */
export type TypeForm = 'same' | 'functional' | 'list' | 'select' | 'complex' | 'tuple' | 'arrow';

/** The pretty form of an operation: `name operands, clause, clause {attributes} : types`. */
export interface OperationForm {
  readonly clauses: readonly Clause[];
  readonly types: TypeForm;
}

const integers = (keyword: string, attribute: string): Clause => ({ kind: 'integers', keyword, attribute });
const integer = (keyword: string, attribute: string): Clause => ({ kind: 'integer', keyword, attribute, type: 'i64' });
const word = (keyword: string, attribute: string, enumeration = attribute): Clause => ({
  kind: 'word',
  keyword,
  attribute,
  enumeration,
});
const form = (types: TypeForm, ...clauses: readonly Clause[]): OperationForm => ({ types, clauses });

const sameNames =
  'abs add after_all and atan2 cbrt ceil clamp convert cosine count_leading_zeros create_token divide exponential ' +
  'exponential_minus_one floor imag is_finite log log_plus_one logistic maximum minimum multiply negate not or ' +
  'partition_id popcnt power real remainder replica_id round_nearest_afz round_nearest_even rsqrt shift_left ' +
  'shift_right_arithmetic shift_right_logical sign sine sqrt subtract tan tanh uniform_dequantize uniform_quantize xor';

const functionalNames =
  'bitcast_convert dynamic_pad dynamic_reshape dynamic_update_slice real_dynamic_slice reshape set_dimension_size';

const arrowNames =
  'acos acosh asin asinh atan atanh bessel_i1e conj constant_like cosh digamma erf erf_inv erfc is_inf is_neg_inf ' +
  'is_pos_inf lgamma next_after polygamma sinh square tan zeta';

const broadcastNames =
  'add and atan2 complex divide maximum minimum multiply next_after or polygamma power remainder shift_left ' +
  'shift_right_arithmetic shift_right_logical subtract xor zeta compare';

/** The pretty forms that need no code of their own, by name of the operation. */
export const operationForms: ReadonlyMap<string, OperationForm> = new Map<string, OperationForm>([
  ...sameNames.split(' ').map(name => [`stablehlo.${name}`, form('same')] as const),
  ...functionalNames.split(' ').map(name => [`stablehlo.${name}`, form('functional')] as const),
  ...arrowNames.split(' ').map(name => [`chlo.${name}`, form('arrow')] as const),
  ...broadcastNames.split(' ').map(name => [`chlo.broadcast_${name}`, form('functional')] as const),
  ['stablehlo.broadcast', form('functional', integers('sizes', 'broadcast_sizes'))],
  ['stablehlo.broadcast_in_dim', form('functional', integers('dims', 'broadcast_dimensions'))],
  ['stablehlo.cholesky', form('same', { kind: 'boolean', keyword: 'lower', attribute: 'lower' })],
  ['stablehlo.complex', form('complex')],
  ['stablehlo.concatenate', form('functional', integer('dim', 'dimension'))],
  ['stablehlo.dynamic_broadcast_in_dim', form('functional', integers('dims', 'broadcast_dimensions'))],
  ['stablehlo.dynamic_iota', form('functional', integer('dim', 'iota_dimension'))],
  ['stablehlo.dynamic_slice', form('functional', integers('sizes', 'slice_sizes'))],
  ['stablehlo.einsum', form('functional', { kind: 'string', keyword: 'config', attribute: 'einsum_config' })],
  ['stablehlo.fft', form('functional', word('type', 'fft_type'), integers('length', 'fft_length'))],
  ['stablehlo.get_dimension_size', form('functional', integer('dim', 'dimension'))],
  ['stablehlo.iota', form('same', integer('dim', 'iota_dimension'))],
  ['stablehlo.optimization_barrier', form('list')],
  [
    'stablehlo.pad',
    form(
      'functional',
      integers('low', 'edge_padding_low'),
      integers('high', 'edge_padding_high'),
      integers('interior', 'interior_padding'),
    ),
  ],
  ['stablehlo.reduce_precision', form('same', { kind: 'format', keyword: 'format' })],
  ['stablehlo.reverse', form('same', integers('dims', 'dimensions'))],
  ['stablehlo.rng', form('functional', word('distribution', 'rng_distribution'))],
  ['stablehlo.rng_bit_generator', form('functional', word('algorithm', 'rng_algorithm'))],
  ['stablehlo.select', form('select')],
  ['stablehlo.set_dimension_size', form('functional', integer('dim', 'dimension'))],
  ['stablehlo.transpose', form('functional', integers('dims', 'permutation'))],
  ['stablehlo.tuple', form('tuple')],
  ['stablehlo.unary_einsum', form('functional', { kind: 'string', keyword: 'config', attribute: 'einsum_config' })],
]);

/** Directions of `sdy.propagation_barrier`, by the number that the generic form gives them. */
export const propagationDirections: readonly string[] = ['NONE', 'FORWARD', 'BACKWARD', 'BOTH'];

/** Names of results that MLIR prints instead of numbers. */
export const resultNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['stablehlo.rng_bit_generator', ['output_state', 'output']],
  ['stablehlo.batch_norm_training', ['output', 'batch_mean', 'batch_var']],
  ['stablehlo.batch_norm_grad', ['grad_operand', 'grad_scale', 'grad_offset']],
  ['chlo.top_k', ['values', 'indices']],
]);

/** All operations of the StableHLO dialect, 1.17. */
export const stablehloNames: ReadonlySet<string> = new Set(
  (
    `${sameNames} ${functionalNames} all_gather all_reduce all_to_all async_done async_start batch_norm_grad ` +
    'batch_norm_inference batch_norm_training broadcast broadcast_in_dim case cholesky collective_broadcast ' +
    'collective_permute compare complex composite concatenate constant convolution cross-replica-sum custom_call dot ' +
    'dot_general dynamic_broadcast_in_dim dynamic_conv dynamic_gather dynamic_iota dynamic_slice einsum fft gather ' +
    'get_dimension_size get_tuple_element if infeed iota map optimization_barrier outfeed pad recv reduce ' +
    'reduce_precision reduce_scatter reduce_window return reverse rng rng_bit_generator scatter select ' +
    'select_and_scatter send slice sort torch_index_select transpose triangular_solve tuple unary_einsum while'
  )
    .split(' ')
    .map(name => `stablehlo.${name}`),
);
