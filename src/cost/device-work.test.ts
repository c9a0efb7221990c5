import { expect, test } from 'vitest';
import { entryFunction, parseProgram } from '../ir/index.ts';
import { operationWork } from './device-work.ts';
import { fusedBytes } from './fusion.ts';

test('a part that is taken from a stack or put into it moves its own bytes, as often as the loop runs', () => {
  const program = parseProgram(
    Buffer.from(`module @m {
  func.func @main(%stack: tensor<32x1024xf32>, %i: tensor<i32>) -> tensor<32x1024xf32> {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.dynamic_slice %stack, %i, %zero, sizes = [1, 1024] : (tensor<32x1024xf32>, tensor<i32>, tensor<i32>) -> tensor<1x1024xf32>
    %1 = stablehlo.tanh %0 : tensor<1x1024xf32>
    %2 = stablehlo.dynamic_update_slice %stack, %1, %i, %zero : (tensor<32x1024xf32>, tensor<1x1024xf32>, tensor<i32>, tensor<i32>) -> tensor<32x1024xf32>
    %3 = stablehlo.slice %2 [0:16, 0:1024] : (tensor<32x1024xf32>) -> tensor<16x1024xf32>
    %4 = stablehlo.negate %2 : tensor<32x1024xf32>
    return %4 : tensor<32x1024xf32>
  } }`),
  );
  const func = entryFunction(program);
  if (func === undefined) throw new Error('no entry');
  const fused = fusedBytes(func);
  const kilobytes = func.body.operations.flatMap(operation => {
    const work = operationWork(func, operation, 10, fused);
    return work === undefined || work.bytes < 4096 ? [] : [`${operation.name.slice(10)} ${work.bytes / 4096}`];
  });
  expect(kilobytes).toEqual(['dynamic_slice 20', 'tanh 20', 'dynamic_update_slice 20', 'slice 320', 'negate 640']);
});
