import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseCluster } from '../cost/index.ts';
import { loadProgram, type Program } from '../ir/index.ts';
import { planPinned } from '../plan/index.ts';
import {
  type Assignment,
  type Layout,
  type OperationChoice,
  parsePins,
  propagate,
  propagatedAssignment,
  resolvePins,
} from '../sharding/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { assignmentPins } from './assignment.ts';
import { createProblem, entryOf } from './problem.ts';
import { type MeshProblem, problemOnMesh } from './problem-mesh.ts';
import { recostAssignment } from './recost.ts';
import { validateAssignment } from './validate.ts';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

/** Expert placements, and what a plan made again from value pins costs: pins do not say how operands are read. */
const cases: [string, string, number][] = [
  ['fsdp', 'gpt2-tiny', 1],
  ['dp', 'gpt2-tiny-scan', 1],
  ['megatron-sp', 'gpt2-tiny', 1.067],
  ['moe-ep', 'moe-tiny', 1],
  ['wide-head', 'wide-head-tiny', 1],
  ['one-weird-trick', 'alexnet-tiny', 1],
];

async function open(placement: string, name: string): Promise<[MeshProblem, Program]> {
  const program = await loadProgram(`${examples}programs/${name}.mlir.gz`);
  const file = `${examples}placements/${placement}.json`;
  const { mesh, pins } = parsePins(await readFile(file, 'utf8'), file);
  const problem = createProblem(inlineCalls(program), { cluster: parseCluster('8xH100'), mesh, pins });
  return [problemOnMesh(problem, mesh), program];
}

test.each(cases)(
  '%s on %s, as propagated, is a valid assignment and costs what the plan does',
  async (placement, name, ratio) => {
    const [ground, program] = await open(placement, name);
    const { program: inlined, cluster, pins } = ground.problem;
    const pinned = resolvePins(entryOf(inlined), ground.mesh, pins);
    const { plan } = planPinned(program, inlined, cluster, ground.mesh, pinned);
    const assignment = propagatedAssignment(ground, propagate(inlined, ground.mesh, pinned));
    expect(validateAssignment(ground, assignment)).toEqual([]);
    const cost = recostAssignment(ground, assignment);
    expect(validateAssignment(ground, assignment, cost)).toEqual([]);
    expect(validateAssignment(ground, assignment, { memoryBytes: Number.POSITIVE_INFINITY })).toMatchObject([
      { kind: 'memory' },
    ]);
    expect(cost.computeSeconds).toBeCloseTo(plan.predicted.computeSeconds, 12);
    expect(cost.communicationSeconds).toBeCloseTo(plan.predicted.communicationSeconds, 12);
    const again = planPinned(program, inlined, cluster, ground.mesh, assignmentPins(ground, assignment));
    expect(again.plan.predicted.stepSeconds / cost.stepSeconds).toBeCloseTo(ratio, 2);
  },
);

test('a broken assignment is told what it breaks', async () => {
  const [ground] = await open('moe-ep', 'moe-tiny');
  const { program: inlined, pins } = ground.problem;
  const good = propagatedAssignment(
    ground,
    propagate(inlined, ground.mesh, resolvePins(entryOf(inlined), ground.mesh, pins)),
  );
  const kinds = (assignment: Assignment, problem: MeshProblem = ground) => [
    ...new Set(validateAssignment(problem, assignment).map(({ kind }) => kind)),
  ];
  const changeChoice = (change: (choice: OperationChoice) => OperationChoice | undefined): Assignment => {
    const number = good.choices.findIndex(choice => choice?.strategy.some(atoms => atoms.length > 0) === true);
    return {
      ...good,
      choices: good.choices.map((choice, index) =>
        index === number && choice !== undefined ? change(choice) : choice,
      ),
    };
  };
  const turned = good.arguments.map((layout): Layout => ({ ...layout, dimensions: layout.dimensions.map(() => []) }));
  const donor = ground.donors.findIndex(
    (argument, result) => argument >= 0 && good.results[result].dimensions.flat().length > 0,
  );
  expect(kinds({ ...good, arguments: turned })).toContain('pin');
  expect(
    kinds({
      ...good,
      results: good.results.map((layout, index) => (index === donor ? turned[ground.donors[donor]] : layout)),
    }),
  ).toContain('affinity');
  expect(kinds(changeChoice(() => undefined))).toContain('missing');
  expect(kinds(changeChoice(choice => ({ ...choice, strategy: choice.strategy.map(() => []) })))).toContain('rule');
  expect(
    kinds(
      changeChoice(choice => ({ ...choice, operands: choice.operands.map(layout => ({ ...layout, partial: [0] })) })),
    ),
  ).toContain('partial');
  const tight = { ...ground, problem: { ...ground.problem, memoryLimitBytes: 1e5 } };
  expect(kinds(good, tight)).toEqual(['memory']);
});
