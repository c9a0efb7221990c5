import { expect, test } from 'vitest';
import { entryFunction, parseProgram, printProgram } from '../ir/index.ts';
import { collectives } from './collectives.ts';
import { emitSharded } from './emission.ts';
import { parseMesh } from './mesh.ts';
import { formatSharding } from './notation.ts';
import { resolvePins } from './pin-resolution.ts';
import { parsePin } from './pins.ts';
import { propagate } from './propagation.ts';
import type { Propagation } from './propagation-types.ts';
import { replicatedWarnings } from './replicated-warnings.ts';

function place(text: string, mesh: string, ...pins: string[]): Propagation {
  const program = parseProgram(new TextEncoder().encode(text));
  const func = entryFunction(program);
  if (func === undefined) throw new Error('no entry');
  const parsed = parseMesh(mesh);
  return propagate(program, parsed, resolvePins(func, parsed, pins.map(parsePin)));
}

function moved(placed: Propagation): string[] {
  return collectives(placed).map(
    ({ kind, axes, bytesPerDevice, operation, trips }) =>
      `${kind} ${axes} ${bytesPerDevice} for ${operation}${trips === 1 ? '' : ` x ${trips}`}`,
  );
}

/** Two products with a function between, on a batch. */
const perceptronOf = (batch: number) => `module @m {
  func.func public @main(%arg0: tensor<${batch}x16xf32>, %arg1: tensor<16x32xf32>, %arg2: tensor<32x16xf32>) -> tensor<${batch}x16xf32> {
    %0 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0] : (tensor<${batch}x16xf32>, tensor<16x32xf32>) -> tensor<${batch}x32xf32>
    %1 = stablehlo.tanh %0 : tensor<${batch}x32xf32>
    %2 = stablehlo.dot_general %1, %arg2, contracting_dims = [1] x [0] : (tensor<${batch}x32xf32>, tensor<32x16xf32>) -> tensor<${batch}x16xf32>
    return %2 : tensor<${batch}x16xf32>
  }
}`;
const perceptron = perceptronOf(8);

test('columns and then rows: one all-reduce at the end', () => {
  const placed = place(perceptron, 'dp=2,tp=4', 'arg0=[{dp}, {}]', 'arg1=[{}, {tp}]', 'arg2=[{tp}, {}]');
  expect(placed.shardings.map(found => found && formatSharding(found))).toEqual([
    '[{dp}, {}]',
    '[{}, {tp}]',
    '[{tp}, {}]',
    '[{dp}, {tp}]',
    '[{dp}, {tp}]',
    '[{dp}, {}] unreduced{tp}',
  ]);
  expect(moved(placed)).toEqual(['all-reduce tp 256 for func.return']);
  expect(placed.conflicts).toEqual([]);
});

test('a result that is wanted cut gets its sum scattered', () => {
  const pins = ['arg1=[{}, {tp}]', 'arg2=[{tp}, {}]', 'result0=[{tp}, {}]'];
  expect(moved(place(perceptron, 'tp=4', ...pins))).toEqual(['reduce-scatter tp 512 for func.return']);
});

test('an axis that the batch and a weight claim goes where fewer bytes move, and the choice is reported', () => {
  const placed = place(perceptronOf(256), 'dp=8', 'arg0=[{dp}, {}]', 'arg1=[{dp}, {}]', 'arg2=[{dp}, {}]');
  expect(moved(placed)).toEqual([
    'all-gather dp 2048 for stablehlo.dot_general',
    'all-gather dp 2048 for stablehlo.dot_general',
  ]);
  expect(placed.conflicts.map(conflict => `${conflict.axis}: ${conflict.explanation}`)[0]).toBe(
    'dp: factor 0 (size 256, passthrough) and factor 2 (size 16, reduction) both claim the axis; ' +
      'factor 0 (size 256, passthrough) is cut, which moves the fewest bytes',
  );
});

test('without pins nothing is cut and nothing moves', () => {
  const placed = place(perceptron, 'dp=8');
  expect(moved(placed)).toEqual([]);
  expect(placed.results.map(found => formatSharding(found))).toEqual(['[{}, {}]']);
});

