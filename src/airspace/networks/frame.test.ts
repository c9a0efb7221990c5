import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.ts';
import { createProjection } from './frame.ts';

test('agrees with an independent converter of SVY21 to 1e-4 m', () => {
  // The example of github.com/cgcai/SVY21, whose origin has six decimals: N 30811.26429645264, E 21362.157043860374.
  const projection = createProjection({ kind: 'tangent', longitude: 103.833333, latitude: 1.366666 });
  const [x, y] = projection.toPlane(103.77367436885834, 1.2949192688485278);
  expect(Math.abs(x + 28001.642 - 21362.157043860374)).toBeLessThan(1e-4);
  expect(Math.abs(y + 38744.572 - 30811.26429645264)).toBeLessThan(1e-4);
});

test('lays its origin at 0, 0', () => {
  expect(createProjection({ kind: 'tangent', longitude: 9.5, latitude: 47 }).toPlane(9.5, 47)).toEqual([0, 0]);
});

test('a plane place, sent to the Earth and back, moves by less than 1e-6 m', () => {
  const random = createRandom(1);
  for (let run = 0; run < 2000; run++) {
    const frame = {
      kind: 'tangent',
      longitude: 360 * random.next() - 180,
      latitude: 160 * random.next() - 80,
    } as const;
    const projection = createProjection(frame);
    const [x, y] = [1e5 * (random.next() - 0.5), 1e5 * (random.next() - 0.5)];
    const [backX, backY] = projection.toPlane(...projection.toEarth(x, y));
    expect(Math.hypot(backX - x, backY - y), `seed 1, run ${run}`).toBeLessThan(1e-6);
  }
});

test('an Earth place, sent to the plane and back, moves by less than 1e-11 degrees', () => {
  const random = createRandom(2);
  for (let run = 0; run < 2000; run++) {
    const projection = createProjection({ kind: 'tangent', longitude: 103.8, latitude: 80 * random.next() });
    const [longitude, latitude] = [103.8 + random.next() - 0.5, 80 * random.next()];
    const [backLongitude, backLatitude] = projection.toEarth(...projection.toPlane(longitude, latitude));
    expect(Math.abs(backLongitude - longitude), `seed 2, run ${run}`).toBeLessThan(1e-11);
    expect(Math.abs(backLatitude - latitude), `seed 2, run ${run}`).toBeLessThan(1e-11);
  }
});

test('a degree of latitude at the equator is 110574 m and a minute of longitude 1855 m', () => {
  const projection = createProjection({ kind: 'tangent', longitude: 0, latitude: 0 });
  expect(projection.toPlane(0, 1)[1]).toBeCloseTo(110574.4, 0);
  expect(projection.toPlane(1 / 60, 0)[0]).toBeCloseTo(1855.3, 0);
});
