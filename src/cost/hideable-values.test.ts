import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { trainingStep } from '../../test/support/tiny-programs.ts';
import { entryFunction, loadProgram, type Program, parseProgram } from '../ir/index.ts';
import {
  collectiveSizes,
  collectives,
  parseMesh,
  parsePin,
  programFacts,
  propagate,
  resolvePins,
} from '../sharding/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { hideableValues } from './hideable-values.ts';

/** Two layers, the gradient of the second one, a norm of it for the log, and an update with momentum. */
const step = `module @m {
  func.func public @main(%x: tensor<8x4xf32> loc("x"), %a: tensor<4x4xf32> {tf.aliasing_output = 0 : i32} loc("a"),
      %b: tensor<4x4xbf16> {tf.aliasing_output = 1 : i32} loc("b"), %m: tensor<4x4xf32> {tf.aliasing_output = 2 : i32} loc("m"))
      -> (tensor<4x4xf32>, tensor<4x4xbf16>, tensor<4x4xf32>, tensor<8x4xf32>) {
    %half = stablehlo.constant dense<0.5> : tensor<4x4xf32>
    %wide = stablehlo.convert %b : (tensor<4x4xbf16>) -> tensor<4x4xf32>
    %scaled = stablehlo.multiply %wide, %half : tensor<4x4xf32>
    %h = stablehlo.dot_general %x, %a, contracting_dims = [1] x [0] : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
    %t = stablehlo.tanh %h : tensor<8x4xf32>
    %y = stablehlo.dot_general %t, %scaled, contracting_dims = [1] x [0] : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
    %g = stablehlo.dot_general %t, %y, contracting_dims = [0] x [0] : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
    %g2:2 = stablehlo.optimization_barrier %g, %y : tensor<4x4xf32>, tensor<8x4xf32>
    %new_m = stablehlo.add %m, %g2#0 : tensor<4x4xf32>
    %new_b = stablehlo.subtract %wide, %new_m : tensor<4x4xf32>
    %narrow = stablehlo.convert %new_b : (tensor<4x4xf32>) -> tensor<4x4xbf16>
    %ga = stablehlo.dot_general %x, %g2#1, contracting_dims = [0] x [0] : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %norm = stablehlo.reduce(%ga init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x4xf32>, tensor<f32>) -> tensor<f32>
    %all = stablehlo.broadcast_in_dim %norm, dims = [] : (tensor<f32>) -> tensor<4x4xf32>
    %clipped = stablehlo.divide %ga, %all : tensor<4x4xf32>
    %new_a = stablehlo.subtract %a, %clipped : tensor<4x4xf32>
    return %new_a, %narrow, %new_m, %y : tensor<4x4xf32>, tensor<4x4xbf16>, tensor<4x4xf32>, tensor<8x4xf32>
  } }`;

describe('values whose moves can be hidden', () => {
  it('are parameters and what is made of them, and gradients that only the update waits for', () => {
    const program = parseProgram(new TextEncoder().encode(step), { file: 'step.mlir' });
    const { func, facts } = programFacts(program);
    const hideable = hideableValues(func, facts.cheap);
    const body = func.body.operations.flatMap(({ name, results }) =>
      results.map((value, index) => [`${name.replace('stablehlo.', '')} ${index}`, hideable.has(value)] as const),
    );
    const given = func.arguments.map(({ value }) => hideable.has(value));
    expect(given).toEqual([false, true, true, true]);
    // The first gradient is, for momentum alone waits for it; the second is not, for a norm is taken of it.
    expect(body.filter(([, hides]) => hides).map(([name]) => name)).toMatchInlineSnapshot(`
      [
        "convert 0",
        "multiply 0",
        "dot_general 0",
        "optimization_barrier 0",
        "add 0",
        "subtract 0",
        "convert 0",
        "broadcast_in_dim 0",
        "divide 0",
        "subtract 0",
      ]
    `);
    expect(body.filter(([, hides]) => !hides).map(([name]) => name)).toMatchInlineSnapshot(`
      [
        "constant 0",
        "dot_general 0",
        "tanh 0",
        "dot_general 0",
        "optimization_barrier 1",
        "dot_general 0",
        "constant 0",
        "reduce 0",
      ]
    `);
  });

  it('are none where nothing is donated', () => {
    const text = step.replaceAll(/\{tf.aliasing_output = \d : i32\} /g, '');
    const { func, facts } = programFacts(parseProgram(new TextEncoder().encode(text), { file: 'step.mlir' }));
    expect(hideableValues(func, facts.cheap).size).toBe(0);
  });
});

describe('moves of a training step that can be hidden', () => {
  const mlp = fileURLToPath(new URL('../../examples/programs/mlp.mlir.gz', import.meta.url));
  const moves = async (...pins: string[]) => movesOf(inlineCalls(await loadProgram(mlp)), pins);
  const movesOf = (program: Program, pins: readonly string[]) => {
    const func = entryFunction(program);
    if (func === undefined) throw new Error('internal: no entry function');
    const mesh = parseMesh('dp=4');
    const placed = propagate(program, mesh, resolvePins(func, mesh, pins.map(parsePin)));
    const sizes = [...collectiveSizes(placed, hideableValues(func, placed.cheap))];
    const large = collectives(placed).flatMap(({ kind, bytesPerDevice }, index) =>
      bytesPerDevice > 4096 ? [`${kind} ${sizes[index].hideable ? 'hidden' : 'waited for'}`] : [],
    );
    return Object.fromEntries([...new Set(large)].sort().map(one => [one, large.filter(own => own === one).length]));
  };

  it('are all sums of gradients where the batch is cut', async () => {
    expect(await moves('x=[{dp}, {}]', 'labels=[{dp}]')).toMatchInlineSnapshot(`
      {
        "all-reduce hidden": 3,
      }
    `);
  });

  it('are gathers of weights as well where state is cut too', () => {
    const state = ['x', 'w', 'm'].map(name => `${name}=[{dp}, {}]`);
    expect(movesOf(trainingStep(8192, 256), state)).toMatchInlineSnapshot(`
      {
        "all-gather hidden": 1,
        "reduce-scatter hidden": 1,
      }
    `);
  });

  it('are no sums of activations', async () => {
    const weights = ["*['layers'][0]['w']=[{}, {dp}]", "*['layers'][1]['w']=[{dp}, {}]"];
    expect(await moves(...weights)).toMatchInlineSnapshot(`
      {
        "all-reduce waited for": 1,
      }
    `);
  });
});
