import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveByBruteForce } from '../../test/support/memory-brute-force.ts';
import { randomMemoryProblem } from '../../test/support/memory-problems.ts';
import { createMemoryGraph } from './graph.ts';
import type { MemoryAlias } from './problem.ts';
import { formatMemoryProblem, parseMemoryProblem } from './problem-json.ts';
import { solveNow } from './solve.ts';
import { validateMemoryPlan } from './validate.ts';

const settings = { seed: 11, numRuns: 150 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('memory laws', () => {
  it('gives plans and rivals that the validator accepts', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 40 }), (seed, operators) => {
        const problem = randomMemoryProblem(seed, { operators });
        const { solution, stats } = solveNow(problem, { rivals: true, nodes: 3000 });
        for (const plan of [solution, ...stats.rivals.map(rival => rival.plan)]) {
          expect(plan && validateMemoryPlan(problem, plan)).toEqual([]);
        }
      }),
      settings,
    );
  });

  it('never goes below the bound, nor the arena below the peak', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 30 }), (seed, operators) => {
        const { stats, bound } = solveNow(randomMemoryProblem(seed, { operators }), { rivals: true, nodes: 3000 });
        expect(stats.arenaBytes).toBeGreaterThanOrEqual(bound);
        expect(stats.arenaBytes).toBeGreaterThanOrEqual(stats.peakBytes);
        for (const rival of stats.rivals) {
          expect(rival.arenaBytes).toBeGreaterThanOrEqual(Math.max(rival.peakBytes, stats.arenaBytes));
        }
      }),
      settings,
    );
  });

  const kinds: (readonly MemoryAlias['kind'][])[] = [
    [],
    ['view'],
    ['mayReuse'],
    ['mustReuse'],
    ['view', 'mayReuse', 'mustReuse'],
  ];
  it.each(kinds.map(aliases => [aliases.join(' and ') || 'no', aliases] as const))(
    'is what brute force finds, with %s aliases',
    (_, aliases) => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, operators) => {
          const problem = randomMemoryProblem(seed, { operators, aliases });
          const optimum = solveByBruteForce(problem);
          const { stats, status } = solveNow(problem, { nodes: 200_000 });
          expect(optimum.peakBytes).toBeLessThanOrEqual(optimum.arenaBytes);
          expect(stats.arenaBytes).toBe(optimum.arenaBytes);
          expect(stats.peakBytes).toBeGreaterThanOrEqual(optimum.peakBytes);
          // So few operators are tried in every order, which proves what was found.
          expect([status, stats.boundBytes]).toEqual(['optimal', optimum.arenaBytes]);
        }),
        { ...settings, numRuns: 60 },
      );
    },
  );

  it('reads back the problems that it prints', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const problem = randomMemoryProblem(seed, { operators: 6 });
        expect(parseMemoryProblem(formatMemoryProblem(problem), 'problem.json')).toEqual(problem);
      }),
      settings,
    );
  });

  it('gives the same plan for the same limit of nodes', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 400 }), (seed, nodes) => {
        const problem = randomMemoryProblem(seed, { operators: 12 });
        expect(solveNow(problem, { nodes }).solution).toEqual(solveNow(problem, { nodes }).solution);
      }),
      { ...settings, numRuns: 30 },
    );
  });

  it('touches every buffer from both sides', () => {
    const graph = createMemoryGraph(randomMemoryProblem(5, { operators: 20 }));
    for (let buffer = 0; buffer < graph.buffers.count; buffer++) {
      const users = graph.touchedBy.items.subarray(graph.touchedBy.start[buffer], graph.touchedBy.start[buffer + 1]);
      for (const user of users) {
        const touched = graph.touches.items.subarray(graph.touches.start[user], graph.touches.start[user + 1]);
        expect(touched).toContain(buffer);
      }
    }
  });
});
