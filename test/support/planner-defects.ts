import { expect } from 'vitest';
import { noDefects, type PlannerDefects } from '../../src/cost/index.ts';
import {
  type AssignmentCost,
  problemOnMesh,
  recostAssignment,
  type ShardingOptions,
  type ShardingProblem,
  type ShardingSolution,
  solveSharding,
} from '../../src/parallel/index.ts';

/** A plan, found with or without a defect, and what it really costs. */
export interface HonestPlan {
  readonly solution: ShardingSolution;
  readonly cost: AssignmentCost;
}

/** Plans with defects, and prices what comes out without. Fails where there is no plan. */
export async function planWith(
  problem: ShardingProblem,
  defects: PlannerDefects,
  options: ShardingOptions = {},
): Promise<HonestPlan> {
  const { solution, explanation } = await solveSharding(problem, { ...options, defects });
  if (solution === undefined) throw new Error(`no plan: ${JSON.stringify(explanation)}`);
  const { ground, assignment } = solution;
  return { solution, cost: recostAssignment(problemOnMesh(problem, ground.mesh, ground), assignment) };
}

/** A check passes as things are, and fails an expectation when one defect is put back. */
export async function expectNoticed(
  defect: keyof PlannerDefects,
  check: (defects: PlannerDefects) => void | Promise<void>,
): Promise<void> {
  await check(noDefects);
  await expectFailing(() => check({ ...noDefects, [defect]: true }));
}

/** Expects that an expectation fails; what else goes wrong is thrown. */
export async function expectFailing(check: () => void | Promise<void>): Promise<void> {
  let failed = false;
  try {
    await check();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AssertionError')) throw error;
    failed = true;
  }
  expect(failed, 'the check passed').toBe(true);
}
