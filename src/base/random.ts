/** A seeded source of random numbers. The same seed gives the same numbers on every machine. */
export interface Random {
  /** A float in [0, 1) with 32 random bits. */
  next(): number;
  /** An integer in [low, high). */
  integer(low: number, high: number): number;
  /** One of `choices`, each equally likely. */
  pick<T>(choices: readonly T[]): T;
  /** All values in another order, every order equally likely. */
  shuffled<T>(values: readonly T[]): T[];
}

/** Makes a random source from a seed: mulberry32 (Tommy Ettinger, 2017), period 2^32. Not for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low));
  return {
    next,
    integer,
    pick: choices => choices[integer(0, choices.length)],
    // After Fisher and Yates.
    shuffled: <T>(values: readonly T[]): T[] => {
      const result = [...values];
      for (let last = result.length - 1; last > 0; last--) {
        const other = integer(0, last + 1);
        [result[last], result[other]] = [result[other] as T, result[last] as T];
      }
      return result;
    },
  };
}
