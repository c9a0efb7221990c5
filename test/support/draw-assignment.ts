import type { Random } from '../../src/base/index.ts';
import type { ValueId } from '../../src/ir/index.ts';
import {
  choiceRules,
  decidingOperations,
  type MeshProblem,
  operationChoices,
  partialOnMesh,
  valueLayouts,
} from '../../src/parallel/index.ts';
import type { Assignment, Layout, OperationChoice } from '../../src/sharding/index.ts';

/** Any valid assignment of a program without loops: choices by chance, of those whose partial operands are there. */
export function drawAssignment(ground: MeshProblem, random: Random): Assignment {
  const { func, donors, mesh } = ground;
  const homes = new Map<ValueId, Layout>();
  const given = func.arguments.map(({ value }) => random.pick(valueLayouts(ground, value)));
  const partial = partialOnMesh(ground);
  const choices: (OperationChoice | undefined)[] = ground.operations.map(() => undefined);
  for (const operation of decidingOperations(ground, ground.operations)) {
    const possible = operationChoices(ground, operation, partial, choiceRules).choices.filter(choice =>
      choice.operands.every((layout, index) =>
        layout.partial.every(atom => homes.get(operation.operands[index])?.partial.includes(atom) === true),
      ),
    );
    const choice = random.pick(possible);
    choices[ground.operations.indexOf(operation)] = choice;
    for (const [index, value] of operation.results.entries()) homes.set(value, choice.finals[index]);
  }
  const returned = func.body.operations.at(-1)?.operands ?? [];
  const results = returned.map((value, index) =>
    donors[index] >= 0 ? given[donors[index]] : random.pick(valueLayouts(ground, value)),
  );
  return { mesh, arguments: given, results, choices, microBatches: 1, pipeline: null };
}
