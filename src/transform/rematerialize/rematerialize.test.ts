import { expect, test } from 'vitest';
import { deepStep } from '../../../test/support/deep-step.ts';
import { complaints, loadExample, resultsDiffer } from '../../../test/support/run-example.ts';
import { layerPair } from '../../../test/support/tiny-programs.ts';
import { transientBytes } from '../../footprint/index.ts';
import { entryFunction, type Func, type Program, printProgram, typeBytes } from '../../ir/index.ts';
import { foldProgram } from '../../parallel/index.ts';
import { microBatch } from '../micro-batch/micro-batch.ts';
import { rematerialize } from './rematerialize.ts';

function entryOf(program: Program): Func {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('no entry function');
  return func;
}

const blocksOf = (program: Program) => foldProgram(program).blocks.filter(({ kind }) => kind === 'repeat');

/** The program with its repeated blocks rematerialized, which must be well formed. */
function rematerialized(program: Program): Program {
  const made = rematerialize(program, blocksOf(program));
  if (made.status === 'refused') throw new Error(made.reason.message);
  expect(complaints(made.program)).toEqual([]);
  return made.program;
}

function temporaries(program: Program): number {
  const func = entryOf(program);
  return transientBytes(func, value => typeBytes(func.valueTypes[value]));
}

test('each layer makes its hidden values once more, from what went in, when its gradient is there', () => {
  const text = printProgram(rematerialized(deepStep(2, 3, 3)));
  const lines = text.split('\n').filter(line => /optimization_barrier|tanh|dot_general/.test(line));
  expect(lines.map(line => line.trim().replace(/, contracting.*/, '')).join('\n')).toMatchInlineSnapshot(`
    "%0 = stablehlo.dot_general %arg6, %arg0
    %1 = stablehlo.tanh %0 : tensor<2x12xf32>
    %2 = stablehlo.dot_general %1, %arg1
    %4 = stablehlo.dot_general %3, %arg2
    %5 = stablehlo.tanh %4 : tensor<2x12xf32>
    %6 = stablehlo.dot_general %5, %arg3
    %8 = stablehlo.dot_general %7, %arg4
    %9 = stablehlo.tanh %8 : tensor<2x12xf32>
    %10 = stablehlo.dot_general %9, %arg5
    %14 = stablehlo.dot_general %11, %arg5
    %15:3 = stablehlo.optimization_barrier %arg4, %7, %14 : tensor<3x12xf32>, tensor<2x3xf32>, tensor<2x12xf32>
    %16 = stablehlo.dot_general %15#1, %15#0
    %17 = stablehlo.tanh %16 : tensor<2x12xf32>
    %21 = stablehlo.dot_general %7, %20
    %24 = stablehlo.dot_general %17, %11
    %27 = stablehlo.dot_general %20, %arg4
    %29 = stablehlo.dot_general %28, %arg3
    %30:3 = stablehlo.optimization_barrier %arg2, %3, %29 : tensor<3x12xf32>, tensor<2x3xf32>, tensor<2x12xf32>
    %31 = stablehlo.dot_general %30#1, %30#0
    %32 = stablehlo.tanh %31 : tensor<2x12xf32>
    %36 = stablehlo.dot_general %3, %35
    %39 = stablehlo.dot_general %32, %28
    %42 = stablehlo.dot_general %35, %arg2
    %44 = stablehlo.dot_general %43, %arg1
    %45:3 = stablehlo.optimization_barrier %arg0, %arg6, %44 : tensor<3x12xf32>, tensor<2x3xf32>, tensor<2x12xf32>
    %46 = stablehlo.dot_general %45#1, %45#0
    %47 = stablehlo.tanh %46 : tensor<2x12xf32>
    %51 = stablehlo.dot_general %arg6, %50
    %54 = stablehlo.dot_general %47, %43
    %57 = stablehlo.dot_general %50, %arg0"
  `);
});

test('gpt2-tiny with rematerialized blocks gives the same bits with less memory, and in pieces too', async () => {
  const { program, inputs } = await loadExample('gpt2-tiny');
  const found = rematerialized(program);
  expect(resultsDiffer(program, found, inputs)).toBe(0);
  expect(temporaries(found)).toBeLessThan(0.6 * temporaries(program));
  const made = microBatch(found, 2);
  if (made.status === 'refused') throw new Error(made.reason.message);
  expect(complaints(made.program)).toEqual([]);
  expect(temporaries(made.program)).toBeLessThan(0.7 * temporaries(found));
  expect(resultsDiffer(program, made.program, inputs)).toBeLessThan(1e-6);
});

test('deeper networks need less and less of what they need as they are', () => {
  const share = (layers: number): number => {
    const program = deepStep(4096, 64, layers);
    return temporaries(rematerialized(program)) / temporaries(program);
  };
  expect(share(4)).toBeGreaterThan(share(8));
  expect(share(8)).toBeGreaterThan(share(16));
  expect(share(16)).toBeLessThan(0.4);
});

test('repeats stay repeats: every block is changed alike', () => {
  const before = blocksOf(deepStep(256, 64, 6))[0];
  const after = blocksOf(rematerialized(deepStep(256, 64, 6)))[0];
  expect(after.instances.length).toBe(before.instances.length);
  expect(after.instances[0].length).toBeGreaterThan(before.instances[0].length);
});

test('programs without repeats, and those whose repeats are in loops, are refused', async () => {
  const refusal = (program: Program) => {
    const made = rematerialize(program, blocksOf(program));
    return made.status === 'refused' ? made.reason.kind : undefined;
  };
  expect(refusal(layerPair(8, 4, 6))).toBe('no-repeats');
  expect(refusal((await loadExample('gpt2-tiny-scan')).program)).toBe('no-repeats');
});
