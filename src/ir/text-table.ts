/**
 * A hash of bytes starts with this, and each byte rotates it by five bits: `(hash << 5) ^ (hash >>> 27) ^ byte`. The
 * loops that read text spell this out, for they run before anything is compiled, when a call costs more than the work.
 */
export const hashStart = 0x2545f491;

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
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = mixed(hash) & mask;
    for (;;) {
      const entry = slots[slot];
      if (entry === -1) return this.#add(slot, start, end - start, hash);
      if (this.#hashes[entry] === hash && this.#equal(entry, start, end - start)) return entry;
      slot = (slot + 1) & mask;
    }
  }

  #equal(entry: number, start: number, length: number): boolean {
    if (this.#lengths[entry] !== length) return false;
    const source = this.#source;
    let other = this.#starts[entry];
    for (let at = start; at < start + length; at++) {
      if (source[other++] !== source[at]) return false;
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
      let slot = mixed(hash) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}

/** Spreads the bits of a hash (the finalizer of MurmurHash3, Austin Appleby, 2011, its first half). */
function mixed(hash: number): number {
  const low = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return low ^ (low >>> 13);
}
