import { expect, test } from 'vitest';
import { groupLevels, parseCluster } from '../cost/index.ts';
import { calibrationGroups } from './calibration-groups.ts';

const show = (notation: string): string[] =>
  calibrationGroups(parseCluster(notation).links).map(
    ({ name, groups }) => `${name}: ${groups.map(group => group.join(' ')).join(' | ')}`,
  );

test('all parts of one level', () => {
  expect(show('cpu:8')).toEqual([
    'memory 2: 0 1 | 2 3 | 4 5 | 6 7',
    'memory 4: 0 1 2 3 | 4 5 6 7',
    'memory 8: 0 1 2 3 4 5 6 7',
  ]);
});

test('each of two levels alone, then both', () => {
  expect(show('2xcpu:2')).toEqual(['memory 2: 0 1 | 2 3', 'loopback 2: 0 2 | 1 3', 'memory 2, loopback 2: 0 1 2 3']);
});

test('nothing where there is one device', () => {
  expect(show('cpu:1')).toEqual([]);
});

test.each(['cpu:8', 'cpu:6', '2xcpu:4', '3xcpu:2', '4x8xH100'])(
  'groups of %s lie on the levels that they say',
  notation => {
    const cluster = parseCluster(notation);
    for (const { groups, levels } of calibrationGroups(cluster.links)) {
      expect(groups.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: cluster.devices }, (_, k) => k));
      for (const group of groups) expect(groupLevels(cluster, group)).toEqual(levels);
    }
  },
);
