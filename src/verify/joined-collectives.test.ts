import { expect, test } from 'vitest';
import { readCompiledCollectives } from './compiled-collectives.ts';
import { gpuJoinLimits, joinCollectives } from './joined-collectives.ts';
import { nativeCollectives } from './native-collectives.ts';

const mesh = {
  axes: [
    { name: 'dp', size: 2 },
    { name: 'tp', size: 4 },
  ],
};

const all = 'replica_groups=[1,8]<=[8]';
const inner = 'replica_groups=[2,4]<=[8]';

/** A module with these instructions over `%p`, an f32[8,4] (128 B), and `%q`, an f32[1,4]. */
const moduleOf = (lines: readonly string[]): string => `HloModule test

%add (x: f32[], y: f32[]) -> f32[] {
  %x = f32[] parameter(0)
  %y = f32[] parameter(1)
  ROOT %sum = f32[] add(%x, %y)
}

%add.1 (x: f32[], y: f32[]) -> f32[] {
  %x = f32[] parameter(0)
  %y = f32[] parameter(1)
  ROOT %sum = f32[] add(%x, %y)
}

%largest (x: f32[], y: f32[]) -> f32[] {
  %x = f32[] parameter(0)
  %y = f32[] parameter(1)
  ROOT %max = f32[] maximum(%x, %y)
}

ENTRY %main (p: f32[8,4], q: f32[1,4]) -> f32[8,4] {
  %p = f32[8,4]{1,0} parameter(0)
  %q = f32[1,4]{1,0} parameter(1)
  ${lines.join('\n  ')}
  ROOT %end = f32[8,4]{1,0} copy(%p)
}
`;

const gather = (name: string, operand = 'q', groups = all): string =>
  `%${name} = f32[8,4]{1,0} all-gather(%${operand}), dimensions={0}, ${groups}`;
const reduce = (name: string, operand = 'p', reducer = 'add', groups = all): string =>
  `%${name} = f32[8,4]{1,0} all-reduce(%${operand}), to_apply=%${reducer}, ${groups}`;
const scatter = (name: string): string =>
  `%${name} = f32[1,4]{1,0} reduce-scatter(%p), dimensions={0}, to_apply=%add, ${all}`;

const joined = (lines: readonly string[], limits = gpuJoinLimits): string[] => {
  const text = moduleOf(lines);
  const collectives = nativeCollectives(readCompiledCollectives(text, mesh));
  return joinCollectives(collectives, text, limits).map(
    ({ kind, name, count, bytesPerDevice }) => `${kind} ${name}: ${count}, ${bytesPerDevice} B`,
  );
};

test('collectives of one kind that wait for none of each other are one', () => {
  expect(joined([gather('a'), reduce('r'), gather('b'), reduce('s', 'p', 'add.1')])).toEqual([
    'all-gather a: 2, 256 B',
    'all-reduce r: 2, 256 B',
  ]);
});

test('other groups, reductions and kinds stay apart', () => {
  const lines = [gather('a'), gather('b', 'q', inner), reduce('r'), reduce('s', 'p', 'largest'), scatter('t')];
  expect(joined(lines)).toHaveLength(5);
});

test('what waits for one that is in begins the next', () => {
  const lines = [gather('a'), '%n = f32[1,4]{1,0} slice(%a), slice={[0:1], [0:4]}', gather('b', 'n'), gather('c')];
  expect(joined(lines)).toEqual(['all-gather a: 1, 128 B', 'all-gather b: 2, 256 B']);
});

test('joining one kind makes others wait', () => {
  // r waits for a, and b for s: with r and s in one, b waits for a.
  const lines = [gather('a'), reduce('r', 'a'), reduce('s'), '%n = f32[1,4]{1,0} slice(%s)', gather('b', 'n')];
  expect(joined(lines)).toEqual(['all-gather a: 2, 256 B', 'all-reduce r: 1, 128 B', 'all-reduce s: 1, 128 B']);
  const sumsFirst = [reduce('s'), ...lines.filter(line => !line.startsWith('%s'))];
  expect(joined(sumsFirst)).toEqual(['all-reduce s: 2, 256 B', 'all-gather a: 1, 128 B', 'all-gather b: 1, 128 B']);
});

test('the limits are bytes of what is given, and tensors', () => {
  const gathers = ['a', 'b', 'c'].map(name => gather(name));
  expect(joined(gathers, { bytes: 256, count: 9 })).toEqual(['all-gather a: 2, 256 B', 'all-gather c: 1, 128 B']);
  expect(joined(gathers, { bytes: 100, count: 9 })).toHaveLength(3);
  expect(joined(gathers, { bytes: 999, count: 2 })).toEqual(['all-gather a: 2, 256 B', 'all-gather c: 1, 128 B']);
  // A reduce-scatter gives an eighth.
  const scatters = ['a', 'b', 'c'].map(scatter);
  expect(joined(scatters, { bytes: 32, count: 9 })).toEqual([
    'reduce-scatter a: 2, 256 B',
    'reduce-scatter c: 1, 128 B',
  ]);
});

test('what the CPU compiler combined is joined anew', () => {
  const pair = [
    `%r = (f32[8,4]{1,0}, f32[8,4]{1,0}) all-reduce(%p, %p), to_apply=%add, ${all}`,
    '%x = f32[8,4]{1,0} get-tuple-element(%r), index=0',
    '%y = f32[8,4]{1,0} get-tuple-element(%r), index=1',
    '%z = f32[8,4]{1,0} add(%x, %y)',
  ];
  expect(joined(pair)).toEqual(['all-reduce r: 2, 256 B']);
  expect(joined(pair, { bytes: 128, count: 9 })).toEqual(['all-reduce r: 1, 128 B', 'all-reduce r: 1, 128 B']);
});
