import { expect, test } from 'vitest';
import { parseMesh } from '../sharding/index.ts';
import { parseCluster } from './cluster-notation.ts';
import { CollectivePrices } from './collective-prices.ts';

const plain = parseCluster('8xH100');
const cluster = { ...plain, profile: { ...plain.profile, joinedBytes: { 'all-reduce': 3e7 } } };
const prices = new CollectivePrices(parseMesh('dp=8'), cluster);
const seconds = (bytesPerDevice: number, hideable: boolean, kind = 'all-reduce'): number =>
  prices.seconds({ kind, axes: ['dp'], bytesPerDevice, hideable });

test('all-reduces that can wait share the latency of one, however they are cut', () => {
  expect(100 * seconds(3e5, true)).toBeCloseTo(seconds(3e7, true), 12);
  expect(seconds(3e7, true)).toBe(seconds(3e7, false));
  expect(seconds(3e5, true)).toBeLessThan(seconds(3e5, false) / 3);
  expect(seconds(0, true)).toBe(0);
});

test('larger ones, others that wait, and what cannot wait pay their own', () => {
  expect(seconds(1e9, true)).toBe(seconds(1e9, false));
  expect(seconds(3e5, true, 'all-gather')).toBe(seconds(3e5, false, 'all-gather'));
});
