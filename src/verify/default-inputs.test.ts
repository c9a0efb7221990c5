import { expect, test } from 'vitest';
import { type Program, parseProgram } from '../ir/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { defaultInputs } from './default-inputs.ts';

const read = (text: string): Program =>
  inlineCalls(parseProgram(new TextEncoder().encode(text), { file: 'program.mlir' }));

/** One line per argument: `arg0 f32[4] uniform [0.01, 1)`. */
function describeInputs(text: string): string[] {
  const program = read(text);
  const names = program.functions[0].arguments.map((_, index) => `arg${index}`);
  return defaultInputs(program, names).arguments.map(argument => {
    const type = `${argument.name} ${argument.dtype}[${argument.shape.join(', ')}] ${argument.distribution}`;
    return 'low' in argument ? `${type} [${argument.low}, ${argument.high})` : type;
  });
}

test('floats stay away from zero, and integers that index nothing are 0 or 1', () => {
  const program = `func.func public @main(%a: tensor<4xf32>, %b: tensor<2x2xbf16>, %c: tensor<i32>, %d: tensor<3xi1>, %e: tensor<2xui32>) -> tensor<i32> {
    %0 = stablehlo.add %c, %c : tensor<i32>
    return %0 : tensor<i32>
  }`;
  expect(describeInputs(program)).toEqual([
    'arg0 f32[4] uniform [0.01, 1)',
    'arg1 bf16[2, 2] uniform [0.01, 1)',
    'arg2 i32[] integers [0, 2)',
    'arg3 i1[3] integers [0, 2)',
    'arg4 ui32[2] integers [0, 2)',
  ]);
});

const lookUp = (table: string) =>
  `stablehlo.gather"(%table, %7) <{dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 2>, indices_are_sorted = false, slice_sizes = array<i64: 1, 16>}> : (tensor<${table}xf32>, tensor<2x8x1xi32>) -> tensor<2x8x16xf32>`;

test('indices of a gather lie in the table, also behind the wrapping of negative ones', () => {
  const program = `func.func public @main(%table: tensor<50x16xf32>, %tokens: tensor<2x8xi32>) -> tensor<2x8x16xf32> {
    %c = stablehlo.constant dense<0> : tensor<2x8xi32>
    %c_0 = stablehlo.constant dense<50> : tensor<2x8xi32>
    %4 = stablehlo.compare LT, %tokens, %c, SIGNED : (tensor<2x8xi32>, tensor<2x8xi32>) -> tensor<2x8xi1>
    %5 = stablehlo.add %tokens, %c_0 : tensor<2x8xi32>
    %6 = stablehlo.select %4, %5, %tokens : tensor<2x8xi1>, tensor<2x8xi32>
    %7 = stablehlo.broadcast_in_dim %6, dims = [0, 1] : (tensor<2x8xi32>) -> tensor<2x8x1xi32>
    %8 = "${lookUp('50x16')}
    return %8 : tensor<2x8x16xf32>
  }`;
  expect(describeInputs(program)[1]).toBe('arg1 i32[2, 8] integers [0, 50)');
});

test('an integer that indexes two tables lies in the smaller one, through a call as well', () => {
  const program = `module @m {
    func.func public @main(%large: tensor<50x16xf32>, %small: tensor<30x16xf32>, %tokens: tensor<2x8xi32>) -> tensor<2x8x16xf32> {
      %table = stablehlo.negate %large : tensor<50x16xf32>
      %7 = stablehlo.reshape %tokens : (tensor<2x8xi32>) -> tensor<2x8x1xi32>
      %8 = "${lookUp('50x16')}
      %9 = call @look(%small, %tokens) : (tensor<30x16xf32>, tensor<2x8xi32>) -> tensor<2x8x16xf32>
      %10 = stablehlo.add %8, %9 : tensor<2x8x16xf32>
      return %10 : tensor<2x8x16xf32>
    }
    func.func private @look(%table: tensor<30x16xf32>, %tokens: tensor<2x8xi32>) -> tensor<2x8x16xf32> {
      %7 = stablehlo.reshape %tokens : (tensor<2x8xi32>) -> tensor<2x8x1xi32>
      %8 = "${lookUp('30x16')}
      return %8 : tensor<2x8x16xf32>
    }
  }`;
  expect(describeInputs(program)[2]).toBe('arg2 i32[2, 8] integers [0, 30)');
});

