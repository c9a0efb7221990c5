import { describe, expect, it } from 'vitest';
import { argumentRoles } from '../cost/index.ts';
import { entryFunction, parseProgram } from '../ir/index.ts';
import { tellingOutputs } from './telling-outputs.ts';

const donated = (result: number): string => `{tf.aliasing_output = ${result} : i32}`;

/** One step of momentum with a running average and a step counter: w, m, average, count, x. */
const momentum = `module @jit_step {
  func.func public @main(%w: tensor<4x2xf32> ${donated(0)}, %m: tensor<4x2xf32> ${donated(1)}, %a: tensor<2xf32> ${donated(2)}, %n: tensor<i32> ${donated(3)}, %x: tensor<8x4xf32>) -> (tensor<4x2xf32>, tensor<4x2xf32>, tensor<2xf32>, tensor<i32>, tensor<f32>) {
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x4xf32>, tensor<4x2xf32>) -> tensor<8x2xf32>
    %g = stablehlo.dot_general %x, %y, contracting_dims = [0] x [0] : (tensor<8x4xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
    %m1 = stablehlo.add %m, %g : tensor<4x2xf32>
    %w1 = stablehlo.subtract %w, %m1 : tensor<4x2xf32>
    %mean = stablehlo.reduce(%y init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<8x2xf32>, tensor<f32>) -> tensor<2xf32>
    %a1 = stablehlo.add %a, %mean : tensor<2xf32>
    %n1 = stablehlo.add %n, %one : tensor<i32>
    %loss = stablehlo.reduce(%y init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<8x2xf32>, tensor<f32>) -> tensor<f32>
    return %w1, %m1, %a1, %n1, %loss : tensor<4x2xf32>, tensor<4x2xf32>, tensor<2xf32>, tensor<i32>, tensor<f32>
  }
}
`;

const parse = (text: string) => {
  const func = entryFunction(parseProgram(new TextEncoder().encode(text)));
  if (func === undefined) throw new Error('no entry');
  return func;
};

describe('outputs that tell of wrong gradients', () => {
  it('are the moments, not parameters, averages or counters', () => {
    const func = parse(momentum);
    expect(argumentRoles(func)).toEqual(['parameter', 'optimizer state', 'other state', 'optimizer state', 'input']);
    expect(tellingOutputs(func, ['w', 'm', 'a', 'n', 'loss'])).toEqual(['m']);
  });

  it('are the raw gradients where nothing is donated', () => {
    const func = parse(momentum.replaceAll(/ \{tf\.aliasing_output = \d : i32\}/g, ''));
    expect(argumentRoles(func)).toEqual(Array(5).fill('input'));
    expect(tellingOutputs(func, ['dw', 'dm', 'a', 'n', 'loss'])).toEqual(['dw', 'dm', 'a']);
  });

  it('are none in a step that returns only parameters', () => {
    const func = parse(`module {
  func.func public @main(%w: tensor<4x4xf32> ${donated(0)}) -> tensor<4x4xf32> {
    %g = stablehlo.dot_general %w, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %w1 = stablehlo.subtract %w, %g : tensor<4x4xf32>
    return %w1 : tensor<4x4xf32>
  }
}
`);
    expect(tellingOutputs(func, ['w'])).toEqual([]);
  });
});
