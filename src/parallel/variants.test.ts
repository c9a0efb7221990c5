import { expect, test } from 'vitest';
import { deepStep } from '../../test/support/deep-step.ts';
import { parseCluster } from '../cost/index.ts';
import { formatPlan, parsePlan, planDecided, planPlaced, validatePlan } from '../plan/index.ts';
import { createProblem, entryOf } from './problem.ts';
import { solveSharding } from './solve.ts';
import { noTransform } from './transforms.ts';
import { solveVariants } from './variants.ts';

const program = deepStep(8192, 64, 4);
const cluster = parseCluster('2xH100');
const problemOf = (memoryLimitBytes: number) => createProblem(program, { cluster, memoryLimitBytes });

test('a program that fits is left as it is', async () => {
  const { outcome, transform, tried } = await solveVariants(problemOf(1e9));
  expect(outcome.solution).toBeDefined();
  expect(transform).toEqual(noTransform);
  expect(tried).toEqual([]);
});

test('a program that does not fit is done in as few pieces as fit, within the bound of what needs no pieces', async () => {
  const free = await solveSharding(problemOf(1e9));
  const limit = 0.45 * (free.solution?.cost.memoryBytes ?? 0);
  expect((await solveSharding(problemOf(limit))).solution).toBeUndefined();
  const { outcome, transform, tried } = await solveVariants(problemOf(limit));
  expect(tried.length).toBeGreaterThan(0);
  expect(transform.microBatches).toBeGreaterThan(1);
  const { cost } = outcome.solution ?? {};
  expect(cost?.memoryBytes).toBeLessThanOrEqual(limit);
  expect(cost?.stepSeconds).toBeGreaterThanOrEqual(free.bound);
  expect(outcome.bound).toBeLessThanOrEqual(free.bound);
});

test('blocks are rematerialized where the batch cannot be done in pieces', async () => {
  const odd = deepStep(8191, 64, 6);
  const free = await solveSharding(createProblem(odd, { cluster }));
  const memoryLimitBytes = 0.65 * (free.solution?.cost.memoryBytes ?? 0);
  const { outcome, transform } = await solveVariants(createProblem(odd, { cluster, memoryLimitBytes }));
  expect(transform).toEqual({ microBatches: 1, rematerialized: true });
  expect(outcome.solution?.cost.memoryBytes).toBeLessThanOrEqual(memoryLimitBytes);
  expect(outcome.bound).toBeLessThanOrEqual(free.solution?.cost.stepSeconds ?? 0);
});

test('where not even the arguments fit, no variant is tried', async () => {
  const { outcome, tried } = await solveVariants(problemOf(1e5));
  expect(outcome.status).toBe('infeasible');
  expect(tried).toEqual([]);
});

test('a plan of a variant is written, read and carried out as it was found', async () => {
  const { outcome, transform, program: changed } = await solveVariants(problemOf(12e6));
  if (outcome.solution === undefined) throw new Error('no plan');
  const { ground, cost } = outcome.solution;
  const known = { seconds: cost, memory: cost.memory, transform };
  const split = planPlaced(program, changed, cluster, ground.mesh, cost.placed, known);
  const written = formatPlan(split.plan);
  expect(split.plan.transform).toEqual(transform);
  const again = planDecided(program, cluster, validatePlan(parsePlan(written, 'plan.json'), program, program));
  expect(formatPlan(again.plan)).toBe(written);
  expect(again.text).toBe(split.text);
  expect(entryOf(again.inlined).body.operations.some(({ name }) => name === 'stablehlo.while')).toBe(true);
});

test('a plan whose program cannot be changed so is refused', async () => {
  const { outcome, program: changed } = await solveVariants(problemOf(12e6));
  if (outcome.solution === undefined) throw new Error('no plan');
  const { ground, cost } = outcome.solution;
  const transform = { microBatches: 3, rematerialized: false };
  const { plan } = planPlaced(program, changed, cluster, ground.mesh, cost.placed, { transform });
  expect(() => validatePlan(plan, program, program)).toThrow('a batch of 8192 cannot be done in 3 equal pieces');
});
