import { expect, test } from 'vitest';
import { tinyPrograms } from '../../test/support/tiny-programs.ts';
import { parseCluster } from '../cost/index.ts';
import { formatMesh, layoutKey } from '../sharding/index.ts';
import { createProblem } from './problem.ts';
import { type ShardingOutcome, solveSharding } from './solve.ts';
import { tidyMesh } from './tidy-mesh.ts';

/** How the best plan of an outcome and its next best lie. */
function placements({ solution, second }: ShardingOutcome, data: readonly number[]): (string | undefined)[] {
  const text = (mesh: string, layouts: readonly string[]): string => [mesh, ...layouts].join(' ');
  const tidy = second === undefined ? undefined : tidyMesh(second.assignment, data);
  return [
    solution && text(formatMesh(solution.ground.mesh), solution.assignment.arguments.map(layoutKey)),
    tidy && text(formatMesh(tidy.mesh), tidy.assignment.arguments.map(layoutKey)),
  ];
}

test('the next best plan is another plan, not the best one on a finer mesh', async () => {
  let told = 0;
  for (const { program, request } of tinyPrograms) {
    if (request.mesh !== undefined) continue;
    const problem = createProblem(program, { cluster: parseCluster('4xH100'), ...request });
    const [best, next] = placements(await solveSharding(problem), problem.batchArguments);
    if (next === undefined) continue;
    told++;
    expect(next).not.toBe(best);
  }
  expect(told).toBeGreaterThan(0);
});
