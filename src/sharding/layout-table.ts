import type { Operation, TensorType, ValueId } from '../ir/index.ts';
import { claimsOf, dimensionsOf } from './factor-layout.ts';
import { type Grid, type Layout, layoutKey, wholeLayout } from './grid.ts';
import type { Movement, PartialSum, Site } from './propagation-types.ts';
import { reshardCost, reshardSteps, type Step, stepsCost } from './reshard.ts';
import type { FactorRule } from './rules/rule.ts';
import type { ValueFacts } from './value-facts.ts';
import { fixedWish, type Wish } from './wishes.ts';

/**
 * Gathering an argument can be done ahead of its use, so its bytes weigh less than those of an activation. Along axes
 * that cut the batch they weigh next to nothing: there the batch is to stay where it is and weights are to come to it,
 * unless they are larger by far (a head with very many classes).
 */
const argumentWeight = 1 / 4;
const batchArgumentWeight = 1 / 64;

/** Where each value of a function is during a pass: the layout in which it is handed on, and others that were made. */
export class LayoutTable {
  readonly #grid: Grid;
  readonly #facts: ValueFacts;
  /** Atoms that cut the batch. */
  readonly #batchAtoms: ReadonlySet<number>;
  readonly #layouts = new Map<ValueId, Layout>();
  /** Further layouts in which a value is there already, innermost scope last. */
  readonly #versions: Map<ValueId, Layout[]>[] = [new Map()];
  readonly #wishes = new Map<ValueId, Map<string, Wish>>();
  readonly #sources = new Map<ValueId, readonly PartialSum[]>();
  readonly #movements: Movement[] = [];

  constructor(grid: Grid, facts: ValueFacts, batchAtoms: ReadonlySet<number>) {
    this.#grid = grid;
    this.#facts = facts;
    this.#batchAtoms = batchAtoms;
  }

  get layouts(): ReadonlyMap<ValueId, Layout> {
    return this.#layouts;
  }

  get movements(): readonly Movement[] {
    return this.#movements;
  }

  wishes(): ReadonlyMap<ValueId, readonly Wish[]> {
    return new Map([...this.#wishes].map(([value, wishes]) => [value, [...wishes.values()]]));
  }

  layoutOf(value: ValueId): Layout {
    return this.#layouts.get(value) ?? wholeLayout(this.rank(value));
  }

  place(value: ValueId, layout: Layout): void {
    this.#layouts.set(value, layout);
  }

  /** The values whose partial sums are merged into a value. */
  sourcesOf(value: ValueId): readonly PartialSum[] {
    return this.#sources.get(value) ?? [];
  }

  setSources(value: ValueId, sources: readonly PartialSum[]): void {
    this.#sources.set(value, sources);
  }

  note(movement: Movement): void {
    this.#movements.push(movement);
  }

  /** Runs `visit` in a scope of its own: what is moved inside is not there outside. */
  inScope(visit: () => void): void {
    this.#versions.push(new Map());
    visit();
    this.#versions.pop();
  }

  /** Bytes sent to have a value in a layout, from the best layout in which it is there. */
  demandCost(value: ValueId, to: Layout): number {
    if (this.#facts.cheap.has(value)) {
      const operation = this.#definition(value);
      const layouts = this.#cheapOperands(operation, to);
      return layouts.reduce((sum, layout, index) => sum + this.demandCost(operation.operands[index], layout), 0);
    }
    const type = this.type(value);
    if (!this.#facts.argumentValues.has(value)) {
      return Math.min(...this.#available(value).map(from => reshardCost(this.#grid, type, from, to)));
    }
    const weigh = (step: Step) =>
      step.atoms.every(atom => this.#batchAtoms.has(atom)) ? batchArgumentWeight : argumentWeight;
    const costs = this.#available(value).map(from =>
      reshardSteps(this.#grid, type, from, to).reduce(
        (sum, step) => sum + weigh(step) * stepsCost(this.#grid, [step]),
        0,
      ),
    );
    return Math.min(...costs);
  }

  /** Notes that a reader wants a value so, and moves it there unless it is there already. */
  demand(value: ValueId, wish: Wish, site: Site): void {
    if (this.#facts.tensor(value) === undefined) return;
    const to = wish.layout;
    const key = layoutKey(to);
    const wishes = this.#wishes.get(value) ?? new Map<string, Wish>();
    this.#wishes.set(value, wishes.set(`${site.index}:${key}`, wish));
    const cheap = this.#facts.cheap.has(value);
    const there = cheap ? this.#madeVersions(value) : this.#available(value);
    if (there.some(layout => layoutKey(layout) === key)) return;
    if (cheap) {
      const operation = this.#definition(value);
      const layouts = this.#cheapOperands(operation, to);
      for (const [index, operand] of operation.operands.entries()) {
        this.demand(operand, fixedWish(layouts[index], site), site);
      }
    } else {
      const type = this.type(value);
      const costs = there.map(from => reshardCost(this.#grid, type, from, to));
      this.move(value, there[costs.indexOf(Math.min(...costs))], to, site);
    }
    const scope = this.#versions.at(-1);
    scope?.set(value, [...(scope.get(value) ?? []), to]);
  }

  move(value: ValueId, from: Layout, to: Layout, site: Site): void {
    const steps = reshardSteps(this.#grid, this.type(value), from, to);
    const sources = from.partial.length > 0 ? this.sourcesOf(value) : [];
    this.#movements.push({ kind: 'reshard', value, from, to, steps, sources, site });
  }

  type(value: ValueId): TensorType {
    return this.#facts.tensor(value) ?? { kind: 'tensor', shape: [], element: 'i1' };
  }

  rank(value: ValueId): number {
    return this.type(value).shape.length;
  }

  #available(value: ValueId): Layout[] {
    return [this.layoutOf(value), ...this.#madeVersions(value)];
  }

  #madeVersions(value: ValueId): Layout[] {
    return this.#versions.flatMap(scope => scope.get(value) ?? []);
  }

  #cheapOperands(operation: Operation, to: Layout): Layout[] {
    return operandLayouts(this.#grid, this.#facts.rule(operation), to);
  }

  #definition(value: ValueId): Operation {
    const operation = this.#facts.definitions.get(value);
    if (operation === undefined) throw new Error(`internal: value ${value} has no definition`);
    return operation;
  }
}

/** The layouts in which an operation needs its operands so that its first result comes out in a layout. */
export function operandLayouts(grid: Grid, rule: FactorRule, result: Layout): Layout[] {
  const strategy: number[][] = rule.factors.map(() => []);
  for (const { atom, factor } of claimsOf(grid, rule, rule.results[0], result.dimensions)) strategy[factor].push(atom);
  return rule.operands.map(tensor => {
    const dimensions = dimensionsOf(grid, rule, tensor, strategy);
    return dimensions === undefined ? wholeLayout(tensor.length) : { dimensions, partial: [] };
  });
}
