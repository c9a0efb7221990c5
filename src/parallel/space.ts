import type { Operation, ValueId } from '../ir/index.ts';
import {
  dimensionsOf,
  type FactorRule,
  type Grid,
  type Layout,
  layoutKey,
  movesInside,
  type OperationChoice,
  piecesOfAtoms,
  reducedLayout,
  reductionsOf,
  type Strategy,
  type ValueFacts,
} from '../sharding/index.ts';
import type { MeshProblem } from './problem-mesh.ts';

/** Rules by which choices are left out. Each can be switched off. */
export interface ChoiceRules {
  /** Partial operands that no producer can deliver. Exact. */
  readonly unreachablePartials: boolean;
  /** Of choices with the same layouts and the same collectives inside, all but one with the least work. Exact. */
  readonly twins: boolean;
  /** Axes of one dimension stand in the order of the mesh. Not exact. */
  readonly meshOrder: boolean;
  /** Products leave no axis idle that could cut one of their factors. Not exact. */
  readonly busyProducts: boolean;
  /** Where tensors lie in tiles, tables are not cut within entries that are looked up. Not exact: see `layoutsOfTable`. */
  readonly wholeEntries: boolean;
}

/** All rules on. */
export const choiceRules: ChoiceRules = {
  unreachablePartials: true,
  twins: true,
  meshOrder: true,
  busyProducts: true,
  wholeEntries: true,
};

/** The rules that never lose an optimum. */
export const exactChoiceRules: ChoiceRules = {
  ...choiceRules,
  meshOrder: false,
  busyProducts: false,
  wholeEntries: false,
};

/** The choices of one operation. `counted` of them are possible, and `pruned` says which rules left how many out. */
export interface ChoiceSpace {
  readonly choices: readonly OperationChoice[];
  readonly counted: number;
  readonly pruned: Readonly<Record<Exclude<keyof ChoiceRules, 'wholeEntries'>, number>>;
}

/** A strategy with the atoms along which partial sums pass through, each with the linear set of operands that carries it. */
interface Draft {
  readonly strategy: Strategy;
  readonly carriers: ReadonlyMap<number, readonly number[]>;
}

/**
 * All ways to cut one operation: every assignment of the mesh's atoms to factors that divides evenly, all atoms
 * together, in every order on a factor, and left-over atoms idle or carrying partial sums through a linear operation.
 *
 *      dot [i,k]x[k,j] on a=2,b=2:   i:- j:- k:-    i:a j:b k:-    i:ab j:- k:-    i:ba j:- k:-    i:b j:- k:a+ ...
 *
 * A sum may be handed on partial or reduced at once where several read it. `partialValues` are the values that can be
 * partial at all, see `partialValues`.
 */
export function operationChoices(
  ground: MeshProblem,
  operation: Operation,
  partial: ReadonlySet<ValueId>,
  rules: ChoiceRules = choiceRules,
): ChoiceSpace {
  const rule = cuttableRule(ground, operation);
  const pruned = { unreachablePartials: 0, twins: 0, meshOrder: 0, busyProducts: 0 };
  const ordered = [...strategies(ground.grid, rule, rules.meshOrder)];
  const counted = rules.meshOrder ? ordered.reduce((sum, strategy) => sum + orders(strategy), 0) : ordered.length;
  const busy = rules.busyProducts && isProduct(operation) ? keepBusy(ground.grid, rule, ordered) : ordered;
  const drafts = busy.flatMap(strategy => [...withCarriers(ground.grid, rule, strategy)]);
  const reachable = (draft: Draft): boolean =>
    [...draft.carriers.values()].every(set => set.every(index => partial.has(operation.operands[index])));
  const kept = rules.unreachablePartials ? drafts.filter(reachable) : drafts;
  const choices = kept.flatMap(draft => choicesOf(ground, operation, rule, draft));
  const single = rules.twins && hasTwins(rule) ? withoutTwins(ground, rule, choices) : choices;
  pruned.meshOrder = counted - ordered.length;
  pruned.busyProducts = ordered.length - busy.length;
  pruned.unreachablePartials = drafts.length - kept.length;
  pruned.twins = choices.length - single.length;
  return { choices: single, counted, pruned };
}

