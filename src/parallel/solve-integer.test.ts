import { expect, test } from 'vitest';
import { tinyPrograms } from '../../test/support/tiny-programs.ts';
import { parseCluster } from '../cost/index.ts';
import { loadProgram } from '../ir/index.ts';
import { parseMesh } from '../sharding/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { bruteForce } from './brute-force.ts';
import { createProblem } from './problem.ts';
import { type ShardingOutcome, solveSharding } from './solve.ts';
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

async function problemOf(name: string, mesh: string) {
  const program = inlineCalls(await loadProgram(`examples/programs/${name}.mlir.gz`));
  return createProblem(program, { cluster: parseCluster('4xH100'), mesh: parseMesh(mesh) });
}

for (const [name, mesh] of [
  ['mlp', 'a=4'],
  ['mlp', 'a=2,b=2'],
  ['wide-head-tiny', 'a=4'],
]) {
  test(`O2 is never worse than O1, in plan and bound: ${name} on ${mesh}`, async () => {
    const problem = await problemOf(name, mesh);
    const quick = await solveSharding(problem);
    const found = await solveSharding(problem, { level: 'O2' });
    expect(found.warnings).toEqual([]);
    expect(found.stats.programs).toBeGreaterThan(0);
    expect(secondsOf(found)).toBeLessThanOrEqual(secondsOf(quick) * (1 + 1e-9));
    expect(found.bound).toBeGreaterThanOrEqual(quick.bound);
    expect(found.bound).toBeLessThanOrEqual(secondsOf(found));
  });
}

test('without time O2 is what O1 finds, with its gap', async () => {
  const problem = await problemOf('mlp', 'a=4');
  const quick = await solveSharding(problem);
  const found = await solveSharding(problem, { level: 'O2', timeLimitSeconds: 0.1 });
  expect(found.warnings).toEqual([]);
  expect(secondsOf(found)).toBe(secondsOf(quick));
  expect(found.bound).toBeGreaterThanOrEqual(quick.bound);
  expect(found.gap).toBeGreaterThan(0);
});

for (const [thread, words] of [
  ['dying-solver', 'its thread ended with status 3'],
  ['throwing-solver', 'out of memory'],
  ['no-such-solver', 'Cannot find module'],
]) {
  test(`a solver that fails leaves what O1 found, with a warning: ${thread}`, async () => {
    const problem = await problemOf('mlp', 'a=4');
    const solver = new URL(`../../test/support/threads/${thread}.js`, import.meta.url);
    const quick = await solveSharding(problem);
    const found = await solveSharding(problem, { level: 'O2', solver });
    expect(secondsOf(found)).toBe(secondsOf(quick));
    expect(found.bound).toBeGreaterThanOrEqual(quick.bound);
    expect(found.warnings.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning SK2305']);
    expect(found.warnings[0].message).toContain(words);
  });
}

function secondsOf({ solution }: ShardingOutcome): number {
  if (solution === undefined) throw new Error('internal: no plan');
  return solution.cost.stepSeconds;
}
