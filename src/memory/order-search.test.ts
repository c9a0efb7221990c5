import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOrders } from '../../test/support/memory-brute-force.ts';
import { randomMemoryProblem } from '../../test/support/memory-problems.ts';
import { createRandom } from '../base/index.ts';
import { CutNetwork } from './cut-kernel.ts';
import { peakOfOrder } from './execution-kernel.ts';
import { createMemoryGraph, type MemoryGraph } from './graph.ts';
import { measureLiveness } from './liveness.ts';
import { cutAtOperator, leastLive } from './operator-cut.ts';
import { PeakBounds } from './order-bounds.ts';
import { intervalOf } from './order-interval.ts';
import { refineOrder } from './order-refinement.ts';
import { findOrders } from './order-search.ts';
import { OrderSearch } from './order-search-kernel.ts';
import { programOrder, StrategyOrders } from './order-strategies.ts';
import type { MemoryAlias } from './problem.ts';
import { reverseGraph } from './reversed-graph.ts';
import { createBudget } from './work-budget.ts';

const settings = { seed: 7, numRuns: 200 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const kinds: (readonly MemoryAlias['kind'][])[] = [[], ['view'], ['mayReuse'], ['mustReuse']];

/** The least at each operator's step over all orders, and the least peak. */
function leastOfAll(graph: MemoryGraph): { readonly atOperator: Float64Array; readonly peakBytes: number } {
  const atOperator = new Float64Array(graph.operatorCount).fill(Number.POSITIVE_INFINITY);
  let peakBytes = Number.POSITIVE_INFINITY;
  for (const order of allOrders(graph)) {
    const liveness = measureLiveness(graph, order);
    peakBytes = Math.min(peakBytes, liveness.peakBytes);
    order.forEach((operator, step) => {
      atOperator[operator] = Math.min(atOperator[operator], liveness.liveBytes[step]);
    });
  }
  return { atOperator, peakBytes };
}

/** The least peak, set by set of operators that have run: for up to some fifteen operators. */
function leastPeakBySets(graph: MemoryGraph): number {
  const orders = new Map<string, { readonly order: readonly number[]; readonly peak: number }>();
  let layer = new Map([['', { order: [] as readonly number[], peak: 0 }]]);
  for (let step = 0; step < graph.operatorCount; step++) {
    const next = new Map<string, { order: readonly number[]; peak: number }>();
    for (const { order } of layer.values()) {
      for (let operator = 0; operator < graph.operatorCount; operator++) {
        const { start, items } = graph.predecessors;
        if (order.includes(operator)) continue;
        if (!items.subarray(start[operator], start[operator + 1]).every(before => order.includes(before))) continue;
        const longer = [...order, operator];
        const key = [...longer].sort((a, b) => a - b).join();
        const rest = Array.from({ length: graph.operatorCount }, (_, o) => o).filter(o => !longer.includes(o));
        const whole = completed(graph, longer, rest);
        const peak = Math.max(...measureLiveness(graph, whole).liveBytes.subarray(0, longer.length));
        const known = next.get(key);
        if (known === undefined || peak < known.peak) next.set(key, { order: longer, peak });
      }
    }
    layer = next;
    for (const [key, value] of layer) orders.set(key, value);
  }
  return Math.min(...Array.from(layer.values(), ({ peak }) => peak));
}

/** Any order that begins so. */
function completed({ predecessors }: MemoryGraph, begin: readonly number[], rest: readonly number[]): Int32Array {
  const order = [...begin];
  const left = [...rest];
  while (left.length > 0) {
    const next = left.findIndex(operator =>
      predecessors.items
        .subarray(predecessors.start[operator], predecessors.start[operator + 1])
        .every(before => order.includes(before)),
    );
    order.push(...left.splice(next, 1));
  }
  return Int32Array.from(order);
}

describe('a minimum cut', () => {
  it('is the least over all sides of a small network', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const random = createRandom(seed);
        const count = random.integer(2, 8);
        const edges = Array.from({ length: random.integer(1, 20) }, () => ({
          from: random.integer(0, count),
          to: random.integer(0, count),
          capacity: random.next() < 0.1 ? Number.POSITIVE_INFINITY : random.integer(0, 9),
        }));
        const network = new CutNetwork(count, 1);
        for (const { from, to, capacity } of edges) network.addEdge(from, to, capacity);
        const found = network.minimumCut(0, 1);
        const costOf = (isSource: (node: number) => boolean): number =>
          edges.reduce((sum, { from, to, capacity }) => (isSource(from) && !isSource(to) ? sum + capacity : sum), 0);
        const costs = Array.from({ length: 2 ** count }, (_, set) => set)
          .filter(set => (set & 1) === 1 && (set & 2) === 0)
          .map(set => costOf(node => ((set >> node) & 1) === 1));
        expect(found).toBe(Math.min(...costs));
        if (found === Number.POSITIVE_INFINITY) return;
        for (const marks of [network.markSourceSide(0), network.markLargestSourceSide(1)]) {
          expect([marks[0], marks[1]]).toEqual([1, 0]);
          expect(costOf(node => marks[node] === 1)).toBe(found);
        }
      }),
      settings,
    );
  });
});

