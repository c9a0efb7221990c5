module @m {
  func.func public @main(%arg0: tensor<32000x512xf32> {tf.aliasing_output = 0 : i32} loc("m"), %arg1: tensor<8192x1xi32> loc("tokens"), %arg2: tensor<8192x512xbf16> loc("dy")) -> tensor<32000x512xf32> {
    %z = stablehlo.constant dense<0.0> : tensor<32000x512xbf16>
    %0 = "stablehlo.scatter"(%z, %arg1, %arg2) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%a: tensor<bf16>, %b: tensor<bf16>):
      %s = stablehlo.add %a, %b : tensor<bf16>
      stablehlo.return %s : tensor<bf16>
    }) : (tensor<32000x512xbf16>, tensor<8192x1xi32>, tensor<8192x512xbf16>) -> tensor<32000x512xbf16>
    %1 = stablehlo.convert %0 : (tensor<32000x512xbf16>) -> tensor<32000x512xf32>
    %2 = stablehlo.multiply %1, %arg0 : tensor<32000x512xf32>
    %3 = stablehlo.add %arg0, %2 : tensor<32000x512xf32>
    return %3 : tensor<32000x512xf32>
  }
}
