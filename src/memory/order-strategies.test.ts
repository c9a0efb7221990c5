import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomMemoryProblem } from '../../test/support/memory-problems.ts';
import { createMemoryGraph } from './graph.ts';
import { measureLiveness, positionsOf } from './liveness.ts';
import { inductorBest, lescea, orderPortfolio, programOrder, xlaBestOfThree } from './order-strategies.ts';
import type { MemoryProblem } from './problem.ts';
import { reverseGraph } from './reversed-graph.ts';

const settings = { seed: 23, numRuns: 100 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

/**
 * Two branches from x: a (512 B) shrinks to b (64 B), c (1024 B) shrinks to d (64 B). Written down breadth first.
 */
const branches: MemoryProblem = {
  format: 'skein.memory/1',
  name: 'branches',
  alignmentBytes: 64,
  banks: [{ name: 'main' }],
  tensors: [
    { name: 'x', sizeBytes: 64, kind: 'kept' },
    { name: 'a', sizeBytes: 512, kind: 'made' },
    { name: 'c', sizeBytes: 1024, kind: 'made' },
    { name: 'b', sizeBytes: 64, kind: 'made' },
    { name: 'd', sizeBytes: 64, kind: 'made' },
    { name: 'y', sizeBytes: 64, kind: 'made', output: true },
  ],
  operators: [
    { name: 'make a', inputs: [0], outputs: [1] },
    { name: 'make c', inputs: [0], outputs: [2] },
    { name: 'make b', inputs: [1], outputs: [3] },
    { name: 'make d', inputs: [2], outputs: [4] },
    { name: 'join', inputs: [3, 4], outputs: [5] },
  ],
  aliases: [],
};

describe('order strategies', () => {
  it('take one branch after the other', () => {
    const graph = createMemoryGraph(branches);
    const peak = (order: Int32Array): number => measureLiveness(graph, order).peakBytes;
    expect([...programOrder.order(graph)]).toEqual([0, 1, 2, 3, 4]);
    expect(peak(programOrder.order(graph))).toBe(64 + 512 + 1024 + 64);
    expect([...lescea.order(graph)]).toEqual([0, 2, 1, 3, 4]);
    expect(peak(lescea.order(graph))).toBe(64 + 64 + 1024 + 64);
    // The larger branch first.
    expect([...xlaBestOfThree.order(graph)]).toEqual([1, 3, 0, 2, 4]);
    expect(peak(xlaBestOfThree.order(graph))).toBe(64 + 1024 + 64);
    expect(peak(inductorBest.order(graph))).toBe(64 + 64 + 1024 + 64);
  });

  it.each(orderPortfolio.map(strategy => [strategy.name, strategy] as const))('keep every edge: %s', (_, strategy) => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 40 }), (seed, operators) => {
        const graph = createMemoryGraph(randomMemoryProblem(seed, { operators }));
        const order = strategy.order(graph);
        const position = positionsOf(order);
        expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
        for (let before = 0; before < operators; before++) {
          for (let edge = graph.successors.start[before]; edge < graph.successors.start[before + 1]; edge++) {
            expect(position[before]).toBeLessThan(position[graph.successors.items[edge]]);
          }
        }
      }),
      settings,
    );
  });

  it('see the same live bytes backwards', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 20 }), (seed, operators) => {
        const problem = randomMemoryProblem(seed, { operators, aliases: ['view', 'mayReuse'] });
        const read = {
          ...problem,
          tensors: problem.tensors.map(tensor =>
            tensor.kind === 'donated' ? { ...tensor, kind: 'kept' as const } : tensor,
          ),
        };
        const graph = createMemoryGraph(read);
        const order = programOrder.order(graph);
        const backwards = measureLiveness(reverseGraph(graph), order.slice().reverse()).liveBytes.reverse();
        expect([...backwards]).toEqual([...measureLiveness(graph, order).liveBytes]);
      }),
      settings,
    );
  });
});
