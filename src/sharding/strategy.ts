import { elementCount, type TensorType } from '../ir/index.ts';
import { type Claim, claimsOf, dimensionsOf, fits, reductionsOf, type Strategy } from './factor-layout.ts';
import { type Grid, type Layout, piecesOfAtoms, reducedLayout } from './grid.ts';
import { layoutBytes } from './reshard.ts';
import type { FactorRule } from './rules/rule.ts';

/** An operand as the choice of a strategy sees it. */
export interface StrategyOperand {
  readonly type: TensorType;
  readonly layout: Layout;
  /** Made again from small values wherever it is needed (broadcasts, constants): its claims count last. */
  readonly cheap: boolean;
  /** Bytes sent to have the operand in another layout. */
  cost(to: Layout): number;
}

/** A result as the choice of a strategy sees it. */
export interface StrategyResult {
  readonly type: TensorType;
  /** Where a pin decides the result. */
  readonly pinned: Layout | undefined;
  /** What all readers want: where sums are scattered that the operation needs reduced, and against sums it would make. */
  wished(): Layout | undefined;
  /** Bytes sent later if the result comes in this layout. */
  cost(from: Layout): number;
}

export interface StrategyChoice {
  readonly strategy: Strategy;
  readonly operands: readonly Layout[];
  readonly results: readonly Layout[];
  /** Partial sums that pass through, because the operation is linear in the operands that carry them. */
  readonly carried: readonly number[];
  /** Atoms that several factors wanted, with the factors, when a choice had to be made. */
  readonly disputed: ReadonlyMap<number, readonly number[]>;
  /** Who claims each atom: numbers of operands, -1 for a pin. */
  readonly claimants: ReadonlyMap<number, ReadonlySet<number>>;
}

/** Most combinations of a disputed operation that are priced. */
const combinationLimit = 4096;

/**
 * Chooses which factor each atom cuts. What a pinned result says comes first; an atom on which all operands agree
 * stays where it is; an atom that several factors claim goes where the fewest bytes move, counting operands, what
 * happens to the result, and work that would be done twice.
 */
export function chooseStrategy(
  grid: Grid,
  rule: FactorRule,
  operands: readonly StrategyOperand[],
  results: readonly StrategyResult[],
): StrategyChoice {
  const carried = carriedSums(grid, rule, operands);
  const claims = collectClaims(grid, rule, operands, results, carried);
  const disputed = new Map<number, readonly number[]>();
  const options: (readonly number[])[] = [...grid.atoms.keys()].map(atom => {
    const factors = [...(claims.factors.get(atom) ?? [])];
    if (factors.length <= 1) return factors.length === 0 ? [-1] : factors;
    disputed.set(atom, factors);
    const others = rule.factors.flatMap((factor, index) => {
      const possible = factor.kind !== 'replicate' && factor.size % grid.atoms[atom].size === 0;
      return possible && !factors.includes(index) ? [index] : [];
    });
    return [...factors, ...others, -1];
  });
  const candidate = (picks: readonly number[]) =>
    candidateOf(grid, rule, operands, results.length, carried, claims.order, picks);
  let best = candidate(options.map(list => list[0]));
  const combinations = options.reduce((product, list) => product * list.length, 1);
  if (best === undefined || (combinations > 1 && combinations <= combinationLimit)) {
    const widened = best === undefined ? options.map(list => (list.includes(-1) ? list : [...list, -1])) : options;
    let least = best === undefined ? Number.POSITIVE_INFINITY : costOf(grid, rule, operands, results, best);
    for (const picks of products(widened)) {
      const other = candidate(picks);
      if (other === undefined) continue;
      const cost = costOf(grid, rule, operands, results, other);
      if (best !== undefined && cost >= least - 1e-9) continue;
      best = other;
      least = cost;
    }
  }
  if (best === undefined) throw new Error('internal: no strategy, though nothing cut is always one');
  return {
    strategy: best.strategy,
    operands: best.operands,
    results: best.results,
    carried,
    disputed,
    claimants: claims.claimants,
  };
}

/**
 * The choice for an operation that hands on each operand as the result of the same number, or undefined for any other:
 * there one atom may cut several factors, since no tensor has two of them.
 */
export function choosePairwise(
  grid: Grid,
  rule: FactorRule,
  operands: readonly StrategyOperand[],
  results: readonly StrategyResult[],
): StrategyChoice | undefined {
  const same = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((x, i) => x === b[i]);
  const alike = rule.operands.every((tensor, index) => {
    const result = rule.results[index];
    return result !== undefined && tensor.every((factors, dimension) => same(factors, result[dimension] ?? []));
  });
  const seen = rule.operands.flat(2);
  if (results.length < 2 || results.length !== operands.length || !alike || new Set(seen).size !== seen.length)
    return undefined;
  const layouts = operands.map(({ layout }, index) => results[index].pinned ?? reducedLayout(layout));
  const strategy: number[][] = rule.factors.map(() => []);
  const claimants = new Map<number, Set<number>>();
  for (const [index, { dimensions }] of layouts.entries()) {
    for (const { atom, factor } of claimsOf(grid, rule, rule.operands[index], dimensions)) strategy[factor].push(atom);
    for (const atom of dimensions.flat()) claimants.set(atom, (claimants.get(atom) ?? new Set()).add(index));
  }
  return { strategy, operands: layouts, results: layouts, carried: [], disputed: new Map(), claimants };
}

