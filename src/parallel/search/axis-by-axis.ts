import type { Layout, OperationChoice } from '../../sharding/index.ts';
import type { MeshCandidate } from '../meshes.ts';
import type { ChoiceRules } from '../space.ts';
import { type KnownPlans, type MeshEffort, type MeshOutcome, type SearchBase, searchMesh } from './mesh-search.ts';
import type { SearchVariable } from './model.ts';
import type { StateFilter } from './model-shape.ts';

/**
 * Searches a mesh as Rhino does: its first axis as if there were no other, then the second where the first stays as it
 * was chosen, and so on. A defect, for tests (see `PlannerDefects`): it is no bound on anything.
 */
export function searchAxisByAxis(
  base: SearchBase,
  candidate: MeshCandidate,
  rules: ChoiceRules,
  effort: MeshEffort,
  { exactMemory }: KnownPlans,
): MeshOutcome {
  const axes = candidate.mesh.axes.length;
  // Axes that are not planned yet are idle, which the rule for products would not have.
  const loose = { ...rules, busyProducts: false };
  const next = (axis: number, narrow: StateFilter): MeshOutcome => {
    const known = { enough: Number.POSITIVE_INFINITY, seeds: [], exactMemory };
    const outcome = searchMesh({ ...base, model: { narrow } }, candidate, loose, effort, known);
    if (axis >= axes) return outcome;
    const { variables, states } = outcome.best ?? outcome.free;
    const fixed = variables.map((variable, index) => cutsOf(stateOf(variable, states[index]), axis));
    return next(axis + 1, openAxis(axis + 1, axes, fixed));
  };
  return { ...next(1, openAxis(1, axes, undefined)), bound: 0 };
}

/** Leaves the states that use the first `open` of all axes, and of these all but the last one as it is fixed. */
function openAxis(open: number, axes: number, fixed: readonly string[] | undefined): StateFilter {
  return (variable, states) => {
    const found = states.filter(
      state =>
        (open === axes || cutsOf(state, open) === cutsOf(state, axes)) &&
        (fixed === undefined || cutsOf(state, open - 1) === fixed[variable]),
    );
    // A pin may want what is not open yet.
    return found.length > 0 ? found : states;
  };
}

const stateOf = ({ choices, layouts }: SearchVariable, state: number): OperationChoice | Layout =>
  choices.length > 0 ? choices[state] : layouts[state];

/** What the first axes do in a state. */
function cutsOf(state: OperationChoice | Layout, axes: number): string {
  const first = (atoms: readonly number[]): string => atoms.filter(atom => atom < axes).join();
  const cuts = (layout: Layout): string => [...layout.dimensions, layout.partial].map(first).join('|');
  if (!('strategy' in state)) return cuts(state);
  return [state.strategy.map(first).join('|'), ...state.operands.map(cuts), ...state.finals.map(cuts)].join('/');
}