describe('a cut at an operator', () => {
  it.each(kinds)(
    'is no more than what any order has there, and with aliases %s nearly always as much',
    (...aliases) => {
      let [tight, all] = [0, 0];
      fc.assert(
        fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, operators) => {
          const graph = createMemoryGraph(randomMemoryProblem(seed, { operators, aliases }));
          const { atOperator } = leastOfAll(graph);
          atOperator.forEach((least, operator) => {
            const bytes = cutAtOperator(graph, operator, -1)?.bytes ?? Number.NaN;
            expect(bytes).toBeLessThanOrEqual(least);
            all++;
            if (bytes === least) tight++;
          });
        }),
        settings,
      );
      expect(tight / all).toBeGreaterThan(0.95);
    },
  );

  it('runs what it is told to before and after, or says that it cannot be', () => {
    const graph = createMemoryGraph(randomMemoryProblem(12, { operators: 12 }));
    for (let operator = 0; operator < 12; operator++) {
      for (let other = 0; other < 12; other++) {
        if (other === operator) continue;
        const sides = [
          cutAtOperator(graph, operator, -1, { before: [other], after: [] }),
          cutAtOperator(graph, operator, -1, { before: [], after: [other] }),
        ];
        expect(sides.map(cut => cut?.before[other])).toEqual(sides.map((cut, side) => cut && 1 - side));
        expect(sides.some(cut => cut !== undefined)).toBe(true);
      }
    }
  });
});

describe('the bound of peaks', () => {
  it('is never above the least peak, and pairs raise it', () => {
    let [byCuts, byPairs] = [0, 0];
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 7 }), (seed, operators) => {
        const graph = createMemoryGraph(randomMemoryProblem(seed, { operators }));
        const { peakBytes } = leastOfAll(graph);
        const order = programOrder.order(graph);
        const bounds = new PeakBounds(graph, -1);
        bounds.see(order);
        bounds.raise(createBudget({}), 1e6);
        if (bounds.bound.bytes === peakBytes) byCuts++;
        bounds.raiseByPairs(order, createBudget({}), 1e6);
        if (bounds.bound.bytes === peakBytes) byPairs++;
        expect(bounds.bound.bytes).toBeLessThanOrEqual(peakBytes);
      }),
      settings,
    );
    expect(byPairs).toBeGreaterThan(byCuts);
    expect(byPairs / settings.numRuns).toBeGreaterThan(0.9);
  });
});

