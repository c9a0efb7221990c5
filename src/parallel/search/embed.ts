import { type Layout, layoutKey, type OperationChoice, type Strategy } from '../../sharding/index.ts';
import type { SearchVariable } from './model.ts';

/** Which axes of a finer mesh each axis of a mesh is made of, by number, major to minor. */
export type Refinement = readonly (readonly number[])[];

/**
 * How the axes of one mesh are made of those of another one, by the shares that they take of each link level. Undefined
 * where they are not.
 */
export function refineAxes(
  coarse: readonly (readonly number[])[],
  fine: readonly (readonly number[])[],
): Refinement | undefined {
  const used = new Set<number>();
  const assign = (axis: number): number[][] | undefined => {
    if (axis === coarse.length) return used.size === fine.length ? [] : undefined;
    for (const parts of productsOf(coarse[axis], fine, used)) {
      for (const part of parts) used.add(part);
      const rest = assign(axis + 1);
      if (rest !== undefined) return [parts, ...rest];
      for (const part of parts) used.delete(part);
    }
    return undefined;
  };
  return assign(0);
}

/** Sets of unused axes, in order, whose shares multiply to those of a row. */
function* productsOf(
  row: readonly number[],
  fine: readonly (readonly number[])[],
  used: ReadonlySet<number>,
  from = 0,
): Generator<number[]> {
  if (row.every(share => share === 1)) {
    yield [];
    return;
  }
  for (let axis = from; axis < fine.length; axis++) {
    if (used.has(axis) || row.some((share, level) => share % fine[axis][level] !== 0)) continue;
    const left = row.map((share, level) => share / fine[axis][level]);
    for (const rest of productsOf(left, fine, used, axis + 1)) yield [axis, ...rest];
  }
}

/** The states of a finer mesh's variables that say what states of a coarser mesh's say; 0 where there is none. */
export function embedStates(
  coarse: readonly SearchVariable[],
  states: Int32Array,
  fine: readonly SearchVariable[],
  refinement: Refinement,
): Int32Array {
  const finer = (atoms: readonly number[]): number[] => atoms.flatMap(atom => refinement[atom]);
  // Variables that are cut alike share their lists.
  const places = new Map<readonly OperationChoice[], ReadonlyMap<string, number>>();
  const placesOf = (choices: readonly OperationChoice[]): ReadonlyMap<string, number> => {
    const known = places.get(choices) ?? firstPlaces(choices);
    places.set(choices, known);
    return known;
  };
  return Int32Array.from(fine, (variable, index) => {
    const { choices, layouts } = coarse[index];
    const state = states[index];
    if (choices.length === 0) {
      const { dimensions } = layouts[state];
      const wanted = layoutKey({ dimensions: dimensions.map(finer), partial: [] });
      return Math.max(
        0,
        variable.layouts.findIndex(layout => layoutKey(layout) === wanted),
      );
    }
    return placesOf(variable.choices).get(choiceKey(choices[state], finer)) ?? 0;
  });
}

function firstPlaces(choices: readonly OperationChoice[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [index, choice] of choices.entries()) {
    const key = choiceKey(choice);
    if (!places.has(key)) places.set(key, index);
  }
  return places;
}

function choiceKey(
  { strategy, operands, finals }: OperationChoice,
  finer: (atoms: readonly number[]) => readonly number[] = atoms => atoms,
): string {
  const cuts: Strategy = strategy.map(finer);
  const partial = ({ partial: atoms }: Layout): string => [...finer(atoms)].sort((a, b) => a - b).join();
  return `${cuts.join('|')}/${operands.map(partial).join('|')}/${finals.map(partial).join('|')}`;
}
