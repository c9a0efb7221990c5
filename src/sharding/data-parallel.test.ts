import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DiagnosticError } from '../base/index.ts';
import { entryFunction, type Func, loadProgram, type Program, parseProgram } from '../ir/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { findBatch } from './batch.ts';
import { dataParallelPins } from './data-parallel.ts';
import { parseMesh } from './mesh.ts';
import { formatSharding } from './notation.ts';
import { argumentNames, type PinnedShardings, resolvePins } from './pin-resolution.ts';
import { parsePin } from './pins.ts';

const examples = fileURLToPath(new URL('../../examples/programs/', import.meta.url));
const load = async (name: string): Promise<Program> => inlineCalls(await loadProgram(`${examples}${name}.mlir.gz`));
const read = (text: string): Program => parseProgram(new TextEncoder().encode(text), { file: 'step.mlir' });

function entryOf(program: Program): Func {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('no entry function');
  return func;
}

/** `tokens=[{dp}, {}]` for each pinned argument. */
function printPins(program: Program, pinned: PinnedShardings): string[] {
  const func = entryOf(program);
  return pinned.arguments.flatMap((sharding, index) =>
    sharding === undefined ? [] : [`${argumentNames(func, index)[0]}=${formatSharding(sharding)}`],
  );
}

function complaints(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ code, message }) => `${code} ${message}`);
    throw error;
  }
  return [];
}

test.each([
  ['mlp', 'x=[{dp}, {}]', 'labels=[{dp}]'],
  ['gpt2-tiny', 'tokens=[{dp}, {}]', 'labels=[{dp}, {}]'],
  ['gpt2-tiny-scan', 'tokens=[{dp}, {}]', 'labels=[{dp}, {}]'],
  ['llama-tiny', 'tokens=[{dp}, {}]', 'labels=[{dp}, {}]'],
  ['moe-tiny', 'tokens=[{dp}, {}]', 'labels=[{dp}, {}]'],
  ['vit-tiny', 'images=[{dp}, {}, {}, {}]', 'labels=[{dp}]'],
  ['resnet-tiny', 'images=[{dp}, {}, {}, {}]', 'labels=[{dp}]'],
  ['alexnet-tiny', 'images=[{dp}, {}, {}, {}]', 'labels=[{dp}]'],
  ['wide-head-tiny', 'images=[{dp}, {}, {}, {}]', 'labels=[{dp}]'],
  ['unet-tiny', 'images=[{dp}, {}, {}, {}]', 'noise=[{dp}, {}, {}, {}]'],
])('finds the batch of %s', async (name, ...pins) => {
  const program = await load(name);
  expect(printPins(program, dataParallelPins(program, parseMesh('dp=4')))).toEqual(pins);
});

test('leaves pinned arguments as they are, and uses the first axis of a mesh', async () => {
  const program = await load('mlp');
  const mesh = parseMesh('dp=2,tp=2');
  const pinned = resolvePins(entryOf(program), mesh, [
    parsePin('labels=[{}]'),
    parsePin("params['layers'][0]['w']=[{}, {tp}]"),
  ]);
  expect(printPins(program, dataParallelPins(program, mesh, pinned))).toEqual([
    "params['layers'][0]['w']=[{}, {tp}]",
    'x=[{dp}, {}]',
    'labels=[{}]',
  ]);
});

test('names the padded size of a batch that the mesh does not divide', async () => {
  const program = await load('unet-tiny');
  expect(complaints(() => dataParallelPins(program, parseMesh('dp=8')))).toEqual([
    'SK2004 images: `[{dp}, {}, {}, {}]` cuts dimension 0 of size 4 into 8 pieces, which is uneven',
    'SK2004 noise: `[{dp}, {}, {}, {}]` cuts dimension 0 of size 4 into 8 pieces, which is uneven',
  ]);
});

test.each([' {tf.aliasing_output = 0 : i32}', ''])(
  'the batch of a linear model is what its update is summed over%s',
  mark => {
    const linear =
      read(`func.func public @main(%arg0: tensor<8x16xf32>${mark}, %arg1: tensor<32x8xf32>) -> tensor<8x16xf32> {
    %0 = stablehlo.dot_general %arg1, %arg0, contracting_dims = [1] x [0] : (tensor<32x8xf32>, tensor<8x16xf32>) -> tensor<32x16xf32>
    %1 = stablehlo.dot_general %arg1, %0, contracting_dims = [0] x [0] : (tensor<32x8xf32>, tensor<32x16xf32>) -> tensor<8x16xf32>
    %2 = stablehlo.add %arg0, %1 : tensor<8x16xf32>
    return %2 : tensor<8x16xf32>
  }`);
    const batch = findBatch(entryOf(linear));
    expect(batch).toMatchObject({ dimensions: [{ argument: 1, dimension: 0 }], size: 32, reducedShare: 1 });
    expect(batch?.flopsShare).toBeGreaterThan(0.95);
  },
);

test('follows the major part of a merged dimension, and not the minor one', () => {
  const merged = (rows: string, back: string) =>
    read(`func.func public @main(%arg0: tensor<4xf32> {tf.aliasing_output = 0 : i32}, %arg1: tensor<${rows}xf32>) -> tensor<4xf32> {
    %0 = stablehlo.reshape %arg1 : (tensor<${rows}xf32>) -> tensor<24x4xf32>
    %1 = stablehlo.tanh %0 : tensor<24x4xf32>
    %2 = stablehlo.reshape %1 : (tensor<24x4xf32>) -> tensor<${back}xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %3 = stablehlo.reduce(%2 init: %cst) applies stablehlo.add across dimensions = [0, 1] : (tensor<${back}xf32>, tensor<f32>) -> tensor<4xf32>
    %4 = stablehlo.add %arg0, %3 : tensor<4xf32>
    return %4 : tensor<4xf32>
  }`);
  const found = findBatch(entryOf(merged('8x3x4', '8x3x4')));
  expect(found).toMatchObject({ dimensions: [{ argument: 1, dimension: 0 }], size: 8 });
  expect(findBatch(entryOf(merged('8x3x4', '4x6x4')))).toMatchObject({ dimensions: [{ argument: 1, dimension: 0 }] });
});

test('says what was looked for where nothing is a batch', () => {
  const everything =
    read(`func.func public @main(%arg0: tensor<8xf32> {tf.aliasing_output = 0 : i32}) -> tensor<8xf32> {
    %0 = stablehlo.tanh %arg0 : tensor<8xf32>
    return %0 : tensor<8xf32>
  }`);
  expect(complaints(() => dataParallelPins(everything, parseMesh('dp=4')))).toEqual([
    'SK2010 no dimension of the data is a batch (every argument is state)',
  ]);
  const noise =
    read(`func.func public @main(%arg0: tensor<8xf32> {tf.aliasing_output = 0 : i32}, %arg1: tensor<8xf32>) -> tensor<8xf32> {
    %0 = stablehlo.add %arg0, %arg1 : tensor<8xf32>
    return %0 : tensor<8xf32>
  }`);
  expect(complaints(() => dataParallelPins(noise, parseMesh('dp=4')))).toEqual([
    'SK2010 no dimension of the data is a batch (of 1 arguments: arg1 [8])',
  ]);
});
