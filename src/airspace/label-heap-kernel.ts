/**
 * A heap of ids with four children a node, smallest key first; of equal keys the smaller tie. Grows as needed and is
 * emptied without freeing.
 */
export class LabelHeap {
  size = 0;
  /** Keys and ties of the nodes side by side: the children of one lie together. */
  #keys: Float64Array = new Float64Array(2048);
  #ids: Int32Array = new Int32Array(1024);

  clear(): void {
    this.size = 0;
  }

  push(key: number, tie: number, id: number): void {
    if (this.size === this.#ids.length) this.#grow();
    const keys = this.#keys;
    const ids = this.#ids;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >>> 2;
      const above = keys[2 * parent] as number;
      if (above < key || (above === key && (keys[2 * parent + 1] as number) <= tie)) break;
      keys[2 * hole] = above;
      keys[2 * hole + 1] = keys[2 * parent + 1] as number;
      ids[hole] = ids[parent] as number;
      hole = parent;
    }
    keys[2 * hole] = key;
    keys[2 * hole + 1] = tie;
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
    const ids = this.#ids;
    const first = ids[0] as number;
    const size = --this.size;
    const key = keys[2 * size] as number;
    const tie = keys[2 * size + 1] as number;
    const id = ids[size] as number;
    let hole = 0;
    for (;;) {
      const child = 4 * hole + 1;
      if (child >= size) break;
      let best = child;
      let bestKey = keys[2 * child] as number;
      const end = child + 4 < size ? child + 4 : size;
      for (let other = child + 1; other < end; other++) {
        const otherKey = keys[2 * other] as number;
        if (otherKey > bestKey) continue;
        if (otherKey === bestKey && (keys[2 * other + 1] as number) >= (keys[2 * best + 1] as number)) continue;
        best = other;
        bestKey = otherKey;
      }
      if (bestKey > key || (bestKey === key && (keys[2 * best + 1] as number) >= tie)) break;
      keys[2 * hole] = bestKey;
      keys[2 * hole + 1] = keys[2 * best + 1] as number;
      ids[hole] = ids[best] as number;
      hole = best;
    }
    keys[2 * hole] = key;
    keys[2 * hole + 1] = tie;
    ids[hole] = id;
    return first;
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#keys.length);
    const ids = new Int32Array(2 * this.#ids.length);
    keys.set(this.#keys);
    ids.set(this.#ids);
    this.#keys = keys;
    this.#ids = ids;
  }
}
