import type { Operation, ValueId } from '../../ir/index.ts';
import { claimsOf, type Layout, type OperationChoice } from '../../sharding/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import { Prices } from '../recost-prices.ts';
import type { ChoiceRules } from '../space.ts';
import type { LayoutIds } from './layout-ids.ts';
import type { SearchModel, SearchRead, SearchVariable } from './model.ts';
import { type ModelShape, ModelShapes, type StateFilter, shapeOf } from './model-shape.ts';
import { impossibleSeconds, MovePrices } from './move-prices.ts';
import { plainWeights, type StepWeights } from './overlap-weights.ts';
import type { Skeleton } from './skeleton.ts';
import { addArgumentTies, type Ties, weighTies } from './ties.ts';

/** A model on one mesh with what its numbers mean. */
export interface BuiltModel {
  readonly model: SearchModel;
  readonly skeleton: Skeleton;
  readonly layouts: LayoutIds;
  readonly moves: MovePrices;
  /** By number of the skeleton's homes: the layout of each state of the producer. */
  readonly homes: readonly Int32Array[];
  /** By number of the skeleton's reads. */
  readonly reads: readonly SearchRead[];
  readonly choices: { readonly counted: number; readonly kept: number };
  /** Already in the seconds of the variables' states; still to be added to those of moves. */
  readonly ties: Ties;
}

/** What of a model may be other than usual. */
export interface ModelOptions {
  readonly narrow?: StateFilter;
  readonly weights?: StepWeights;
  /** Models of other meshes of the problem, for what they have in common with this one. */
  readonly shapes?: ModelShapes;
}

/**
 * Builds the model of a problem on a mesh: the states of all variables, their seconds, and what they hand on and read.
 * `partial` are the values that can be partial sums.
 */
export function buildModel(
  ground: MeshProblem,
  skeleton: Skeleton,
  partial: ReadonlySet<ValueId>,
  rules: ChoiceRules,
  { narrow, weights = plainWeights, shapes = new ModelShapes() }: ModelOptions = {},
): BuiltModel {
  const make = (): ModelShape => shapeOf(ground, skeleton, partial, rules, narrow ?? ((_, states) => states));
  const { layouts, choices, own, homes, reads, values, counts } =
    narrow === undefined ? shapes.for(ground, rules, make) : make();
  const moves = new MovePrices(ground, layouts, weights.hideable);
  const prices = new Prices(ground);
  const variables = skeleton.variables.map((variable, index): SearchVariable => {
    const states = { choices: choices[index], layouts: own[index] };
    if (variable.kind !== 'operation') return { ...variable, ...states, seconds: new Float64Array(own[index].length) };
    const price = (choice: OperationChoice): number =>
      variable.kernels.reduce(
        (sum, { operation, members }) =>
          sum + members * memberSeconds(ground, skeleton, layouts, moves, prices, weights, operation, choice),
        0,
      );
    return { ...variable, ...states, seconds: Float64Array.from(choices[index], price) };
  });
  const model: SearchModel = { variables, values };
  const ties = weighTies(model, skeleton);
  addArgumentTies(model, skeleton, homes, layouts, ties);
  return { model, skeleton, layouts, moves, homes, reads, choices: counts, ties };
}

/** Seconds of one member: its work, collectives inside it, and bringing its results home. */
function memberSeconds(
  ground: MeshProblem,
  { hideable }: Skeleton,
  layouts: LayoutIds,
  moves: MovePrices,
  prices: Prices,
  { computing }: StepWeights,
  number: number,
  choice: OperationChoice,
): number {
  const operation = ground.operations[number];
  let seconds = prices.operation(operation, choice, computing);
  for (const [index, value] of operation.results.entries()) {
    const type = ground.facts.tensor(value);
    if (type === undefined || choice.finals[index] === choice.results[index]) continue;
    const [from, to] = [layouts.idOf(choice.results[index]), layouts.idOf(choice.finals[index])];
    seconds +=
      moves.weight(ground.trips[number], hideable.has(value)) * moves.seconds(type, from, to, hideable.has(value));
  }
  for (const [index, value] of operation.operands.entries()) {
    if (choice.operands[index].partial.length > 0 && ground.facts.cheap.has(value)) seconds += impossibleSeconds;
  }
  return seconds;
}

/** The strategy by which a barrier hands its operands on: each pair of tensors by its own factors. */
export function pairwiseStrategy(ground: MeshProblem, operation: Operation, layouts: readonly Layout[]): number[][] {
  const rule = ground.facts.rule(operation);
  const strategy: number[][] = rule.factors.map(() => []);
  for (const [index, { dimensions }] of layouts.entries()) {
    for (const { atom, factor } of claimsOf(ground.grid, rule, rule.operands[index], dimensions))
      strategy[factor].push(atom);
  }
  return strategy;
}
