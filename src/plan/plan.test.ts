import { expect, test } from 'vitest';
import { DiagnosticError } from '../base/index.ts';
import { parseCluster } from '../cost/index.ts';
import { type Program, parseProgram } from '../ir/index.ts';
import { parsePin } from '../sharding/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { planByPins, planPinned } from './create.ts';
import { formatPlan, parsePlan } from './document.ts';
import type { Plan } from './plan.ts';
import { validatePlan } from './validate.ts';

const text = `module @step {
  func.func public @main(%arg0: tensor<8x16xf32> {tf.aliasing_output = 0 : i32}, %arg1: tensor<32x8xf32>) -> (tensor<8x16xf32>, tensor<f32>) {
    %0 = stablehlo.dot_general %arg1, %arg0, contracting_dims = [1] x [0] : (tensor<32x8xf32>, tensor<8x16xf32>) -> tensor<32x16xf32>
    %1 = stablehlo.dot_general %arg1, %0, contracting_dims = [0] x [0] : (tensor<32x8xf32>, tensor<32x16xf32>) -> tensor<8x16xf32>
    %2 = stablehlo.add %arg0, %1 : tensor<8x16xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %3 = stablehlo.reduce(%0 init: %cst) applies stablehlo.add across dimensions = [0, 1] : (tensor<32x16xf32>, tensor<f32>) -> tensor<f32>
    return %2, %3 : tensor<8x16xf32>, tensor<f32>
  }
}
`;
const read = (source: string): Program => parseProgram(new TextEncoder().encode(source), { file: 'step.mlir' });
const program = read(text);
const inlined = inlineCalls(program);
const cluster = parseCluster('cpu:4');
const mesh = { axes: [{ name: 'dp', size: 4 }] };
const split = planByPins(program, inlined, { cluster, mesh, pins: [parsePin('arg1=[{dp}, {}]')] });

const codes = (plan: Plan, of: Program = program): string[] => {
  try {
    validatePlan(plan, of, inlineCalls(of));
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(diagnostic => diagnostic.code);
    throw error;
  }
};

test('a plan says how inputs lie, what is fed back and what moves', () => {
  expect(split.plan.inputs.map(input => `${input.type} ${input.sharding}`)).toEqual([
    'f32[8, 16] [{}, {}]',
    'f32[32, 8] [{dp}, {}]',
  ]);
  expect(split.plan.state).toEqual([[0, 0]]);
  expect(split.plan.collectives.ideal.map(({ kind, axes, bytesPerDevice }) => [kind, ...axes, bytesPerDevice])).toEqual(
    [
      ['all-reduce', 'dp', 512],
      ['all-reduce', 'dp', 4],
    ],
  );
});

test('a plan that splits nothing says so', () => {
  const idle = planByPins(program, inlined, { cluster, mesh, pins: [] });
  expect(idle.warnings.map(warning => warning.code)).toEqual(['SK2011']);
  expect(split.warnings).toEqual([]);
});

test('a plan that is read again gives the same annotated program', () => {
  const again = parsePlan(formatPlan(split.plan), 'plan.json');
  expect(again).toEqual(split.plan);
  const resolved = validatePlan(again, program, inlined);
  const replayed = planPinned(program, inlined, cluster, resolved.mesh, resolved.pinned);
  expect(replayed.text).toBe(split.text);
  expect(replayed.plan).toEqual(split.plan);
});

test('a plan for another program is refused', () => {
  expect(codes(split.plan, read(text.replaceAll('32x', '64x')))).toEqual(['SK2202']);
});

test('a plan with an uneven sharding, a missing input or a wrong value is refused', () => {
  const [first, second] = split.plan.inputs;
  const uneven = { ...split.plan, mesh: { axes: [['dp', 3]] as const } };
  expect(new Set(codes(uneven))).toEqual(new Set(['SK2004']));
  expect(codes({ ...split.plan, inputs: [first] })).toEqual(['SK2202']);
  expect(codes({ ...split.plan, inputs: [first, { ...second, sharding: '[{dp}]' }] })).toEqual(['SK2008']);
  const [constraint] = split.plan.constraints;
  expect(codes({ ...split.plan, constraints: [{ ...constraint, operation: 'stablehlo.tanh' }] })).toEqual(['SK2202']);
});

test('a file that is no plan is refused', () => {
  for (const wrong of ['', '[]', '{"format": "skein.plan/2"}', '{"format": "skein.plan/1"}']) {
    expect(() => parsePlan(wrong, 'plan.json')).toThrow('SK2201');
  }
  for (const key of ['program', 'cluster', 'mesh', 'inputs', 'outputs', 'constraints']) {
    for (const value of [undefined, 7, [7], [{ name: 7 }]]) {
      const broken = JSON.stringify({ ...split.plan, [key]: value });
      expect(() => parsePlan(broken, 'plan.json')).toThrow(`\`${key}\` is missing or malformed`);
    }
  }
});
