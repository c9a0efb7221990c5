import type { OperationDefinition } from './definition.ts';
import { any } from './definition.ts';

const stablehlo = `after_all async_done async_start batch_norm_grad batch_norm_inference batch_norm_training broadcast
  cholesky create_token cross-replica-sum dot dynamic_broadcast_in_dim dynamic_conv dynamic_gather dynamic_iota
  dynamic_pad dynamic_reshape einsum fft get_dimension_size infeed map outfeed real_dynamic_slice recv send
  set_dimension_size torch_index_select triangular_solve unary_einsum uniform_dequantize uniform_quantize`;

const chlo = `_asin_acos_kernel broadcast_add broadcast_and broadcast_atan2 broadcast_compare broadcast_complex
  broadcast_divide broadcast_maximum broadcast_minimum broadcast_multiply broadcast_next_after broadcast_or
  broadcast_polygamma broadcast_power broadcast_remainder broadcast_select broadcast_shift_left
  broadcast_shift_right_arithmetic broadcast_shift_right_logical broadcast_subtract broadcast_xor broadcast_zeta
  constant_like ragged_dot scan`;

const sdy = `all_gather all_reduce all_slice all_to_all collective_permute data_flow_edge func_data_flow_edge
  manual_computation named_computation reduce_scatter replicated_to_unreduced sharded_to_unreduced`;

/** Tier B: read and printed without loss, declared types trusted, planned as replicated. */
export const unplannedOps: readonly OperationDefinition[] = [
  ...named('stablehlo', stablehlo),
  ...named('chlo', chlo),
  ...named('sdy', sdy),
];

function named(dialect: string, names: string): readonly OperationDefinition[] {
  return names.split(/\s+/).map(name => ({
    name: `${dialect}.${name}`,
    tier: 'B',
    attributes: {},
    operands: any,
    results: any,
    regions: any,
    anyType: true,
  }));
}
