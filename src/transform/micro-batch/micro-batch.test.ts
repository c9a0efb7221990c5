import { expect, test } from 'vitest';
import { complaints, loadExample, resultsDiffer } from '../../../test/support/run-example.ts';
import { layerPair, readTiny, trainingStep } from '../../../test/support/tiny-programs.ts';
import { createRandom } from '../../base/index.ts';
import { type Tensor, tensor } from '../../eval/index.ts';
import { entryFunction, type Program, printProgram, tripCount } from '../../ir/index.ts';
import type { BatchToCut } from './classify.ts';
import { microBatch, microBatchCounts } from './micro-batch.ts';

/** The program in pieces, which must be well formed. */
function inPieces(program: Program, count: number, batch?: BatchToCut): Program {
  const made = microBatch(program, count, batch);
  if (made.status === 'refused') throw new Error(made.reason.message);
  expect(complaints(made.program)).toEqual([]);
  return made.program;
}

function refusal(program: Program, count = 2) {
  const made = microBatch(program, count);
  return made.status === 'refused' ? made.reason : undefined;
}

/** Numbers between -1 and 1 for float arguments, 0 to 3 for integers. */
function drawInputs(program: Program): Tensor[] {
  const random = createRandom(7);
  const func = entryFunction(program);
  return (func?.arguments ?? []).map(({ value }) => {
    const type = func?.valueTypes[value];
    if (type?.kind !== 'tensor') throw new Error('no tensor');
    const count = type.shape.reduce((product, size) => product * size, 1);
    const draw = (): number => (type.element.startsWith('i') ? Math.floor(4 * random.next()) : 2 * random.next() - 1);
    return tensor(type.element, type.shape, Array.from({ length: count }, draw));
  });
}

test('the loop holds what has the batch, and adds up what is summed over it', () => {
  const text = printProgram(inPieces(trainingStep(8, 4), 2));
  expect(text).toMatchInlineSnapshot(`
    "module @m {
      func.func public @main(%arg0: tensor<8x4xf32>, %arg1: tensor<4x4xf32> {tf.aliasing_output = 0 : i32}, %arg2: tensor<4x4xf32> {tf.aliasing_output = 1 : i32}) -> (tensor<4x4xf32> {jax.result_info = "new_w"}, tensor<4x4xf32> {jax.result_info = "new_m"}) {
        %0 = stablehlo.reshape %arg0 : (tensor<8x4xf32>) -> tensor<4x2x4xf32>
        %c = stablehlo.constant dense<0> : tensor<i32>
        %cst = stablehlo.constant dense<0.000000e+00> : tensor<4x4xf32>
        %1:2 = stablehlo.while(%iterArg = %c, %iterArg_0 = %cst) : tensor<i32>, tensor<4x4xf32>
        cond {
          %c_1 = stablehlo.constant dense<2> : tensor<i32>
          %4 = stablehlo.compare LT, %iterArg, %c_1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %4 : tensor<i1>
        } do {
          %c_1 = stablehlo.constant dense<0> : tensor<i32>
          %4 = stablehlo.dynamic_slice %0, %c_1, %iterArg, %c_1, sizes = [4, 1, 4] : (tensor<4x2x4xf32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<4x1x4xf32>
          %5 = stablehlo.reshape %4 : (tensor<4x1x4xf32>) -> tensor<4x4xf32>
          %6 = stablehlo.dot_general %5, %arg1, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
          %7 = stablehlo.dot_general %5, %6, contracting_dims = [0] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
          %8 = stablehlo.add %iterArg_0, %7 : tensor<4x4xf32>
          %c_2 = stablehlo.constant dense<1> : tensor<i32>
          %9 = stablehlo.add %iterArg, %c_2 : tensor<i32>
          stablehlo.return %9, %8 : tensor<i32>, tensor<4x4xf32>
        }
        %2 = stablehlo.add %arg2, %1#1 : tensor<4x4xf32>
        %3 = stablehlo.subtract %arg1, %2 : tensor<4x4xf32>
        return %3, %2 : tensor<4x4xf32>, tensor<4x4xf32>
      }
    }
    "
  `);
});

// Sums of f32 differ by the order of additions; those of bf16 by one rounding of each piece's part.
for (const [name, counts, tolerance] of [
  ['mlp', [2, 4], 1e-6],
  ['mlp-bf16', [2, 4], 8e-3],
  ['wide-head-tiny', [2], 1e-6],
  ['gpt2-tiny', [4], 1e-6],
  ['gpt2-tiny-scan', [2], 1e-6],
] as const) {
  test(`${name} in pieces gives the results of the whole`, async () => {
    const { program, inputs } = await loadExample(name);
    for (const count of counts)
      expect(resultsDiffer(program, inPieces(program, count), inputs)).toBeLessThan(tolerance);
  });
}

test('results with the batch are put together from pieces, and stay in their places', () => {
  const program = layerPair(8, 4, 6);
  const found = inPieces(program, 4, { dimensions: [{ argument: 0, dimension: 0 }], size: 8 });
  expect(resultsDiffer(program, found, drawInputs(program))).toBeLessThan(1e-6);
});