const optimizer = `module @m {
  func.func public @main(%w: tensor<16x4xf32> {tf.aliasing_output = 0 : i32}, %m: tensor<16x4xf32> {tf.aliasing_output = 1 : i32}, %x: tensor<8x16xf32>, %y: tensor<8x4xf32>) -> (tensor<16x4xf32>, tensor<16x4xf32>) {
    %0 = stablehlo.dot_general %x, %y, contracting_dims = [0] x [0] : (tensor<8x16xf32>, tensor<8x4xf32>) -> tensor<16x4xf32>
    %1 = stablehlo.add %m, %0 : tensor<16x4xf32>
    %2 = stablehlo.multiply %1, %0 : tensor<16x4xf32>
    %3 = stablehlo.subtract %w, %2 : tensor<16x4xf32>
    return %3, %1 : tensor<16x4xf32>, tensor<16x4xf32>
  }
}`;

test('data-parallel gradients are reduced once for all who read them', () => {
  expect(moved(place(optimizer, 'dp=4', 'arg2=[{dp}, {}]', 'arg3=[{dp}, {}]'))).toEqual([
    'all-reduce dp 256 for stablehlo.dot_general',
  ]);
});

test('with cut moments gradients are scattered and new weights gathered', () => {
  const placed = place(optimizer, 'dp=4', 'arg1=[{dp}, {}]', 'arg2=[{dp}, {}]', 'arg3=[{dp}, {}]');
  expect(moved(placed)).toEqual([
    'reduce-scatter dp 256 for stablehlo.dot_general',
    'all-gather dp 256 for func.return',
  ]);
  expect(placed.results.map(found => formatSharding(found))).toEqual(['[{}, {}]', '[{dp}, {}]']);
});

const shared = `module @m {
  func.func public @main(%x: tensor<8x16xf32>, %u: tensor<16x4xf32>, %v: tensor<16x4xf32>) -> tensor<8x4xf32> {
    %0 = stablehlo.dot_general %x, %u, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x4xf32>) -> tensor<8x4xf32>
    %1 = stablehlo.dot_general %x, %v, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x4xf32>) -> tensor<8x4xf32>
    %2 = stablehlo.add %0, %1 : tensor<8x4xf32>
    return %2 : tensor<8x4xf32>
  }
}`;

test('partial sums are added before they are reduced, and the collective knows its sources', () => {
  const placed = place(shared, 'tp=4', 'arg0=[{}, {tp}]', 'arg1=[{tp}, {}]', 'arg2=[{tp}, {}]');
  expect(moved(placed)).toEqual(['all-reduce tp 128 for func.return']);
  const [found] = collectives(placed);
  expect(found.sources).toEqual([
    { value: 3, bytesPerDevice: 128, factors: [['tp']] },
    { value: 4, bytesPerDevice: 128, factors: [['tp']] },
  ]);
  expect(found.reason).toBe('A sum over tp is completed for func.return: [{}, {}] unreduced{tp} to [{}, {}].');
});

const loop = `module @m {
  func.func public @main(%arg0: tensor<8x16xf32>, %arg1: tensor<16x16xf32>) -> tensor<8x16xf32> {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0:2 = stablehlo.while(%i = %c, %x = %arg0) : tensor<i32>, tensor<8x16xf32>
    cond {
      %n = stablehlo.constant dense<5> : tensor<i32>
      %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %2 = stablehlo.dot_general %x, %arg1, contracting_dims = [1] x [0] : (tensor<8x16xf32>, tensor<16x16xf32>) -> tensor<8x16xf32>
      %one = stablehlo.constant dense<1> : tensor<i32>
      %3 = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %3, %2 : tensor<i32>, tensor<8x16xf32>
    }
    return %0#1 : tensor<8x16xf32>
  }
}`;

