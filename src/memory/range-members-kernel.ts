import type { Placement } from './placement.ts';

/**
 * The rectangles of each open range of sections in order of preference, as slices of one list: as given, or, where loads
 * count, those first that lie where most is still to be placed when the range is opened. A range as wide as its parent's
 * shares its slice, unless half of that is placed by now. Columns by depth.
 *
 * ```
 *   depth   0        1      2      3        of each range [first, end);
 *         ├────────┼──────┤ same ├───┤      what is placed in between is skipped
 * ```
 */
export class RangeMembers {
  readonly #placement: Placement;
  /** How early each comes where loads are equal. */
  readonly #rank: Int32Array;
  #byLoad = false;
  readonly #first: Int32Array;
  readonly #end: Int32Array;
  /** The place in the slice before which nothing goes to the address of the rectangle placed last. */
  readonly #after: Int32Array;
  /** The depth at which the slice was made. */
  readonly #madeAt: Int32Array;
  readonly #mostLoad: Float64Array;
  #items: Int32Array<ArrayBuffer>;

  constructor(placement: Placement) {
    const { count } = placement;
    this.#placement = placement;
    this.#rank = new Int32Array(count);
    this.#first = new Int32Array(count + 2);
    this.#end = new Int32Array(count + 2);
    this.#after = new Int32Array(count + 2);
    this.#madeAt = new Int32Array(count + 2);
    this.#mostLoad = new Float64Array(count);
    this.#items = new Int32Array(2 * count);
  }

  /** Rectangles by place; changes when a range is opened. */
  get items(): Int32Array {
    return this.#items;
  }

  first(depth: number): number {
    return this.#first[depth];
  }

  end(depth: number): number {
    return this.#end[depth];
  }

  after(depth: number): number {
    return this.#after[depth];
  }

  /** All rectangles, at depth 0. `load`: by section; `order`: by number where there is none. */
  openAll(load: Float64Array, order: Int32Array | undefined, byLoad: boolean): void {
    const { count } = this.#placement;
    this.#byLoad = byLoad;
    for (let at = 0; at < count; at++) {
      const rectangle = order === undefined ? at : order[at];
      this.#items[at] = rectangle;
      this.#rank[rectangle] = at;
    }
    this.#first[0] = this.#after[0] = this.#madeAt[0] = 0;
    this.#end[0] = count;
    if (this.#byLoad) this.#sort(0, count, load);
  }

  /** Those of the sections `[from, to)`, the range at `depth - 1` or a part of it, in which `place` was placed last. */
  open(
    depth: number,
    from: number,
    to: number,
    isSame: boolean,
    place: number,
    isPlaced: Uint8Array,
    load: Float64Array,
  ): void {
    const [parent, first, end] = [depth - 1, this.#first[depth - 1], this.#end[depth - 1]];
    if (isSame && 2 * (depth - this.#madeAt[parent]) < end - first) {
      this.#first[depth] = first;
      this.#end[depth] = end;
      this.#after[depth] = place + 1;
      this.#madeAt[depth] = this.#madeAt[parent];
      return;
    }
    const { from: begins, to: ends } = this.#placement;
    if (2 * end - first > this.#items.length) {
      const wider = new Int32Array(Math.max(2 * end - first, 2 * this.#items.length));
      wider.set(this.#items);
      this.#items = wider;
    }
    const items = this.#items;
    let last = end;
    let after = end;
    for (let at = first; at < end; at++) {
      const rectangle = items[at];
      if (at === place) after = last;
      if (isPlaced[rectangle] === 1 || begins[rectangle] < from || ends[rectangle] > to) continue;
      items[last++] = rectangle;
    }
    const isSorted = this.#byLoad && !isSame;
    if (isSorted) this.#sort(end, last, load);
    this.#first[depth] = end;
    this.#end[depth] = last;
    // In another order anything may be the next.
    this.#after[depth] = isSorted ? end : after;
    this.#madeAt[depth] = depth;
  }

  #sort(first: number, end: number, load: Float64Array): void {
    const { runStart, runFrom, runTo } = this.#placement;
    const [items, mostLoad, rank] = [this.#items, this.#mostLoad, this.#rank];
    for (let at = first; at < end; at++) {
      const rectangle = items[at];
      let most = 0;
      for (let run = runStart[rectangle]; run < runStart[rectangle + 1]; run++) {
        for (let section = runFrom[run]; section < runTo[run]; section++) {
          if (load[section] > most) most = load[section];
        }
      }
      mostLoad[rectangle] = most;
    }
    items.subarray(first, end).sort((a, b) => mostLoad[b] - mostLoad[a] || rank[a] - rank[b]);
  }
}
