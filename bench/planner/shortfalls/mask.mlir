module @m {
  func.func public @main(%arg0: tensor<1024x1024x64xf32> loc("x")) -> tensor<1024x1024x64xf32> {
    %z = stablehlo.constant dense<0.0> : tensor<1024x1024x64xf32>
    %0 = stablehlo.iota dim = 1 : tensor<1024x1024x64xi32>
    %1 = stablehlo.iota dim = 2 : tensor<1024x1024x64xi32>
    %2 = stablehlo.compare GE, %0, %1, SIGNED : (tensor<1024x1024x64xi32>, tensor<1024x1024x64xi32>) -> tensor<1024x1024x64xi1>
    %3 = stablehlo.select %2, %arg0, %z : tensor<1024x1024x64xi1>, tensor<1024x1024x64xf32>
    return %3 : tensor<1024x1024x64xf32>
  }
}
