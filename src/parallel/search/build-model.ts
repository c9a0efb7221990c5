import type { Operation, ValueId } from '../../ir/index.ts';
import { claimsOf, type Layout, type OperationChoice, wholeLayout } from '../../sharding/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import { Prices } from '../recost-prices.ts';
import type { ChoiceRules } from '../space.ts';
import { ChoiceCatalog } from './choice-catalog.ts';
import { LayoutColumns, LayoutIds } from './layout-ids.ts';
import type { SearchModel, SearchRead, SearchValue, SearchVariable } from './model.ts';
import { impossibleSeconds, MovePrices } from './move-prices.ts';
import { plainWeights, type StepWeights } from './overlap-weights.ts';
import type { Skeleton, SkeletonRead, SkeletonVariable } from './skeleton.ts';
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

/** Some of the states of a variable: those that are searched. Never none. */
export type StateFilter = <State extends OperationChoice | Layout>(
  variable: number,
  states: readonly State[],
) => readonly State[];

/** A model without prices: what the sizes of a mesh's axes decide, wherever in the cluster they lie. */
interface ModelShape {
  readonly layouts: LayoutIds;
  /** By variable: its states, either of the two. */
  readonly choices: readonly (readonly OperationChoice[])[];
  readonly own: readonly (readonly Layout[])[];
  readonly homes: readonly Int32Array[];
  readonly reads: readonly SearchRead[];
  readonly values: readonly SearchValue[];
  readonly counts: { readonly counted: number; readonly kept: number };
}

/** The shapes of the models of one problem. A pod has hundreds of meshes, whose axes have few different sizes. */
export class ModelShapes {
  readonly #known = new Map<string, ModelShape>();

  /** The shape for a mesh of these sizes by these rules, made by `make` where there is none yet. */
  for({ grid, problem }: MeshProblem, rules: ChoiceRules, make: () => ModelShape): ModelShape {
    if (problem.pins.length > 0) return make();
    const key = JSON.stringify([grid.atoms.map(({ size }) => size), rules]);
    const shape = this.#known.get(key) ?? make();
    this.#known.set(key, shape);
    return shape;
  }
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

function shapeOf(
  ground: MeshProblem,
  skeleton: Skeleton,
  partial: ReadonlySet<ValueId>,
  rules: ChoiceRules,
  narrow: StateFilter,
): ModelShape {
  const layouts = new LayoutIds(ground.grid);
  const columns = new LayoutColumns(layouts);
  const catalog = new ChoiceCatalog(ground, rules, partial);
  const choices = skeleton.variables.map(({ kind, subject }, index) =>
    kind === 'operation' ? narrow(index, catalog.choicesOf(ground.operations[subject])) : [],
  );
  const own = skeleton.variables.map((variable, index) =>
    variable.kind === 'operation' ? [] : narrow(index, layoutsOf(ground, catalog, variable)),
  );
  const homes = skeleton.homes.map(({ variable, result }) =>
    choices[variable].length > 0 ? columns.finals(choices[variable], result) : columns.all(own[variable]),
  );
  const reads = distinctReads(skeleton.reads, ({ reader, operand, path }) => {
    if (path === 0) return operand < 0 ? columns.all(own[reader]) : columns.operands(choices[reader], operand);
    const wanted = operand < 0 ? own[reader] : choices[reader].map(({ operands }) => operands[operand]);
    return Int32Array.from(wanted, layout => layouts.idOf(skeleton.cheap.layoutAt(ground.grid, path, layout)));
  });
  const values = skeleton.values.map(({ home, type, count, reads: numbers }): SearchValue => {
    const distinct = [...new Set(numbers.map(number => reads[number]))];
    return { producer: skeleton.homes[home].variable, homes: homes[home], home, type, count, reads: distinct };
  });
  return { layouts, choices, own, homes, reads, values, counts: { counted: catalog.counted, kept: catalog.kept } };
}

/** The layouts of an argument, a free result or a slot: one where a pin decides. */
function layoutsOf(ground: MeshProblem, catalog: ChoiceCatalog, variable: SkeletonVariable): readonly Layout[] {
  const { pinned } = ground;
  const { kind, subject, values } = variable;
  if (kind === 'whole') return [wholeLayout(subject)];
  const pin =
    kind === 'argument'
      ? pinned.arguments[subject]
      : kind === 'result'
        ? pinned.results[subject]
        : values.map(value => pinned.values.get(value)).find(found => found !== undefined);
  return pin === undefined ? catalog.layoutsOf(values[0]) : [pin];
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

/** Reads of one reader that are the same in all that matters are one. */
function distinctReads(reads: readonly SkeletonRead[], layoutsOf: (read: SkeletonRead) => Int32Array): SearchRead[] {
  const known: SearchRead[][] = [];
  let map = 0;
  return reads.map(read => {
    const { reader, trips, region, hideable } = read;
    const layouts = layoutsOf(read);
    known[reader] ??= [];
    const found = known[reader].find(
      other =>
        other.trips === trips &&
        other.region === region &&
        other.hideable === hideable &&
        equalNumbers(other.layouts, layouts),
    );
    if (found !== undefined) return found;
    const made = { reader, layouts, trips, region, hideable, map: map++ };
    known[reader].push(made);
    return made;
  });
}

function equalNumbers(one: Int32Array, other: Int32Array): boolean {
  return one === other || (one.length === other.length && one.every((number, index) => number === other[index]));
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
