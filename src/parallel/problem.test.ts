import { expect, test } from 'vitest';
import { DiagnosticError } from '../base/index.ts';
import { parseCluster } from '../cost/index.ts';
import { parseProgram } from '../ir/index.ts';
import { parseMesh, parsePin } from '../sharding/index.ts';
import { createProblem, describeProblem, type ProblemRequest } from './problem.ts';
import { problemOnMesh } from './problem-mesh.ts';

const text = `module @m {
  func.func public @main(%x: tensor<8x12xf32> loc("x"), %w: tensor<12x12xf32> {tf.aliasing_output = 0 : i32} loc("w"))
      -> (tensor<12x12xf32> {jax.result_info = "new_w"}) {
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x12xf32>, tensor<12x12xf32>) -> tensor<8x12xf32>
    %1 = stablehlo.dot_general %x, %0, contracting_dims = [0] x [0] : (tensor<8x12xf32>, tensor<8x12xf32>) -> tensor<12x12xf32>
    %2 = stablehlo.subtract %w, %1 : tensor<12x12xf32>
    return %2 : tensor<12x12xf32>
  } }`;
const program = parseProgram(new TextEncoder().encode(text), { file: 'step.mlir' });
const mesh = parseMesh('a=2,b=2');

function complaints(request: Omit<ProblemRequest, 'cluster'>, cluster = 'cpu:4'): string[] {
  try {
    createProblem(program, { cluster: parseCluster(cluster), ...request });
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ code, message }) => `${code} ${message}`);
    throw error;
  }
  return [];
}

test('a problem is completed from its program and its cluster', () => {
  const problem = createProblem(program, { cluster: parseCluster('8xH100') });
  expect(describeProblem(problem)).toEqual({
    format: 'skein.sharding-problem/1',
    program: 'step.mlir',
    cluster: '8xH100',
    mesh: null,
    pins: [],
    memoryLimitBytes: 8e10,
    batchArguments: [0],
  });
  expect(problem.batchArguments).toEqual([0]);
  expect({ ...problem }.batchArguments).toEqual([0]);
});

test('a memory limit is a number of bytes above zero', () => {
  for (const memoryLimitBytes of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(complaints({ memoryLimitBytes })).toEqual([`SK2301 the memory limit is ${memoryLimitBytes} bytes`]);
  expect(complaints({ memoryLimitBytes: 1e6 })).toEqual([]);
});

test('pins that cannot hold together are told, all of them', () => {
  const pins = ['w=[{a}, {}]', 'w=[{}, {a}]', 'result0=[{b}, {}]'].map(parsePin);
  expect(complaints({ mesh, pins })).toEqual([
    'SK2302 w is pinned to [{a}, {}] and to [{}, {a}]',
    'SK2302 w is pinned to [{}, {a}] and to [{b}, {}], by the result new_w that takes its buffer',
  ]);
  expect(complaints({ mesh, pins: ['*=[{}, {}]', 'w=[{}, {a}]'].map(parsePin) })).toEqual([]);
});

test('pins to axes need a mesh, pins to whole do not', () => {
  expect(complaints({ pins: [parsePin('x=[{a}, {}]')] })[0]).toContain('SK2304 the pin of `x` to [{a}, {}] names axes');
  expect(complaints({ pins: [parsePin('x=[{}, {}]')] })).toEqual([]);
});

test('a mesh fits its cluster, and a count of devices has a divisor in the program', () => {
  expect(complaints({ mesh }, 'cpu:8')[0]).toContain('SK2009');
  expect(complaints({}, 'cpu:7')).toEqual([
    'SK2303 7 devices cannot share the work: no dimension of the program is a multiple of 7',
  ]);
  expect(complaints({}, 'cpu:6')).toEqual([]);
  expect(complaints({}, 'cpu:1')).toEqual([]);
});

test('on a mesh, pins are layouts and results know the argument whose buffer they take', () => {
  const pins = [parsePin('w=[{b}, {a}]')];
  const ground = problemOnMesh(createProblem(program, { cluster: parseCluster('cpu:4'), mesh, pins }), mesh);
  expect(ground.pinned.arguments).toEqual([undefined, { dimensions: [[1], [0]], partial: [] }]);
  expect(ground.pinned.results).toEqual([{ dimensions: [[1], [0]], partial: [] }]);
  expect(ground.donors).toEqual([1]);
  expect(ground.trips).toEqual([1, 1, 1, 1]);
});
