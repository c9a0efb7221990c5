import { type Grid, type Layout, layoutKey, type OperationChoice, piecesOfAtoms } from '../../sharding/index.ts';

/** Small numbers for layouts: equal layouts have equal numbers. Owned by the models of meshes with equal sizes. */
export class LayoutIds {
  readonly #ids = new Map<string, number>();
  readonly #known = new WeakMap<Layout, number>();
  readonly #layouts: Layout[] = [];
  readonly #pieces: number[] = [];
  readonly #lists = new Map<string, number>([['', 0]]);
  readonly #codes: (readonly number[])[] = [];
  readonly #grid: Grid;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  idOf(layout: Layout): number {
    const known = this.#known.get(layout);
    if (known !== undefined) return known;
    // A whole vector and a scalar have one key.
    const key = `${layout.dimensions.length}:${layoutKey(layout)}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#layouts.push(layout) - 1;
      this.#pieces.push(piecesOfAtoms(this.#grid, layout.dimensions.flat()));
      this.#codes.push([...layout.dimensions, layout.partial].map(atoms => this.#codeOf(atoms)));
    }
    this.#ids.set(key, id);
    this.#known.set(layout, id);
    return id;
  }

  layout(id: number): Layout {
    return this.#layouts[id];
  }

  /**
   * Equal for changes between layouts of which the same axes go from dimension to dimension: dimensions that are whole
   * before and after do not count, so that tensors of all ranks share what is found for one.
   */
  changeKey(from: number, to: number): string {
    const [source, target] = [this.#codes[from], this.#codes[to]];
    const last = source.length - 1;
    let key = String.fromCharCode(source[last], target[last]);
    for (let dimension = 0; dimension < last; dimension++) {
      if (source[dimension] + target[dimension] > 0) key += String.fromCharCode(source[dimension], target[dimension]);
    }
    return key;
  }

  #codeOf(atoms: readonly number[]): number {
    const text = atoms.join();
    const code = this.#lists.get(text) ?? this.#lists.size;
    this.#lists.set(text, code);
    return code;
  }

  /** Bytes of the piece on one device of a tensor of so many bits. */
  bytes(id: number, bits: number): number {
    return Math.ceil(bits / this.#pieces[id] / 8);
  }

  get count(): number {
    return this.#layouts.length;
  }
}

/**
 * Numbers of the layouts that lists of choices give, choice by choice: one array for all that share a list, so that
 * equal ones are mostly the same.
 */
export class LayoutColumns {
  readonly #ids: LayoutIds;
  readonly #operands = new Map<readonly OperationChoice[], Int32Array[]>();
  readonly #finals = new Map<readonly OperationChoice[], Int32Array[]>();
  readonly #layouts = new Map<readonly Layout[], Int32Array>();

  constructor(ids: LayoutIds) {
    this.#ids = ids;
  }

  /** In which layout each choice reads an operand. */
  operands(choices: readonly OperationChoice[], operand: number): Int32Array {
    return this.#column(this.#operands, choices, operand, choice => choice.operands[operand]);
  }

  /** In which layout each choice hands on a result. */
  finals(choices: readonly OperationChoice[], result: number): Int32Array {
    return this.#column(this.#finals, choices, result, choice => choice.finals[result]);
  }

  all(layouts: readonly Layout[]): Int32Array {
    const known = this.#layouts.get(layouts) ?? Int32Array.from(layouts, layout => this.#ids.idOf(layout));
    this.#layouts.set(layouts, known);
    return known;
  }

  #column(
    known: Map<readonly OperationChoice[], Int32Array[]>,
    choices: readonly OperationChoice[],
    index: number,
    layoutOf: (choice: OperationChoice) => Layout,
  ): Int32Array {
    const columns = known.get(choices) ?? [];
    known.set(choices, columns);
    columns[index] ??= Int32Array.from(choices, choice => this.#ids.idOf(layoutOf(choice)));
    return columns[index];
  }
}
