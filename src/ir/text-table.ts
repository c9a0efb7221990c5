/** Starts the hash of a byte range (FNV-1a, Fowler, Noll and Vo, 1991, on 32 bits). */
export const hashStart = 0x811c9dc5 | 0;

/** Adds one byte to a hash. */
export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/**
 * Gives each different byte range of one text a number, counted from 0, so that equal names and types are read once.
 * Open addressing; the table doubles when it is half full.
 */
export class ByteTable {
  readonly #source: Uint8Array;
  readonly #starts: number[] = [];
  readonly #hashes: number[] = [];
  readonly #lengths: number[] = [];
  #slots = new Int32Array(256).fill(-1);

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** How many different ranges were numbered. */
  get size(): number {
    return this.#starts.length;
  }

  /** The number of bytes [start, end), whose hash is `hash`; a new one, equal to the old `size`, when not yet seen. */
  number(start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const entry = this.#slots[slot];
      if (entry === -1) return this.#add(slot, start, end - start, hash);
      if (this.#hashes[entry] === hash && this.#equal(entry, start, end - start)) return entry;
      slot = (slot + 1) & mask;
    }
  }

  #equal(entry: number, start: number, length: number): boolean {
    if (this.#lengths[entry] !== length) return false;
    const other = this.#starts[entry];
    for (let at = 0; at < length; at++) {
      if (this.#source[other + at] !== this.#source[start + at]) return false;
    }
    return true;
  }

  #add(slot: number, start: number, length: number, hash: number): number {
    const entry = this.#starts.length;
    this.#slots[slot] = entry;
    this.#starts.push(start);
    this.#lengths.push(length);
    this.#hashes.push(hash);
    if (entry * 2 >= this.#slots.length) this.#grow();
    return entry;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.#hashes.length; entry++) {
      const hash = this.#hashes[entry];
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}
