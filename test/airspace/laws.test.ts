import { describe, expect, it } from 'vitest';
import { validateFlightPlan } from '../../src/airspace/index.ts';
import type { IntervalTable } from '../../src/airspace/interval-table-kernel.ts';
import { createPlanner, type Planner } from '../../src/airspace/planner.ts';
import { createRefusalExplainer } from '../../src/airspace/refusals.ts';
import { solve } from '../../src/airspace/solve.ts';
import { createRandom } from '../../src/base/index.ts';
import { randomScenario } from './random-scenario.ts';

/** Where hovering costs more than moving, ways that circle instead are many: what takes longer is given up. */
const nodesPerRequest = 5000;

describe('the sky', () => {
  it('is as before, bit for bit, when any accepted flight is withdrawn again', () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = createRandom(seed);
      const problem = randomScenario(random, { requests: 25, bufferSeconds: seed % 3 });
      const planner = createPlanner(problem);
      for (const request of problem.requests) {
        const answer = planner.find(request, { nodes: nodesPerRequest });
        if (answer.kind !== 'found') continue;
        const before = contentsOf(planner);
        planner.accept(answer.flight);
        expect(contentsOf(planner), `seed ${seed}`).not.toEqual(before);
        planner.withdraw(answer.flight.name);
        expect(contentsOf(planner), `seed ${seed}`).toEqual(before);
        planner.accept(answer.flight);
      }
      // Withdrawn in any order, what is left is a sky that never had them.
      for (const flight of random.shuffled(planner.flights())) planner.withdraw(flight.name);
      expect(contentsOf(planner), `seed ${seed}`).toEqual(contentsOf(createPlanner(problem)));
    }
  });

  it('has no conflict, by a validator that knows nothing of how it was planned', () => {
    for (let seed = 0; seed < 30; seed++) {
      const problem = randomScenario(createRandom(seed), { requests: 60, bufferSeconds: seed % 3 });
      const { plan, stats } = solve(problem, { nodesPerRequest });
      expect(stats.served, `seed ${seed}`).toBeGreaterThan(5);
      expect(validateFlightPlan(problem, plan), `seed ${seed}`).toEqual([]);
    }
  });
});

describe('a refusal', () => {
  it('names the flights and zones without which, and no fewer, it is served, and an alternative that is accepted', () => {
    let refusals = 0;
    let alternatives = 0;
    for (let seed = 100; refusals < 1000; seed++) {
      const problem = randomScenario(createRandom(seed), { requests: 60 });
      const planner = createPlanner(problem);
      const explainer = createRefusalExplainer(problem);
      for (const request of problem.requests) {
        const answer = planner.find(request, { nodes: nodesPerRequest });
        if (answer.kind === 'found') planner.accept(answer.flight);
        if (answer.kind !== 'proved') continue;
        const refusal = explainer.explain(planner, request, 'proved', nodesPerRequest);
        refusals++;
        if (refusal.flights.length + refusal.zones.length > 0) {
          const zones = problem.zones.filter(({ name }) => !refusal.zones.includes(name));
          const flights = planner.flights().filter(({ name }) => !refusal.flights.includes(name));
          const without = createPlanner({ ...problem, zones, flights });
          expect(without.find(request, { nodes: 50 * nodesPerRequest }).kind, `seed ${seed}, ${request.name}`).toBe(
            'found',
          );
          // Of every tenth, that none of them could be left out.
          for (const name of refusals % 10 === 0 ? [...refusal.flights, ...refusal.zones] : []) {
            const flights = refusal.flights.filter(other => other !== name).map(other => planner.withdraw(other));
            const lifted = problem.zones.flatMap((zone, index) =>
              zone.name !== name && refusal.zones.includes(zone.name) ? [{ zone, index }] : [],
            );
            for (const { index } of lifted) planner.lift(index);
            const stuck = planner.find(request, { nodes: nodesPerRequest }).kind;
            for (const { zone, index } of lifted) planner.close(zone, index);
            for (const flight of flights) planner.accept(flight);
            expect(stuck, `seed ${seed}, ${request.name} without all but ${name}`).not.toBe('found');
          }
        } else expect(['deadline', 'air-time', 'unreachable'], `seed ${seed}`).toContain(refusal.cause);
        if (refusal.alternative === undefined) continue;
        alternatives++;
        expect(
          planner.find(refusal.alternative, { nodes: nodesPerRequest }).kind,
          `seed ${seed}, ${request.name}`,
        ).toBe('found');
      }
    }
    expect(alternatives).toBeGreaterThan(refusals / 4);
  }, 600_000);
});

/** All intervals of all tables, as they read. */
function contentsOf({ occupancy }: Planner): unknown {
  const read = (table: IntervalTable): unknown =>
    Array.from(table.offsets, (offset, resource) => {
      const end = offset + (table.lengths[resource] ?? 0);
      const columns = [table.ends, table.owners].map(column => Array.from(column.subarray(offset, end)));
      return [Array.from(table.bounds.subarray(2 * offset, 2 * end)), ...columns];
    });
  return [...occupancy.classes.flatMap(({ edges, vertices }) => [read(edges), read(vertices)]), read(occupancy.pads)];
}
