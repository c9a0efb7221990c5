import {
  type Assignment,
  type Layout,
  type OperationChoice,
  operationRole,
  wholeLayout,
} from '../../sharding/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import { type BuiltModel, pairwiseStrategy } from './build-model.ts';

/** States of all variables as an assignment: every member of a class is cut as its variable says. */
export function assignmentOf(ground: MeshProblem, built: BuiltModel, states: Int32Array): Assignment {
  const { variables } = built.model;
  const { skeleton } = built;
  const layoutOf = (variable: number): Layout => variables[variable].layouts[states[variable]];
  const choices = ground.operations.map((operation, number): OperationChoice | undefined => {
    const variable = skeleton.operationVariables[number];
    if (variable >= 0) return variables[variable].choices[states[variable]];
    const slots = skeleton.slotVariables.get(number);
    if (slots === undefined) return undefined;
    const results = slots.map(layoutOf);
    switch (operationRole(ground, operation)) {
      case 'branch':
        return { strategy: [], operands: [wholeLayout(0)], results, finals: results };
      case 'follower': {
        const strategy = pairwiseStrategy(ground, operation, results);
        return { strategy, operands: results, results, finals: results };
      }
      default:
        return { strategy: [], operands: results, results, finals: results };
    }
  });
  return {
    mesh: ground.mesh,
    arguments: skeleton.argumentVariables.map(layoutOf),
    results: skeleton.resultVariables.map(layoutOf),
    choices,
    microBatches: 1,
    pipeline: null,
  };
}
