import type { Operation, TensorType, ValueId } from '../ir/index.ts';
import { claimsOf } from './factor-layout.ts';
import { type Grid, type Layout, layoutKey, reducedLayout } from './grid.ts';
import type { Site } from './propagation-types.ts';
import { reshardCost } from './reshard.ts';
import type { FactorRule } from './rules/rule.ts';
import type { StrategyChoice } from './strategy.ts';
import type { ValueFacts } from './value-facts.ts';
import { agreed, satisfying, type Wants } from './wants.ts';

/** The layout in which a reader took a value. */
export interface Wish {
  readonly layout: Layout;
  /** The layout in which it would read the value if the value came in another layout. */
  follows(layout: Layout): Layout;
  readonly reader: Operation;
}

/** The wish of a reader that takes a value in one layout only. */
export function fixedWish(layout: Layout, site: Site): Wish {
  return { layout, follows: () => layout, reader: site.operation };
}

/**
 * The wish of an operation for an operand. Were the operand to come in another layout, atoms that only it brought along
 * would be read where they are then, if the operation can be cut there; the others stay as they were.
 */
export function operandWish(
  grid: Grid,
  rule: FactorRule,
  reader: Operation,
  index: number,
  choice: StrategyChoice,
): Wish {
  const layout = choice.operands[index];
  const free = (atom: number) => [...(choice.claimants.get(atom) ?? [])].every(who => who === index);
  const follows = (from: Layout): Layout => {
    const claimed = claimsOf(grid, rule, rule.operands[index], from.dimensions).map(claim => claim.atom);
    const dimensions = layout.dimensions.map((atoms, dimension) => {
      const given = from.dimensions[dimension];
      const kept = atoms.filter(atom => !free(atom) || given.includes(atom));
      const startsAlike = kept.every((atom, position) => given[position] === atom);
      const extra = given.slice(kept.length).filter(atom => free(atom) && claimed.includes(atom));
      return startsAlike ? [...kept, ...extra] : kept;
    });
    return { dimensions, partial: layout.partial };
  };
  return { layout, follows, reader };
}

/** What the readers of each value said in the pass before. */
export class Readers {
  readonly #grid: Grid;
  readonly #facts: ValueFacts;
  readonly #wishes: ReadonlyMap<ValueId, readonly Wish[]>;
  readonly #wants: Wants;

  constructor(grid: Grid, facts: ValueFacts, wishes: ReadonlyMap<ValueId, readonly Wish[]>, wants: Wants) {
    this.#grid = grid;
    this.#facts = facts;
    this.#wishes = wishes;
    this.#wants = wants;
  }

  /**
   * The layout in which a value is handed on. With one reader it stays as it was made. With several, a sum is reduced
   * at once, and a value that all of them need gathered in the end is gathered once.
   */
  handedOn(value: ValueId, type: TensorType, natural: Layout): Layout {
    if ((this.#facts.readers.get(value) ?? 0) <= 1) return natural;
    const reduced = reducedLayout(natural);
    const wished = this.#wishesFor(value).map(wish => reducedLayout(wish.layout));
    const ends = [...(this.#wants.get(value)?.values() ?? [])].map(want => satisfying(want, reduced));
    let best = reduced;
    let least = Number.POSITIVE_INFINITY;
    for (const target of distinct([reduced, ...wished, ...ends])) {
      const cost = reshardCost(this.#grid, type, natural, target) + this.laterCost(value, type, target);
      if (cost < least - 1e-9) {
        least = cost;
        best = target;
      }
    }
    return best;
  }

  /** Bytes sent to serve all readers: each layout that they want once, and what each of them moves later. */
  laterCost(value: ValueId, type: TensorType, from: Layout): number {
    const wishes = this.#wishesFor(value);
    const wants = this.#wants.get(value);
    const read = wishes.map(wish => reducedLayout(wish.follows(from)));
    const now = distinct(read).reduce((sum, to) => sum + reshardCost(this.#grid, type, from, to), 0);
    return wishes.reduce((sum, { reader }, index) => {
      const want = wants?.get(reader);
      return want === undefined ? sum : sum + reshardCost(this.#grid, type, read[index], satisfying(want, read[index]));
    }, now);
  }

  /** Bytes sent later if a value is made in this layout. */
  resultCost(value: ValueId, type: TensorType, from: Layout): number {
    if (this.#wishesFor(value).length === 0) return reshardCost(this.#grid, type, from, reducedLayout(from));
    const target = from.partial.length === 0 ? from : reducedLayout(this.handedOn(value, type, from));
    return reshardCost(this.#grid, type, from, target) + this.laterCost(value, type, target);
  }

  /** What all readers of a value want, where they agree. */
  wanted(value: ValueId): Layout | undefined {
    const want = agreed(this.#wants, this.#facts, value);
    return want === undefined ? undefined : { dimensions: want.dimensions, partial: [] };
  }

  #wishesFor(value: ValueId): readonly Wish[] {
    return this.#wishes.get(value) ?? [];
  }
}

function distinct(layouts: readonly Layout[]): Layout[] {
  return [...new Map(layouts.map(layout => [layoutKey(layout), layout])).values()];
}
