import { type HloComputation, operandNames } from './hlo-text.ts';

/** Which collectives of one computation wait for which others, by the flow of its values. */
export class CollectiveOrder {
  readonly #bits = new Map<string, number>();
  /** For each collective the ones that it waits for, as a set of bits. */
  readonly #before: Uint32Array[] = [];

  /** `names` are the collectives. O(operands in the computation x collectives / 32). */
  constructor({ instructions }: HloComputation, names: ReadonlySet<string>) {
    const words = Math.ceil(names.size / 32);
    const before = new Map<string, Uint32Array>();
    for (const instruction of instructions.values()) {
      const waits = new Uint32Array(words);
      for (const operand of operandNames(instruction)) {
        unite(waits, before.get(operand));
        const bit = this.#bits.get(operand);
        if (bit !== undefined) waits[bit >> 5] |= 1 << (bit & 31);
      }
      before.set(instruction.name, waits);
      if (!names.has(instruction.name)) continue;
      this.#bits.set(instruction.name, this.#before.length);
      this.#before.push(waits.slice());
    }
  }

  /** True where one of two waits for the other. */
  isOrdered(a: string, b: string): boolean {
    return this.#waits(a, b) || this.#waits(b, a);
  }

  /** From now on these are one: it waits for what any of them waits for, and what waits for one waits for all. */
  join(names: readonly string[]): void {
    const bits = names.flatMap(name => this.#bits.get(name) ?? []);
    const all = new Uint32Array(this.#before[0]?.length ?? 0);
    for (const bit of bits) unite(all, this.#before[bit]);
    for (const bit of bits) this.#before[bit] = all.slice();
    const after = all.slice();
    for (const bit of bits) after[bit >> 5] |= 1 << (bit & 31);
    for (const waits of this.#before) if (bits.some(bit => hasBit(waits, bit))) unite(waits, after);
  }

  #waits(later: string, earlier: string): boolean {
    const [own, other] = [this.#bits.get(later), this.#bits.get(earlier)];
    return own !== undefined && other !== undefined && hasBit(this.#before[own], other);
  }
}

function unite(into: Uint32Array, from: Uint32Array | undefined): void {
  if (from === undefined) return;
  for (let word = 0; word < into.length; word++) into[word] |= from[word];
}

function hasBit(bits: Uint32Array, bit: number): boolean {
  return ((bits[bit >> 5] >>> (bit & 31)) & 1) === 1;
}
