import type { Csr } from './csr-kernel.ts';
import type { Placement } from './placement.ts';
import { membersOfSections, neighboursOf, type TakenRanges, takenRanges, twinsOf } from './placement-relations.ts';
import { RangeMembers } from './range-members-kernel.ts';
import { createFrames, type Frames } from './search-frames.ts';

/** What a search came to: addresses, the proof that there are none, or neither within its limit. */
export type SearchEnd = 'found' | 'none' | 'limit';

/** How a search goes about. */
export interface SearchManner {
  /** Rectangles, the preferred ones first. Default: by number. */
  readonly order?: Int32Array;
  /** True: those come first that lie where most is still to be placed, and the order breaks ties. */
  readonly byLoad?: boolean;
  /** Asked now and then. */
  readonly isStopped?: () => boolean;
}

/**
 * Searches addresses for the rectangles of a placement below a capacity, depth first.
 *
 * Any solution can be let sink until each rectangle lies at 0 or on another one, and then be built in the order of
 * addresses. Only such solutions are sought, as in MiniMalloc (Moffitt 2023, doi 10.1145/3623278.3624752): the next
 * rectangle lies at the least address that those placed leave it, not below the last one, and comes after it where
 * addresses are equal. Low addresses are tried first. What is cut off:
 * - what would lie above the least possible top of another one that is still to be placed: that one could have gone below
 *   (dominance);
 * - sections in which none can begin low enough for all that is still to lie there (section inference);
 * - other choices, where the one that failed meets nothing that is still to be placed (hatless);
 * - all orders but one of rectangles with equal sections and bytes (symmetry).
 *
 * Ranges of sections that no unplaced rectangle joins are searched one by one (dynamic decomposition). Obstacles are never
 * placed: the least address of a rectangle is above those that it cannot lie below.
 */
export class PlacementSearch {
  readonly #placement: Placement;
  readonly #neighbours: Csr;
  readonly #sections: Csr;
  readonly #twin: Int32Array;
  readonly #takenOf: TakenRanges;
  readonly #takenIn: TakenRanges;
  /** The least address that those placed leave; of those placed, theirs. */
  readonly #address: Float64Array;
  readonly #isPlaced: Uint8Array;
  /** By section: the bytes that are still to be placed, how many rectangles, and one that can begin low enough. */
  readonly #load: Float64Array;
  readonly #open: Int32Array;
  readonly #witness: Int32Array;
  /** By section: the largest load of its range before it, and from it on. */
  readonly #before: Float64Array;
  readonly #behind: Float64Array;
  /** By section: how many unplaced rectangles reach over its start. */
  readonly #joins: Int32Array;
  readonly #members: RangeMembers;
  readonly #frames: Frames;
  /** Places among the members. */
  #candidates = new Int32Array(1024);
  /** Ranges that are still to be searched, as pairs. */
  readonly #pending: number[] = [];
  readonly #placed: Int32Array;
  #placedCount = 0;
  /** Rectangles whose least address was raised, and from where. */
  #raised = new Int32Array(1024);
  #raisedFrom = new Float64Array(1024);
  #raisedCount = 0;
  #capacity = 0;
  #nodes = 0;

  /** O(overlapping pairs + what lies in all sections). `neighbours`: by rectangle, those that it lives with. */
  constructor(placement: Placement, neighbours: Csr = neighboursOf(placement)) {
    const { count, sectionCount } = placement;
    this.#placement = placement;
    this.#sections = membersOfSections(placement);
    this.#neighbours = neighbours;
    this.#twin = twinsOf(placement);
    const { sections, rectangles } = takenRanges(placement);
    this.#takenIn = sections;
    this.#takenOf = rectangles;
    this.#address = new Float64Array(count);
    this.#isPlaced = new Uint8Array(count);
    this.#load = new Float64Array(sectionCount);
    this.#open = new Int32Array(sectionCount);
    this.#witness = new Int32Array(sectionCount);
    this.#before = new Float64Array(sectionCount + 1);
    this.#behind = new Float64Array(sectionCount + 1);
    this.#joins = new Int32Array(sectionCount + 1);
    this.#members = new RangeMembers(placement);
    this.#placed = new Int32Array(count);
    this.#frames = createFrames(count + 2);
  }

