import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCompiledCollectives } from './compiled-collectives.ts';
import { nativeCollectives } from './native-collectives.ts';

const mesh = {
  axes: [
    { name: 'dp', size: 2 },
    { name: 'tp', size: 4 },
  ],
};

const show = (text: string): string[] =>
  nativeCollectives(readCompiledCollectives(text, mesh)).map(
    ({ kind, axes, bytesPerDevice }) => `${kind} ${axes.join(',')}: ${bytesPerDevice} B`,
  );

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}.hlo.txt`, import.meta.url), 'utf8');

test('halves move as halves, and sliced sums are scattered', () => {
  expect(show(fixture('halves'))).toEqual([
    'all-gather dp,tp: 512 B',
    'all-to-all dp,tp: 256 B',
    'reduce-scatter dp,tp: 512 B',
    'reduce-scatter dp,tp: 1024 B',
  ]);
});

test('a sum of which a part is sliced becomes one of each', () => {
  const combined = fixture('halves').replace(/dynamic-slice\((%[\w.-]+), .*slice_sizes=\{4,16\}/, 'negate($1)');
  expect(show(combined)).toEqual([
    'all-gather dp,tp: 512 B',
    'all-to-all dp,tp: 256 B',
    'reduce-scatter dp,tp: 512 B',
    'all-reduce dp,tp: 1024 B',
  ]);
});

test('f32 that nobody slices stays as it is, and what was combined is taken apart', () => {
  expect(show(fixture('megatron'))).toEqual([
    'all-reduce tp: 256 B',
    'all-reduce dp: 512 B',
    'all-reduce dp: 512 B',
    'all-reduce tp: 256 B',
  ]);
});
