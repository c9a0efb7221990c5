import type { ValueId } from '../../ir/index.ts';
import { type Layout, operandLayouts } from '../../sharding/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';

/** A value that has to be in some layout so that another one, made again from it, can be read. */
export interface Root {
  readonly value: ValueId;
  /** How the value is reached: operands of cheap operations, told apart by their rules. Empty for the value itself. */
  readonly path: number;
}

/** One operation on the way to a root. */
interface PathStep {
  readonly inner: number;
  readonly value: ValueId;
  readonly operand: number;
}

/**
 * Looks through cheap values, which are made again wherever they are wanted: what is really read are the values from
 * which they are made, each in a layout that follows from that which is wanted.
 */
export class CheapReads {
  readonly #ground: MeshProblem;
  readonly #rootsOf = new Map<ValueId, readonly Root[]>();
  readonly #paths: PathStep[] = [{ inner: -1, value: -1, operand: -1 }];
  readonly #pathNumbers = new Map<string, number>();

  constructor(ground: MeshProblem) {
    this.#ground = ground;
  }

  rootsOf(value: ValueId): readonly Root[] {
    const { facts } = this.#ground;
    if (!facts.cheap.has(value)) return facts.tensor(value) === undefined ? [] : [{ value, path: 0 }];
    const known = this.#rootsOf.get(value);
    if (known !== undefined) return known;
    const operation = facts.definitions.get(value);
    if (operation === undefined) throw new Error(`internal: value ${value} has no definition`);
    const roots = operation.operands.flatMap((operand, index) =>
      this.rootsOf(operand).map(root => ({ value: root.value, path: this.#extend(root.path, value, index) })),
    );
    this.#rootsOf.set(value, roots);
    return roots;
  }

  /** The layout in which a root is read where the value at the end of its path is wanted in `layout`. */
  layoutAt(path: number, layout: Layout): Layout {
    const { facts, grid } = this.#ground;
    let at = layout;
    for (let number = path; number > 0; number = this.#paths[number].inner) {
      const { value, operand } = this.#paths[number];
      const operation = facts.definitions.get(value);
      if (operation === undefined) throw new Error(`internal: value ${value} has no definition`);
      at = operandLayouts(grid, facts.rule(operation), at)[operand];
    }
    return at;
  }

  /** Paths whose operations have equal rules share a number: they map layouts alike. */
  #extend(inner: number, value: ValueId, operand: number): number {
    const operation = this.#ground.facts.definitions.get(value);
    const { rule } = this.#ground.facts;
    const key = `${inner}:${operand}:${operation === undefined ? '' : JSON.stringify(rule(operation))}`;
    const known = this.#pathNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#paths.push({ inner, value, operand }) - 1;
    this.#pathNumbers.set(key, number);
    return number;
  }
}
