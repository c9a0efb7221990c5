/**
 * Attributes that belong to their operation, by name. The generic form writes them as properties, `<{...}>`, and all
 * others behind the regions, `{...}`.
 */
export const inherentNames: ReadonlySet<string> = new Set(
  (
    'algorithm all_gather_dim allowed_direction api_version arg_attrs backend_config base_dilations batch_dims ' +
    'batch_group_count broadcast_dimensions broadcast_sizes call_target_name called_computation called_computations ' +
    'callee channel_handle channel_id compare_type comparison_direction composite_attributes concat_dimension ' +
    'decomposition dim dimension dimension_numbers dimensions dot_dimension_numbers edge_padding_high ' +
    'edge_padding_low einsum_config epsilon exponent_bits feature_group_count feature_index fft_length fft_type ' +
    'function_type gathering_axes group_id has_side_effect in_shardings index indices_are_sorted infeed_config ' +
    'interior_padding iota_dimension is_host_transfer is_stable k known_expanding_dimensions ' +
    'known_nonexpanding_dimensions layout left_side lhs_dilation limit_indices lower manual_axes mantissa_bits mesh ' +
    'name no_inline operandSegmentSizes operand_layouts out_sharding out_shardings outfeed_config ' +
    'output_operand_aliases padding permutation precision_config ragged_dot_dimension_numbers replica_groups ' +
    'resultSegmentSizes res_attrs result_accuracy result_layouts rhs_dilation rng_algorithm rng_distribution ' +
    'scatter_dimension scatter_dimension_numbers sharding slice_sizes slicing_axes source_target_pairs split_count ' +
    'split_dimension start_indices strides sym_name sym_visibility transpose_a unique_indices unit_diagonal ' +
    'use_global_device_ids value version window_dilations window_dimensions window_reversal window_strides'
  ).split(' '),
);
