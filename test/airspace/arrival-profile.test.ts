import { expect, it } from 'vitest';
import { createNetwork, defaultPrices } from '../../src/airspace/index.ts';
import { createPlanner } from '../../src/airspace/planner.ts';
import { createRandom } from '../../src/base/index.ts';
import { randomScenario } from './random-scenario.ts';

/** Where hovering costs more than moving, ways that circle instead are many: what takes longer is given up. */
const nodes = 5000;

it('leaves answers and costs as they are, while flights come and go', () => {
  let compared = 0;
  let removed = 0;
  for (let seed = 500; seed < 515; seed++) {
    const random = createRandom(seed);
    const problem = randomScenario(random, { requests: 60, bufferSeconds: seed % 3 });
    const plain = createPlanner(problem, { patience: Number.POSITIVE_INFINITY });
    const guided = createPlanner(problem, { patience: 0 });
    for (const request of problem.requests) {
      const expected = plain.find(request, { nodes });
      const answer = guided.find(request, { nodes });
      if (expected.kind === 'gave-up' || answer.kind === 'gave-up') continue;
      const where = `seed ${seed}, ${request.name}`;
      expect(answer.kind, where).toBe(expected.kind);
      compared++;
      if (expected.kind !== 'found' || answer.kind !== 'found') continue;
      expect(Math.abs(answer.flight.cost - expected.flight.cost), where).toBeLessThan(1e-5);
      for (const planner of [plain, guided]) planner.accept(expected.flight);
      // What was found out about a goal is no bound any more once a flight has gone.
      if (random.next() > 0.3) continue;
      const { name } = random.pick(plain.flights());
      for (const planner of [plain, guided]) planner.withdraw(name);
      removed++;
    }
  }
  expect(compared).toBeGreaterThan(300);
  expect(removed).toBeGreaterThan(50);
}, 300_000);

it('forgets what it knows of a goal when a flight is withdrawn', () => {
  const vertices = [0, 100, 200, 300].map(x => [x, 0, 50] as const);
  const edges = [0, 1, 2].flatMap(vertex => [[vertex, vertex + 1] as const, [vertex + 1, vertex] as const]);
  const pace = { speedMetresPerSecond: 10, climbMetresPerSecond: 10, descentMetresPerSecond: 10 };
  const planner = createPlanner(
    {
      format: 'skein.airspace/1',
      name: 'a corridor',
      epoch: '2026-08-09T09:00:00+08:00',
      mode: 'delivery',
      frame: { kind: 'plane' },
      source: { kind: 'graph', vertices, edges },
      network: createNetwork(vertices, edges),
      classes: [{ name: 'any', radiusMetres: 10, halfHeightMetres: 5, ...pace }],
      separation: { bufferMetres: 0, bufferSeconds: 0 },
      prices: defaultPrices,
      pads: ['west', 'east'].map((name, index) => ({ name, vertex: 3 * index, serviceSeconds: 10 })),
      zones: [],
      flights: [],
      requests: [],
    },
    { patience: 0 },
  );
  // Hovers in the only way there is, until long after the deadline.
  planner.accept({
    name: 'in the way',
    class: 'any',
    from: 'west',
    to: 'east',
    legs: [{ vertices: [0, 1, 2, 3], arrivals: [0, 10, 20, 1010], departures: [0, 10, 1000, 1010] }],
    cost: 1010,
  });
  const request = { name: 'R', class: 'any', from: 'west', to: 'east', earliest: 50, deadline: 500 };
  expect(planner.find(request).kind).toBe('proved');
  planner.withdraw('in the way');
  const answer = planner.find(request);
  expect(answer.kind === 'found' ? answer.flight.cost : answer.kind).toBeCloseTo(30, 6);
});