/** The rule of an operation, with what is never to be cut as factors that cannot be. */
function cuttableRule({ facts, defects }: MeshProblem, operation: Operation): FactorRule {
  const rule = facts.rule(operation);
  if (!defects.oneBatchDimension || operation.name !== 'stablehlo.dot_general') return rule;
  const has = (factor: number) => (tensor: readonly (readonly number[])[]) => tensor.flat().includes(factor);
  const batching = [...rule.factors.keys()].filter(factor => [...rule.operands, ...rule.results].every(has(factor)));
  const later = batching.slice(1);
  const factors = rule.factors.map((own, factor) =>
    later.includes(factor) ? ({ size: own.size, kind: 'replicate' } as const) : own,
  );
  return { ...rule, factors };
}

/** All even layouts of a value that are no partial sums, whole first. */
export function valueLayouts(ground: MeshProblem, value: ValueId, rules: ChoiceRules = choiceRules): Layout[] {
  const shape = ground.facts.tensor(value)?.shape ?? [];
  const tensor = shape.map((size, dimension) => (size === 1 ? [] : [dimension]));
  const factors = shape.map(size => ({ size, kind: 'passthrough' }) as const);
  const rule: FactorRule = { factors, operands: [], results: [tensor], linear: [] };
  const found = [...strategies(ground.grid, rule, rules.meshOrder)];
  const layouts = found.map((dimensions): Layout => ({ dimensions, partial: [] }));
  const pieces = (layout: Layout): number => piecesOfAtoms(ground.grid, layout.dimensions.flat());
  return layouts.sort((a, b) => pieces(a) - pieces(b));
}

/**
 * The values that can be a partial sum: results of sums over a factor that can be cut, and of operations linear in such
 * values.
 */
export function partialValues(
  facts: ValueFacts,
  operations: readonly Operation[],
  canCut: (size: number) => boolean,
): ReadonlySet<ValueId> {
  const partial = new Set<ValueId>();
  for (const operation of operations) {
    if (operation.results.length !== 1 || facts.cheap.has(operation.results[0])) continue;
    const { factors, linear } = facts.rule(operation);
    const summed = factors.some(
      ({ kind, combiner, size }) => kind === 'reduction' && combiner === 'add' && canCut(size),
    );
    const carried = linear.some(set => set.every(index => partial.has(operation.operands[index])));
    if (summed || carried) partial.add(operation.results[0]);
  }
  return partial;
}

/** The values that can be partial sums on the mesh of a problem. */
export function partialOnMesh({ facts, operations, grid }: MeshProblem): ReadonlySet<ValueId> {
  return partialValues(facts, operations, size => grid.atoms.some(atom => size % atom.size === 0));
}

/**
 * Every even strategy of a rule that cuts dimensions into contiguous pieces; `rising`: only those whose atoms stand in
 * the order of the grid on each factor. Each arrangement is met once.
 */
export function* strategies(grid: Grid, rule: FactorRule, rising = false): Generator<Strategy> {
  const taken: number[][] = rule.factors.map(() => []);
  const pieces = rule.factors.map(() => 1);
  const tensors = [...rule.operands, ...rule.results];
  yield* place(0);

  function* place(atom: number): Generator<Strategy> {
    if (atom === grid.atoms.length) {
      const contiguous = tensors.every(tensor => dimensionsOf(grid, rule, tensor, taken) !== undefined);
      if (contiguous) yield taken.map(atoms => [...atoms]);
      return;
    }
    yield* place(atom + 1);
    const own = grid.atoms[atom].size;
    for (const [factor, { size, kind }] of rule.factors.entries()) {
      if (kind === 'replicate' || size % (pieces[factor] * own) !== 0) continue;
      const cut = taken[factor];
      pieces[factor] *= own;
      for (let at = rising ? cut.length : 0; at <= cut.length; at++) {
        cut.splice(at, 0, atom);
        yield* place(atom + 1);
        cut.splice(at, 1);
      }
      pieces[factor] /= own;
    }
  }
}

/** In how many orders the atoms on the factors of a strategy can stand; all of them cut alike. */
function orders(strategy: Strategy): number {
  let count = 1;
  for (const atoms of strategy) for (let number = 2; number <= atoms.length; number++) count *= number;
  return count;
}