  /** Ranges opened in all runs. */
  get nodes(): number {
    return this.#nodes;
  }

  /** The address of each rectangle, after a run that found them. */
  get addresses(): Float64Array {
    return this.#address;
  }

  /** Searches from the start; ends when `limit` ranges have been opened, or soon where it is stopped. */
  run(capacity: number, limit: number, { order, byLoad = false, isStopped }: SearchManner = {}): SearchEnd {
    if (!this.#begin(capacity, order, byLoad)) return 'none';
    const { from, to, next, end, placed, place, isAlone, pendingCount } = this.#frames;
    let depth = 0;
    let left = limit;
    for (let descends = true; ; ) {
      if (descends) {
        if (this.#pending.length === pendingCount[depth]) {
          // All of this range is placed: on to what its parent has left.
          if (depth === 0) return 'found';
          depth--;
          continue;
        }
        if (left-- <= 0) return 'limit';
        if ((++this.#nodes & 255) === 0 && isStopped?.()) return 'limit';
        this.#openRange(++depth);
        descends = false;
      }
      if (next[depth] === end[depth]) {
        if (--depth === 0) return 'none';
        this.#undo(depth);
        if (isAlone[depth] === 1) next[depth] = end[depth];
        continue;
      }
      place[depth] = this.#candidates[next[depth]++];
      const rectangle = this.#members.items[place[depth]];
      placed[depth] = rectangle;
      if (this.#place(rectangle)) {
        isAlone[depth] = this.#meetsNone(rectangle) ? 1 : 0;
        this.#split(from[depth], to[depth]);
        descends = true;
      } else this.#undo(depth);
    }
  }

  /** Empties the bank; false where a section cannot fit. */
  #begin(capacity: number, order: Int32Array | undefined, byLoad: boolean): boolean {
    const { count, bytes, sectionCount } = this.#placement;
    this.#capacity = capacity;
    this.#isPlaced.fill(0);
    this.#load.fill(0);
    this.#open.fill(0);
    this.#joins.fill(0);
    this.#raisedCount = this.#placedCount = this.#pending.length = 0;
    for (let rectangle = 0; rectangle < count; rectangle++) {
      this.#address[rectangle] = this.#leastFrom(rectangle, 0);
      if (this.#address[rectangle] + bytes[rectangle] > capacity) return false;
      this.#count(rectangle, 1);
    }
    for (let section = 0; section < sectionCount; section++) {
      this.#witness[section] = this.#sections.items[this.#sections.start[section]];
    }
    const { from, to, next, end, placed, place, pendingCount } = this.#frames;
    from[0] = next[0] = end[0] = pendingCount[0] = 0;
    to[0] = sectionCount;
    placed[0] = place[0] = -1;
    this.#members.openAll(this.#load, order, byLoad);
    this.#split(0, sectionCount);
    return this.#hasWitnesses(0, sectionCount, 0);
  }

  /** The least address of a rectangle from one on, past obstacles. */
  #leastFrom(rectangle: number, from: number): number {
    const { bytes, alignment } = this.#placement;
    const { start, low, high } = this.#takenOf;
    const multiple = alignment[rectangle];
    let least = from + ((multiple - (from % multiple)) % multiple);
    for (let range = start[rectangle]; range < start[rectangle + 1]; range++) {
      if (high[range] <= least) continue;
      if (low[range] >= least + bytes[rectangle]) break;
      least = high[range] + ((multiple - (high[range] % multiple)) % multiple);
    }
    return least;
  }

  /** The highest address from which on all that is still to be placed in a section has room. */
  #mostIn(section: number): number {
    const { start, low, high } = this.#takenIn;
    let top = this.#capacity;
    let load = this.#load[section];
    for (let range = start[section + 1] - 1; range >= start[section]; range--) {
      if (low[range] >= top) continue;
      const room = Math.max(0, top - high[range]);
      if (room >= load) break;
      load -= room;
      top = low[range];
    }
    return top - load;
  }

  /** Adds a rectangle to what is still to be placed in its sections, or takes it out. */
  #count(rectangle: number, sign: 1 | -1): void {
    const { bytes, from, to, runStart, runFrom, runTo } = this.#placement;
    for (let run = runStart[rectangle]; run < runStart[rectangle + 1]; run++) {
      for (let section = runFrom[run]; section < runTo[run]; section++) {
        this.#load[section] += sign * bytes[rectangle];
        this.#open[section] += sign;
      }
    }
    for (let section = from[rectangle] + 1; section < to[rectangle]; section++) this.#joins[section] += sign;
  }