test('labels that are compared with a counter lie in what it counts, on either side', () => {
  const program = (operands: string) => `func.func public @main(%labels: tensor<4xi32>) -> tensor<4x10xi1> {
    %0 = stablehlo.broadcast_in_dim %labels, dims = [0] : (tensor<4xi32>) -> tensor<4x10xi32>
    %1 = stablehlo.iota dim = 0 : tensor<10xi32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [1] : (tensor<10xi32>) -> tensor<4x10xi32>
    %3 = stablehlo.compare EQ, ${operands}, SIGNED : (tensor<4x10xi32>, tensor<4x10xi32>) -> tensor<4x10xi1>
    return %3 : tensor<4x10xi1>
  }`;
  expect(describeInputs(program('%0, %2'))).toEqual(['arg0 i32[4] integers [0, 10)']);
  expect(describeInputs(program('%2, %0'))).toEqual(['arg0 i32[4] integers [0, 10)']);
});

test('each start of a dynamic slice or update lies in its own dimension', () => {
  const program = `func.func public @main(%x: tensor<6x9xf32>, %u: tensor<1x2xf32>, %i: tensor<i32>, %j: tensor<i32>, %k: tensor<i64>) -> (tensor<1x9xf32>, tensor<6x9xf32>) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %c_0 = stablehlo.constant dense<0> : tensor<i64>
    %0 = stablehlo.dynamic_slice %x, %i, %c, sizes = [1, 9] : (tensor<6x9xf32>, tensor<i32>, tensor<i32>) -> tensor<1x9xf32>
    %1 = stablehlo.dynamic_update_slice %x, %u, %c, %j : (tensor<6x9xf32>, tensor<1x2xf32>, tensor<i32>, tensor<i32>) -> tensor<6x9xf32>
    %2 = stablehlo.dynamic_update_slice %1, %u, %k, %c_0 : (tensor<6x9xf32>, tensor<1x2xf32>, tensor<i64>, tensor<i64>) -> tensor<6x9xf32>
    return %0, %2 : tensor<1x9xf32>, tensor<6x9xf32>
  }`;
  expect(describeInputs(program).slice(2)).toEqual([
    'arg2 i32[] integers [0, 6)',
    'arg3 i32[] integers [0, 9)',
    'arg4 i64[] integers [0, 6)',
  ]);
});

test('indices of a scatter lie in what it writes to', () => {
  const program = `func.func public @main(%sums: tensor<12x4xf32>, %where: tensor<3x1xi32>, %rows: tensor<3x4xf32>) -> tensor<12x4xf32> {
    %0 = "stablehlo.scatter"(%sums, %where, %rows) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %1 = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %1 : tensor<f32>
    }) : (tensor<12x4xf32>, tensor<3x1xi32>, tensor<3x4xf32>) -> tensor<12x4xf32>
    return %0 : tensor<12x4xf32>
  }`;
  expect(describeInputs(program)[1]).toBe('arg1 i32[3, 1] integers [0, 12)');
});

test('an index inside a loop is followed to the argument that starts or surrounds it', () => {
  const program = `func.func public @main(%x: tensor<6x9xf32>, %i: tensor<i32>, %j: tensor<i32>) -> tensor<1x1xf32> {
    %z = stablehlo.constant dense<0> : tensor<i32>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %bound = stablehlo.constant dense<3> : tensor<i32>
    %s = stablehlo.constant dense<0.000000e+00> : tensor<1x1xf32>
    %0:3 = stablehlo.while(%n = %z, %at = %i, %sum = %s) : tensor<i32>, tensor<i32>, tensor<1x1xf32>
    cond {
      %1 = stablehlo.compare LT, %n, %bound, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %2 = stablehlo.dynamic_slice %x, %at, %j, sizes = [1, 1] : (tensor<6x9xf32>, tensor<i32>, tensor<i32>) -> tensor<1x1xf32>
      %3 = stablehlo.add %sum, %2 : tensor<1x1xf32>
      %4 = stablehlo.add %n, %one : tensor<i32>
      stablehlo.return %4, %at, %3 : tensor<i32>, tensor<i32>, tensor<1x1xf32>
    }
    return %0#2 : tensor<1x1xf32>
  }`;
  expect(describeInputs(program).slice(1)).toEqual(['arg1 i32[] integers [0, 6)', 'arg2 i32[] integers [0, 9)']);
});
