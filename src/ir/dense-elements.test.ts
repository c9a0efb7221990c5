import { describe, expect, it } from 'vitest';
import type { DenseAttribute } from './attributes.ts';
import { denseElements } from './dense-elements.ts';
import { parseProgram } from './parse-program.ts';

function constant(text: string): DenseAttribute {
  const source = new TextEncoder().encode(
    `module {\n  func.func @f() {\n    %0 = stablehlo.constant ${text}\n    return\n  }\n}\n`,
  );
  const value = parseProgram(source).functions[0].body.operations[0].attributes.value;
  if (value.kind !== 'dense') throw new Error('no constant');
  return value;
}

describe('elements of a constant', () => {
  const cases: Record<string, [string, ArrayLike<number | bigint>]> = {
    'a filled splat': ['dense<1.5> : tensor<2x2xf32>', Float32Array.of(1.5, 1.5, 1.5, 1.5)],
    'nested lists': ['dense<[[1, -2], [3, 4]]> : tensor<2x2xi32>', Int32Array.of(1, -2, 3, 4)],
    'bits of floats': ['dense<[0xFF800000, 0x7FC00000]> : tensor<2xf32>', Float32Array.of(-Infinity, NaN)],
    'bits of bf16': ['dense<0xFF80> : tensor<bf16>', Float32Array.of(-Infinity)],
    booleans: ['dense<[true, false]> : tensor<2xi1>', Uint8Array.of(1, 0)],
    'complex numbers': ['dense<[(1.0,2.0), (3.0,-4.0)]> : tensor<2xcomplex<f32>>', Float32Array.of(1, 2, 3, -4)],
    'a complex splat': ['dense<(1.0,2.0)> : tensor<2xcomplex<f64>>', Float64Array.of(1, 2, 1, 2)],
    'exact long integers': ['dense<[9007199254740993, -1]> : tensor<2xi64>', BigInt64Array.of(9007199254740993n, -1n)],
    'hexadecimal f32': ['dense<"0x0000803F000000C0"> : tensor<2xf32>', Float32Array.of(1, -2)],
    'a hexadecimal splat': ['dense<"0x0000803F"> : tensor<2xf32>', Float32Array.of(1, 1)],
    'hexadecimal bf16': ['dense<"0x803F00C0"> : tensor<2xbf16>', Float32Array.of(1, -2)],
    'hexadecimal f16': ['dense<"0x003C00C0"> : tensor<2xf16>', Float32Array.of(1, -2)],
    'hexadecimal f8': ['dense<"0x38C07F"> : tensor<3xf8E4M3FN>', Float32Array.of(1, -2, NaN)],
    'hexadecimal i64': ['dense<"0xFFFFFFFFFFFFFFFF"> : tensor<1xi64>', BigInt64Array.of(-1n)],
    'packed booleans': ['dense<"0x0501"> : tensor<9xi1>', Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 1)],
    nothing: ['dense<> : tensor<0x4xf32>', new Float32Array(0)],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(`are ${name}`, () => {
      expect(denseElements(constant(text))).toEqual(expected);
    });
  }

  it('must be as many as the type says', () => {
    expect(() => constant('dense<[1, 2, 3]> : tensor<2xi32>')).toThrow('lists 3 elements, but its type has 2');
    expect(() => denseElements({ ...constant('dense<[1, 2]> : tensor<2xi32>'), end: 0 })).toThrow('internal: ');
  });
});
