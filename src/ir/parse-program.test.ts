import { describe, expect, it } from 'vitest';
import { DiagnosticError, formatDiagnostic } from '../base/index.ts';
import type { DenseAttribute } from './attributes.ts';
import { parseProgram } from './parse-program.ts';
import type { Program } from './program.ts';

function parse(text: string): Program {
  return parseProgram(new TextEncoder().encode(text), { file: 'test.mlir' });
}

/** A function of these lines, whose arguments are %a and %b: tensor<4x8xf32>, %i: tensor<i32> and %p: tensor<i1>. */
function inFunction(body: string): Program {
  const types = '%a: tensor<4x8xf32>, %b: tensor<4x8xf32>, %i: tensor<i32>, %p: tensor<i1>';
  return parse(`module @m {\n  func.func public @main(${types}) {\n    ${body}\n    return\n  }\n}\n`);
}

function problems(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(formatDiagnostic);
    throw error;
  }
  return [];
}

/** The program without offsets; constants as text. */
function plain(program: Program): unknown {
  return JSON.parse(
    JSON.stringify({ ...program, file: '' }, (key, value) => {
      if (key === 'offset') return undefined;
      if (value?.kind !== 'dense') return value;
      const { source, start, end, type }: DenseAttribute = value;
      return { type, text: new TextDecoder().decode(source.subarray(start, end)) };
    }),
  );
}

/** By operation: its pretty form, and its generic form. */
const forms: Record<string, readonly [string, string]> = {
  add: [
    '%0 = stablehlo.add %a, %b : tensor<4x8xf32>',
    '%0 = "stablehlo.add"(%a, %b) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>',
  ],
  iota: [
    '%0 = stablehlo.iota dim = 1 : tensor<2x3xi32>',
    '%0 = "stablehlo.iota"() <{iota_dimension = 1 : i64}> : () -> tensor<2x3xi32>',
  ],
  constant: [
    '%0 = stablehlo.constant dense<1.5> : tensor<2xf32>',
    '%0 = "stablehlo.constant"() <{value = dense<1.5> : tensor<2xf32>}> : () -> tensor<2xf32>',
  ],
  compare: [
    '%0 = stablehlo.compare LT, %a, %b, FLOAT : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xi1>',
    `%0 = "stablehlo.compare"(%a, %b) <{
      compare_type = #stablehlo<comparison_type FLOAT>, comparison_direction = #stablehlo<comparison_direction LT>
    }> : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xi1>`,
  ],
  slice: [
    '%0 = stablehlo.slice %a [1:3, 0:8:2] : (tensor<4x8xf32>) -> tensor<2x4xf32>',
    `%0 = "stablehlo.slice"(%a) <{
      limit_indices = array<i64: 3, 8>, start_indices = array<i64: 1, 0>, strides = array<i64: 1, 2>
    }> : (tensor<4x8xf32>) -> tensor<2x4xf32>`,
  ],
  dot_general: [
    `%0 = stablehlo.dot_general %a, %b, batching_dims = [0] x [0], contracting_dims = [1] x [1],
      precision = [DEFAULT, HIGH], algorithm = <lhs_precision_type = bf16, allow_imprecise_accumulation = false>
      : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4xf32>`,
    `%0 = "stablehlo.dot_general"(%a, %b) <{
      algorithm = #stablehlo.dot_algorithm<lhs_precision_type = bf16, allow_imprecise_accumulation = false>,
      dot_dimension_numbers = #stablehlo.dot<
        lhs_batching_dimensions = [0], rhs_batching_dimensions = [0],
        lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [1]>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision HIGH>]
    }> : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4xf32>`,
  ],
  convolution: [
    `%0 = stablehlo.convolution(%a, %b) dim_numbers = [b, f]x[i, o]->[b, f], window = {stride = [], pad = []}
      {batch_group_count = 1 : i64} : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>`,
    `%0 = "stablehlo.convolution"(%a, %b) <{
      batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, f]x[i, o]->[b, f]>,
      padding = dense<> : tensor<0x2xi64>, window_strides = array<i64>
    }> : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>`,
  ],
  reduce: [
    `%c = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.reduce(%a init: %c) applies stablehlo.add across dimensions = [1]
      : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>`,
    `%c = "stablehlo.constant"() <{value = dense<0.0> : tensor<f32>}> : () -> tensor<f32>
    %0 = "stablehlo.reduce"(%a, %c) <{dimensions = array<i64: 1>}> ({
    ^bb0(%x: tensor<f32>, %y: tensor<f32>):
      %s = "stablehlo.add"(%x, %y) : (tensor<f32>, tensor<f32>) -> tensor<f32>
      "stablehlo.return"(%s) : (tensor<f32>) -> ()
    }) : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>`,
  ],
  while: [
    `%0:2 = stablehlo.while(%x = %a, %k = %i) : tensor<4x8xf32>, tensor<i32>
    cond {
      stablehlo.return %p : tensor<i1>
    } do {
      stablehlo.return %x, %k : tensor<4x8xf32>, tensor<i32>
    }`,
    `%0:2 = "stablehlo.while"(%a, %i) ({
    ^bb0(%x: tensor<4x8xf32>, %k: tensor<i32>):
      "stablehlo.return"(%p) : (tensor<i1>) -> ()
    }, {
    ^bb0(%x: tensor<4x8xf32>, %k: tensor<i32>):
      "stablehlo.return"(%x, %k) : (tensor<4x8xf32>, tensor<i32>) -> ()
    }) : (tensor<4x8xf32>, tensor<i32>) -> (tensor<4x8xf32>, tensor<i32>)`,
  ],
  custom_call: [
    `%0 = stablehlo.custom_call @"my call"(%a) {api_version = 4 : i32, mhlo.x = {a, b = [1, 2.0 : f32]}}
      : (tensor<4x8xf32>) -> tensor<f32>`,
    `%0 = "stablehlo.custom_call"(%a) <{api_version = 4 : i32, call_target_name = "my call"}>
      {mhlo.x = {a, b = [1, 2.0 : f32]}} : (tensor<4x8xf32>) -> tensor<f32>`,
  ],
  top_k: [
    '%values, %indices = chlo.top_k(%a, k = 2) : tensor<4x8xf32> -> (tensor<4x2xf32>, tensor<4x2xi32>)',
    '%0:2 = "chlo.top_k"(%a) <{k = 2 : i64}> : (tensor<4x8xf32>) -> (tensor<4x2xf32>, tensor<4x2xi32>)',
  ],
  sharding_constraint: [
    '%0 = sdy.sharding_constraint %a <@mesh, [{"dp"}, {?}]> : tensor<4x8xf32>',
    `%0 = "sdy.sharding_constraint"(%a) <{sharding = #sdy.sharding<@mesh, [{"dp"}, {?}]>}>
      : (tensor<4x8xf32>) -> tensor<4x8xf32>`,
  ],
};