describe('an interval', () => {
  it('needs at each step what the whole order needs there, less what is there throughout', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 30 }), (seed, operators) => {
        const graph = createMemoryGraph(randomMemoryProblem(seed, { operators }));
        const order = programOrder.order(graph);
        const { liveBytes } = measureLiveness(graph, order);
        const random = createRandom(seed);
        // From the second step on: inputs that nothing reads leave after the first.
        const from = random.integer(1, operators);
        const to = random.integer(from, operators) + 1;
        const done = new Uint8Array(operators);
        for (const operator of order.subarray(0, from)) done[operator] = 1;
        const interval = intervalOf(graph, order.slice(from, to), done);
        const own = measureLiveness(
          interval.graph,
          Int32Array.from({ length: to - from }, (_, step) => step),
        );
        const seen = Array.from(own.liveBytes, bytes => bytes + interval.constantBytes);
        expect(seen).toEqual([...liveBytes.subarray(from, to)]);
      }),
      settings,
    );
  });
});

describe('what is live', () => {
  it('is never less than its minimum cut', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 20 }), (seed, operators) => {
        const graph = createMemoryGraph(randomMemoryProblem(seed, { operators, aliases: [] }));
        const { bytes, before } = leastLive(graph);
        expect(before).toHaveLength(operators);
        expect(bytes).toBeLessThanOrEqual(measureLiveness(graph, programOrder.order(graph)).peakBytes);
      }),
      settings,
    );
  });
});

describe('the search for orders', () => {
  it.each(kinds)('finds the least peak of all orders, forwards and backwards, with aliases %s', (...aliases) => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 7 }), (seed, operators) => {
        const graph = createMemoryGraph(randomMemoryProblem(seed, { operators, aliases }));
        const { peakBytes } = leastOfAll(graph);
        const search = new OrderSearch(graph);
        expect(search.run(0, Number.POSITIVE_INFINITY, 1e6)).toBe('found');
        expect([search.peakBytes, measureLiveness(graph, search.order).peakBytes]).toEqual([peakBytes, peakBytes]);
        expect(new OrderSearch(graph).run(0, peakBytes, 1e6)).toBe('none');
        const backwards = new OrderSearch(reverseGraph(graph));
        // What nothing reads leaves after the first step, which backwards is the last.
        if (backwards.run(0, Number.POSITIVE_INFINITY, 1e6) !== 'found') throw new Error('nothing found');
        expect(peakOfOrder(graph, backwards.order.reverse()).bytes).toBeGreaterThanOrEqual(peakBytes);
      }),
      settings,
    );
  });

  it('finds the least peak of twelve operators, as a table of all sets does', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const graph = createMemoryGraph(randomMemoryProblem(seed, { operators: 12 }));
        const { candidates, peakBound } = findOrders(graph, new StrategyOrders(graph), createBudget({}));
        const least = leastPeakBySets(graph);
        expect([candidates[0].liveness.peakBytes, peakBound.bytes]).toEqual([least, least]);
      }),
      { ...settings, numRuns: 12 },
    );
  });

  it('refines orders into ones that are allowed and no worse, above the bound', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 60 }), (seed, operators) => {
        const graph = createMemoryGraph(randomMemoryProblem(seed, { operators }));
        const given = programOrder.order(graph);
        const refined = refineOrder(graph, given, 0, createBudget({}), 20000);
        expect([...refined.order].sort((a, b) => a - b)).toEqual([...given].sort((a, b) => a - b));
        const step = Int32Array.from(refined.order);
        refined.order.forEach((operator, at) => {
          step[operator] = at;
        });
        for (let operator = 0; operator < operators; operator++) {
          const { start, items } = graph.predecessors;
          for (const before of items.subarray(start[operator], start[operator + 1])) {
            expect(step[before]).toBeLessThan(step[operator]);
          }
        }
        expect(measureLiveness(graph, refined.order).peakBytes).toBe(refined.peakBytes);
        expect(refined.peakBytes).toBeLessThanOrEqual(measureLiveness(graph, given).peakBytes);
      }),
      settings,
    );
  });
});
