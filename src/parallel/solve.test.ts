import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tinyPrograms } from '../../test/support/tiny-programs.ts';
import { parseCluster } from '../cost/index.ts';
import { loadProgram } from '../ir/index.ts';
import { parseMesh } from '../sharding/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { bruteForce } from './brute-force.ts';
import { createProblem } from './problem.ts';
import { solveSharding } from './solve.ts';
import { choiceRules } from './space.ts';

for (const { name, program, request } of tinyPrograms) {
  test(`the search finds what trying everything finds: ${name}`, async () => {
    const cluster = parseCluster('4xH100');
    const problem = createProblem(program, { cluster, ...request });
    const all = bruteForce(problem, choiceRules);
    const found = await solveSharding(problem, { rules: choiceRules });
    expect(found.solution === undefined).toBe(all.best === undefined);
    if (all.best === undefined) return;
    expect((found.solution?.cost.stepSeconds ?? 0) / all.best.seconds).toBeCloseTo(1, 9);
    expect(found.bound).toBeLessThanOrEqual(all.best.seconds * (1 + 1e-9));
  });
}

const plain = parseCluster('2xcpu:1');
const slow = { ...plain, links: plain.links.map(link => ({ ...link, latencySeconds: 0.1 })) };

for (const { name, program, request } of tinyPrograms) {
  if (request.mesh !== undefined || request.memoryLimitBytes !== undefined) continue;
  test(`over a slow link each device may do what others do as well: ${name}`, async () => {
    const problem = createProblem(program, { cluster: slow, ...request });
    const all = bruteForce(problem, { ...choiceRules, busyProducts: false });
    const found = await solveSharding(problem);
    expect((found.solution?.cost.stepSeconds ?? 0) / (all.best?.seconds ?? 0)).toBeCloseTo(1, 9);
    expect(found.bound).toBeLessThanOrEqual((all.best?.seconds ?? 0) * (1 + 1e-9));
  });
}

const examples = fileURLToPath(new URL('../../examples/programs', import.meta.url));

// In a residual network the first and last of some repeats are read by other kernels than those between.
for (const name of ['resnet50-small', 'gpt2-tiny-scan', 'moe-tiny']) {
  test(`the books of the search agree with the cost reckoned anew: ${name}`, async () => {
    const program = inlineCalls(await loadProgram(`${examples}/${name}.mlir.gz`));
    const problem = createProblem(program, { cluster: parseCluster('8xH100'), mesh: parseMesh('a=4,b=2') });
    const { solution, bound } = await solveSharding(problem);
    expect((solution?.seconds ?? 0) / (solution?.cost.stepSeconds ?? 1)).toBeCloseTo(1, 4);
    expect(bound).toBeLessThanOrEqual(solution?.cost.stepSeconds ?? 0);
  });
}