describe('pretty and generic forms mean the same', () => {
  for (const [name, [pretty, generic]] of Object.entries(forms)) {
    it(`for ${name}`, () => {
      expect(plain(inFunction(pretty))).toEqual(plain(inFunction(generic)));
    });
  }
});

describe('locations', () => {
  it('give scopes and argument names, through aliases before and after their use', () => {
    const program = parse(`#loc1 = loc("params['w']")
module @m {
  func.func public @main(%arg0: tensor<f32> loc("params['w']"(#loc1)), %arg1: tensor<f32> loc(#loc1)) -> tensor<f32> {
    %0 = stablehlo.add %arg0, %arg0 : tensor<f32> loc(#loc3)
    %1 = stablehlo.add %0, %0 : tensor<f32> loc("add:"("outer/add"("f.py":1:2 to :9)))
    %2 = stablehlo.add %1, %0 : tensor<f32> loc(callsite("callee" at #loc3))
    %3 = stablehlo.add %2, %0 : tensor<f32> loc(fused<"x">[#loc, "second"])
    %4 = stablehlo.add %3, %0 : tensor<f32> loc("f.py":1:2)
    return %4 : tensor<f32> loc(#loc)
  } loc(#loc)
} loc(#loc)
#loc = loc(unknown)
#loc2 = loc("f.py":3:4 to 5:6)
#loc3 = loc("jit(step)/jvp(layer_3)/add"(#loc2))
`);
    const [main] = program.functions;
    expect(main.arguments.map(argument => argument.name)).toEqual(["params['w']", "params['w']"]);
    expect(main.body.operations.map(operation => operation.scope)).toEqual([
      'jit(step)/jvp(layer_3)/add',
      'outer/add',
      'callee',
      'second',
      undefined,
      undefined,
    ]);
  });
});

