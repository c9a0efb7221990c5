import type { ValueId } from '../../ir/index.ts';
import { type FactorRule, type Grid, type Layout, operandLayouts, type ValueFacts } from '../../sharding/index.ts';

/** A value that has to be in some layout so that another one, made again from it, can be read. */
export interface Root {
  readonly value: ValueId;
  /** How the value is reached: see `CheapReads`. 0 for the value itself. */
  readonly path: number;
}

/** One cheap operation on the way to a root: the operand of `value` that is read, and the way on from there. */
interface PathStep {
  readonly inner: number;
  readonly value: ValueId;
  readonly operand: number;
}

/**
 * Looks through cheap values, which are made again wherever they are wanted: what is really read are the values from
 * which they are made, each in a layout that follows from that which is wanted. Paths from a value to a root are numbers;
 * those whose operations have equal rules share one, since they map layouts alike.
 */
export class CheapReads {
  readonly #facts: ValueFacts;
  readonly #rootsOf = new Map<ValueId, readonly Root[]>();
  readonly #steps: PathStep[] = [{ inner: -1, value: -1, operand: -1 }];
  readonly #numbers = new Map<string, number>();
  readonly #texts = new Map<FactorRule, string>();

  constructor(facts: ValueFacts) {
    this.#facts = facts;
  }

  rootsOf(value: ValueId): readonly Root[] {
    if (!this.#facts.cheap.has(value)) return this.#facts.tensor(value) === undefined ? [] : [{ value, path: 0 }];
    const known = this.#rootsOf.get(value);
    if (known !== undefined) return known;
    const roots = this.#definition(value).operands.flatMap((operand, index) =>
      this.rootsOf(operand).map(root => ({ value: root.value, path: this.#extend(root.path, value, index) })),
    );
    this.#rootsOf.set(value, roots);
    return roots;
  }

  /** The layout in which a root is read where the value at the other end of the path is wanted in `layout`. */
  layoutAt(grid: Grid, path: number, layout: Layout): Layout {
    let at = layout;
    for (let number = path; number > 0; number = this.#steps[number].inner) {
      const { value, operand } = this.#steps[number];
      at = operandLayouts(grid, this.#facts.rule(this.#definition(value)), at)[operand];
    }
    return at;
  }

  #extend(inner: number, value: ValueId, operand: number): number {
    const key = `${inner}:${operand}:${this.#textOf(this.#facts.rule(this.#definition(value)))}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#steps.push({ inner, value, operand }) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  #textOf(rule: FactorRule): string {
    const text = this.#texts.get(rule) ?? JSON.stringify(rule);
    this.#texts.set(rule, text);
    return text;
  }

  #definition(value: ValueId) {
    const operation = this.#facts.definitions.get(value);
    if (operation === undefined) throw new Error(`internal: value ${value} has no definition`);
    return operation;
  }
}
