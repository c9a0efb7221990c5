module @m {
  func.func public @main(%arg0: tensor<3136x5120xf32> loc("x"), %arg1: tensor<5120x10240xf32> {tf.aliasing_output = 0 : i32} loc("w"), %arg2: tensor<3136x10240xf32> loc("dy"), %arg3: tensor<5120x10240xf32> loc("v")) -> (tensor<5120x10240xf32>, tensor<5120x10240xf32>, tensor<3136x5120xf32>) {
    %0 = stablehlo.negate %arg2 : tensor<3136x10240xf32>
    %2 = stablehlo.dot_general %arg0, %0, contracting_dims = [0] x [0] : (tensor<3136x5120xf32>, tensor<3136x10240xf32>) -> tensor<5120x10240xf32>
    %1 = stablehlo.dot_general %0, %arg1, contracting_dims = [1] x [1] : (tensor<3136x10240xf32>, tensor<5120x10240xf32>) -> tensor<3136x5120xf32>
    %5 = stablehlo.multiply %2, %2 : tensor<5120x10240xf32>
    %6 = stablehlo.add %arg3, %5 : tensor<5120x10240xf32>
    %3 = stablehlo.subtract %arg1, %2 : tensor<5120x10240xf32>
    return %3, %6, %1 : tensor<5120x10240xf32>, tensor<5120x10240xf32>, tensor<3136x5120xf32>
  }
}
