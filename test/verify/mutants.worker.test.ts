import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCluster } from '../../src/cost/index.ts';
import { type Engine, type InputsSpec, parseInputsSpec, startXlaEngine } from '../../src/engine/index.ts';
import { loadProgram, type Program, printProgram } from '../../src/ir/index.ts';
import { outputNames, planByPins, stateFeedback } from '../../src/plan/index.ts';
import { parsePin } from '../../src/sharding/index.ts';
import { inlineCalls } from '../../src/transform/index.ts';
import { compareRuns, judgeOutputs, outputPrecisions, tellingOutputs } from '../../src/verify/index.ts';

/*
 * Wrong distributed programs of the kinds that a planner or a partitioner makes, each put into a right one that passes:
 *
 *     weight gradient:   x [64{dp}, n]  .  dy [64{dp}, m]  ->  [m, n], summed over dp
 *     dropped reduction: each device keeps the sum over its own 16 rows
 *     scaled gradient:   the sum is taken four times
 *     swapped shards:    the first two of the four shards of x change places
 */
const file = 'examples/programs/mlp.mlir.gz';
const shards = 4;

let engine: Engine;
let program: Program;
let annotated: string;
let spec: InputsSpec;

beforeAll(async () => {
  program = await loadProgram(file);
  const cluster = parseCluster(`cpu:${shards}`);
  const mesh = { axes: [{ name: 'dp', size: shards }] };
  annotated = planByPins(program, inlineCalls(program), { cluster, mesh, pins: [parsePin('x=[{dp}, {}]')] }).text;
  const specFile = 'examples/programs/mlp.inputs.json';
  spec = parseInputsSpec(JSON.parse(await readFile(specFile, 'utf8')), specFile);
  engine = await startXlaEngine({ cluster: { processes: 1, devicesPerProcess: shards, platform: 'cpu' } });
});

afterAll(() => engine?.close());

async function verdictOf(text: string) {
  const [func] = inlineCalls(program).functions;
  const names = outputNames(func);
  const { comparison } = await compareRuns(
    engine,
    { text: printProgram(program), devices: [0] },
    { text, devices: [0, 1, 2, 3] },
    { spec, seed: 7 },
    { steps: 1, feedback: stateFeedback(func), outputNames: names },
  );
  return judgeOutputs(comparison, { telling: tellingOutputs(func, names), precisions: outputPrecisions(func) });
}

/** The first weight gradient: a product of two tensors cut along the rows that it sums over. */
const gradient =
  /( *)(%\d+) = (stablehlo\.dot_general (%\w+), (%\w+), contracting_dims = \[0\] x \[0\][^:]*): \(tensor<64x(\d+)xf32>, tensor<64x(\d+)xf32>\) -> (tensor<\d+x\d+xf32>)/;

function mutate(pattern: RegExp, replacement: (...words: string[]) => string): string {
  const mutant = annotated.replace(pattern, (_, ...words: string[]) => replacement(...words));
  expect(mutant).not.toBe(annotated);
  return mutant;
}

test('the right program passes, with outputs in which a wrong gradient would show', async () => {
  const verdict = await verdictOf(annotated);
  expect(verdict).toMatchObject({ verified: true, failures: [], warnings: [] });
});

test('a dropped reduction fails', async () => {
  const mutant = mutate(gradient, (indent, name, product, left, right, m, n, result) => {
    const rows = 64 / shards;
    const [leftPart, rightPart] = [`tensor<${rows}x${m}xf32>`, `tensor<${rows}x${n}xf32>`];
    const local = product.replace(`${left}, ${right}`, '%left, %right');
    const cut = '<@mesh, [{"dp"}, {}]>';
    return [
      `${indent}${name} = sdy.manual_computation(${left}, ${right}) in_shardings=[${cut}, ${cut}] `,
      `out_shardings=[<@mesh, [{}, {}]>] manual_axes={"dp"} (%left: ${leftPart}, %right: ${rightPart}) {\n`,
      `${indent}  %own = ${local}: (${leftPart}, ${rightPart}) -> ${result}\n${indent}  sdy.return %own : ${result}\n`,
      `${indent}} : (tensor<64x${m}xf32>, tensor<64x${n}xf32>) -> ${result}`,
    ].join('');
  });
  const { verified, failures } = await verdictOf(mutant);
  expect(verified).toBe(false);
  expect(failures.map(failure => failure.code)).toContain('SK4001');
});

test('a gradient times the number of devices fails, though Adam hides it from the parameters', async () => {
  const mutant = mutate(gradient, (indent, name, product, _left, _right, m, n, result) =>
    [
      `${indent}%sum = ${product}: (tensor<64x${m}xf32>, tensor<64x${n}xf32>) -> ${result}\n`,
      `${indent}%times = stablehlo.constant dense<${shards}.0> : ${result}\n`,
      `${indent}${name} = stablehlo.multiply %sum, %times : ${result}`,
    ].join(''),
  );
  const { verified, failures } = await verdictOf(mutant);
  expect(verified).toBe(false);
  expect(failures.some(({ message }) => /\b[mv]\[/.test(message))).toBe(true);
});

test('two swapped shards fail', async () => {
  const first = /( *)(%\d+) = stablehlo\.dot_general (%arg\d+), (.*tensor<64x64xf32>, tensor<64x256xf32>\).*)/;
  const mutant = mutate(first, (indent, name, x, rest) => {
    const slice = (start: number, end: number) =>
      `stablehlo.slice ${x} [${start}:${end}, 0:64] : (tensor<64x64xf32>) -> tensor<${end - start}x64xf32>`;
    return [
      `${indent}%first = ${slice(0, 16)}\n${indent}%second = ${slice(16, 32)}\n${indent}%rest = ${slice(32, 64)}\n`,
      `${indent}%swapped = stablehlo.concatenate %second, %first, %rest, dim = 0 : `,
      '(tensor<16x64xf32>, tensor<16x64xf32>, tensor<32x64xf32>) -> tensor<64x64xf32>\n',
      `${indent}${name} = stablehlo.dot_general %swapped, ${rest}`,
    ].join('');
  });
  expect((await verdictOf(mutant)).verified).toBe(false);
});
