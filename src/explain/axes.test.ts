import { expect, test } from 'vitest';
import { explainedExample } from '../../test/support/explained-plans.ts';
import { explainAxes } from './axes.ts';

const cutsOf = async (program: string, pins: string): Promise<string[]> => {
  const { subject } = await explainedExample(program, pins);
  return explainAxes(subject).map(({ name, cuts }) => `${name}: ${cuts.join(', ')}`);
};

test('a data axis cuts the batch, a Megatron axis columns and rows', async () => {
  expect(await cutsOf('gpt2-tiny', 'megatron')).toEqual([
    'dp: the batch',
    'tp: columns of 50 % and rows of 36 % of the weights',
  ]);
});

test('fully sharded weights are told from weights that products read in pieces', async () => {
  const [dp] = await cutsOf('gpt2-tiny', 'fsdp');
  expect(dp).toMatch(/^dp: the batch, \d+ % of the weights where they are kept$/);
});

test('the first stage of ZeRO cuts optimizer state alone', async () => {
  const [dp] = await cutsOf('gpt2-tiny', 'zero1');
  expect(dp).toMatch(/^dp: the batch, > 99 % of the optimizer state, not its weights$/);
});

test('sequence, vocabulary and experts are called by their names', async () => {
  expect((await cutsOf('gpt2-tiny', 'megatron-sp')).join()).toContain('the sequence');
  expect((await cutsOf('gpt2-tiny', 'vocab')).join()).toContain('the vocabulary');
  expect((await cutsOf('moe-tiny', 'moe-ep')).join()).toContain('the experts');
});
