import { expect, test } from 'vitest';
import { groupAlongAxes, groupLevels, parseCluster } from '../cost/index.ts';
import { formatMesh } from '../sharding/index.ts';
import { listMeshes, type MeshRules, meshRules } from './meshes.ts';

const everything: MeshRules = { idleAxis: false, contained: false, alike: false, axisLimit: 99 };
const anySize = new Set([720720]);

function meshes(notation: string, rules: MeshRules = everything, dimensions: ReadonlySet<number> = anySize): string[] {
  return listMeshes(parseCluster(notation), dimensions, rules).candidates.map(({ mesh }) =>
    mesh.deviceIds === undefined ? formatMesh(mesh) : `${formatMesh(mesh)} on ${mesh.deviceIds.join(' ')}`,
  );
}

test('one level is factorized in every way, also where the count is no power of two', () => {
  expect(meshes('cpu:8')).toEqual(['a=8', 'a=4,b=2', 'a=2,b=2,c=2']);
  expect(meshes('cpu:6')).toEqual(['a=6', 'a=3,b=2']);
  expect(meshes('cpu:7')).toEqual(['a=7']);
  expect(meshes('cpu:1')).toEqual(['']);
});

test('an axis may take a share of several levels, and says on which devices it lies', () => {
  expect(meshes('2xcpu:4')).toEqual(['a=8', 'a=4,b=2', 'a=2,b=4', 'a=2,b=2,c=2']);
  const rules = { ...everything, axisLimit: 2 };
  expect(meshes('4xcpu:4', rules).filter(mesh => mesh.startsWith('a=4,'))).toEqual([
    'a=4,b=4',
    'a=4,b=4 on 0 1 4 5 2 3 6 7 8 9 12 13 10 11 14 15',
  ]);
});

test('each axis of a mesh has the shares of the levels that it was given', () => {
  for (const notation of ['2xcpu:4', '3xcpu:4', '2x8xH100', 'v5p:4x2x2']) {
    const cluster = parseCluster(notation);
    for (const { mesh, extents } of listMeshes(cluster, anySize, everything).candidates) {
      const ids = mesh.deviceIds ?? Array.from({ length: cluster.devices }, (_, id) => id);
      expect(new Set(ids).size).toBe(cluster.devices);
      for (const [index, axis] of mesh.axes.entries()) {
        const group = groupAlongAxes(mesh, [axis.name]);
        const shares = extents[index].filter(share => share > 1);
        expect(groupLevels(cluster, group).map(level => level.size)).toEqual(shares);
      }
    }
  }
});

test('no two meshes differ only in the order of their axes', () => {
  const { candidates, total } = listMeshes(parseCluster('2x8xH100'), anySize, everything);
  const sets = candidates.map(({ extents }) => [...extents.map(row => row.join('x'))].sort().join(' '));
  expect(new Set(sets).size).toBe(sets.length);
  expect(total).toBe(sets.length);
  expect(total).toBe(7);
});

test('what is left out is counted with its reason', () => {
  const rules = { ...meshRules, axisLimit: 3 };
  const list = listMeshes(parseCluster('cpu:16'), new Set([8, 12]), rules);
  expect(list.candidates.map(({ mesh }) => formatMesh(mesh))).toEqual(['a=4,b=2,c=2']);
  expect(list.total).toBe(5);
  expect(list.pruned).toEqual([
    { rule: 'axisLimit', meshes: 1, why: 'more than 3 axes' },
    { rule: 'idleAxis', meshes: 1, why: 'an axis that divides no dimension' },
    { rule: 'contained', meshes: 2, why: 'another mesh has the same axes in smaller parts' },
  ]);
});

test('of meshes that lie the same way on equal links the first is kept', () => {
  const count = (notation: string, alike: boolean): number =>
    listMeshes(parseCluster(notation), anySize, { ...everything, axisLimit: 3, alike }).candidates.length;
  // On a cube the three meshes of two axes, 4 and 2, are one.
  expect([count('v5p:2x2x1', false), count('v5p:2x2x1', true)]).toEqual([2, 2]);
  expect([count('v5p:2x2x2', false), count('v5p:2x2x2', true)]).toEqual([5, 3]);
  expect([count('v5p:2x4x8', false), count('v5p:2x4x8', true)]).toEqual([32, 32]);
  expect([count('2xcpu:2', false), count('2xcpu:2', true)]).toEqual([2, 2]);
});

test('a thousand chips of a torus are listed at once', () => {
  const list = listMeshes(parseCluster('v5p:8x8x16'), anySize);
  expect(list.candidates.length).toBeGreaterThan(30);
  expect(list.candidates.length + list.pruned.reduce((sum, { meshes: count }) => sum + count, 0)).toBe(list.total);
});
