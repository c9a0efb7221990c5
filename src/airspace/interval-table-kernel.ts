/** Intervals that a resource has room for once it has had one. */
const leastCapacity = 2;

/**
 * Blocked intervals of many resources (vertices, edges, pads), each with an owner.
 *
 * ```
 *  resource 7    (2 . . 5)        (9 . . . . 14)          two owners, may overlap
 *                   (4 . . . 7)
 *  free       ..2]          [7..9]              [14..     gaps of the union, closed: touching is no conflict
 * ```
 *
 * The intervals of resource `r` are entries `offsets[r]` to `offsets[r] + lengths[r]` of the pools, sorted by start,
 * then end, then owner. They are open: `(start, end)`. Entry `i` starts at `bounds[2 i]`; `bounds[2 i + 1]`, its reach,
 * is the largest end so far, so that gaps are found without merging: there is one after entry `i` if it is the last, or
 * if the next starts at the reach of `i` or later. Both lie side by side, since a search reads one after the other.
 *
 * What the intervals of a resource are depends on which were inserted and removed, not on the order in which it was
 * done.
 */
export class IntervalTable {
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
  bounds: Float64Array;
  ends: Float64Array;
  owners: Int32Array;
  /** The end of the gap in which the last `firstFree` found its time: the start of the next interval, or infinity. */
  gapEnd = Number.POSITIVE_INFINITY;
  /** Entries of the pools that are given out, in use or free again. */
  poolLength = 0;
  readonly #capacities: Int32Array;
  /** By logarithm of capacity: offsets of blocks that are free again. */
  readonly #freeBlocks: number[][] = [];

  constructor(resources: number) {
    this.offsets = new Int32Array(resources);
    this.lengths = new Int32Array(resources);
    this.#capacities = new Int32Array(resources);
    const first = 1024;
    this.bounds = new Float64Array(2 * first);
    this.ends = new Float64Array(first);
    this.owners = new Int32Array(first);
  }

