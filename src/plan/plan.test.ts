import { expect, test } from 'vitest';
import { DiagnosticError } from '../base/index.ts';
import { parseCluster } from '../cost/index.ts';
import { type Program, parseProgram } from '../ir/index.ts';
import { parsePin } from '../sharding/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { planByPins, planDecided } from './create.ts';
import { formatPlan, parsePlan } from './document.ts';
import type { Plan, PlannedDecision } from './plan.ts';
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
  const replayed = planDecided(program, cluster, validatePlan(again, program, inlined));
  expect(replayed.text).toBe(split.text);
  expect(replayed.plan).toEqual(split.plan);
});

test('a plan for another program is refused', () => {
  expect(codes(split.plan, read(text.replaceAll('32x', '64x')))).toEqual(['SK2202']);
});

test('a plan writes equal decisions once', () => {
  const [w, x, sum] = ['[{}, {}]', '[{dp}, {}]', '[{}, {}] unreduced{dp}'];
  expect(split.plan.decisions).toEqual([
    { operation: 'stablehlo.dot_general', strategy: '[{dp}, {}, {}]', operands: [x, w], results: [x], finals: [x] },
    { operation: 'stablehlo.dot_general', strategy: '[{}, {}, {dp}]', operands: [x, x], results: [sum], finals: [sum] },
    { operation: 'stablehlo.add', strategy: '[{}, {}]', operands: [w, w], results: [w], finals: [w] },
    {
      operation: 'stablehlo.reduce',
      strategy: '[{dp}, {}]',
      operands: [x, '[]'],
      results: ['[] unreduced{dp}'],
      finals: ['[] unreduced{dp}'],
    },
  ]);
  expect(split.plan.assigned).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [4, 3],
  ]);
});

test('a scalar and a whole vector are not decided alike', () => {
  const ranks = read(`module @ranks {
    func.func public @main(%arg0: tensor<f32>, %arg1: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
      %0 = stablehlo.tanh %arg0 : tensor<f32>
      %1 = stablehlo.tanh %arg1 : tensor<4xf32>
      return %0, %1 : tensor<f32>, tensor<4xf32>
    }
  }`);
  const { plan } = planByPins(ranks, inlineCalls(ranks), { cluster, mesh, pins: [] });
  expect(plan.decisions.map(({ operands }) => operands)).toEqual([['[]'], ['[{}]']]);
  expect(codes(plan, ranks)).toEqual([]);
});

test('a plan keeps the parts into which axes are cut, even where none is used alone', () => {
  const pins = ['arg1=[{dp:(1)2}, {}]', 'arg0=[{}, {dp:(2)2}]'].map(parsePin);
  const parted = planByPins(program, inlined, { cluster, mesh, pins }).plan;
  expect(parted.mesh).toEqual({ axes: [['dp', 4]], parts: '[{dp:(1)2,dp:(2)2}]' });
  const read = (plan: Plan) => planDecided(program, cluster, validatePlan(plan, program, inlined)).plan;
  expect(read(parsePlan(formatPlan(parted), 'plan.json'))).toEqual(parted);
  const fine = { ...split.plan, mesh: { axes: [['dp', 4]] as const, parts: '[{dp:(1)2,dp:(2)2}]' } };
  expect(read(fine)).toEqual(fine);
});

test('a result that lies otherwise than the argument whose buffer it takes is refused', () => {
  const request = { cluster, mesh, pins: [parsePin('arg0=[{dp}, {}]'), parsePin('result0=[{}, {dp}]')] };
  expect(() => planByPins(program, inlined, request)).toThrow('SK2302');
});

test('a plan with an uneven sharding, a missing input or a wrong value is refused', () => {
  const [first, second] = split.plan.inputs;
  const uneven = { ...split.plan, mesh: { axes: [['dp', 3]] as const } };
  expect(new Set(codes(uneven))).toEqual(new Set(['SK2004']));
  expect(codes({ ...split.plan, inputs: [first] })).toEqual(['SK2202']);
  expect(codes({ ...split.plan, inputs: [first, { ...second, sharding: '[{dp}]' }] })).toEqual(['SK2008']);
  expect(codes({ ...split.plan, mesh: { axes: [['dp', 4]], deviceIds: [0, 1, 2, 2] } })).toEqual(['SK2001']);
});