test('counters, tables and parameters with a row for each example are cut too', () => {
  const program = readTiny(`module @m {
    func.func public @main(%x: tensor<8x3x4xf32>, %w: tensor<4x4xf32> {tf.aliasing_output = 0 : i32},
        %rows: tensor<24x4xf32> {tf.aliasing_output = 1 : i32}) -> (tensor<4x4xf32>, tensor<24x4xf32>, tensor<24x4xf32>) {
      %flat = stablehlo.reshape %x : (tensor<8x3x4xf32>) -> tensor<24x4xf32>
      %0 = stablehlo.dot_general %flat, %w, contracting_dims = [1] x [0] : (tensor<24x4xf32>, tensor<4x4xf32>) -> tensor<24x4xf32>
      %number = stablehlo.iota dim = 0 : tensor<24x4xf32>
      %1 = stablehlo.multiply %0, %number : tensor<24x4xf32>
      %table = stablehlo.constant dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0], [9.0], [1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0], [9.0], [1.0], [2.0], [3.0], [4.0], [5.0], [6.0]]> : tensor<24x1xf32>
      %wide = stablehlo.broadcast_in_dim %table, dims = [0, 1] : (tensor<24x1xf32>) -> tensor<24x4xf32>
      %2 = stablehlo.add %1, %wide : tensor<24x4xf32>
      %own = stablehlo.negate %rows : tensor<24x4xf32>
      %3 = stablehlo.multiply %2, %own : tensor<24x4xf32>
      %4 = stablehlo.dot_general %flat, %3, contracting_dims = [0] x [0] : (tensor<24x4xf32>, tensor<24x4xf32>) -> tensor<4x4xf32>
      return %4, %rows, %3 : tensor<4x4xf32>, tensor<24x4xf32>, tensor<24x4xf32>
    } }`);
  const batch = { dimensions: [{ argument: 0, dimension: 0 }], size: 8 };
  for (const count of [2, 4, 8])
    expect(resultsDiffer(program, inPieces(program, count, batch), drawInputs(program))).toBeLessThan(1e-6);
});

test('the loop runs as often as there are pieces, by what the program says', () => {
  const func = entryFunction(inPieces(trainingStep(8, 4), 4));
  const loop = func?.body.operations.find(({ name }) => name === 'stablehlo.while');
  expect(func && loop && tripCount(func, loop)).toBe(4);
});

test('counts are the powers of two that divide the batch', () => {
  expect(microBatchCounts(trainingStep(24, 4))).toEqual([2, 4, 8]);
});

test('normalization over the batch is refused, with its place', async () => {
  const { program } = await loadExample('resnet-tiny');
  expect(refusal(program)).toMatchInlineSnapshot(`
    {
      "kind": "whole-batch",
      "message": "stablehlo.subtract at jit(step)/jvp(stem)/norm/sub reads a sum over the whole batch beside the batch itself",
      "place": {
        "offset": 49935,
        "operation": "stablehlo.subtract",
        "scope": "jit(step)/jvp(stem)/norm/sub",
      },
    }
  `);
});

test('a maximum over the batch is refused', () => {
  const program = readTiny(`module @m {
    func.func public @main(%x: tensor<8x4xf32>, %w: tensor<4x4xf32>) -> tensor<4xf32> {
      %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
      %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
      %1 = stablehlo.reduce(%0 init: %low) applies stablehlo.maximum across dimensions = [0] : (tensor<8x4xf32>, tensor<f32>) -> tensor<4xf32>
      return %1 : tensor<4xf32>
    } }`);
  expect(refusal(program)).toMatchInlineSnapshot(`
    {
      "kind": "whole-batch",
      "message": "stablehlo.reduce joins the batch otherwise than by a sum that starts at zero",
      "place": {
        "offset": 296,
        "operation": "stablehlo.reduce",
      },
    }
  `);
});

test('examples that meet each other, and a batch between other dimensions, are refused', () => {
  const body = (lines: string, result: string): Program =>
    readTiny(`module @m {
      func.func public @main(%x: tensor<8x4xf32>, %w: tensor<32xf32>) -> ${result} {
        ${lines}
        return %r : ${result}
      } }`);
  const batch = { dimensions: [{ argument: 0, dimension: 0 }], size: 8 };
  const kinds = [
    body(
      '%r = stablehlo.dot_general %x, %x, contracting_dims = [1] x [1] : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x8xf32>',
      'tensor<8x8xf32>',
    ),
    body(
      `%t = stablehlo.transpose %x, dims = [1, 0] : (tensor<8x4xf32>) -> tensor<4x8xf32>
        %r = stablehlo.reshape %t : (tensor<4x8xf32>) -> tensor<32xf32>`,
      'tensor<32xf32>',
    ),
    body('%r = stablehlo.reshape %x : (tensor<8x4xf32>) -> tensor<4x2x4xf32>', 'tensor<4x2x4xf32>'),
  ].map(program => {
    const made = microBatch(program, 2, batch);
    return made.status === 'refused' ? `${made.reason.kind}: ${made.reason.message}` : 'done';
  });
  expect(kinds).toMatchInlineSnapshot(`
    [
      "whole-batch: stablehlo.dot_general joins examples of the batch with each other",
      "unsupported: stablehlo.reshape has the batch as a minor part of a dimension",
      "unsupported: stablehlo.reshape cuts the batch into several dimensions",
    ]
  `);
});

test('a batch that is no multiple of the count, and a program without one, are refused', () => {
  expect(refusal(trainingStep(8, 4), 3)?.message).toBe('a batch of 8 cannot be done in 3 equal pieces');
  const program = readTiny(`module @m {
    func.func public @main(%x: tensor<f32>) -> tensor<f32> {
      %0 = stablehlo.negate %x : tensor<f32>
      return %0 : tensor<f32>
    } }`);
  expect(refusal(program)?.kind).toBe('no-batch');
});
