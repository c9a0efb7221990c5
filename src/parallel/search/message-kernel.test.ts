import { expect, test } from 'vitest';
import { allStates, drawSum } from '../../../test/support/message-graphs.ts';
import { boundOfMessages, decodeStates, passMessages } from './message-kernel.ts';

const seeds = Array.from({ length: 40 }, (_, seed) => seed);

/** The least sum, by trying everything. */
function leastOf({ counts, cost }: ReturnType<typeof drawSum>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const states of allStates(
    counts,
    counts.map(() => 0),
    counts.map(() => 1),
  ))
    least = Math.min(least, cost(states));
  return least;
}

test('the bound never falls from pass to pass, and never exceeds the least sum', () => {
  for (const seed of seeds) {
    const sum = drawSum(seed, 6, 9);
    const least = leastOf(sum);
    let before = Number.NEGATIVE_INFINITY;
    for (let pass = 0; pass < 12; pass++) {
      passMessages(sum.graph, sum.scratch);
      const bound = boundOfMessages(sum.graph, sum.scratch);
      expect(bound, `seed ${seed}`).toBeGreaterThanOrEqual(before - 1e-9);
      expect(bound, `seed ${seed}`).toBeLessThanOrEqual(least + 1e-9);
      before = bound;
    }
  }
});

test('without cycles one pass and one decoding find the least sum', () => {
  for (const seed of seeds) {
    const sum = drawSum(seed, 5, 1);
    passMessages(sum.graph, sum.scratch);
    const states = new Int32Array(sum.counts.length);
    decodeStates(sum.graph, states, sum.scratch.belief);
    expect(sum.cost(states), `seed ${seed}`).toBeCloseTo(leastOf(sum), 9);
    expect(boundOfMessages(sum.graph, sum.scratch), `seed ${seed}`).toBeCloseTo(leastOf(sum), 9);
  }
});

test('messages hold for costs that change: the bound is valid for any', () => {
  const sum = drawSum(3, 6, 9);
  for (let pass = 0; pass < 3; pass++) passMessages(sum.graph, sum.scratch);
  const before = boundOfMessages(sum.graph, sum.scratch);
  sum.graph.unary[0] += 0.5;
  expect(boundOfMessages(sum.graph, sum.scratch)).toBeGreaterThanOrEqual(before - 1e-9);
  expect(boundOfMessages(sum.graph, sum.scratch)).toBeLessThanOrEqual(before + 0.5 + 1e-9);
});
