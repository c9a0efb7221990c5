import { type Program, parseProgram } from '../../src/ir/index.ts';
import type { ProblemRequest } from '../../src/parallel/index.ts';
import { parseMesh, parsePin } from '../../src/sharding/index.ts';

/** A program small enough to try every assignment, and what is asked of it. */
export interface TinyProblem {
  readonly name: string;
  readonly program: Program;
  readonly request: Partial<ProblemRequest>;
}

export function readTiny(text: string): Program {
  return parseProgram(new TextEncoder().encode(text), { file: 'tiny.mlir' });
}

/** Two products with an activation between. */
export function layerPair(batch: number, model: number, hidden: number): Program {
  return readTiny(`module @m {
    func.func public @main(%x: tensor<${batch}x${model}xf32> loc("x"), %a: tensor<${model}x${hidden}xf32> loc("a"),
        %b: tensor<${hidden}x${model}xf32> loc("b")) -> (tensor<${batch}x${model}xf32> {jax.result_info = "y"}) {
      %0 = stablehlo.dot_general %x, %a, contracting_dims = [1] x [0] : (tensor<${batch}x${model}xf32>, tensor<${model}x${hidden}xf32>) -> tensor<${batch}x${hidden}xf32>
      %1 = stablehlo.tanh %0 : tensor<${batch}x${hidden}xf32>
      %2 = stablehlo.dot_general %1, %b, contracting_dims = [1] x [0] : (tensor<${batch}x${hidden}xf32>, tensor<${hidden}x${model}xf32>) -> tensor<${batch}x${model}xf32>
      return %2 : tensor<${batch}x${model}xf32>
    } }`);
}

/** One layer with the gradient of half the squared output, and a step with momentum. */
export function trainingStep(batch: number, model: number): Program {
  const [data, state] = [`tensor<${batch}x${model}xf32>`, `tensor<${model}x${model}xf32>`];
  return readTiny(`module @m {
    func.func public @main(%x: ${data} loc("x"), %w: ${state} {tf.aliasing_output = 0 : i32} loc("w"),
        %m: ${state} {tf.aliasing_output = 1 : i32} loc("m")) -> (${state} {jax.result_info = "new_w"}, ${state} {jax.result_info = "new_m"}) {
      %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (${data}, ${state}) -> ${data}
      %1 = stablehlo.dot_general %x, %0, contracting_dims = [0] x [0] : (${data}, ${data}) -> ${state}
      %2 = stablehlo.add %m, %1 : ${state}
      %3 = stablehlo.subtract %w, %2 : ${state}
      return %3, %2 : ${state}, ${state}
    } }`);
}

/** A normalization between two products: a reduction and a broadcast, values that several operations read. */
function normalizedPair(batch: number, model: number): Program {
  const [data, weight, sums] = [
    `tensor<${batch}x${model}xf32>`,
    `tensor<${model}x${model}xf32>`,
    `tensor<${batch}xf32>`,
  ];
  return readTiny(`module @m {
    func.func public @main(%x: ${data} loc("x"), %a: ${weight} loc("a")) -> (${data} {jax.result_info = "y"}) {
      %zero = stablehlo.constant dense<0.0> : tensor<f32>
      %0 = stablehlo.dot_general %x, %a, contracting_dims = [1] x [0] : (${data}, ${weight}) -> ${data}
      %1 = stablehlo.reduce(%0 init: %zero) applies stablehlo.add across dimensions = [1] : (${data}, tensor<f32>) -> ${sums}
      %2 = stablehlo.broadcast_in_dim %1, dims = [0] : (${sums}) -> ${data}
      %3 = stablehlo.subtract %0, %2 : ${data}
      %4 = stablehlo.dot_general %3, %a, contracting_dims = [1] x [1] : (${data}, ${weight}) -> ${data}
      %5 = stablehlo.add %4, %x : ${data}
      return %5 : ${data}
    } }`);
}

/** Two readers of one gathered weight, a transposition, and a result that nobody says how to lay out. */
function sharedWeight(batch: number, model: number): Program {
  const [data, weight] = [`tensor<${batch}x${model}xf32>`, `tensor<${model}x${model}xf32>`];
  return readTiny(`module @m {
    func.func public @main(%x: ${data} loc("x"), %y: ${data} loc("y"), %a: ${weight} loc("a")) -> (${data}, ${data}) {
      %0 = stablehlo.transpose %a, dims = [1, 0] : (${weight}) -> ${weight}
      %1 = stablehlo.dot_general %x, %0, contracting_dims = [1] x [0] : (${data}, ${weight}) -> ${data}
      %2 = stablehlo.dot_general %y, %0, contracting_dims = [1] x [0] : (${data}, ${weight}) -> ${data}
      %3 = stablehlo.multiply %1, %2 : ${data}
      return %3, %1 : ${data}, ${data}
    } }`);
}

const whole = ['x=[{}, {}]', 'y=[{}, {}]'].map(parsePin);

/** Problems that brute force can solve. */
export const tinyPrograms: readonly TinyProblem[] = [
  { name: 'two layers with many rows', program: layerPair(8192, 512, 512), request: {} },
  {
    name: 'two layers with few rows',
    program: layerPair(256, 2048, 8192),
    request: { pins: whole },
  },
  {
    name: 'two layers that must be split to fit',
    program: layerPair(1024, 2048, 8192),
    request: { pins: whole, memoryLimitBytes: 75e6 },
  },
  { name: 'a training step', program: trainingStep(4096, 1024), request: {} },
  {
    name: 'a training step with little memory',
    program: trainingStep(65536, 256),
    request: { memoryLimitBytes: 40e6 },
  },
  {
    name: 'a normalization between two products',
    program: normalizedPair(2048, 1024),
    request: { mesh: parseMesh('a=4') },
  },
  { name: 'two readers of one weight', program: sharedWeight(1024, 4096), request: { mesh: parseMesh('a=4') } },
  { name: 'nothing that fits', program: layerPair(64, 64, 64), request: { memoryLimitBytes: 1000 } },
];
