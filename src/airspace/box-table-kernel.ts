/** Boxes in space and time, in columns. Boxes are open: those that touch do not overlap. */
export class BoxTable {
  /** Entries in use. */
  count = 0;
  /** `[west, east, south, north, floor, ceiling, start, end]` of every box. */
  #values = new Float64Array(8 * 64);
  /** Starts and ends of forbidden shifts of the last question, in pairs. */
  #shifts = new Float64Array(2 * 64);

  add(box: Float64Array): void {
    if (8 * (this.count + 1) > this.#values.length) {
      const grown = new Float64Array(2 * this.#values.length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values.set(box, 8 * this.count++);
  }

  /**
   * The least shift in time, from 0 on, at which none of `boxes` overlaps a box of the table. All of them are shifted
   * together. Each pair that overlaps in space forbids an open interval of shifts; the answer is 0 or the end of one.
   * O(boxes x count), and sorting of what overlaps.
   */
  leastShift(boxes: readonly Float64Array[]): number {
    let found = 0;
    for (const box of boxes) found = this.#forbid(box, found);
    const order = Int32Array.from({ length: found }, (_, index) => index);
    const shifts = this.#shifts;
    order.sort((a, b) => (shifts[2 * a] as number) - (shifts[2 * b] as number));
    let shift = 0;
    for (const index of order) {
      if ((shifts[2 * index] as number) >= shift) break;
      shift = Math.max(shift, shifts[2 * index + 1] as number);
    }
    return shift;
  }

  /** Adds the shifts that boxes of the table forbid to one box; returns how many there are now. */
  #forbid(box: Float64Array, found: number): number {
    const values = this.#values;
    const [west, east] = [box[0] as number, box[1] as number];
    const [south, north] = [box[2] as number, box[3] as number];
    const [floor, ceiling] = [box[4] as number, box[5] as number];
    const [start, end] = [box[6] as number, box[7] as number];
    for (let at = 0; at < 8 * this.count; at += 8) {
      if ((values[at] as number) >= east || (values[at + 1] as number) <= west) continue;
      if ((values[at + 2] as number) >= north || (values[at + 3] as number) <= south) continue;
      if ((values[at + 4] as number) >= ceiling || (values[at + 5] as number) <= floor) continue;
      const high = (values[at + 7] as number) - start;
      if (high <= 0) continue;
      if (2 * (found + 1) > this.#shifts.length) {
        const grown = new Float64Array(2 * this.#shifts.length);
        grown.set(this.#shifts);
        this.#shifts = grown;
      }
      this.#shifts[2 * found] = (values[at + 6] as number) - end;
      this.#shifts[2 * found + 1] = high;
      found++;
    }
    return found;
  }
}