describe('reading a program', () => {
  it('counts values of nested regions with those of their function', () => {
    const [main] = inFunction(`%0 = "stablehlo.case"(%i) ({
      %1 = stablehlo.add %a, %b : tensor<4x8xf32>
      stablehlo.return %1 : tensor<4x8xf32>
    }) : (tensor<i32>) -> tensor<4x8xf32>`).functions;
    expect(main.body.operations[0].regions[0].operations[0].results).toEqual([4]);
    expect(main.body.operations[0].results).toEqual([5]);
    expect(main.valueTypes.length).toBe(6);
  });

  it('keeps the same object for equal types', () => {
    const [main] = inFunction('%0 = stablehlo.add %a, %b : tensor<4x8xf32>').functions;
    expect(main.valueTypes[4]).toBe(main.valueTypes[0]);
  });

  it('resolves aliases of attributes and types', () => {
    const program = parse(`#a = dense<1> : tensor<2xi32>
!t = tensor<2xi32>
module {
  func.func @f(%x: !t) {
    %0 = "stablehlo.constant"() <{value = #a}> : () -> !t
    return
  }
}`);
    expect(program.functions[0].body.operations[0].attributes.value.kind).toBe('dense');
    expect(program.functions[0].impliedVisibility).toBe(true);
  });

  it('keeps other symbols as text', () => {
    const { symbols } = parse('module {\n  sdy.mesh @mesh = <["dp"=2]> {a.b = "}"} loc(unknown)\n}\n');
    const text = 'sdy.mesh @mesh = <["dp"=2]> {a.b = "}"}';
    expect(symbols).toEqual([{ name: 'mesh', operation: 'sdy.mesh', text }]);
  });
});

describe('diagnostics', () => {
  const wrap = (line: string) => `module {\n  func.func @main(%a: tensor<4xf32>) {\n    ${line}\n    return\n  }\n}\n`;

  it('name each wrong line once, in order', () => {
    const text = wrap(`%0 = stablehlo.ad %a, %a : tensor<4xf32>
    %1 = stablehlo.add %0, %b : tensor<4xf32>
    %2 = stablehlo.add %1, %a : tensor<4xf32>
    %2 = stablehlo.add %a %a : tensor<4xf32>`);
    expect(problems(text)).toMatchInlineSnapshot(`
      [
        "test.mlir:3:10: error SK1003: unknown operation stablehlo.ad
        expected: an operation of StableHLO 1.17
        next: did you mean stablehlo.add?",
        "test.mlir:4:28: error SK1008: value %b is not defined here
        next: define it above, or correct its name",
        "test.mlir:6:27: error SK1001: found "%a"
        expected: ':'
        next: correct the text, or export the program again",
      ]
    `);
  });

  const codes: Record<string, [string, string]> = {
    'a dynamic shape': ['SK1004', wrap('%0 = stablehlo.iota dim = 0 : tensor<?xf32>')],
    'an overflowing shape': ['SK1006', wrap('%0 = stablehlo.iota dim = 0 : tensor<9007199254740992x4xf32>')],
    'a truncated file': ['SK1002', wrap('%0 = stablehlo.add %a, %a : tensor<4xf32>').slice(0, 80)],
    'a missing brace at the end': ['SK1002', wrap('').slice(0, -3)],
    'an empty file': ['SK1005', ''],
    JSON: ['SK1005', '{"format": "skein.plan/1"}'],
    'binary data': ['SK1005', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    'a value that is defined twice': ['SK1009', wrap('%a = stablehlo.iota dim = 0 : tensor<4xf32>')],
    'a function that is defined twice': ['SK1009', `module {${'\nfunc.func @f() {\nreturn\n}'.repeat(2)}\n}`],
    'a result number that is too large': ['SK1008', wrap('return %a#1 : tensor<4xf32>')],
    'an operand of another type': ['SK1010', wrap('%0 = stablehlo.add %a, %a : tensor<5xf32>')],
    'an unknown alias': ['SK1008', wrap('%0 = stablehlo.iota dim = 0 {a.b = #c} : tensor<4xf32>')],
    'hexadecimal digits of the wrong number': ['SK1001', wrap('%0 = stablehlo.constant dense<"0x00"> : tensor<4xf32>')],
  };
  for (const [name, [code, text]] of Object.entries(codes)) {
    it(`${code} for ${name}`, () => {
      const found = problems(text);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(`error ${code}`);
    });
  }

  it('say so of a text that is cut off anywhere', () => {
    const line = '%0 = stablehlo.dot_general %a, %a, contracting_dims = [0] x [0] : (tensor<4xf32>, tensor<4xf32>)';
    const text = `${wrap(`${line} -> tensor<f32> loc(#loc)`)}#loc = loc("a")\n`;
    for (let end = 1; end < text.indexOf('#loc ='); end++) {
      const found = problems(text.slice(0, end).replace(/\s+$/, ''));
      expect(found, text.slice(0, end)).toHaveLength(1);
      expect(found[0]).toContain(end > text.lastIndexOf('}') ? 'SK1008' : 'SK1002');
    }
  });

  it('stop after twenty', () => {
    expect(problems(wrap(Array.from({ length: 50 }, (_, i) => `%${i} = foo.bar`).join('\n')))).toHaveLength(20);
  });

  it('skip the body of a wrong operation with regions', () => {
    const text = wrap(`%0 = stablehlo.whale(%x = %a) : tensor<4xf32>
    cond {
      foo
    } do {
      bar
    }
    %1 = stablehlo.add %0, %a : tensor<4xf32>`);
    expect(problems(text)).toHaveLength(1);
  });
});
