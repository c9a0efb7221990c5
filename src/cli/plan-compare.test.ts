import { expect, test } from 'vitest';
import { explainedExample } from '../../test/support/explained-plans.ts';
import { comparePlans } from '../explain/index.ts';
import { formatComparison } from './plan-compare.ts';

test('a comparison prints both shardings and signed differences', async () => {
  const [a, b] = [await explainedExample('gpt2-tiny', 'dp'), await explainedExample('gpt2-tiny', 'zero1')];
  expect(formatComparison(comparePlans(a.split.plan, b.split.plan), 'dp.json', 'zero1.json')).toMatchInlineSnapshot(`
    "A dp.json: examples/programs/gpt2-tiny.mlir.gz on cpu:8, mesh dp=8
    B zero1.json: examples/programs/gpt2-tiny.mlir.gz on cpu:8, mesh dp=8

    56 of 87 inputs lie otherwise
    input                                                                    type            A             B                 bytes
    -----------------------------------------------------------------------  --------------  ------------  --------------  -------
    m['h'][0]['mlp']['c_proj']['w'] and 5 more                               f32[256, 64]    [{}, {}]      [{dp}, {}]       393 kB
    m['h'][0]['mlp']['c_fc']['w'], m['h'][1]['mlp']['c_fc']['w'] and 2 more  f32[64, 256]    [{}, {}]      [{dp}, {}]       262 kB
    m['h'][0]['attn']['c_attn']['w'] and 3 more                              f32[64, 3, 64]  [{}, {}, {}]  [{dp}, {}, {}]   197 kB
    m['h'][0]['attn']['c_proj']['w'] and 3 more                              f32[64, 64]     [{}, {}]      [{dp}, {}]      65.5 kB
    m['wpe'], v['wpe']                                                       f32[32, 64]     [{}, {}]      [{dp}, {}]      16.4 kB
    m['h'][0]['attn']['c_proj']['b'], m['h'][0]['ln_1']['bias'] and 26 more  f32[64]         [{}]          [{dp}]          7.17 kB
    m['h'][0]['mlp']['c_fc']['b'], m['h'][1]['mlp']['c_fc']['b'] and 2 more  f32[256]        [{}]          [{dp}]          4.10 kB
    m['h'][0]['attn']['c_attn']['b'] and 3 more                              f32[3, 64]      [{}, {}]      [{}, {dp}]      3.07 kB

    collective      axis       A       B     B - A       of A
    --------------  ----  ------  ------  --------  ---------
    all-reduce      dp    474 kB     4 B  - 474 kB  - 100.0 %
    all-gather      dp       0 B  474 kB  + 474 kB
    reduce-scatter  dp       0 B  474 kB  + 474 kB

    memory per device        A        B     B - A      of A
    -----------------  -------  -------  --------  --------
    parameters          474 kB   474 kB
    optimizer state     948 kB   119 kB  - 830 kB  - 87.5 %
    inputs               256 B    256 B
    outputs                4 B      4 B
    temporaries         863 kB   863 kB   - 576 B   - 0.1 %
    all                2.29 MB  1.46 MB  - 830 kB  - 36.3 %

    seconds          A        B      B - A      of A
    ---------  -------  -------  ---------  --------
    computing  25.6 ms  22.6 ms  - 2.94 ms  - 11.5 %
    moving     4.18 ms  8.22 ms  + 4.04 ms  + 96.6 %
    a step     29.8 ms  30.9 ms  + 1.10 ms   + 3.7 %"
  `);
});
