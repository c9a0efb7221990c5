import type { VerifierCase } from './verifier-case.ts';
import { f32, generic, pretty } from './verifier-case.ts';

const calls: readonly VerifierCase[] = [
  {
    family: 'call',
    operands: [f32('4'), 'tensor<i32>'],
    results: [f32('4'), 'tensor<i32>'],
    body: '%0:2 = func.call @helper(%arg0, %arg1) : ($0, $1) -> ($r0, $r1)',
    helpers: `func.func private @helper(%arg0: tensor<4xf32>, %arg1: tensor<i32>) -> (tensor<4xf32>, tensor<i32>) {
  %0 = stablehlo.add %arg0, %arg0 : tensor<4xf32>
  return %0, %arg1 : tensor<4xf32>, tensor<i32>
}
`,
  },
  {
    family: 'call',
    operands: [f32('2x3'), f32('2x3')],
    results: [f32('3')],
    body: `%1 = call @helper(%arg0, %arg1) : ($0, $1) -> tensor<3x2xf32>
  %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
  %0 = stablehlo.reduce(%1 init: %cst) applies stablehlo.maximum across dimensions = [1] : (tensor<3x2xf32>, tensor<f32>) -> $r0`,
    helpers: `func.func private @helper(%arg0: tensor<2x3xf32>, %arg1: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %0 = stablehlo.subtract %arg0, %arg1 : tensor<2x3xf32>
  %1 = stablehlo.transpose %0, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}
`,
  },
  {
    family: 'call',
    operands: [f32('4')],
    results: [f32('4')],
    body: '%0 = stablehlo.composite "my.double" %arg0 {composite_attributes = {by = 2 : i64}, decomposition = @double} : ($0) -> $r0',
    helpers: `func.func private @double(%arg0: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.add %arg0, %arg0 : tensor<4xf32>
  return %0 : tensor<4xf32>
}
`,
  },
];

const opaque: readonly VerifierCase[] = [
  generic('opaque', 'stablehlo.optimization_barrier', [f32('4'), 'tensor<i32>'], '', [f32('4'), 'tensor<i32>']),
  pretty('opaque', [f32('4')], [f32('4')], 'stablehlo.optimization_barrier %arg0 : $0'),
  generic(
    'opaque',
    'stablehlo.custom_call',
    [f32('4x4')],
    'api_version = 1 : i32, call_target_name = "target", has_side_effect = false, operand_layouts = [dense<[0, 1]> : tensor<2xindex>], result_layouts = [dense<[1, 0]> : tensor<2xindex>]',
    [f32('4x4')],
  ),
  generic(
    'opaque',
    'stablehlo.custom_call',
    [f32('4')],
    'call_target_name = "target", operand_layouts = [dense<0> : tensor<1xindex>], result_layouts = [dense<0> : tensor<1xindex>, dense<> : tensor<0xindex>]',
    [f32('4'), 'tensor<i32>'],
  ),
  generic('opaque', 'stablehlo.partition_id', [], '', ['tensor<ui32>']),
  pretty(
    'opaque',
    [f32('4')],
    [f32('2')],
    'stablehlo.custom_call @target(%arg0) {backend_config = "", has_side_effect = true} : ($0) -> $r0',
  ),
  {
    family: 'opaque',
    operands: [f32('4'), 'tensor<i32>'],
    results: ['tensor<i32>'],
    body: `%1 = stablehlo.tuple %arg0, %arg1 : tuple<$0, $1>
  %0 = stablehlo.get_tuple_element %1[1] : (tuple<$0, $1>) -> $r0`,
  },
];

/** Calls and operations whose work is written elsewhere. */
export const programCases: readonly VerifierCase[] = [...calls, ...opaque];