/** Every way to take one entry of each list, in order. */
function* products(lists: readonly (readonly number[])[]): Generator<number[]> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const entry of first) for (const tail of products(rest)) yield [entry, ...tail];
}

/** Atoms whose partial sums the result can carry on: exactly the operands of one linear set are partial along them. */
function carriedSums(grid: Grid, rule: FactorRule, operands: readonly StrategyOperand[]): number[] {
  return [...grid.atoms.keys()].filter(atom => {
    const partial = operands.flatMap((operand, index) => (operand.layout.partial.includes(atom) ? [index] : []));
    const cut = operands.some(({ layout, cheap }) => !cheap && layout.dimensions.some(list => list.includes(atom)));
    const linear = rule.linear.some(
      set => set.length === partial.length && set.every(index => partial.includes(index)),
    );
    return partial.length > 0 && !cut && linear;
  });
}

interface Claims {
  /** Factors that claim an atom; a pin's alone, or else those of operands, or else those of cheap ones. */
  readonly factors: ReadonlyMap<number, ReadonlySet<number>>;
  /** All claims in the order in which tensors list their atoms, which is major to minor. */
  readonly order: readonly Claim[];
  readonly claimants: StrategyChoice['claimants'];
}

function collectClaims(
  grid: Grid,
  rule: FactorRule,
  operands: readonly StrategyOperand[],
  results: readonly StrategyResult[],
  carried: readonly number[],
): Claims {
  const byPin = results.flatMap(({ pinned }, index) =>
    pinned === undefined ? [] : claimsOf(grid, rule, rule.results[index], pinned.dimensions),
  );
  const of = (cheap: boolean) =>
    operands.flatMap((operand, index) =>
      operand.cheap === cheap ? claimsOf(grid, rule, rule.operands[index], operand.layout.dimensions) : [],
    );
  const byOperand = of(false);
  const byCheap = of(true);
  const factors = new Map<number, Set<number>>();
  for (const group of [byPin, byOperand, byCheap]) {
    const decided = new Set(factors.keys());
    for (const { atom, factor } of group) {
      if (decided.has(atom) || carried.includes(atom)) continue;
      factors.set(atom, (factors.get(atom) ?? new Set()).add(factor));
    }
  }
  const byWish = addWishes(grid, rule, operands, results, carried, factors);
  const claimants = new Map<number, Set<number>>();
  const note = (atom: number, who: number) => claimants.set(atom, (claimants.get(atom) ?? new Set()).add(who));
  for (const { atom } of byPin) note(atom, -1);
  for (const [index, { layout }] of operands.entries()) for (const atom of layout.dimensions.flat()) note(atom, index);
  return { factors, order: [...byPin, ...byOperand, ...byCheap, ...byWish], claimants };
}

/**
 * Adds what readers want where it matters: for sums that have to be reduced here, and against a reduction that only one
 * operand is cut for. Returns their claims.
 */
function addWishes(
  grid: Grid,
  rule: FactorRule,
  operands: readonly StrategyOperand[],
  results: readonly StrategyResult[],
  carried: readonly number[],
  factors: Map<number, Set<number>>,
): Claim[] {
  const partial = operands.flatMap(operand => operand.layout.partial);
  const unreduced = new Set(partial.filter(atom => !carried.includes(atom) && !factors.has(atom)));
  const leaning = new Map<number, number>();
  for (const [atom, [only, ...others]] of factors) {
    if (others.length === 0 && leansOnOne(rule, operands, atom, only)) leaning.set(atom, only);
  }
  if (unreduced.size === 0 && leaning.size === 0) return [];
  const claims = results.flatMap((result, index) => {
    const wished = result.wished();
    return wished === undefined ? [] : claimsOf(grid, rule, rule.results[index], wished.dimensions);
  });
  for (const { atom, factor } of claims) {
    const only = leaning.get(atom);
    if (unreduced.has(atom)) factors.set(atom, new Set([factor]));
    else if (only !== undefined) factors.set(atom, new Set([only, factor]));
  }
  return claims;
}

/**
 * True for a reduction that only one of its operands is cut for, while the others would have to be sliced. The sum that
 * it leaves can cost more than moving the atom first, so what readers want is weighed against it.
 */
function leansOnOne(rule: FactorRule, operands: readonly StrategyOperand[], atom: number, factor: number): boolean {
  if (rule.factors[factor].kind !== 'reduction') return false;
  const carriers = operands.filter((_, index) => rule.operands[index].some(factors => factors.includes(factor)));
  const cut = carriers.filter(({ layout }) => layout.dimensions.some(atoms => atoms.includes(atom)));
  return carriers.length > 1 && cut.length === 1;
}

