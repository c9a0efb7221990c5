import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute } from './attributes.ts';
import { parseProgram } from './parse-program.ts';
import { printProgram, writeProgram } from './print-program.ts';
import type { Program } from './program.ts';
import { tensorType } from './types.ts';

function parse(text: string): Program {
  return parseProgram(new TextEncoder().encode(text));
}

const text = `module @m {
  func.func public @main(%arg0: tensor<4xf32> {jax.buffer_donor = true} loc("params['w']")) -> tensor<f32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %c = stablehlo.constant dense<1> : tensor<i32>
    %cst_0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %0:2 = stablehlo.while(%iterArg = %c, %iterArg_1 = %cst) : tensor<i32>, tensor<f32>
    cond {
      %c_2 = stablehlo.constant dense<true> : tensor<i1>
      stablehlo.return %c_2 : tensor<i1>
    } do {
      %2 = func.call @f(%iterArg_1) : (tensor<f32>) -> tensor<f32>
      stablehlo.return %iterArg, %2 : tensor<i32>, tensor<f32>
    } loc("loop")
    %1 = stablehlo.reduce(%arg0 init: %0#1) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
     reducer(%arg1: tensor<f32>, %arg2: tensor<f32>)  {
      %2 = stablehlo.subtract %arg1, %arg2 : tensor<f32>
      stablehlo.return %2 : tensor<f32>
    }
    return %1 : tensor<f32>
  }
  func.func private @f(tensor<f32>) -> tensor<f32>
}
`;

describe('printing', () => {
  it('gives the text that was read, with names as MLIR counts them', () => {
    expect(printProgram(parse(text), { locations: true })).toBe(text);
  });

  it('spells out the generic form', () => {
    const short = `module @m {
  func.func public @main(%arg0: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.add %arg0, %arg0 {a.b = 1 : i64} : tensor<4xf32>
    %1 = stablehlo.transpose %0, dims = [0] : (tensor<4xf32>) -> tensor<4xf32>
    return %1 : tensor<4xf32>
  }
}
`;
    expect(printProgram(parse(short), { form: 'generic' })).toMatchInlineSnapshot(`
      ""builtin.module"() <{sym_name = "m"}> ({
        "func.func"() <{function_type = (tensor<4xf32>) -> tensor<4xf32>, sym_name = "main", sym_visibility = "public"}> ({
        ^bb0(%arg0: tensor<4xf32>):
          %0 = "stablehlo.add"(%arg0, %arg0) {a.b = 1 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
          %1 = "stablehlo.transpose"(%0) <{permutation = array<i64: 0>}> : (tensor<4xf32>) -> tensor<4xf32>
          "func.return"(%1) : (tensor<4xf32>) -> ()
        }) : () -> ()
      }) : () -> ()
      "
    `);
  });

  it('hands out the same bytes in chunks', () => {
    const chunks: Uint8Array[] = [];
    const list = Array.from({ length: 2000 }, (_, index) => `${index}.5`).join(', ');
    const large = text.replace('dense<[1.0, 2.0]> : tensor<2xf32>', `dense<[${list}]> : tensor<2000xf32>`);
    writeProgram(parse(large), { locations: true }, chunk => chunks.push(chunk));
    expect(chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).toString()).toBe(large);
  });
});

const names = fc.stringMatching(/^[a-z_][a-z0-9_.$]{0,8}$/).filter(name => name !== 'proto');
const integers = fc.record({ value: fc.maxSafeInteger(), type: fc.constantFrom('i1', 'i32', 'i64', 'ui8', 'index') });
const { attribute } = fc.letrec<{ attribute: Attribute }>(tie => ({
  attribute: fc.oneof(
    { maxDepth: 3 },
    fc.constant<Attribute>({ kind: 'unit' }),
    fc.boolean().map((value): Attribute => ({ kind: 'boolean', value })),
    integers.map(({ value, type }): Attribute => ({ kind: 'integer', value, text: String(value), type })),
    fc
      .constantFrom('1.000000e-05', '0xFF800000', '-2.5')
      .map((text): Attribute => ({ kind: 'float', text, type: 'f32' })),
    fc
      .string({ unit: 'binary' })
      .filter(value => !/\p{Surrogate}/u.test(value))
      .map((value): Attribute => ({ kind: 'string', value })),
    fc
      .string({ minLength: 1 })
      .filter(name => !name.includes('::'))
      .map((name): Attribute => ({ kind: 'symbol', name })),
    fc.array(fc.integer(), { minLength: 1 }).map((values): Attribute => ({ kind: 'integers', element: 'i64', values })),
    fc.array(fc.nat(9)).map((shape): Attribute => ({ kind: 'type', type: tensorType(shape, 'bf16') })),
    fc
      .constantFrom('LT', 'SIGNED')
      .map((value): Attribute => ({ kind: 'enumeration', dialect: 'stablehlo', name: 'word', value })),
    fc.dictionary(names, fc.array(fc.nat()), { noNullPrototype: true }).map((fields): Attribute => {
      const lists = Object.entries(fields).map(([name, values]) => [
        name,
        { kind: 'integers', element: 'i64', values },
      ]);
      return { kind: 'record', name: 'stablehlo.gather', fields: Object.fromEntries(lists) };
    }),
    fc.array(tie('attribute'), { maxLength: 4 }).map((elements): Attribute => ({ kind: 'array', elements })),
    fc
      .dictionary(names, tie('attribute'), { maxKeys: 4, noNullPrototype: true })
      .map((entries): Attribute => ({ kind: 'dictionary', entries })),
  ),
}));

describe('law: reading what was printed gives the same program', () => {
  it('for all attributes, in both forms', () => {
    fc.assert(
      fc.property(attribute, fc.constantFrom('pretty', 'generic'), (value, form) => {
        const program = parse('module @m {\n  func.func public @main() {\n    return\n  }\n}\n');
        const [main] = program.functions;
        const operation = { ...main.body.operations[0], attributes: { 'test.value': value } };
        const changed = { ...program, functions: [{ ...main, body: { arguments: [], operations: [operation] } }] };
        const again = parse(printProgram(changed, { form }));
        expect(again.functions[0].body.operations[0].attributes).toEqual({ 'test.value': value });
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
