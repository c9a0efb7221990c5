import { expect, test } from 'vitest';
import { explainedByPins, explainedExample } from '../../test/support/explained-plans.ts';
import { silentProgress } from '../base/index.ts';
import { planSubject, programSubject } from '../explain/index.ts';
import { loadProgram } from '../ir/index.ts';
import { parseMesh, parsePin } from '../sharding/index.ts';
import { inlineCalls } from '../transform/index.ts';
import type { CommandContext } from './command.ts';
import { explainSplit } from './plan-explain.ts';
import { searchPlan } from './plan-search.ts';
import { inputTable } from './plan-tables.ts';
import { formatPlanText } from './plan-text.ts';

const context: CommandContext = {
  print: () => undefined,
  note: () => undefined,
  progress: silentProgress,
  signal: new AbortController().signal,
};

/** The text of the plan that a search finds, without the time that the search took. */
async function searchedText(name: string, options: Parameters<typeof searchPlan>[0]): Promise<string> {
  const program = await loadProgram(`examples/programs/${name}.mlir.gz`);
  const inlined = inlineCalls(program);
  const known = programSubject(inlined);
  const found = await searchPlan(options, program, inlined, known, context);
  if (found.split === undefined) throw new Error('no plan');
  const text = formatPlanText(explainSplit(planSubject(known, found.split), options, found));
  return text.replace(/(?<=Searched for ).*?(?=:)/, 'TIME');
}

test('a plan by pins is told by its axes, its blocks and what moves', async () => {
  const { subject } = await explainedExample('gpt2-tiny', 'megatron');
  expect(formatPlanText(explainSplit(subject, {}, undefined))).toMatchInlineSnapshot(`
    "examples/programs/gpt2-tiny.mlir.gz on cpu:8, mesh dp=2,tp=4

    dp = 2 over memory cuts the batch
    tp = 4 over memory cuts columns of 50 % and rows of 36 % of the weights

    h.* x 2
      [{tp}, {}]      attn.c_proj.w, mlp.c_proj.w
      [{}, {tp}]      attn.c_attn.b, mlp.c_fc.w
      [{}, {}, {tp}]  attn.c_attn.w
      [{}]            attn.c_proj.b, ln_1.bias, ln_1.scale, ln_2.bias, ln_2.scale, mlp.c_proj.b
      [{tp}]          mlp.c_fc.b
      state           of the optimizer lies as the weights do
      products        batch {dp}, columns {tp} (4, 31 % of FLOPs); batch {dp}, inner {tp} (4, 31 %); rows {tp}, inner {dp} (2, 18 %); 2 more ways
    Outside of blocks
      [{}, {}]    wpe, wte
      [{}]        ln_f.bias, ln_f.scale
      [{dp}, {}]  tokens, labels
      []          count
      state       of the optimizer lies as the weights do
      products    batch {dp} (2, 67 % of FLOPs); inner {dp} (1, 33 %)

    moves most  axis  what                                         times    bytes  seconds  of the step
    ----------  ----  -------------------------------------------  -----  -------  -------  -----------
    all-reduce  tp    activations at h.*.attn.c_proj                   2  65.5 kB   136 us        0.5 %
    all-reduce  tp    activations at h.*.mlp.c_proj                    2  65.5 kB   136 us        0.5 %
    all-reduce  tp    gradients of activations at h.*.mlp.c_fc         2  65.5 kB   136 us        0.5 %
    all-reduce  tp    gradients of activations at h.*.attn.c_attn      2  65.5 kB   136 us        0.5 %
    all-reduce  dp    gradients of h.*.mlp.c_proj.w                    2  32.8 kB  48.2 us        0.2 %
    and 16 more kinds: 576 us, 1.9 %

    Memory per device: 1.88 MB, 0.1 % of 2.00 GB: parameters 177 kB, optimizer state 353 kB, inputs 1.02 kB, outputs 4 B, temporaries 1.35 MB
    A step: 29.9 ms (computing 28.8 ms, moving 1.17 ms)"
  `);
});

test('a plan of a GPT that was searched on a mesh is told in forty lines', async () => {
  const text = await searchedText('gpt2-tiny', { cluster: '4xH100', mesh: 'dp=2,tp=2' });
  expect(text.split('\n').length).toBeLessThanOrEqual(40);
  expect(text).toMatch(/^dp = 2 over nvlink cuts \S/m);
  expect(text).toMatch(/^h\.\* x 2\n( {2}\S.*\n)+Outside of blocks\n/m);
  expect(text).toMatch(
    /^A step: .*\nSearched for TIME: no plan is faster than .*, .* % less\nOf 10\^\d{3,4} assignments/m,
  );
});

test('a searched plan of a program without repeats is told', async () => {
  expect(await searchedText('mlp', { cluster: '8xH100', mesh: 'dp=8' })).toMatchInlineSnapshot(`
    "examples/programs/mlp.mlir.gz on 8xH100, mesh dp=8

    dp = 8 over nvlink cuts nothing

    All
      [{}, {}]  layers.0.w, layers.1.w, layers.2.w
      [{}]      layers.0.b, layers.1.b, layers.2.b
      [{}, {}]  x
      [{}]      labels
                and 1 more kind, 4 B in all
      state     of the optimizer lies as the weights do
      products  whole (8, 100 % of FLOPs)

    Nothing moves
    Memory per device: 1.79 MB, 0.0 % of 80.0 GB: parameters 363 kB, optimizer state 725 kB, inputs 16.6 kB, outputs 4 B, temporaries 689 kB
    A step: 4.98 us (computing 4.98 us, moving 0 s)
    Searched for TIME: no plan is faster than 4.98 us, 0.0 % less
    Of 10^68 assignments on this mesh; 1 of 1 mesh
      392 strategies of operations, pruned to 445 choices with the ways to carry sums"
  `);
});

test('of several meshes the next best plan is told, and what was searched', async () => {
  const text = await searchedText('mlp', { cluster: '4xH100' });
  expect(text).toMatch(/\nNext best: mesh \S+, \S+ us \([+] \S+ %\), about \S+ kB a device\n {2}cuts /);
  expect(text).toMatch(/\nOf 10\^\d+ assignments on this mesh; \d of \d meshes \(left out: /);
});

test('inputs are listed with their sharding, in the notation of pins and as JAX writes it', async () => {
  const { split } = await explainedByPins('mlp', {
    mesh: parseMesh('dp=2,tp=2'),
    pins: [parsePin('x=[{dp,tp}, {}]')],
  });
  const { inputs } = split.plan;
  expect(inputTable(inputs.filter(({ name }) => name === 'x')).split('\n')).toEqual([
    'input  type         sharding       for JAX',
    '-----  -----------  -------------  ---------------------------------',
    "x      f32[64, 64]  [{dp,tp}, {}]  PartitionSpec(('dp', 'tp'), None)",
    '',
  ]);
});