/** A strategy with the layouts that it gives. */
interface Candidate {
  readonly strategy: Strategy;
  readonly operands: readonly Layout[];
  readonly results: readonly Layout[];
}

/** The strategy in which each atom cuts the factor picked for it (-1: none); undefined where that cannot be. */
function candidateOf(
  grid: Grid,
  rule: FactorRule,
  operands: readonly StrategyOperand[],
  resultCount: number,
  carried: readonly number[],
  order: readonly Claim[],
  picks: readonly number[],
): Candidate | undefined {
  const strategy: number[][] = rule.factors.map(() => []);
  const place = (atom: number) => {
    const factor = picks[atom];
    if (factor >= 0 && !strategy[factor].includes(atom)) strategy[factor].push(atom);
  };
  for (const claim of order) if (picks[claim.atom] === claim.factor) place(claim.atom);
  for (const atom of picks.keys()) place(atom);
  if (!fits(grid, rule, strategy)) return undefined;
  const layouts = strategyLayouts(grid, rule, strategy, operands, resultCount, carried);
  return layouts === undefined ? undefined : { strategy, ...layouts };
}

/** Bytes sent for a candidate now and later, with work in the same unit. */
function costOf(
  grid: Grid,
  rule: FactorRule,
  operands: readonly StrategyOperand[],
  results: readonly StrategyResult[],
  candidate: Candidate,
): number {
  const { strategy } = candidate;
  let cost = workCost(grid, rule, strategy, operands) + haloCost(grid, rule, strategy, operands, candidate.operands);
  for (const [index, operand] of operands.entries()) cost += operand.cost(candidate.operands[index]);
  for (const [index, result] of results.entries()) cost += result.cost(candidate.results[index]);
  return cost;
}

function strategyLayouts(
  grid: Grid,
  rule: FactorRule,
  strategy: Strategy,
  operands: readonly StrategyOperand[],
  resultCount: number,
  carried: readonly number[],
): { operands: Layout[]; results: Layout[] } | undefined {
  const operandLayouts: Layout[] = [];
  for (const [index, operand] of operands.entries()) {
    const dimensions = dimensionsOf(grid, rule, rule.operands[index], strategy);
    if (dimensions === undefined) return undefined;
    operandLayouts.push({ dimensions, partial: operand.layout.partial.filter(atom => carried.includes(atom)) });
  }
  const partial = [...reductionsOf(rule, strategy).sums, ...carried].sort((a, b) => a - b);
  const resultLayouts: Layout[] = [];
  for (let index = 0; index < resultCount; index++) {
    const dimensions = dimensionsOf(grid, rule, rule.results[index], strategy);
    if (dimensions === undefined) return undefined;
    resultLayouts.push({ dimensions, partial });
  }
  return { operands: operandLayouts, results: resultLayouts };
}

/**
 * Work of one device in bytes of link traffic that take as long: two thousand flops of a contraction, or ten bytes of
 * memory, per byte sent. It only breaks ties between strategies that move about as much.
 */
function workCost(grid: Grid, rule: FactorRule, strategy: Strategy, operands: readonly StrategyOperand[]): number {
  const places = rule.factors.reduce((p, factor, index) => (p * factor.size) / piecesOfAtoms(grid, strategy[index]), 1);
  const contracts = operands.length === 2 && rule.factors.some(factor => factor.combiner !== undefined);
  return contracts && elementCount(operands[1].type.shape) > 1 ? places / 1000 : places / 2;
}

function haloCost(
  grid: Grid,
  rule: FactorRule,
  strategy: Strategy,
  operands: readonly StrategyOperand[],
  layouts: readonly Layout[],
): number {
  return halosOf(
    grid,
    rule,
    strategy,
    operands.map(operand => operand.type),
    layouts,
  ).reduce((sum, halo) => sum + halo.bytes, 0);
}

/** The edges that pieces of cut permutation factors get from their neighbours. */
export function halosOf(
  grid: Grid,
  rule: FactorRule,
  strategy: Strategy,
  types: readonly TensorType[],
  layouts: readonly Layout[],
): { operand: number; atoms: readonly number[]; bytes: number }[] {
  if (!rule.factors.some(factor => factor.halo !== undefined)) return [];
  return rule.factors.flatMap((factor, index) => {
    if (factor.halo === undefined || strategy[index].length === 0) return [];
    const { operand, before, after } = factor.halo;
    const dimension = rule.operands[operand].findIndex(factors => factors.includes(index));
    const local = types[operand].shape[dimension] / piecesOfAtoms(grid, layouts[operand].dimensions[dimension]);
    const whole = layoutBytes(grid, types[operand], layouts[operand].dimensions);
    return [before, after]
      .filter(width => width > 0)
      .map(width => ({ operand, atoms: strategy[index], bytes: (whole * width) / local }));
  });
}
