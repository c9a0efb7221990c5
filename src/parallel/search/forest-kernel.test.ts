import { expect, test } from 'vitest';
import { allStates, drawSum } from '../../../test/support/message-graphs.ts';
import { createRandom } from '../../base/index.ts';
import { growForest, solveForest } from './forest-kernel.ts';

test('the variables of a forest get the states with the least sum, the others keep theirs', () => {
  let largest = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { counts, graph, scratch, cost, costs } = drawSum(seed, 7, 9);
    const random = createRandom(seed);
    const order = Int32Array.from(counts.keys()).sort(() => random.next() - 0.5);
    const forest = growForest(graph, order);
    const states = Int32Array.from(counts, count => random.integer(0, count));
    const before = states.slice();
    let least = Number.POSITIVE_INFINITY;
    for (const tried of allStates(counts, states, forest.inside)) least = Math.min(least, cost(tried));
    solveForest(graph, forest, costs, states, new Float64Array(graph.stateStart[counts.length]), scratch);
    expect(cost(states), `seed ${seed}`).toBeCloseTo(least, 9);
    for (const [variable, inside] of forest.inside.entries())
      if (inside === 0) expect(states[variable]).toBe(before[variable]);
    largest = Math.max(largest, forest.size);
  }
  expect(largest).toBeGreaterThan(5);
});

test('a forest has no cycle, and whatever is left out would close one', () => {
  for (let seed = 0; seed < 40; seed++) {
    const { counts, graph } = drawSum(seed, 8, 12);
    const { inside, size, order, parentEdge } = growForest(graph, Int32Array.from(counts.keys()));
    const within = (edge: number): boolean => inside[graph.low[edge]] === 1 && inside[graph.high[edge]] === 1;
    const edges = Array.from({ length: graph.edges }, (_, edge) => edge).filter(within);
    const roots = parentEdge.subarray(0, size).filter(edge => edge < 0).length;
    expect(edges.length, `seed ${seed}`).toBe(size - roots);
    expect([...order.subarray(0, size)].sort()).toEqual(
      [...counts.keys()].filter(variable => inside[variable] === 1).sort(),
    );
  }
});