  /** Blocks `(start, end)` of a resource. Empty intervals block nothing and are left out. */
  insert(resource: number, start: number, end: number, owner: number): void {
    if (!(start < end)) return;
    const length = this.lengths[resource] as number;
    if (length === (this.#capacities[resource] as number)) this.#grow(resource);
    const { bounds, ends, owners } = this;
    const offset = this.offsets[resource] as number;
    let at = offset + length;
    while (at > offset && this.#isAfter(at - 1, start, end, owner)) {
      bounds[2 * at] = bounds[2 * at - 2] as number;
      ends[at] = ends[at - 1] as number;
      owners[at] = owners[at - 1] as number;
      at--;
    }
    bounds[2 * at] = start;
    ends[at] = end;
    owners[at] = owner;
    this.lengths[resource] = length + 1;
    this.#reachFrom(resource, at);
  }

  /** Takes out one interval that was put in with these numbers; what is not there is left alone. */
  remove(resource: number, start: number, end: number, owner: number): void {
    const { bounds, ends, owners } = this;
    const offset = this.offsets[resource] as number;
    const last = offset + (this.lengths[resource] as number) - 1;
    let at = offset + this.entryBefore(resource, start) + 1;
    while (at <= last && bounds[2 * at] === start && (ends[at] !== end || owners[at] !== owner)) at++;
    if (at > last || bounds[2 * at] !== start) return;
    for (let entry = at; entry < last; entry++) {
      bounds[2 * entry] = bounds[2 * entry + 2] as number;
      ends[entry] = ends[entry + 1] as number;
      owners[entry] = owners[entry + 1] as number;
    }
    this.lengths[resource] = last - offset;
    // Small blocks are kept: what comes back to a resource that was emptied finds room at once.
    if (last === offset && (this.#capacities[resource] as number) > leastCapacity) this.#release(resource);
    else this.#reachFrom(resource, at);
  }

  /**
   * The entry after which `time` lies: the last that starts before it, -1 (counted from the resource's first) where
   * there is none. `time` is free if that entry's reach is at most `time`.
   */
  entryBefore(resource: number, time: number): number {
    const { bounds } = this;
    const offset = this.offsets[resource] as number;
    let low = 0;
    let high = this.lengths[resource] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[2 * (offset + middle)] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /**
   * The first time at or after `time` that is free, infinity if there is none; `gapEnd` says how long it stays free.
   */
  firstFree(resource: number, time: number): number {
    const { bounds } = this;
    const offset = this.offsets[resource] as number;
    const end = offset + (this.lengths[resource] as number);
    // The first that starts at or after `time`: `entryBefore` written out, since searches spend their time here.
    let next = offset;
    for (let high = end; next < high; ) {
      const middle = (next + high) >>> 1;
      if ((bounds[2 * middle] as number) < time) next = middle + 1;
      else high = middle;
    }
    let free = time;
    if (next > offset && (bounds[2 * next - 1] as number) > time) {
      free = bounds[2 * next - 1] as number;
      while (next < end && (bounds[2 * next] as number) < free) free = Math.max(free, bounds[2 * next++ + 1] as number);
    }
    this.gapEnd = next < end ? (bounds[2 * next] as number) : Number.POSITIVE_INFINITY;
    return free;
  }

  /** When the last interval of a resource ends; minus infinity where it has none. */
  lastEnd(resource: number): number {
    const length = this.lengths[resource] as number;
    if (length === 0) return Number.NEGATIVE_INFINITY;
    return this.bounds[2 * ((this.offsets[resource] as number) + length) - 1] as number;
  }

  /** Calls `visit` with the owner of each interval that meets `(start, end)`. */
  visitOwners(resource: number, start: number, end: number, visit: (owner: number) => void): void {
    const offset = this.offsets[resource] as number;
    for (let entry = offset; entry < offset + (this.lengths[resource] as number); entry++) {
      if ((this.bounds[2 * entry] as number) >= end) return;
      if ((this.ends[entry] as number) > start) visit(this.owners[entry] as number);
    }
  }

  #grow(resource: number): void {
    const old = this.offsets[resource] as number;
    const length = this.lengths[resource] as number;
    const capacity = Math.max(leastCapacity, 2 * (this.#capacities[resource] as number));
    const free = this.#freeBlocks[Math.log2(capacity)]?.pop();
    const offset = free ?? this.poolLength;
    if (free === undefined) this.#extend(capacity);
    this.bounds.copyWithin(2 * offset, 2 * old, 2 * (old + length));
    this.ends.copyWithin(offset, old, old + length);
    this.owners.copyWithin(offset, old, old + length);
    this.#release(resource);
    this.offsets[resource] = offset;
    this.#capacities[resource] = capacity;
  }

  #release(resource: number): void {
    const capacity = this.#capacities[resource] as number;
    if (capacity === 0) return;
    const kind = Math.log2(capacity);
    const blocks = this.#freeBlocks[kind] ?? [];
    blocks.push(this.offsets[resource] as number);
    this.#freeBlocks[kind] = blocks;
    this.offsets[resource] = 0;
    this.#capacities[resource] = 0;
  }

  #extend(entries: number): void {
    this.poolLength += entries;
    const old = this.owners.length;
    if (this.poolLength <= old) return;
    const size = Math.max(this.poolLength, 2 * old);
    const [bounds, ends, owners] = [new Float64Array(2 * size), new Float64Array(size), new Int32Array(size)];
    bounds.set(this.bounds);
    ends.set(this.ends);
    owners.set(this.owners);
    this.bounds = bounds;
    this.ends = ends;
    this.owners = owners;
  }

  /** Works out how far intervals reach, from entry `at` on, once it or what is before it has changed. */
  #reachFrom(resource: number, at: number): void {
    const { bounds, ends } = this;
    const offset = this.offsets[resource] as number;
    const end = offset + (this.lengths[resource] as number);
    let reach = at > offset ? (bounds[2 * at - 1] as number) : Number.NEGATIVE_INFINITY;
    for (let entry = at; entry < end; entry++) {
      if ((ends[entry] as number) > reach) reach = ends[entry] as number;
      bounds[2 * entry + 1] = reach;
    }
  }

  /** True if entry `at` comes after the interval that is given. */
  #isAfter(at: number, start: number, end: number, owner: number): boolean {
    const other = this.bounds[2 * at] as number;
    if (other !== start) return other > start;
    if (this.ends[at] !== end) return (this.ends[at] as number) > end;
    return (this.owners[at] as number) > owner;
  }
}