test('a plan whose decisions are missing, double, misplaced or wrong is refused at their place', () => {
  const { decisions, assigned } = split.plan;
  const told = (change: Partial<Plan>): string => {
    const changed = { ...split.plan, ...change };
    try {
      validatePlan(changed, program, inlined, { file: 'plan.json', text: formatPlan(changed) });
      return 'nothing';
    } catch (error) {
      return error instanceof DiagnosticError ? error.message : `no diagnostic: ${error}`;
    }
  };
  const edit = (index: number, change: Partial<PlannedDecision>): Partial<Plan> => ({
    decisions: decisions.map((decision, at) => (at === index ? { ...decision, ...change } : decision)),
  });
  expect(told({ assigned: assigned.slice(1) })).toMatch(/^plan.json:24:15: error SK2202: assigned: operation 0 /);
  expect(told({ assigned: [...assigned, [0, 0]] })).toMatch(
    /^plan.json:29:5: error SK2202: assigned\[4\]: .*decided twice/,
  );
  expect(told({ assigned: [...assigned, [3, 2]] })).toMatch(
    /^plan.json:29:5: error SK2202: assigned\[4\]: decision 2 is for/,
  );
  expect(told({ assigned: [...assigned, [99, 2]] })).toContain('there is no operation 99');
  expect(told({ assigned: [...assigned.slice(1), [0, 99]] })).toContain('there is no decision 99');
  expect(told(edit(0, { operation: 'stablehlo.tanh' }))).toContain(
    'SK2202: assigned[0]: decision 0 is for stablehlo.tanh',
  );
  expect(told(edit(0, { strategy: '[{tp}, {}, {}]' }))).toMatch(
    /^plan.json:19:\d+: error SK2005: decisions\[0\].strategy: /,
  );
  expect(told(edit(0, { strategy: '[{dp}, {}' }))).toContain('error SK2002: decisions[0].strategy: ');
  expect(told(edit(0, { strategy: '[{dp}, {}, {}] unreduced{dp}' }))).toContain(
    'error SK2203: decisions[0].strategy: ',
  );
  expect(told(edit(0, { operands: decisions[0].operands.toReversed() }))).toMatch(
    /^plan.json:19:5: error SK2203: decisions\[0\]: /,
  );
  expect(told(edit(0, { operands: [] }))).toContain('0, 1, 1 layouts instead of 2, 1, 1');
  expect(told(edit(1, { results: ['[{}, {}]'], finals: ['[{}, {}]'] }))).toContain(
    'is partial along nothing instead of dp',
  );
  expect(told(edit(2, { operands: ['[{}, {}] unreduced{dp}', '[{}, {}]'] }))).toContain('partial sum');
  expect(told({ outputs: [{ ...split.plan.outputs[0], sharding: '[{dp}, {}]' }, split.plan.outputs[1]] })).toMatch(
    /^plan.json:12:5: error SK2203: outputs\[0\]: result 0 takes the buffer of argument 0/,
  );
});

test('a file that is no plan is refused', () => {
  for (const wrong of ['', '[]', '{"format": "skein.plan/2"}', '{"format": "skein.plan/1"}']) {
    expect(() => parsePlan(wrong, 'plan.json')).toThrow('SK2201');
  }
  const keys = ['program', 'cluster', 'mesh', 'inputs', 'outputs', 'decisions', 'assigned'];
  for (const key of [...keys, 'predicted', 'memory', 'collectives', 'search']) {
    for (const value of [undefined, 7, [7], [{ name: 7 }]]) {
      const broken = JSON.stringify({ ...split.plan, [key]: value });
      expect(() => parsePlan(broken, 'plan.json')).toThrow(/`[a-z]+(\[0\])?` is missing or malformed/);
      expect(() => parsePlan(broken, 'plan.json')).toThrow(`\`${key}`);
    }
  }
});

test('what a plan tells of its search is checked when it is read', () => {
  const space = { assignmentsLog10: 68, meshes: 2, meshesInAll: 3, choicesCounted: 9, choicesKept: 8, pruned: [] };
  const second = { mesh: 'dp=4', stepSeconds: 2, memoryBytes: 100 };
  const search = { seconds: 3, bound: 1, gap: 0.5, space, second };
  const read = (value: unknown) => parsePlan(JSON.stringify({ ...split.plan, search: value }), 'plan.json').search;
  expect(read(search)).toEqual(search);
  expect(read({ seconds: 3, bound: 1, gap: 0.5 })).toEqual({ seconds: 3, bound: 1, gap: 0.5 });
  for (const wrong of [
    { ...search, bound: null },
    { ...search, second: { mesh: 'dp=4' } },
    { ...search, space: { ...space, meshes: '2' } },
    { ...search, space: { ...space, pruned: [{ rule: 'contained' }] } },
  ]) {
    expect(() => read(wrong)).toThrow('SK2201: plan.json is no plan: `search` is missing or malformed');
  }
});

test('a plan from before plans carried decisions is told to be made again', () => {
  const { decisions: _, assigned: __, ...rest } = split.plan;
  const old = JSON.stringify({
    ...rest,
    constraints: [{ value: 2, operation: 'stablehlo.add', sharding: '[{}, {}]' }],
  });
  expect(() => parsePlan(old, 'plan.json')).toThrow(
    /SK2201: .*constraints in place of decisions.*\n.*\n +next: make it again/,
  );
});
