import { expect, test } from 'vitest';
import { trainingStep } from '../../test/support/tiny-programs.ts';
import { entryFunction } from '../ir/index.ts';
import { parseMesh } from '../sharding/index.ts';
import { parseCluster } from './cluster-notation.ts';
import { CollectivePrices, joinedBytes, joiningWithin } from './collective-prices.ts';
import { gradientBytes } from './hideable-values.ts';

const cluster = parseCluster('8xH100');
const prices = new CollectivePrices(parseMesh('dp=8'), cluster);
const seconds = (bytesPerDevice: number, hideable: boolean, kind = 'all-reduce', on = prices): number =>
  on.seconds({ kind, axes: ['dp'], bytesPerDevice, hideable });

for (const kind of ['all-reduce', 'all-gather', 'reduce-scatter']) {
  test(`collectives that can wait share the latency of one, however they are cut: ${kind}`, () => {
    const whole = kind === 'reduce-scatter' ? 2.4e8 : 3e7;
    expect(100 * seconds(whole / 100, true, kind)).toBeCloseTo(seconds(whole, true, kind), 12);
    expect(seconds(whole, true, kind)).toBe(seconds(whole, false, kind));
    expect(seconds(3e5, true, kind)).toBeLessThan(seconds(3e5, false, kind) / 3);
    expect(seconds(0, true, kind)).toBe(0);
    expect(seconds(1e9, true, kind)).toBe(seconds(1e9, false, kind));
  });
}

test('other kinds that can wait pay their own, and so does all on slices of TPUs', () => {
  expect(seconds(3e5, true, 'all-to-all')).toBe(seconds(3e5, false, 'all-to-all'));
  expect(joinedBytes(parseCluster('v4:2x2x1'), 'all-reduce', 4)).toBe(0);
});

function stepOf(columns: number) {
  const func = entryFunction(trainingStep(64, columns));
  if (func === undefined) throw new Error('no entry function');
  return func;
}

test('no more is joined than a program has gradients: all of them pay one latency', () => {
  const func = stepOf(4096);
  const bytes = gradientBytes(func);
  expect(bytes).toBe(4 * 4096 * 4096);
  const within = joiningWithin(cluster, func);
  const large = new CollectivePrices(parseMesh('dp=8'), within);
  const kind = 'reduce-scatter';
  expect(2 * seconds(bytes / 2, true, kind, large)).toBeCloseTo(seconds(bytes, false, kind, large), 12);
  expect(joiningWithin(within, func)).toBe(within);
});

test('in a program with little to join each collective pays its own', () => {
  const small = new CollectivePrices(parseMesh('dp=8'), joiningWithin(cluster, stepOf(32)));
  expect(seconds(1e3, true, 'all-reduce', small)).toBe(seconds(1e3, false));
});
