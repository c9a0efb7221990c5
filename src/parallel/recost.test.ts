import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { drawAssignment } from '../../test/support/draw-assignment.ts';
import { createRandom } from '../base/index.ts';
import { hideableValues, parseCluster } from '../cost/index.ts';
import { loadProgram, type ValueId } from '../ir/index.ts';
import { planPinned, planPlaced } from '../plan/index.ts';
import { type Assignment, type Layout, parseMesh, ValueVersions } from '../sharding/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { assignmentPins } from './assignment.ts';
import { createProblem } from './problem.ts';
import { type MeshProblem, problemOnMesh } from './problem-mesh.ts';
import { recostAssignment } from './recost.ts';
import { Prices } from './recost-prices.ts';
import { validateAssignment } from './validate.ts';

const mlp = fileURLToPath(new URL('../../examples/programs/mlp.mlir.gz', import.meta.url));

/** The cost of an assignment as a search keeps its books: walked once, each part looked up. */
function walkedSeconds(ground: MeshProblem, { arguments: given, results, choices }: Assignment): number {
  const prices = new Prices(ground);
  const waits = hideableValues(ground.func, ground.facts.cheap);
  const versions = new ValueVersions(ground.grid, ground.facts);
  const read = (values: readonly ValueId[], layouts: readonly Layout[]): number =>
    values
      .flatMap((value, index) => versions.demand(value, layouts[index]) ?? [])
      .reduce((sum, { value, from, to }) => sum + prices.change(versions.typeOf(value), from, to, waits.has(value)), 0);
  for (const [index, { value }] of ground.func.arguments.entries()) versions.place(value, given[index]);
  let seconds = 0;
  for (const [number, choice] of choices.entries()) {
    if (choice === undefined) continue;
    const operation = ground.operations[number];
    seconds += read(operation.operands, choice.operands) + prices.operation(operation, choice);
    for (const [index, value] of operation.results.entries()) {
      const type = versions.typeOf(value);
      seconds += prices.change(type, choice.results[index], choice.finals[index], waits.has(value));
      versions.place(value, choice.finals[index]);
    }
  }
  return seconds + read(ground.func.body.operations.at(-1)?.operands ?? [], results);
}

test('any assignment is valid, and its parts add up to its cost', async () => {
  const program = await loadProgram(mlp);
  const inlined = inlineCalls(program);
  const random = createRandom(5);
  let changed = 0;
  for (const text of ['a=8', 'a=2,b=4']) {
    const mesh = parseMesh(text);
    const cluster = parseCluster('8xH100');
    const ground = problemOnMesh(createProblem(inlined, { cluster, mesh }), mesh);
    for (let round = 0; round < 4; round++) {
      const assignment = drawAssignment(ground, random);
      expect(validateAssignment(ground, assignment)).toEqual([]);
      const cost = recostAssignment(ground, assignment);
      const { stepSeconds, placed } = cost;
      expect(walkedSeconds(ground, assignment) / stepSeconds).toBeCloseTo(1, 9);
      const { plan, text } = planPlaced(program, inlined, cluster, mesh, placed);
      expect(plan.predicted.stepSeconds).toBe(stepSeconds);
      const known = { seconds: cost, memory: cost.memory };
      const quick = planPlaced(program, inlined, cluster, mesh, placed, known);
      expect(quick).toEqual({ ...quick, plan: { ...plan, memory: cost.memory }, text });
      const again = planPinned(program, inlined, cluster, mesh, assignmentPins(ground, assignment));
      const ratio = again.plan.predicted.stepSeconds / stepSeconds;
      expect(Math.abs(ratio - 1)).toBeLessThan(0.25);
      changed += Math.abs(ratio - 1) > 0.02 ? 1 : 0;
    }
  }
  // Value pins do not say how operands are read: propagation decides that anew, so plans are made of what was placed.
  expect(changed).toBeGreaterThan(0);
});
