const mask64 = (1n << 64n) - 1n;
const multipliers = [0xd2e7470ee14c6c93n, 0xca5a826395121157n] as const;
const keySteps = [0x9e3779b97f4a7c15n, 0xbb67ae8584caa73bn] as const;
const rounds = 10;

/**
 * Random words from Philox4x64-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011),
 * in the order in which numpy's `Philox(key=[a, b])` gives them: the counter starts at 1, and a 64-bit word is given
 * as its low half, then its high half.
 */
export class Philox {
  readonly #key: readonly [bigint, bigint];
  #counter = 0n;
  #words: readonly bigint[] = [];
  #position = 0;
  #highHalf: number | undefined;

  constructor(key: readonly [bigint, bigint]) {
    this.#key = key;
  }

  next64(): bigint {
    if (this.#position === this.#words.length) {
      this.#counter++;
      this.#words = block(this.#counter, this.#key);
      this.#position = 0;
    }
    return this.#words[this.#position++];
  }

  next32(): number {
    if (this.#highHalf !== undefined) {
      const half = this.#highHalf;
      this.#highHalf = undefined;
      return half;
    }
    const word = this.next64();
    this.#highHalf = Number(word >> 32n);
    return Number(word & 0xffffffffn);
  }
}

function block(counter: bigint, key: readonly [bigint, bigint]): readonly bigint[] {
  let [a, b, c, d] = [counter, 0n, 0n, 0n];
  let [k0, k1] = key;
  for (let round = 0; round < rounds; round++) {
    const first = multipliers[0] * a;
    const second = multipliers[1] * c;
    [a, b, c, d] = [(second >> 64n) ^ b ^ k0, second & mask64, (first >> 64n) ^ d ^ k1, first & mask64];
    k0 = (k0 + keySteps[0]) & mask64;
    k1 = (k1 + keySteps[1]) & mask64;
  }
  return [a, b, c, d];
}
