import { expect, test } from 'vitest';
import { type MemoryAlias, solveNow } from '../../src/memory/index.ts';
import { startHighs } from '../support/integer-program.ts';
import { solveByIntegerProgram } from '../support/memory-integer-program.ts';
import { randomMemoryProblem } from '../support/memory-problems.ts';

/* Another way to the same numbers: HiGHS, given order and addresses of a problem as one integer program. */
const kinds: (readonly MemoryAlias['kind'][])[] = [
  [],
  ['view'],
  ['mayReuse'],
  ['mustReuse'],
  ['view', 'mayReuse', 'mustReuse'],
];
const cases = kinds.flatMap(aliases =>
  [4, 6, 8].map(operators => [aliases.join(' and ') || 'no', operators, aliases] as const),
);
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const highs = await startHighs();

test.each(cases)('an integer program comes to the same with %s aliases, %i operators', (_, operators, aliases) => {
  for (const seed of seeds) {
    const problem = randomMemoryProblem(seed, { operators, aliases });
    const optimum = solveByIntegerProgram(problem, highs);
    const { stats } = solveNow(problem, { nodes: 200_000 });
    const replay = `randomMemoryProblem(${seed}, ${JSON.stringify({ operators, aliases })})`;
    expect([replay, stats.arenaBytes]).toEqual([replay, optimum.arenaBytes]);
    // An order of a higher peak may have the smaller arena.
    expect(stats.boundBytes).toBe(optimum.arenaBytes);
    if (stats.isOrderOptimal) expect([replay, stats.peakBytes]).toEqual([replay, optimum.peakBytes]);
  }
});
