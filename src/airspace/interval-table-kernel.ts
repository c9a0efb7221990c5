/**
 * Blocked intervals of many resources (vertices, edges, pads), each with an owner.
 *
 * ```
 *  resource 7    (2 . . 5)        (9 . . . . 14)          two owners, may overlap
 *                   (4 . . . 7)
 *  free       ..2]          [7..9]              [14..     gaps of the union, closed: touching is no conflict
 * ```
 *
 * The intervals of resource `r` are entries `offsets[r]` to `offsets[r] + lengths[r]` of the pools, sorted by start, then
 * end, then owner. They are open: `(start, end)`. `reaches` holds the largest end so far, so that gaps are found without
 * merging: there is one after entry `i` if it is the last, or if the next starts at `reaches[i]` or later.
 *
 * What the intervals of a resource are depends on which were inserted and removed, not on the order in which it was done.
 */
export class IntervalTable {
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
  starts: Float64Array;
  ends: Float64Array;
  reaches: Float64Array;
  owners: Int32Array;
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
    this.starts = new Float64Array(first);
    this.ends = new Float64Array(first);
    this.reaches = new Float64Array(first);
    this.owners = new Int32Array(first);
  }

  /** Blocks `(start, end)` of a resource. Empty intervals block nothing and are left out. */
  insert(resource: number, start: number, end: number, owner: number): void {
    if (!(start < end)) return;
    const length = this.lengths[resource] as number;
    if (length === (this.#capacities[resource] as number)) this.#grow(resource);
    const { starts, ends, reaches, owners } = this;
    const offset = this.offsets[resource] as number;
    let at = offset + length;
    while (at > offset && isAfter(starts, ends, owners, at - 1, start, end, owner)) {
      starts[at] = starts[at - 1] as number;
      ends[at] = ends[at - 1] as number;
      owners[at] = owners[at - 1] as number;
      at--;
    }
    starts[at] = start;
    ends[at] = end;
    owners[at] = owner;
    this.lengths[resource] = length + 1;
    let reach = at > offset ? (reaches[at - 1] as number) : Number.NEGATIVE_INFINITY;
    for (let entry = at; entry <= offset + length; entry++) {
      if ((ends[entry] as number) > reach) reach = ends[entry] as number;
      reaches[entry] = reach;
    }
  }

  /** Removes all intervals that an owner has in a resource. */
  removeOwner(resource: number, owner: number): void {
    const { starts, ends, reaches, owners } = this;
    const offset = this.offsets[resource] as number;
    const end = offset + (this.lengths[resource] as number);
    let kept = offset;
    let reach = Number.NEGATIVE_INFINITY;
    for (let entry = offset; entry < end; entry++) {
      if (owners[entry] === owner) continue;
      starts[kept] = starts[entry] as number;
      ends[kept] = ends[entry] as number;
      owners[kept] = owners[entry] as number;
      if ((ends[kept] as number) > reach) reach = ends[kept] as number;
      reaches[kept] = reach;
      kept++;
    }
    this.lengths[resource] = kept - offset;
    if (kept === offset) this.#release(resource);
  }

  /**
   * The entry after which `time` lies: the last that starts before it, -1 (counted from the resource's first) where there is
   * none. `time` is free if that entry's reach is at most `time`.
   */
  entryBefore(resource: number, time: number): number {
    const { starts } = this;
    const offset = this.offsets[resource] as number;
    let low = 0;
    let high = this.lengths[resource] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[offset + middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The first time at or after `time` that is free. */
  firstFree(resource: number, time: number): number {
    const { starts, reaches } = this;
    const offset = this.offsets[resource] as number;
    const end = offset + (this.lengths[resource] as number);
    let entry = offset + this.entryBefore(resource, time);
    if (entry < offset) return time;
    let free = Math.max(time, reaches[entry] as number);
    while (++entry < end && (starts[entry] as number) < free) free = Math.max(free, reaches[entry] as number);
    return free;
  }

  /** The end of the gap that `time`, a free time, lies in: the start of the next interval, or infinity. */
  freeUntil(resource: number, time: number): number {
    const next = this.entryBefore(resource, time) + 1;
    return next < (this.lengths[resource] as number)
      ? (this.starts[(this.offsets[resource] as number) + next] as number)
      : Number.POSITIVE_INFINITY;
  }

  /** Calls `visit` with the owner of each interval that meets `(start, end)`. */
  visitOwners(resource: number, start: number, end: number, visit: (owner: number) => void): void {
    const offset = this.offsets[resource] as number;
    for (let entry = offset; entry < offset + (this.lengths[resource] as number); entry++) {
      if ((this.starts[entry] as number) >= end) return;
      if ((this.ends[entry] as number) > start) visit(this.owners[entry] as number);
    }
  }

  #grow(resource: number): void {
    const old = this.offsets[resource] as number;
    const length = this.lengths[resource] as number;
    const capacity = Math.max(2, 2 * (this.#capacities[resource] as number));
    const free = this.#freeBlocks[Math.log2(capacity)]?.pop();
    const offset = free ?? this.poolLength;
    if (free === undefined) this.#extend(capacity);
    for (const pool of [this.starts, this.ends, this.reaches, this.owners]) pool.copyWithin(offset, old, old + length);
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
    if (this.poolLength <= this.starts.length) return;
    const size = Math.max(this.poolLength, 2 * this.starts.length);
    const enlarge = (pool: Float64Array): Float64Array => {
      const larger = new Float64Array(size);
      larger.set(pool);
      return larger;
    };
    this.starts = enlarge(this.starts);
    this.ends = enlarge(this.ends);
    this.reaches = enlarge(this.reaches);
    const owners = new Int32Array(size);
    owners.set(this.owners);
    this.owners = owners;
  }
}

/** True if entry `at` comes after the interval that is given. */
function isAfter(
  starts: Float64Array,
  ends: Float64Array,
  owners: Int32Array,
  at: number,
  start: number,
  end: number,
  owner: number,
): boolean {
  const other = starts[at] as number;
  if (other !== start) return other > start;
  if (ends[at] !== end) return (ends[at] as number) > end;
  return (owners[at] as number) > owner;
}
