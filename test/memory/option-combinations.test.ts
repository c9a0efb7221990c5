import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type MemoryOutcome,
  type MemoryProblem,
  type SolveOptions,
  solve,
  solveNow,
  withCapacity,
} from '../../src/memory/index.ts';
import { solveByBruteForce } from '../support/memory-brute-force.ts';
import { randomMemoryProblem } from '../support/memory-problems.ts';

/* Whatever is asked for beside it, a capacity is enough, or is not. */
const combinations: readonly SolveOptions[] = [true, false].flatMap(rivals =>
  [{}, { nodes: 1e7 }, { timeLimitSeconds: 1000 }].map(limit => ({ rivals, ...limit })),
);
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

const verdict = ({ status }: MemoryOutcome): string =>
  status === 'optimal' || status === 'feasible' ? 'fits' : status;

/** What all combinations of options say, at once and in threads: one word where they agree. */
async function verdicts(problem: MemoryProblem): Promise<string> {
  const found = new Set<string>();
  for (const options of combinations) {
    found.add(verdict(solveNow(problem, options)));
    for (const threads of [1, 2]) found.add(verdict(await solve(problem, { ...options, threads })));
  }
  return [...found].join(' or ');
}

test('all combinations of options agree with brute force on what fits', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.integer({ min: 1, max: 6 }), async (seed, operators) => {
      const problem = randomMemoryProblem(seed, { operators });
      const { arenaBytes } = solveByBruteForce(problem);
      expect(await verdicts(withCapacity(problem, arenaBytes))).toBe('fits');
      if (arenaBytes > 0) expect(await verdicts(withCapacity(problem, arenaBytes - 1))).toBe('infeasible');
    }),
    { seed: 23, numRuns: 100 },
  );
});

test('all combinations of options agree on problems of up to ten operators', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.integer({ min: 7, max: 10 }), async (seed, operators) => {
      const problem = randomMemoryProblem(seed, { operators });
      const { stats } = solveNow(problem);
      expect(stats.arenaBytes).toBe(stats.boundBytes);
      expect(await verdicts(withCapacity(problem, stats.arenaBytes))).toBe('fits');
      expect(await verdicts(withCapacity(problem, stats.arenaBytes - 1))).toBe('infeasible');
    }),
    { seed: 29, numRuns: 30 },
  );
});

test('short limits and single strategies never say that nothing fits where something does', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, operators) => {
      const problem = randomMemoryProblem(seed, { operators });
      const tight = withCapacity(problem, solveByBruteForce(problem).arenaBytes);
      for (const options of [{ nodes: 0 }, { nodes: 40 }, { timeLimitSeconds: 0 }, { strategy: 'size, duration' }]) {
        expect(['fits', 'timeout']).toContain(verdict(solveNow(tight, options)));
      }
    }),
    { seed: 31, numRuns: 100 },
  );
});
