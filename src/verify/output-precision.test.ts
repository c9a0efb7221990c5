import { expect, test } from 'vitest';
import { parseProgram } from '../ir/index.ts';
import { outputPrecisions } from './output-precision.ts';

const precisions = (body: string, results: string): readonly string[] => {
  const text = `module {\n  func.func public @main(%arg0: tensor<4xf32>, %arg1: tensor<4xbf16>) -> (${results}) {\n${body}\n  }\n}\n`;
  return outputPrecisions(parseProgram(new TextEncoder().encode(text)).functions[0]);
};

test('an f32 result of bf16 values has the precision of bf16', () => {
  const body = `    %0 = stablehlo.convert %arg1 : (tensor<4xbf16>) -> tensor<4xf32>
    %1 = stablehlo.add %arg0, %0 : tensor<4xf32>
    %2 = stablehlo.negate %arg0 : tensor<4xf32>
    return %1, %2, %arg1 : tensor<4xf32>, tensor<4xf32>, tensor<4xbf16>`;
  expect(precisions(body, 'tensor<4xf32>, tensor<4xf32>, tensor<4xbf16>')).toEqual(['bf16', 'f32', 'bf16']);
});

test('what a loop carries is as coarse as what goes around in it', () => {
  const body = `    %c = stablehlo.constant dense<0> : tensor<i32>
    %n = stablehlo.constant dense<3> : tensor<i32>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %0:2 = stablehlo.while(%i = %c, %x = %arg0) : tensor<i32>, tensor<4xf32>
    cond {
      %p = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    } do {
      %b = stablehlo.convert %arg1 : (tensor<4xbf16>) -> tensor<4xf32>
      %y = stablehlo.add %x, %b : tensor<4xf32>
      %j = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %j, %y : tensor<i32>, tensor<4xf32>
    }
    return %0#1, %0#0 : tensor<4xf32>, tensor<i32>`;
  expect(precisions(body, 'tensor<4xf32>, tensor<i32>')).toEqual(['bf16', 'i32']);
});
