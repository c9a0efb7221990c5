import type { InputsSpec } from '../../src/engine/index.ts';

const body = (mesh: string, w: string, x: string): string => `
module @layer {
  ${mesh}
  func.func public @main(
      %w: tensor<16x16xf32> {tf.aliasing_output = 0 : i32${w}}, %x: tensor<8x16xf32>${x}
    ) -> (tensor<16x16xf32>${w === '' ? '' : ` {${w.slice(2)}}`}, tensor<f32>) {
    %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x16xf32>) -> tensor<8x16xf32>
    %g = stablehlo.dot_general %x, %y, contracting_dims = [0] x [0] : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<16x16xf32>
    %rate = stablehlo.constant dense<1.0e-3> : tensor<16x16xf32>
    %d = stablehlo.multiply %rate, %g : tensor<16x16xf32>
    %new = stablehlo.subtract %w, %d : tensor<16x16xf32>
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %sq = stablehlo.multiply %y, %y : tensor<8x16xf32>
    %loss = stablehlo.reduce(%sq init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<8x16xf32>, tensor<f32>) -> tensor<f32>
    return %new, %loss : tensor<16x16xf32>, tensor<f32>
  }
}`;

/** One training step of one linear layer, for one device: (w, x) -> (new w, loss). `w` is donated. */
export const layer = body('', '', '');

/** The same on a 2x2 mesh: the batch is cut along `dp`, the weight's columns along `tp`. */
export const shardedLayer = body(
  'sdy.mesh @mesh = <["dp"=2, "tp"=2]>',
  ', sdy.sharding = #sdy.sharding<@mesh, [{}, {"tp"}]>',
  ' {sdy.sharding = #sdy.sharding<@mesh, [{"dp"}, {}]>}',
);

export const layerInputs: InputsSpec = {
  format: 'skein.inputs/1',
  arguments: [
    { name: 'w', shape: [16, 16], dtype: 'f32', distribution: 'normal', mean: 0, std: 0.1 },
    { name: 'x', shape: [8, 16], dtype: 'f32', distribution: 'uniform', low: 0.01, high: 1 },
  ],
};

/** Never ends: for tests of deadlines. */
export const endless = `
module @endless {
  func.func public @main(%x: tensor<f32>) -> tensor<f32> {
    %0 = stablehlo.while(%i = %x) : tensor<f32>
      cond {
        %true = stablehlo.constant dense<true> : tensor<i1>
        stablehlo.return %true : tensor<i1>
      } do {
        %next = stablehlo.add %i, %i : tensor<f32>
        stablehlo.return %next : tensor<f32>
      }
    return %0 : tensor<f32>
  }
}`;

export const endlessInputs: InputsSpec = {
  format: 'skein.inputs/1',
  arguments: [{ name: 'x', shape: [], dtype: 'f32', distribution: 'constant', value: 1 }],
};
