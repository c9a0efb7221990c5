import { expect, test } from 'vitest';
import { tensorType } from '../ir/index.ts';
import { axisNames, layoutOf, refineMesh, shardingOf } from './grid.ts';
import { parseMesh } from './mesh.ts';
import { formatSharding, parseSharding } from './notation.ts';
import { layoutBeforeGathers, reshardCost, reshardSteps } from './reshard.ts';

const mesh = parseMesh('dp=2,tp=4');
const grid = refineMesh(mesh, []);
const type = tensorType([8, 16], 'f32');

function steps(from: string, to: string): string[] {
  const found = reshardSteps(grid, type, layoutOf(grid, parseSharding(from)), layoutOf(grid, parseSharding(to)));
  return found.map(step => `${step.kind} ${axisNames(grid, step.atoms)} ${step.bytesPerDevice}`);
}

test('what is there already, and slices of it, move nothing', () => {
  expect(steps('[{dp}, {}]', '[{dp}, {}]')).toEqual([]);
  expect(steps('[{dp}, {}]', '[{dp}, {tp}]')).toEqual([]);
  expect(steps('[{dp}, {}]', '[{dp,tp}, {}]')).toEqual([]);
});

test('a cut dimension is gathered, each dimension on its own', () => {
  expect(steps('[{dp}, {}]', '[{}, {}]')).toEqual(['all-gather dp 512']);
  expect(steps('[{dp}, {tp}]', '[{}, {}]')).toEqual(['all-gather dp 128', 'all-gather tp 512']);
  expect(steps('[{dp,tp}, {}]', '[{dp}, {}]')).toEqual(['all-gather tp 256']);
});

test('an axis that changes its dimension is an all-to-all of the local bytes', () => {
  expect(steps('[{tp}, {}]', '[{}, {tp}]')).toEqual(['all-to-all tp 128']);
  expect(steps('[{dp,tp}, {}]', '[{dp}, {tp}]')).toEqual(['all-to-all tp 64']);
  expect(steps('[{dp,tp}, {}]', '[{}, {dp,tp}]')).toEqual(['all-to-all dp,tp 64']);
});

test('a sum is reduced on the smallest piece, and scattered where that is wanted', () => {
  expect(steps('[{}, {}] unreduced{tp}', '[{}, {}]')).toEqual(['all-reduce tp 512']);
  expect(steps('[{}, {}] unreduced{tp}', '[{tp}, {}]')).toEqual(['reduce-scatter tp 512']);
  expect(steps('[{dp}, {}] unreduced{tp}', '[{}, {}]')).toEqual(['all-reduce tp 256', 'all-gather dp 512']);
  expect(steps('[{}, {}] unreduced{tp}', '[{dp}, {tp}]')).toEqual(['reduce-scatter tp 256']);
  expect(steps('[{}, {}] unreduced{dp,tp}', '[{tp}, {}]')).toEqual(['reduce-scatter tp 512', 'all-reduce dp 128']);
});

test('between an exchange and a gather lies a layout that both know', () => {
  const between = (from: string, to: string): string | undefined => {
    const [before, after] = [from, to].map(text => layoutOf(grid, parseSharding(text)));
    const layout = layoutBeforeGathers(grid, type, before, after);
    return layout && formatSharding(shardingOf(grid, layout));
  };
  expect(steps('[{dp,tp}, {}]', '[{}, {tp}]')).toEqual(['all-to-all tp 64', 'all-gather dp 128']);
  expect(between('[{dp,tp}, {}]', '[{}, {tp}]')).toBe('[{dp}, {tp}]');
  expect(between('[{dp,tp}, {}]', '[{dp}, {tp}]')).toBeUndefined();
  expect(between('[{dp}, {tp}]', '[{}, {}]')).toBeUndefined();
});

test('a reduce-scatter followed by a gather sends as much as an all-reduce', () => {
  const cost = (from: string, to: string) =>
    reshardCost(grid, type, layoutOf(grid, parseSharding(from)), layoutOf(grid, parseSharding(to)));
  const direct = cost('[{}, {}] unreduced{tp}', '[{}, {}]');
  expect(direct).toBe(cost('[{}, {}] unreduced{tp}', '[{tp}, {}]') + cost('[{tp}, {}]', '[{}, {}]'));
});

test('sub-axes cut an axis into atoms, and print as they were', () => {
  const sharding = parseSharding('[{tp:(2)2,dp}, {tp:(1)2}]');
  const fine = refineMesh(mesh, [sharding]);
  expect(fine.atoms.map(atom => `${atom.axis}:(${atom.before})${atom.size}`)).toEqual([
    'dp:(1)2',
    'tp:(1)2',
    'tp:(2)2',
  ]);
  expect(formatSharding(shardingOf(fine, layoutOf(fine, sharding)))).toBe('[{tp:(2)2,dp}, {tp:(1)2}]');
  expect(formatSharding(shardingOf(fine, layoutOf(fine, parseSharding('[{tp}, {dp}]'))))).toBe('[{tp}, {dp}]');
});
