/**
 * Random words as functions of a key and a counter, after J. Salmon and others, "Parallel random numbers: as easy as
 * 1, 2, 3" (2011): Threefry 2x32 with 20 rounds and Philox 4x32 with 10.
 */

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Two words of 32 bits from a key and a counter of 64 bits. */
export function threefry(key: bigint, counter: bigint): readonly [bigint, bigint] {
  const low = wordOf(key, 0);
  const high = wordOf(key, 1);
  const schedule = [low, high, (low ^ high ^ 0x1bd11bda) >>> 0];
  let x = wordOf(counter, 0) + low;
  let y = wordOf(counter, 1) + high;
  for (let group = 0; group < 5; group++) {
    for (const distance of rotations[group % 2]) {
      x = (x + y) | 0;
      y = ((y << distance) | (y >>> (32 - distance))) ^ x;
    }
    x += schedule[(group + 1) % 3];
    y += schedule[(group + 2) % 3] + group + 1;
  }
  return [BigInt(x >>> 0), BigInt(y >>> 0)];
}

/** Four words of 32 bits from a key of 64 bits and a counter of 128 bits, least significant words first. */
export function philox(key: bigint, counter: bigint): readonly [bigint, bigint, bigint, bigint] {
  let a = wordOf(counter, 0);
  let b = wordOf(counter, 1);
  let c = wordOf(counter, 2);
  let d = wordOf(counter, 3);
  let low = wordOf(key, 0);
  let high = wordOf(key, 1);
  for (let round = 0; round < 10; round++) {
    const first = 0xd2511f53n * BigInt(a);
    const second = 0xcd9e8d57n * BigInt(c);
    a = (wordOf(second, 1) ^ b ^ low) >>> 0;
    b = wordOf(second, 0);
    c = (wordOf(first, 1) ^ d ^ high) >>> 0;
    d = wordOf(first, 0);
    low = (low + 0x9e3779b9) >>> 0;
    high = (high + 0xbb67ae85) >>> 0;
  }
  return [BigInt(a), BigInt(b), BigInt(c), BigInt(d)];
}

/** Word `index` of 32 bits of a number, counted from the least significant one. */
function wordOf(value: bigint, index: number): number {
  return Number((value >> BigInt(32 * index)) & 0xffffffffn);
}
