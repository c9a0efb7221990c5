import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../base/index.ts';
import { fewestLate, type Jobs } from './lateness-kernel.ts';

describe('the fewest late jobs of one machine', () => {
  it('are never more than an exhaustive search finds, and mostly as many', () => {
    let [same, late] = [0, 0];
    for (let seed = 0; seed < 2000; seed++) {
      const jobs = randomJobs(createRandom(seed));
      const exact = exhaustive(jobs);
      const bound = fewestLate(jobs);
      expect(bound, `seed ${seed}`).toBeLessThanOrEqual(exact);
      if (bound === exact) same++;
      if (exact > 0) late++;
    }
    expect(late).toBeGreaterThan(800);
    expect(same).toBeGreaterThan(1500);
  });

  it('are exact where all may begin at once, and where all are due at once', () => {
    for (let seed = 0; seed < 300; seed++) {
      const jobs = randomJobs(createRandom(seed));
      const begun = { ...jobs, release: jobs.release.map(() => 0) };
      const due = { ...jobs, due: jobs.due.map(() => 12), release: jobs.release.map(time => Math.min(time, 8)) };
      expect(fewestLate(begun), `seed ${seed}`).toBe(exhaustive(begun));
      expect(fewestLate(due), `seed ${seed}`).toBe(exhaustive(due));
    }
  });

  it('add up over stretches of time that have nothing to do with each other', () => {
    // Three jobs of 4 s in each [0, 8) and [100, 108).
    const release = Float64Array.of(0, 0, 0, 100, 100, 100);
    const jobs = { release, due: release.map(time => time + 8), seconds: release.map(() => 4) };
    expect(fewestLate(jobs)).toBe(2);
  });
});

function randomJobs(random: Random): Jobs {
  const count = random.integer(1, 8);
  const seconds = Float64Array.from({ length: count }, () => random.integer(1, 5));
  const release = seconds.map(() => random.integer(0, 10));
  const due = release.map((time, job) => time + (seconds[job] as number) + random.integer(0, 6));
  return { release, due, seconds };
}

/** Goes through all orders: whoever would be late is left out or comes later. */
function exhaustive({ release, due, seconds }: Jobs): number {
  let fewest = release.length;
  const visit = (time: number, left: readonly number[], done: number): void => {
    fewest = Math.min(fewest, release.length - done);
    for (const job of left) {
      const end = Math.max(time, release[job] as number) + (seconds[job] as number);
      if (end > (due[job] as number)) continue;
      visit(
        end,
        left.filter(other => other !== job),
        done + 1,
      );
    }
  };
  visit(0, [...release.keys()], 0);
  return fewest;
}
