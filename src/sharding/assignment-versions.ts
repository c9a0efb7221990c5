import type { Operation, TensorType, ValueId } from '../ir/index.ts';
import { equalLayouts, type Grid, type Layout, wholeLayout } from './grid.ts';
import { operandLayouts } from './layout-table.ts';
import type { ValueFacts } from './value-facts.ts';

/** A value brought into another layout. */
export interface LayoutChange {
  readonly value: ValueId;
  readonly from: Layout;
  readonly to: Layout;
}

/**
 * In which layouts each value is there while a program is walked in order. Each is made from the one in which the value
 * is handed on, as the emitted program does it. What is asked for a second time is there already: one gather serves all
 * who read it so. Steps can be taken back, by searches and at the end of regions.
 */
export class ValueVersions {
  readonly #grid: Grid;
  readonly #facts: ValueFacts;
  readonly #homes: (Layout | undefined)[] = [];
  readonly #versions: Layout[][] = [];
  /** Values whose newest version is to be dropped when steps are taken back, oldest first. */
  readonly #log: ValueId[] = [];

  constructor(grid: Grid, facts: ValueFacts) {
    this.#grid = grid;
    this.#facts = facts;
  }

  /** The layout in which a value is handed on. */
  homeOf(value: ValueId): Layout {
    return this.#homes[value] ?? wholeLayout(this.typeOf(value).shape.length);
  }

  /** Says in which layout a value is handed on. Not taken back: a value is placed again before it is read again. */
  place(value: ValueId, layout: Layout): void {
    this.#homes[value] = layout;
  }

  typeOf(value: ValueId): TensorType {
    return this.#facts.tensor(value) ?? { kind: 'tensor', shape: [], element: 'i1' };
  }

  /**
   * The changes by which a value comes to be in a layout too, none where it is already. Cheap values are made anew from
   * their operands. Undefined where it cannot be: a partial sum comes only from one that is partial along the same atoms.
   */
  demand(value: ValueId, to: Layout): readonly LayoutChange[] | undefined {
    if (this.#facts.tensor(value) === undefined) return [];
    const made = this.#versions[value] ?? [];
    if (this.#facts.cheap.has(value)) {
      if (to.partial.length > 0) return undefined;
      if (made.some(layout => equalLayouts(layout, to))) return [];
      const changes = this.#remake(value, to);
      this.#add(value, to);
      return changes;
    }
    const home = this.homeOf(value);
    if (equalLayouts(home, to) || made.some(layout => equalLayouts(layout, to))) return [];
    if (!to.partial.every(atom => home.partial.includes(atom))) return undefined;
    this.#add(value, to);
    return [{ value, from: home, to }];
  }

  /** A point in time to which `takeBack` returns. */
  mark(): number {
    return this.#log.length;
  }

  takeBack(mark: number): void {
    while (this.#log.length > mark) this.#versions[this.#log.pop() ?? 0].pop();
  }

  #add(value: ValueId, layout: Layout): void {
    this.#versions[value] ??= [];
    this.#versions[value].push(layout);
    this.#log.push(value);
  }

  #remake(value: ValueId, to: Layout): LayoutChange[] {
    const operation: Operation | undefined = this.#facts.definitions.get(value);
    if (operation === undefined) throw new Error(`internal: value ${value} has no definition`);
    if (operation.operands.length === 0) return [];
    const whole = to.dimensions.every(atoms => atoms.length === 0);
    const layouts = whole
      ? operation.operands.map(operand => wholeLayout(this.typeOf(operand).shape.length))
      : operandLayouts(this.#grid, this.#facts.rule(operation), to);
    return operation.operands.flatMap((operand, index) => this.demand(operand, layouts[index]) ?? []);
  }
}
