import { expect, it } from 'vitest';
import { entryFunction, parseProgram } from '../ir/index.ts';
import { parseMesh, parsePin, propagate, resolvePins } from '../sharding/index.ts';
import { placedMemory } from './placed-memory.ts';

/** Multiplies a choice between two broadcasts by x, both of 8 kB, row by row. */
const program = parseProgram(
  new TextEncoder().encode(`module {
  func.func public @main(%x: tensor<8x256xf32> loc("x"), %s: tensor<256xf32> loc("s")) -> tensor<8x256x256xf32> {
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %zeros = stablehlo.broadcast_in_dim %zero, dims = [] : (tensor<f32>) -> tensor<8x256xf32>
    %rows = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<256xf32>) -> tensor<8x256xf32>
    %mask = stablehlo.compare GT, %rows, %zeros, FLOAT : (tensor<8x256xf32>, tensor<8x256xf32>) -> tensor<8x256xi1>
    %some = stablehlo.select %mask, %rows, %zeros : tensor<8x256xi1>, tensor<8x256xf32>
    %r = stablehlo.dot_general %some, %x, batching_dims = [0] x [0], contracting_dims = [] x [] : (tensor<8x256xf32>, tensor<8x256xf32>) -> tensor<8x256x256xf32>
    return %r : tensor<8x256x256xf32>
  }
}
`),
);

it('holds, of what is made wherever it is wanted, the part that is wanted there', () => {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('no entry');
  const memory = (mesh: string): Record<string, number> => {
    const pins = resolvePins(func, parseMesh(mesh), [parsePin('x=[{dp}, {}]')]);
    const kinds = placedMemory(propagate(program, parseMesh(mesh), pins));
    return Object.fromEntries(kinds.map(({ kind, bytesPerDevice }) => [kind, bytesPerDevice]));
  };
  expect(memory('dp=1')).toEqual({ inputs: 9216, outputs: 2 ** 21, temporaries: 8192 });
  expect(memory('dp=4')).toEqual({ inputs: 3072, outputs: 2 ** 19, temporaries: 2048 });
});
