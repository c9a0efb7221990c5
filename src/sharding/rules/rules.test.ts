import { expect, test } from 'vitest';
import { entryFunction, parseProgram } from '../../ir/index.ts';
import { formatFactorRule } from './rule.ts';
import { factorRule } from './table.ts';

/** The rule of the first operation of `main`, whose arguments have these types. */
function ruleOf(args: string, operation: string, result: string): string {
  const text = `module @m { func.func public @main(${args}) -> ${result} {\n%r = ${operation}\nreturn %r : ${result}\n} }`;
  const func = entryFunction(parseProgram(new TextEncoder().encode(text)));
  const found = func?.body.operations[0];
  if (func === undefined || found === undefined) throw new Error('no operation');
  return formatFactorRule(factorRule(func, found));
}

function reshapeRule(from: string, to: string): string {
  const types = `(tensor<${from}xf32>) -> tensor<${to}xf32>`;
  return ruleOf(`%x: tensor<${from}xf32>`, `stablehlo.reshape %x : ${types}`, `tensor<${to}xf32>`);
}

function convolutionRule(x: string, w: string, r: string, form: string, groups = [1, 1]): string {
  const counts = `{batch_group_count = ${groups[0]} : i64, feature_group_count = ${groups[1]} : i64}`;
  const types = `(tensor<${x}xf32>, tensor<${w}xf32>) -> tensor<${r}xf32>`;
  const body = `stablehlo.convolution(%x, %w) dim_numbers = ${form} ${counts} : ${types}`;
  return ruleOf(`%x: tensor<${x}xf32>, %w: tensor<${w}xf32>`, body, `tensor<${r}xf32>`);
}

test('dimensions that a reshape splits and merges share factors', () => {
  expect(reshapeRule('8x12', '8x3x4')).toBe('([i, jk])->([i, j, k]) {i=8, j=3, k=4}');
  expect(reshapeRule('4x6x4', '8x12')).toBe('([i, jk, l])->([ij, kl]) {i=4, j=2, k=3, l=4}');
  expect(reshapeRule('8x1x4', '1x32')).toBe('([i, 1, j])->([1, ij]) {i=8, j=4}');
});

test('where a reshape lines nothing up, dimensions cannot be cut', () => {
  expect(reshapeRule('2x4x6', '2x6x4')).toBe(
    '([i, j, k])->([i, l, m]) {i=2, j=4, k=6, l=6, m=4} need_replication={j, k, l, m}',
  );
});

test('a product has batch, free and contracted factors', () => {
  const types = '(tensor<2x3x4xf32>, tensor<2x4x5x6xf32>) -> tensor<2x3x5x6xf32>';
  const body = `stablehlo.dot_general %x, %y, batching_dims = [0] x [0], contracting_dims = [2] x [1] : ${types}`;
  expect(ruleOf('%x: tensor<2x3x4xf32>, %y: tensor<2x4x5x6xf32>', body, 'tensor<2x3x5x6xf32>')).toBe(
    '([i, j, m],[i, m, k, l])->([i, j, k, l]) {i=2, j=3, k=5, l=6, m=4} reduction={m}',
  );
});

test('a convolution passes batch and output feature, reduces the input feature and needs edges along space', () => {
  expect(convolutionRule('2x8x4', '3x4x6', '2x8x6', '[b, 0, f]x[0, i, o]->[b, 0, f], window = {pad = [[1, 1]]}')).toBe(
    '([i, m, k],[l, k, j])->([i, m, j]) {i=2, j=6, k=4, l=3, m=8} reduction={k} need_replication={l} permutation={m}',
  );
});

test('windows side by side need no edges', () => {
  expect(convolutionRule('2x8x4', '2x4x6', '2x4x6', '[b, 0, f]x[0, i, o]->[b, 0, f], window = {stride = [2]}')).toBe(
    '([i, mn, k],[l, k, j])->([i, m, j]) {i=2, j=6, k=4, l=2, m=4, n=2} reduction={k} need_replication={l, n}',
  );
});

test('a weight gradient contracts the long dimension of its kernel', () => {
  const form = '[f, 0, b]x[0, i, o]->[b, 0, f], window = {pad = [[1, 1]]}';
  expect(convolutionRule('4x8x2', '8x4x6', '2x3x6', form)).toBe(
    '([k, l, i],[l, k, j])->([i, m, j]) {i=2, j=6, k=4, l=8, m=3} reduction={k, l} need_replication={m}',
  );
});

test('groups of features are a factor of their own', () => {
  const form = '[b, 0, f]x[0, i, o]->[b, 0, f], window = {pad = [[0, 0]]}';
  expect(convolutionRule('2x8x4', '1x2x6', '2x8x6', form, [1, 2])).toBe(
    '([i, m, jl],[1, l, jk])->([i, m, jk]) {i=2, j=2, k=3, l=2, m=8} reduction={l}',
  );
});

test('rows that are looked up by index are a reduction, and whole slices pass through', () => {
  const numbers = 'offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1';
  const types = '(tensor<8x6xf32>, tensor<4x1xi32>) -> tensor<4x6xf32>';
  const body = `"stablehlo.gather"(%x, %i) <{dimension_numbers = #stablehlo.gather<${numbers}>, slice_sizes = array<i64: 1, 6>}> : ${types}`;
  expect(ruleOf('%x: tensor<8x6xf32>, %i: tensor<4x1xi32>', body, 'tensor<4x6xf32>')).toBe(
    '([j, k],[i, 1])->([i, k]) {i=4, j=8, k=6} reduction={j}',
  );
});

test('updates that are added are a reduction, and the dimension that they index passes through', () => {
  const numbers =
    'update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1';
  const region = `({ ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %c = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %c : tensor<f32> })`;
  const types = '(tensor<8x6xf32>, tensor<4x1xi32>, tensor<4x6xf32>) -> tensor<8x6xf32>';
  const body = `"stablehlo.scatter"(%x, %i, %u) <{scatter_dimension_numbers = #stablehlo.scatter<${numbers}>}> ${region} : ${types}`;
  expect(ruleOf('%x: tensor<8x6xf32>, %i: tensor<4x1xi32>, %u: tensor<4x6xf32>', body, 'tensor<8x6xf32>')).toBe(
    '([j, k],[i, 1],[i, k])->([j, k]) {i=4, j=8, k=6} reduction={i}',
  );
});

test('an operation without a rule cannot be cut', () => {
  const body = 'stablehlo.custom_call @f(%x) : (tensor<8x4xf32>) -> tensor<4xf32>';
  expect(ruleOf('%x: tensor<8x4xf32>', body, 'tensor<4xf32>')).toBe(
    '([i, j])->([k]) {i=8, j=4, k=4} need_replication={i, j, k}',
  );
});
