/**
 * A heap of ids with four children a node, smallest key first; of equal keys the smaller tie. Grows as needed and is
 * emptied without freeing.
 */
export class LabelHeap {
  size = 0;
  #keys = new Float64Array(1024);
  #ties = new Float64Array(1024);
  #ids = new Int32Array(1024);

  clear(): void {
    this.size = 0;
  }

  push(key: number, tie: number, id: number): void {
    if (this.size === this.#ids.length) this.#grow();
    const keys = this.#keys;
    const ties = this.#ties;
    const ids = this.#ids;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >>> 2;
      const above = keys[parent] as number;
      if (above < key || (above === key && (ties[parent] as number) <= tie)) break;
      keys[hole] = above;
      ties[hole] = ties[parent] as number;
      ids[hole] = ids[parent] as number;
      hole = parent;
    }
    keys[hole] = key;
    ties[hole] = tie;
    ids[hole] = id;
  }

  /** The key of the first id; infinity when empty. */
  smallestKey(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.#keys[0] as number);
  }

  /** Takes the first id out, -1 when empty. */
  pop(): number {
    if (this.size === 0) return -1;
    const keys = this.#keys;
    const ties = this.#ties;
    const ids = this.#ids;
    const first = ids[0] as number;
    const size = --this.size;
    const key = keys[size] as number;
    const tie = ties[size] as number;
    const id = ids[size] as number;
    let hole = 0;
    for (;;) {
      const child = 4 * hole + 1;
      if (child >= size) break;
      let best = child;
      const end = child + 4 < size ? child + 4 : size;
      for (let other = child + 1; other < end; other++) {
        const otherKey = keys[other] as number;
        const bestKey = keys[best] as number;
        if (otherKey < bestKey || (otherKey === bestKey && (ties[other] as number) < (ties[best] as number)))
          best = other;
      }
      const bestKey = keys[best] as number;
      if (bestKey > key || (bestKey === key && (ties[best] as number) >= tie)) break;
      keys[hole] = bestKey;
      ties[hole] = ties[best] as number;
      ids[hole] = ids[best] as number;
      hole = best;
    }
    keys[hole] = key;
    ties[hole] = tie;
    ids[hole] = id;
    return first;
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#keys.length);
    const ties = new Float64Array(2 * this.#ties.length);
    const ids = new Int32Array(2 * this.#ids.length);
    keys.set(this.#keys);
    ties.set(this.#ties);
    ids.set(this.#ids);
    this.#keys = keys;
    this.#ties = ties;
    this.#ids = ids;
  }
}