  /** Opens the last pending range: finds out what may be placed next in it. */
  #openRange(depth: number): void {
    const frames = this.#frames;
    const pending = this.#pending;
    const to = pending.pop() ?? 0;
    const from = pending.pop() ?? 0;
    const first = frames.end[depth - 1];
    frames.from[depth] = from;
    frames.to[depth] = to;
    frames.placedCount[depth] = this.#placedCount;
    frames.raisedCount[depth] = this.#raisedCount;
    frames.pendingCount[depth] = pending.length;
    frames.next[depth] = first;
    const last = frames.placed[depth - 1];
    const lowest = last < 0 ? 0 : this.#address[last];
    const isSame = from === frames.from[depth - 1] && to === frames.to[depth - 1];
    this.#members.open(depth, from, to, isSame, frames.place[depth - 1], this.#isPlaced, this.#load);
    this.#measureSides(from, to);
    frames.end[depth] = this.#collect(depth, first, lowest);
  }

  /** Writes the candidates of a range, those with low addresses first, then by preference; returns their end. */
  #collect(depth: number, first: number, lowest: number): number {
    const { bytes, from: begins, to: ends } = this.#placement;
    const [before, behind, capacity] = [this.#before, this.#behind, this.#capacity];
    const [address, twin, isPlaced, members] = [this.#address, this.#twin, this.#isPlaced, this.#members];
    const { items } = members;
    const [begin, stop, after] = [members.first(depth), members.end(depth), members.after(depth)];
    let top = Number.POSITIVE_INFINITY;
    for (let at = begin; at < stop; at++) {
      const rectangle = items[at];
      if (isPlaced[rectangle] === 1) continue;
      if (address[rectangle] + bytes[rectangle] < top) top = address[rectangle] + bytes[rectangle];
    }
    if (first + stop - begin > this.#candidates.length)
      this.#candidates = widened(this.#candidates, first + stop - begin);
    const candidates = this.#candidates;
    let end = first;
    for (let at = begin; at < stop; at++) {
      const rectangle = items[at];
      if (isPlaced[rectangle] === 1) continue;
      const low = address[rectangle];
      if (low >= top || low < lowest || (low === lowest && at < after)) continue;
      if (twin[rectangle] >= 0 && isPlaced[twin[rectangle]] === 0) continue;
      if (low + before[begins[rectangle]] > capacity || low + behind[ends[rectangle]] > capacity) continue;
      let place = end++;
      for (; place > first && address[items[candidates[place - 1]]] > low; place--)
        candidates[place] = candidates[place - 1];
      candidates[place] = at;
    }
    return end;
  }

  /** Places a rectangle at its least address; false where the rest cannot fit then. */
  #place(rectangle: number): boolean {
    const { count, bytes, from, to } = this.#placement;
    const { start, items } = this.#neighbours;
    const capacity = this.#capacity;
    const top = this.#address[rectangle] + bytes[rectangle];
    this.#isPlaced[rectangle] = 1;
    this.#placed[this.#placedCount++] = rectangle;
    this.#count(rectangle, -1);
    if (top > capacity) return false;
    if (this.#raisedCount + count > this.#raised.length) {
      this.#raised = widened(this.#raised, this.#raisedCount + count);
      const wider = new Float64Array(this.#raised.length);
      wider.set(this.#raisedFrom);
      this.#raisedFrom = wider;
    }
    let [first, end] = [from[rectangle], to[rectangle]];
    for (let place = start[rectangle]; place < start[rectangle + 1]; place++) {
      const other = items[place];
      const old = this.#address[other];
      if (this.#isPlaced[other] === 1 || old >= top) continue;
      const raised = this.#leastFrom(other, top);
      this.#raised[this.#raisedCount] = other;
      this.#raisedFrom[this.#raisedCount++] = old;
      this.#address[other] = raised;
      if (raised + bytes[other] > capacity) return false;
      if (from[other] < first) first = from[other];
      if (to[other] > end) end = to[other];
    }
    return this.#hasWitnesses(first, end, this.#address[rectangle]);
  }

  /** True when in each section something can begin so low, from `lowest` on, that all still to be placed there has room. */
  #hasWitnesses(from: number, to: number, lowest: number): boolean {
    const { start, items } = this.#sections;
    const [address, isPlaced, witness] = [this.#address, this.#isPlaced, this.#witness];
    for (let section = from; section < to; section++) {
      if (this.#open[section] === 0) continue;
      const most = this.#mostIn(section);
      if (lowest > most) return false;
      const known = witness[section];
      if (isPlaced[known] === 0 && address[known] <= most) continue;
      let place = start[section];
      const end = start[section + 1];
      while (place < end && (isPlaced[items[place]] === 1 || address[items[place]] > most)) place++;
      if (place === end) return false;
      witness[section] = items[place];
    }
    return true;
  }

  #meetsNone(rectangle: number): boolean {
    const { start, items } = this.#neighbours;
    for (let place = start[rectangle]; place < start[rectangle + 1]; place++) {
      if (this.#isPlaced[items[place]] === 0) return false;
    }
    return true;
  }

  /** Appends the ranges of sections that unplaced rectangles join, the one with the largest load last: it comes first. */
  #split(from: number, to: number): void {
    const pending = this.#pending;
    const begin = pending.length;
    for (let section = from; section < to; ) {
      if (this.#open[section] === 0) {
        section++;
        continue;
      }
      const first = section;
      let most = this.#load[section++];
      for (; section < to && this.#joins[section] > 0; section++) most = Math.max(most, this.#load[section]);
      let place = pending.length;
      pending.push(first, section);
      for (; place > begin && this.#mostLoad(pending[place - 2], pending[place - 1]) > most; place -= 2) {
        [pending[place], pending[place + 1]] = [pending[place - 2], pending[place - 1]];
        [pending[place - 2], pending[place - 1]] = [first, section];
      }
    }
  }

  /** The largest loads of a range before each of its sections, and from each on. */
  #measureSides(from: number, to: number): void {
    const [load, before, behind] = [this.#load, this.#before, this.#behind];
    before[from] = 0;
    behind[to] = 0;
    for (let section = from; section < to; section++) before[section + 1] = Math.max(before[section], load[section]);
    for (let section = to; section-- > from; ) behind[section] = Math.max(behind[section + 1], load[section]);
  }

  #mostLoad(from: number, to: number): number {
    let most = 0;
    for (let section = from; section < to; section++) most = Math.max(most, this.#load[section]);
    return most;
  }

  /** Takes back all that was placed since a frame was opened. */
  #undo(depth: number): void {
    const { placedCount, raisedCount, pendingCount } = this.#frames;
    while (this.#raisedCount > raisedCount[depth]) {
      this.#raisedCount--;
      this.#address[this.#raised[this.#raisedCount]] = this.#raisedFrom[this.#raisedCount];
    }
    while (this.#placedCount > placedCount[depth]) {
      const rectangle = this.#placed[--this.#placedCount];
      this.#isPlaced[rectangle] = 0;
      this.#count(rectangle, 1);
    }
    this.#pending.length = pendingCount[depth];
  }
}

function widened(items: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.max(length, 2 * items.length));
  wider.set(items);
  return wider;
}
