module @m {
  func.func public @main(%arg0: tensor<4x512x512xf32> {tf.aliasing_output = 0 : i32} loc("w"), %arg1: tensor<4x4096x512xf32> loc("x")) -> tensor<4x512x512xf32> {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %z = stablehlo.constant dense<0.0> : tensor<f32>
    %g0 = stablehlo.broadcast_in_dim %z, dims = [] : (tensor<f32>) -> tensor<4x512x512xf32>
    %0:3 = stablehlo.while(%i = %c, %x = %arg1, %g = %g0) : tensor<i32>, tensor<4x4096x512xf32>, tensor<4x512x512xf32>
    cond {
      %n = stablehlo.constant dense<4> : tensor<i32>
      %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %zero = stablehlo.constant dense<0> : tensor<i32>
      %one = stablehlo.constant dense<1> : tensor<i32>
      %1 = stablehlo.dynamic_slice %x, %i, %zero, %zero, sizes = [1, 4096, 512] : (tensor<4x4096x512xf32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<1x4096x512xf32>
      %2 = stablehlo.reshape %1 : (tensor<1x4096x512xf32>) -> tensor<4096x512xf32>
      %3 = stablehlo.dot_general %2, %2, contracting_dims = [0] x [0] : (tensor<4096x512xf32>, tensor<4096x512xf32>) -> tensor<512x512xf32>
      %4 = stablehlo.reshape %3 : (tensor<512x512xf32>) -> tensor<1x512x512xf32>
      %5 = stablehlo.dynamic_update_slice %g, %4, %i, %zero, %zero : (tensor<4x512x512xf32>, tensor<1x512x512xf32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<4x512x512xf32>
      %6 = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %6, %x, %5 : tensor<i32>, tensor<4x4096x512xf32>, tensor<4x512x512xf32>
    }
    %7 = stablehlo.subtract %arg0, %0#2 : tensor<4x512x512xf32>
    return %7 : tensor<4x512x512xf32>
  }
}
