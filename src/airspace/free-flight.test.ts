import { expect, it } from 'vitest';
import { createRandom } from '../base/index.ts';
import { createFreeFlight, createLayerDistances } from './free-flight.ts';
import { edgeSeconds, vertexCount } from './network.ts';
import { expandAirMatrix } from './networks/airmatrix.ts';
import { deliveryClasses } from './networks/delivery-problem.ts';

const [light, heavy] = deliveryClasses;
if (light === undefined || heavy === undefined) throw new Error('two classes are needed');

it('takes as long over a lattice as over its edges, where all layers have the same cells', () => {
  const random = createRandom(1);
  for (let round = 0; round < 20; round++) {
    const columns = random.integer(1, 12);
    const rows = random.integer(1, 12);
    // A ring that leaves cells out, so that ways go around corners.
    const corner = (share: number, size: number): number => 100 * size * share;
    const ring = [
      [0, 0],
      [corner(1, columns), corner(random.next(), rows)],
      [corner(random.next(), columns), corner(1, rows)],
      [corner(0.3, columns), corner(0.4, rows)],
    ] as const;
    const network = expandAirMatrix({
      kind: 'airmatrix',
      rectangle: [
        [0, 0],
        [100 * columns, 100 * rows],
      ],
      ...(round % 2 === 0 ? {} : { rings: [ring] }),
      cellMetres: 100,
      layerHeights: [20, 40, 55],
    });
    const { lattice } = network;
    if (lattice === undefined) throw new Error('an AirMatrix has a lattice');
    const distances = createLayerDistances(lattice);
    for (const vehicle of [light, heavy]) {
      const seconds = edgeSeconds(network, vehicle);
      const exact = createFreeFlight(network, vehicle, seconds);
      const quick = createFreeFlight(network, vehicle, seconds, distances);
      const goal = random.integer(0, vertexCount(network));
      for (let vertex = 0; vertex < vertexCount(network); vertex++) {
        const least = exact.to(goal).at(vertex);
        const bound = quick.to(goal).at(vertex);
        expect(bound).toBeLessThanOrEqual(least);
        expect(bound).toBeGreaterThanOrEqual(least * (1 - 1e-6));
      }
    }
  }
});
