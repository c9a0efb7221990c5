import { expect, test } from 'vitest';
import type { Collective, PartialSource } from '../sharding/index.ts';
import {
  backendPrediction,
  reduceAtSource,
  reduceByDimension,
  reduceScatterToAllReduce,
  widenSmallFloats,
} from './backend-rewrites.ts';

function collective(
  kind: Collective['kind'],
  axes: string[],
  sources: PartialSource[],
  more: Partial<Collective> = {},
): Collective {
  const where = { operation: 'stablehlo.add', index: 0, value: 9, trips: 1, reason: '' };
  return { kind, axes, bytesPerDevice: 1024, element: 'f32', sources, ...where, ...more };
}

function source(value: number, bytesPerDevice: number, ...factors: string[][]): PartialSource {
  return { value, bytesPerDevice, factors };
}

const lines = (list: readonly Collective[]) =>
  list.map(found => `${found.kind} ${found.axes} ${found.element} ${found.bytesPerDevice}`);

test('a reduce-scatter becomes an all-reduce of as many bytes; others stay', () => {
  const list = [collective('reduce-scatter', ['dp'], []), collective('all-gather', ['dp'], [])];
  expect(lines(reduceScatterToAllReduce.apply(list))).toEqual(['all-reduce dp f32 1024', 'all-gather dp f32 1024']);
});

test('each partial value is reduced where it is made, with its own bytes', () => {
  const tied = collective('all-reduce', ['dp'], [source(1, 1024, ['dp']), source(2, 512, ['dp'])]);
  expect(lines(reduceAtSource.apply([tied]))).toEqual(['all-reduce dp f32 1024', 'all-reduce dp f32 512']);
  expect(reduceAtSource.apply([tied]).map(found => found.value)).toEqual([1, 2]);
});

test('a source is reduced along the axes of its own sum only', () => {
  const mixed = collective('all-reduce', ['dp', 'tp'], [source(1, 1024, ['dp']), source(2, 512, ['tp'])]);
  expect(lines(reduceAtSource.apply([mixed]))).toEqual(['all-reduce dp f32 1024', 'all-reduce tp f32 512']);
});

test('an all-reduce without sources, such as that of a maximum, stays', () => {
  expect(lines(reduceAtSource.apply([collective('all-reduce', ['tp'], [])]))).toEqual(['all-reduce tp f32 1024']);
});

test('two summed dimensions are reduced one after the other, two axes of one dimension together', () => {
  const two = collective('all-reduce', ['dp', 'tp'], [source(1, 1024, ['dp'], ['tp'])]);
  const one = collective('all-reduce', ['dp', 'tp'], [source(1, 1024, ['dp', 'tp'])]);
  expect(lines(reduceByDimension.apply([two]))).toEqual(['all-reduce dp f32 1024', 'all-reduce tp f32 1024']);
  expect(lines(reduceByDimension.apply([one]))).toEqual(['all-reduce dp,tp f32 1024']);
});

test('bf16 travels as f32 whatever the kind, 8-bit floats as f16, and f16 as it is', () => {
  const kinds = ['all-reduce', 'all-gather', 'all-to-all', 'collective-permute'] as const;
  const list = kinds.map(kind => collective(kind, ['dp'], [], { element: 'bf16' }));
  const others = (['f16', 'f8E4M3FN', 'i8'] as const).map(element => collective('all-gather', ['dp'], [], { element }));
  expect(lines(widenSmallFloats.apply([...list, ...others]))).toEqual([
    'all-reduce dp f32 2048',
    'all-gather dp f32 2048',
    'all-to-all dp f32 2048',
    'collective-permute dp f32 2048',
    'all-gather dp f16 1024',
    'all-gather dp f16 2048',
    'all-gather dp i8 1024',
  ]);
});

test('the rewrites together: a scattered sum of two bf16 values over two dimensions', () => {
  const ideal = [
    collective('reduce-scatter', ['dp', 'tp'], [source(1, 1024, ['dp'], ['tp']), source(2, 1024, ['dp'])], {
      element: 'bf16',
    }),
  ];
  expect(lines(backendPrediction(ideal, 'xla-cpu'))).toEqual([
    'all-reduce dp f32 2048',
    'all-reduce tp f32 2048',
    'all-reduce dp f32 2048',
  ]);
  expect(backendPrediction(ideal, 'ideal')).toEqual(ideal);
});
