import { expect, test } from 'vitest';
import { explainedByPins, explainedExample } from '../../test/support/explained-plans.ts';
import { parseMesh, parsePin } from '../sharding/index.ts';
import { comparePlans } from './compare.ts';

test('two placements differ in inputs, traffic, memory and seconds', async () => {
  const [a, b] = [await explainedExample('gpt2-tiny', 'dp'), await explainedExample('gpt2-tiny', 'zero1')];
  const comparison = comparePlans(a.split.plan, b.split.plan);
  expect(comparison.inputs.every(({ names }) => names.every(name => /^[mv]\[/.test(name)))).toBe(true);
  expect(comparison.memory.find(({ kind }) => kind === 'parameters')).toMatchObject({ a: 474112, b: 474112 });
  const state = comparison.memory.find(({ kind }) => kind === 'optimizer state');
  expect((state?.a ?? 0) / (state?.b ?? 1)).toBeGreaterThan(7);
  const kinds = comparison.traffic.filter(pair => pair.b > pair.a).map(({ kind, axis }) => `${kind} ${axis}`);
  expect(kinds).toEqual(['all-gather dp', 'reduce-scatter dp']);
});

test('a plan does not differ from itself', async () => {
  const { plan } = (await explainedExample('gpt2-tiny', 'megatron')).split;
  const comparison = comparePlans(plan, plan);
  expect(comparison.inputs).toEqual([]);
  for (const pair of [...comparison.traffic, ...comparison.memory, ...comparison.seconds]) expect(pair.a).toBe(pair.b);
});

test('on meshes of other axes inputs differ by their pieces, not by names', async () => {
  const pinned = async (mesh: string, pin: string) =>
    (await explainedByPins('mlp', { mesh: parseMesh(mesh), pins: [parsePin(pin)] })).split.plan;
  const [whole, split, renamed] = [
    await pinned('dp=4', 'x=[{dp}, {}]'),
    await pinned('a=2,b=2', 'x=[{a,b}, {}]'),
    await pinned('a=2,b=2', 'x=[{a}, {b}]'),
  ];
  expect(comparePlans(whole, split).inputs).toEqual([]);
  expect(comparePlans(whole, renamed).inputs).toMatchObject([{ names: ['x'], a: '[{dp}, {}]', b: '[{a}, {b}]' }]);
  expect(comparePlans(split, renamed).inputs).toHaveLength(1);
});
