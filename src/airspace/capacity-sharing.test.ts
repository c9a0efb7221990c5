import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/index.ts';
import { fewestRefused } from './capacity-sharing.ts';

describe('requests that two places refuse', () => {
  it('are counted once, and never more of them than an exhaustive search needs', () => {
    let same = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const random = createRandom(seed);
      const places = random.integer(2, 5);
      const pairs = Array.from({ length: random.integer(1, 9) }, () => {
        const a = random.integer(0, places);
        return [a, (a + random.integer(1, places)) % places] as const;
      });
      const uses = Array.from({ length: places }, (_, place) => pairs.filter(pair => pair.includes(place)).length);
      const refused = uses.map(most => random.integer(0, most + 1));
      const bound = fewestRefused({ refused, pairs });
      const exact = exhaustive(refused, pairs);
      expect(bound, `seed ${seed}`).toBeLessThanOrEqual(exact);
      if (bound === exact) same++;
    }
    // Odd rings of places are all that halves of a flow lose by.
    expect(same).toBeGreaterThan(950);
  });

  it('add up where no request uses two places that refuse', () => {
    const pairs = [...Array(5).fill([0, 1]), ...Array(5).fill([2, 3])];
    expect(fewestRefused({ refused: [3, 0, 4, 0], pairs })).toBe(7);
    expect(fewestRefused({ refused: [3, 2, 4, 0], pairs })).toBe(7);
    expect(fewestRefused({ refused: [3, 2, 4, 5], pairs })).toBe(8);
  });
});

/** The smallest set of requests that has as many at each place as must be refused there. */
function exhaustive(refused: readonly number[], pairs: readonly (readonly [number, number])[]): number {
  let least = pairs.length;
  for (let set = 0; set < 1 << pairs.length; set++) {
    const left = [...refused];
    let size = 0;
    pairs.forEach((pair, index) => {
      if (((set >> index) & 1) === 0) return;
      size++;
      for (const place of pair) left[place] = (left[place] as number) - 1;
    });
    if (size < least && left.every(need => need <= 0)) least = size;
  }
  return least;
}
