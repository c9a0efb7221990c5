import { expect, test } from 'vitest';
import { entryFunction, parseProgram } from '../ir/index.ts';
import { fusedBytes } from './fusion.ts';

/** Kilobytes of each operation in program order, with its name: `add 12`. Every vector below has 4 kB. */
function moved(body: string): string {
  const program = parseProgram(Buffer.from(`module @m { ${body.replaceAll('V', 'tensor<1024xf32>')} }`));
  const func = entryFunction(program);
  if (func === undefined) throw new Error('no entry');
  return [...fusedBytes(func)]
    .filter(([{ name }]) => !name.endsWith('return'))
    .map(([{ name }, bytes]) => `${name.replace('stablehlo.', '')} ${bytes / 4096}`)
    .join(', ');
}

test('a chain reads its inputs once and writes its end', () => {
  const body = `func.func @main(%a: V, %b: V) -> V {
    %0 = stablehlo.add %a, %b : V
    %1 = stablehlo.multiply %0, %a : V
    %2 = stablehlo.tanh %1 : V
    return %2 : V }`;
  expect(moved(body)).toBe('add 2, multiply 0, tanh 1');
});

test('a value that one kernel reads twice stays inside it, one that is handed on as well is written', () => {
  const body = (result: string) => `func.func @main(%a: V) -> (${result === '' ? 'V' : 'V, V'}) {
    %0 = stablehlo.negate %a : V
    %1 = stablehlo.tanh %0 : V
    %2 = stablehlo.multiply %0, %1 : V
    return %2${result} : V${result === '' ? '' : ', V'} }`;
  expect(moved(body(''))).toBe('negate 1, tanh 0, multiply 1');
  expect(moved(body(', %1'))).toBe('negate 2, tanh 2, multiply 3');
});

test('constants and broadcasts cost nothing, and a product ends a chain', () => {
  const body = `func.func @main(%a: tensor<32x32xf32>, %w: tensor<32x32xf32>) -> tensor<32x32xf32> {
    %c = stablehlo.constant dense<2.0> : tensor<f32>
    %b = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<f32>) -> tensor<32x32xf32>
    %0 = stablehlo.multiply %a, %b : tensor<32x32xf32>
    %1 = stablehlo.dot_general %0, %w, contracting_dims = [1] x [0] : (tensor<32x32xf32>, tensor<32x32xf32>) -> tensor<32x32xf32>
    %2 = stablehlo.add %1, %b : tensor<32x32xf32>
    return %2 : tensor<32x32xf32> }`;
  expect(moved(body)).toBe('constant 0, broadcast_in_dim 0, multiply 2, dot_general 3, add 2');
});

test('a reduction takes the chain before it in', () => {
  const body = `func.func @main(%a: V) -> tensor<f32> {
    %z = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.multiply %a, %a : V
    %1 = stablehlo.reduce(%0 init: %z) applies stablehlo.add across dimensions = [0] : (V, tensor<f32>) -> tensor<f32>
    return %1 : tensor<f32> }`;
  expect(moved(body)).toMatch(/^constant 0, multiply 1, reduce 0\.0/);
});

test('a reshape moves nothing and hides nobody', () => {
  const body = `func.func @main(%a: V) -> tensor<32x32xf32> {
    %0 = stablehlo.negate %a : V
    %1 = stablehlo.reshape %0 : (V) -> tensor<32x32xf32>
    %2 = stablehlo.tanh %1 : tensor<32x32xf32>
    return %2 : tensor<32x32xf32> }`;
  expect(moved(body)).toBe('negate 1, reshape 0, tanh 1');
});

test('the body of a loop has kernels of its own', () => {
  const body = `func.func @main(%a: V, %n: tensor<i32>) -> V {
    %0 = stablehlo.negate %a : V
    %r:2 = stablehlo.while(%i = %n, %v = %0) : tensor<i32>, V
    cond {
      %t = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %t : tensor<i1>
    } do {
      %1 = stablehlo.add %v, %0 : V
      %2 = stablehlo.tanh %1 : V
      stablehlo.return %i, %2 : tensor<i32>, V
    }
    return %r#1 : V }`;
  expect(moved(body)).toMatch(/^negate 2, while \S+, compare \S+, add 2, tanh 1$/);
});
