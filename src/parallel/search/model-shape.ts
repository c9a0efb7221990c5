import type { ValueId } from '../../ir/index.ts';
import { type Layout, type OperationChoice, wholeLayout } from '../../sharding/index.ts';
import { layoutsOfTable, lookupDimensions } from '../lookup-tables.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import type { ChoiceRules } from '../space.ts';
import { ChoiceCatalog } from './choice-catalog.ts';
import { LayoutColumns, LayoutIds } from './layout-ids.ts';
import type { SearchRead, SearchValue } from './model.ts';
import type { Skeleton, SkeletonRead, SkeletonVariable } from './skeleton.ts';

/** Some of the states of a variable: those that are searched. Never none. */
export type StateFilter = <State extends OperationChoice | Layout>(
  variable: number,
  states: readonly State[],
) => readonly State[];

/** A model without prices: what the sizes of a mesh's axes decide, wherever in the cluster they lie. */
export interface ModelShape {
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

/** Lists the states of all variables, and the layouts in which they hand on and read. See `buildModel`. */
export function shapeOf(
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
  const isTiled = rules.wholeEntries && ground.problem.cluster.profile.memoryTile !== undefined;
  const tables = isTiled ? lookupDimensions(ground.func) : noTables;
  const own = skeleton.variables.map((variable, index) =>
    variable.kind === 'operation' ? [] : narrow(index, layoutsOf(ground, catalog, tables, variable)),
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

const noTables: ReadonlyMap<ValueId, readonly number[]> = new Map();

/** The layouts of an argument, a free result or a slot: one where a pin decides. */
function layoutsOf(
  ground: MeshProblem,
  catalog: ChoiceCatalog,
  tables: ReadonlyMap<ValueId, readonly number[]>,
  variable: SkeletonVariable,
): readonly Layout[] {
  const { pinned } = ground;
  const { kind, subject, values } = variable;
  if (kind === 'whole') return [wholeLayout(subject)];
  const pin =
    kind === 'argument'
      ? pinned.arguments[subject]
      : kind === 'result'
        ? pinned.results[subject]
        : values.map(value => pinned.values.get(value)).find(found => found !== undefined);
  if (pin !== undefined) return [pin];
  const layouts = catalog.layoutsOf(values[0]);
  const lookedUp = kind === 'argument' ? tables.get(values[0]) : undefined;
  return lookedUp === undefined ? layouts : layoutsOfTable(ground.grid, layouts, lookedUp);
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