/** A strategy with each way to let idle atoms carry partial sums through. */
function* withCarriers(grid: Grid, rule: FactorRule, strategy: Strategy): Generator<Draft> {
  const idle = [...grid.atoms.keys()].filter(atom => !strategy.some(atoms => atoms.includes(atom)));
  let carriers: ReadonlyMap<number, readonly number[]>[] = [new Map()];
  for (const atom of idle) {
    carriers = carriers.flatMap(one => [one, ...rule.linear.map(set => new Map([...one, [atom, set]]))]);
  }
  for (const one of carriers) yield { strategy, carriers: one };
}

/** The layouts that a draft gives, as a choice for each way to hand the results on. */
function choicesOf(ground: MeshProblem, operation: Operation, rule: FactorRule, draft: Draft): OperationChoice[] {
  const { grid, facts, pinned } = ground;
  const { strategy, carriers } = draft;
  const dimensions = (tensor: readonly (readonly number[])[]) => {
    const found = dimensionsOf(grid, rule, tensor, strategy);
    if (found === undefined) throw new Error('internal: a strategy whose pieces are not contiguous');
    return found;
  };
  const operands = rule.operands.map(
    (tensor, index): Layout => ({
      dimensions: dimensions(tensor),
      partial: [...carriers].flatMap(([atom, set]) => (set.includes(index) ? [atom] : [])).sort((a, b) => a - b),
    }),
  );
  const partial = [...reductionsOf(rule, strategy).sums, ...carriers.keys()].sort((a, b) => a - b);
  const results = rule.results.map((tensor): Layout => ({ dimensions: dimensions(tensor), partial }));
  const pins = operation.results.map(value => pinned.values.get(value));
  if (pins.some(pin => pin !== undefined)) {
    const finals = results.map((layout, index) => pins[index] ?? layout);
    const reachable = finals.every((final, index) =>
      final.partial.every(atom => results[index].partial.includes(atom)),
    );
    return reachable ? [{ strategy, operands, results, finals }] : [];
  }
  const natural = { strategy, operands, results, finals: results };
  const shared = operation.results.some(value => (facts.readers.get(value) ?? 0) > 1);
  return partial.length > 0 && shared ? [natural, { ...natural, finals: results.map(reducedLayout) }] : [natural];
}

function isProduct({ name }: Operation): boolean {
  return name === 'stablehlo.dot_general' || name === 'stablehlo.convolution';
}

/** The strategies to which no idle atom can be added. */
function keepBusy(grid: Grid, rule: FactorRule, found: readonly Strategy[]): Strategy[] {
  const fits = (strategy: Strategy, atom: number): boolean =>
    rule.factors.some(
      ({ size, kind }, factor) =>
        kind !== 'replicate' && size % (piecesOfAtoms(grid, strategy[factor]) * grid.atoms[atom].size) === 0,
    );
  return found.filter(strategy => {
    const idle = [...grid.atoms.keys()].filter(atom => !strategy.some(atoms => atoms.includes(atom)));
    return !idle.some(atom => fits(strategy, atom));
  });
}

/** Where each factor that can be cut is in some tensor, layouts tell strategies apart. */
function hasTwins({ factors, operands, results }: FactorRule): boolean {
  const seen = new Set([...operands, ...results].flat(2));
  return factors.some(({ kind }, factor) => kind !== 'replicate' && !seen.has(factor));
}

function withoutTwins(ground: MeshProblem, rule: FactorRule, choices: readonly OperationChoice[]): OperationChoice[] {
  const best = new Map<string, OperationChoice>();
  const pieces = ({ strategy }: OperationChoice): number => piecesOfAtoms(ground.grid, strategy.flat());
  for (const choice of choices) {
    const inner = rule.factors.map((factor, index) => (movesInside(factor) ? choice.strategy[index] : []));
    const layouts = [...choice.operands, ...choice.results, ...choice.finals].map(layoutKey);
    const key = `${layouts.join(';')}#${inner.join(';')}`;
    const known = best.get(key);
    if (known === undefined || pieces(choice) > pieces(known)) best.set(key, choice);
  }
  return [...best.values()];
}
