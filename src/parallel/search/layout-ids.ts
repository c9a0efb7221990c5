import { type Grid, type Layout, layoutKey, piecesOfAtoms } from '../../sharding/index.ts';

/** Small numbers for layouts: equal layouts have equal numbers. Owned by one search on one mesh. */
export class LayoutIds {
  readonly #ids = new Map<string, number>();
  readonly #known = new WeakMap<Layout, number>();
  readonly #layouts: Layout[] = [];
  readonly #pieces: number[] = [];
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
    }
    this.#ids.set(key, id);
    this.#known.set(layout, id);
    return id;
  }

  layout(id: number): Layout {
    return this.#layouts[id];
  }

  /** Bytes of the piece on one device of a tensor of so many bits. */
  bytes(id: number, bits: number): number {
    return Math.ceil(bits / this.#pieces[id] / 8);
  }

  get count(): number {
    return this.#layouts.length;
  }
}
