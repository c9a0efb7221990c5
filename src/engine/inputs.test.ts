import { expect, test } from 'vitest';
import { parseInputsSpec } from './inputs.ts';

const entry = { name: 'x', shape: [2], dtype: 'f32', distribution: 'uniform', low: 0, high: 1 };
const specOf = (argument: unknown): unknown => ({ format: 'skein.inputs/1', arguments: [argument] });

test('a spec of every distribution is read as it is written', () => {
  const spec = {
    format: 'skein.inputs/1',
    arguments: [
      entry,
      { name: 'w', shape: [], dtype: 'bf16', distribution: 'normal', mean: 0, std: 2 },
      { name: 't', shape: [4, 0], dtype: 'i32', distribution: 'integers', low: 0, high: 9 },
      { name: 'c', shape: [1], dtype: 'f32', distribution: 'constant', value: 3 },
    ],
  };
  expect(parseInputsSpec(JSON.parse(JSON.stringify(spec)), 'x.json')).toEqual(spec);
});

test('keys that the distribution does not use are dropped', () => {
  expect(parseInputsSpec(specOf({ ...entry, note: 'more' }), 'x.json').arguments).toEqual([entry]);
});

test.each([
  ['another format', { format: 'skein.inputs/2', arguments: [] }, 'skein.inputs/1'],
  ['a missing name', specOf({ ...entry, name: undefined }), 'no "name"'],
  ['a negative size', specOf({ ...entry, shape: [-1] }), '"shape" of x is [-1]'],
  ['an unknown distribution', specOf({ ...entry, distribution: 'toString' }), '"distribution" of x is "toString"'],
  ['a missing bound', specOf({ ...entry, high: undefined }), 'uniform x needs a number "high"'],
  ['an empty range', specOf({ ...entry, low: 1 }), 'the range [1, 1) of x is empty'],
])('%s is refused with the reason', (_, json, reason) => {
  expect(() => parseInputsSpec(json, 'x.json')).toThrow(reason);
});