test('what a loop carries keeps its layout, and collectives inside count once a trip', () => {
  const placed = place(loop, 'dp=2,tp=4', 'arg0=[{dp}, {}]', 'arg1=[{}, {tp}]');
  expect(moved(placed)).toEqual(['all-gather tp 256 for stablehlo.return x 5']);
  expect(placed.results.map(found => formatSharding(found))).toEqual(['[{dp}, {}]']);
});

test('emission constrains every result and each change of layout', () => {
  const placed = place(perceptron, 'tp=4', 'arg1=[{}, {tp}]', 'arg2=[{tp}, {}]', 'result0=[{tp}, {}]');
  const text = printProgram(emitSharded(placed.program, placed.grid.mesh, placed));
  expect(
    text
      .split('\n')
      .filter(line => line.includes('sdy.'))
      .map(line => line.trim()),
  ).toMatchInlineSnapshot(`
    [
      "sdy.mesh @mesh = <["tp"=4]>",
      "func.func public @main(%arg0: tensor<8x16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {}]>}, %arg1: tensor<16x32xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"tp"}]>}, %arg2: tensor<32x16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"tp"}, {}]>}) -> (tensor<8x16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"tp"}, {}]>}) {",
      "%1 = sdy.sharding_constraint %0 <@mesh, [{}, {"tp"}]> : tensor<8x32xf32>",
      "%3 = sdy.sharding_constraint %2 <@mesh, [{}, {"tp"}]> : tensor<8x32xf32>",
      "%5 = sdy.sharding_constraint %4 <@mesh, [{}, {}]> : tensor<8x16xf32>",
      "%6 = sdy.sharding_constraint %5 <@mesh, [{"tp"}, {}]> : tensor<8x16xf32>",
    ]
  `);
});

test('emission exchanges and gathers one after the other', () => {
  const placed = place(perceptron, 'dp=2,tp=4', 'arg0=[{dp,tp}, {}]', 'result0=[{}, {tp}]');
  const moves = ['all-to-all tp 64 for func.return', 'all-gather dp 128 for func.return'];
  expect(moved(placed)).toEqual(moves);
  const text = printProgram(emitSharded(placed.program, placed.grid.mesh, placed));
  expect([...text.matchAll(/sharding_constraint %\d+ <@mesh, (.*)> :/g)].map(([, layout]) => layout).slice(2)).toEqual([
    '[{"dp", "tp"}, {}]',
    '[{"dp"}, {"tp"}]',
    '[{}, {"tp"}]',
  ]);
});

test('constants and broadcasts are made in the layout that each reader wants', () => {
  const text = `module @m {
    func.func public @main(%arg0: tensor<8x16xf32>, %arg1: tensor<16xf32>) -> (tensor<8x16xf32>, tensor<16x8xf32>) {
      %0 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<16xf32>) -> tensor<8x16xf32>
      %1 = stablehlo.add %arg0, %0 : tensor<8x16xf32>
      %2 = stablehlo.transpose %0, dims = [1, 0] : (tensor<8x16xf32>) -> tensor<16x8xf32>
      return %1, %2 : tensor<8x16xf32>, tensor<16x8xf32>
    }
  }`;
  const placed = place(text, 'dp=8', 'arg0=[{dp}, {}]', 'arg1=[{dp}]');
  expect(moved(placed)).toEqual(['all-gather dp 64 for stablehlo.add']);
});

test('operations without a rule are reported, and their operands gathered', () => {
  const text = `module @m {
    func.func public @main(%arg0: tensor<8x4xf32>) -> tensor<8x4xf32> {
      %0 = stablehlo.custom_call @f(%arg0) : (tensor<8x4xf32>) -> tensor<8x4xf32>
      return %0 : tensor<8x4xf32>
    }
  }`;
  const placed = place(text, 'dp=8', 'arg0=[{dp}, {}]');
  expect(moved(placed)).toEqual(['all-gather dp 128 for stablehlo.custom_call']);
  expect(replicatedWarnings(placed.func).map(warning => `${warning.code} ${warning.message}`)).toEqual([
    'SK1103 1 x stablehlo.custom_call @f: there is no rule for cutting it, so its operands are gathered',
  ]);
});
