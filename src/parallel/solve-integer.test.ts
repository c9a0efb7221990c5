import { expect, test } from 'vitest';
import { tinyPrograms } from '../../test/support/tiny-programs.ts';
import { parseCluster } from '../cost/index.ts';
import { bruteForce } from './brute-force.ts';
import { createProblem } from './problem.ts';
import { solveSharding } from './solve.ts';
import { choiceRules } from './space.ts';

for (const { name, program, request } of tinyPrograms) {
  test(`integer programs prove what trying everything finds: ${name}`, async () => {
    const problem = createProblem(program, { cluster: parseCluster('4xH100'), ...request });
    const all = bruteForce(problem, choiceRules);
    const found = await solveSharding(problem, { level: 'O2' });
    expect(found.warnings).toEqual([]);
    expect(found.solution === undefined).toBe(all.best === undefined);
    if (all.best === undefined) return;
    expect((found.solution?.cost.stepSeconds ?? 0) / all.best.seconds).toBeCloseTo(1, 9);
    expect(found.bound).toBeLessThanOrEqual(all.best.seconds * (1 + 1e-9));
    expect(found.status).toBe('optimal');
    expect(found.gap).toBeLessThanOrEqual(1e-6);
  });
}
