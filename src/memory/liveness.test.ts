import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomMemoryProblem } from '../../test/support/memory-problems.ts';
import { beginExecution, executeStep, measureStep } from './execution-kernel.ts';
import { createMemoryGraph, type MemoryGraph } from './graph.ts';
import { measureLiveness, residentBytes } from './liveness.ts';
import { orderPortfolio } from './order-strategies.ts';
import { type MemoryProblem, roundUp } from './problem.ts';

const settings = { seed: 7, numRuns: 200 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

/** The kernel's plain twin: live bytes at each step, straight from the rules. Views are resolved by following them. */
function plainLiveBytes(problem: MemoryProblem, order: readonly number[]): number[] {
  const steps = Math.max(1, order.length);
  const root = (tensor: number): number => {
    const view = problem.aliases.find(alias => alias.kind === 'view' && alias.tensor === tensor);
    return view === undefined ? tensor : root(view.of);
  };
  const roots = [...new Set(problem.tensors.map((_, tensor) => root(tensor)))];
  const uses = new Map(
    roots.map(of => {
      const members = problem.tensors.filter((_, tensor) => root(tensor) === of);
      const at = order.flatMap((operator, step) =>
        [...problem.operators[operator].inputs, ...problem.operators[operator].outputs].some(t => root(t) === of)
          ? [step]
          : [],
      );
      const isInput = members.some(({ kind }) => kind !== 'made');
      const start = isInput ? 0 : Math.min(...at);
      const stays = members.some(({ kind, output }) => kind === 'kept' || kind === 'constant' || output);
      const bytes = roundUp(
        problem.tensors[of].sizeBytes,
        problem.tensors[of].alignmentBytes ?? problem.alignmentBytes,
      );
      return [of, { start, end: stays ? steps : Math.max(0, ...at) + 1, stays, isInput, bytes }];
    }),
  );
  const use = (tensor: number) =>
    uses.get(root(tensor)) ?? { start: 0, end: 0, stays: false, isInput: false, bytes: 0 };
  return Array.from({ length: steps }, (_, step) => {
    let live = 0;
    for (const { start, end, bytes } of uses.values()) if (start <= step && step < end) live += bytes;
    if (order.length === 0) return live;
    live += roundUp(problem.operators[order[step]].workspaceBytes ?? 0, problem.alignmentBytes);
    const { outputs, inputs } = problem.operators[order[step]];
    const pairs = problem.aliases.flatMap(({ kind, tensor, of }) => {
      const [to, from] = [root(tensor), root(of)];
      const writes = kind === 'mustReuse' ? outputs.some(t => root(t) === to) : outputs.includes(tensor);
      const reads = kind === 'mustReuse' || inputs.some(t => root(t) === from);
      const turns = use(of).end === step + 1 && !use(of).stays && use(tensor).start === step && !use(tensor).isInput;
      const alike = use(of).bytes === use(tensor).bytes && to !== from;
      return kind !== 'view' && writes && reads && turns && alike ? [{ kind, to, from, bytes: use(of).bytes }] : [];
    });
    const forced = pairs.filter(pair => pair.kind === 'mustReuse');
    const free = pairs.filter(p => !forced.some(f => f.to === p.to || f.from === p.from));
    return live - savedBytes(forced, free);
  });
}

/** Bytes of forced pairs and of the largest matching of the others. */
function savedBytes(
  forced: readonly { readonly bytes: number }[],
  free: readonly { readonly to: number; readonly from: number; readonly bytes: number }[],
): number {
  const most = (rest: typeof free): number => {
    if (rest.length === 0) return 0;
    const [first, ...others] = rest;
    const taken = first.bytes + most(others.filter(({ to, from }) => to !== first.to && from !== first.from));
    return Math.max(taken, most(others));
  };
  return forced.reduce((sum, { bytes }) => sum + bytes, 0) + most(free);
}

const ordersOf = (graph: MemoryGraph): [string, Int32Array][] =>
  orderPortfolio.map(({ name, order }) => [name, order(graph)]);

describe('liveness', () => {
  it('equals its plain twin on random problems and orders', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 14 }), (seed, operators) => {
        const problem = randomMemoryProblem(seed, { operators });
        const graph = createMemoryGraph(problem);
        for (const [name, order] of ordersOf(graph)) {
          expect([name, ...measureLiveness(graph, order).liveBytes]).toEqual([
            name,
            ...plainLiveBytes(problem, [...order]),
          ]);
        }
      }),
      settings,
    );
  });

  it('is what an execution step by step sees', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 30 }), (seed, operators) => {
        const graph = createMemoryGraph(randomMemoryProblem(seed, { operators }));
        for (const [name, order] of ordersOf(graph)) {
          const execution = beginExecution(graph);
          const step = { during: 0, after: 0 };
          const seen = Array.from(order, operator => {
            expect(execution.waiting[operator]).toBe(0);
            measureStep(execution, operator, step);
            executeStep(execution, operator, step);
            return step.during;
          });
          expect([name, ...seen]).toEqual([name, ...measureLiveness(graph, order).liveBytes]);
        }
      }),
      settings,
    );
  });

  it('counts resident bytes whatever the order', () => {
    const graph = createMemoryGraph(randomMemoryProblem(3, { operators: 9 }));
    expect(residentBytes(graph)).toBeGreaterThan(0);
    for (const [, order] of ordersOf(graph)) {
      expect(measureLiveness(graph, order).peakBytes).toBeGreaterThanOrEqual(residentBytes(graph));
    }
  });
});
