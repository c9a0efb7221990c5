import { expect, test } from 'vitest';
import { explainedByPins, explainedExample } from '../../test/support/explained-plans.ts';
import { parseMesh, parsePin } from '../sharding/index.ts';
import { groupTraffic, trafficReasons } from './traffic.ts';

const whatMoves = async (program: string, placement: string): Promise<string[]> =>
  groupTraffic((await explainedExample(program, placement)).subject).map(
    ({ kind, axis, what, times }) => `${times} ${kind} ${axis}: ${what}`,
  );

test('weights that are gathered and gradients that are scattered are told by name, repeats together', async () => {
  const moves = await whatMoves('gpt2-tiny', 'fsdp');
  expect(moves).toContain('2 all-gather dp: weights h.*.mlp.c_fc.w');
  expect(moves).toContain('2 reduce-scatter dp: gradients of h.*.mlp.c_fc.w');
});

test('new weights that are gathered after their update are updates', async () => {
  const moves = await whatMoves('gpt2-tiny', 'zero1');
  expect(moves).toContain('2 all-gather dp: updates of h.*.mlp.c_fc.w');
  expect(moves).toContain('2 reduce-scatter dp: gradients of h.*.mlp.c_fc.w');
});

test('activations are told by the scope in which they move, forward and backward', async () => {
  const moves = await whatMoves('gpt2-tiny', 'megatron');
  expect(moves).toContain('2 all-reduce tp: activations at h.*.mlp.c_proj');
  expect(moves).toContain('2 all-reduce tp: gradients of activations at h.*.mlp.c_fc');
});

test('gradients that a loop puts into a stack are told by the stack', async () => {
  const pins = [parsePin('tokens=[{dp}, {}]'), parsePin('labels=[{dp}, {}]')];
  const { subject } = await explainedByPins('gpt2-tiny-scan', { mesh: parseMesh('dp=4'), pins });
  const moves = groupTraffic(subject).map(({ kind, what, times }) => `${times} ${kind}: ${what}`);
  expect(moves).toContain('2 all-reduce: gradients of h.mlp.c_fc.w');
});

test('groups and reasons both add up to what the plan predicts', async () => {
  const { subject } = await explainedExample('gpt2-tiny', 'megatron-sp');
  const { communicationSeconds } = subject.plan.predicted;
  for (const list of [groupTraffic(subject), trafficReasons(subject)]) {
    const seconds = list.reduce((sum, row) => sum + row.seconds, 0);
    expect(seconds / communicationSeconds).toBeCloseTo(1, 9);
    expect(list.map(row => row.seconds)).toEqual(list.map(row => row.seconds).sort((a, b) => b - a));
  }
});
