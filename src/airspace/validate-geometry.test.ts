import { expect, it } from 'vitest';
import { createRandom, type Random } from '../base/index.ts';
import { encounterOf } from './validate-geometry.ts';
import { placeAt, type Segment } from './validate-segments.ts';

/** Moves over some metres and seconds; every third one hovers, every fourth is level. */
function randomSegment(random: Random): Segment {
  const within = (size: number): number => (random.next() - 0.5) * size;
  const start = random.next() * 4;
  const isStill = random.integer(0, 3) === 0;
  const isLevel = random.integer(0, 4) === 0;
  const pace = (size: number): number => (isStill ? 0 : within(size));
  return {
    flight: 0,
    start,
    end: start + 0.5 + random.next() * 4,
    x: within(12),
    y: within(12),
    z: within(5),
    vx: pace(12),
    vy: random.integer(0, 5) === 0 ? 0 : pace(12),
    vz: isLevel ? 0 : pace(4),
    radius: 1,
    halfHeight: 0.5,
    slack: 0,
  };
}

/** The twin: by how much two vehicles are too close, at best over pairs of times on a fine grid. Positive: a conflict. */
function sampledDepth(a: Segment, b: Segment, reach: number, height: number, buffer: number, step: number): number {
  let deepest = Number.NEGATIVE_INFINITY;
  for (let s = a.start; s <= a.end; s += step) {
    const here = placeAt(a, s);
    for (let t = Math.max(b.start, s - buffer); t <= Math.min(b.end, s + buffer); t += step) {
      const there = placeAt(b, t);
      const across = reach - Math.hypot(here[0] - there[0], here[1] - there[1]);
      deepest = Math.max(deepest, Math.min(across, height - Math.abs(here[2] - there[2])));
    }
  }
  return deepest;
}

it.each([0, 0.3, 2])('finds conflicts of two moves as samples do, with a buffer of %s s', buffer => {
  const step = 0.02;
  const [reach, height] = [4, 2];
  let [conflicts, free] = [0, 0];
  for (let seed = 0; seed < 600; seed++) {
    const random = createRandom(seed);
    const [a, b] = [randomSegment(random), randomSegment(random)];
    const depth = sampledDepth(a, b, reach, height, buffer, step);
    const found = encounterOf(a, b, reach, height, buffer);
    // Between samples vehicles move by a step's way at most.
    const coarse = step * (Math.hypot(a.vx, a.vy, a.vz) + Math.hypot(b.vx, b.vy, b.vz)) + 1e-6;
    if (depth > 1e-6) expect(found, `seed ${seed} is deep by ${depth}`).toBeDefined();
    if (found === undefined) {
      free++;
      continue;
    }
    conflicts++;
    const [s, t] = found.times;
    const [here, there] = [placeAt(a, s), placeAt(b, t)];
    expect(Math.abs(s - t), `seed ${seed}`).toBeLessThanOrEqual(buffer + 1e-9);
    expect(s >= a.start - 1e-9 && s <= a.end + 1e-9 && t >= b.start - 1e-9 && t <= b.end + 1e-9, `seed ${seed}`).toBe(
      true,
    );
    expect(found.acrossMetres, `seed ${seed}`).toBeCloseTo(Math.hypot(here[0] - there[0], here[1] - there[1]), 9);
    expect(found.acrossMetres, `seed ${seed}`).toBeLessThanOrEqual(reach);
    expect(found.uprightMetres, `seed ${seed}`).toBeLessThanOrEqual(height);
    expect(depth, `seed ${seed}`).toBeGreaterThan(-coarse - 1e-6 - (buffer === 0 ? 0 : coarse));
  }
  expect(Math.min(conflicts, free)).toBeGreaterThan(40);
});

it('gives the same answer whichever of two moves comes first', () => {
  for (let seed = 1000; seed < 1400; seed++) {
    const random = createRandom(seed);
    const [a, b] = [randomSegment(random), randomSegment(random)];
    for (const buffer of [0, 1]) {
      const [one, other] = [encounterOf(a, b, 4, 2, buffer), encounterOf(b, a, 4, 2, buffer)];
      expect(one === undefined, `seed ${seed}`).toBe(other === undefined);
    }
  }
});
