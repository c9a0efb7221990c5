import { describe, expect, it } from 'vitest';
import { type AirspaceProblem, type Flight, flightAt } from '../../src/airspace/index.ts';
import type { IntervalTable } from '../../src/airspace/interval-table-kernel.ts';
import { createPlanner, type Planner } from '../../src/airspace/planner.ts';
import { createRefusalExplainer } from '../../src/airspace/refusals.ts';
import { solve } from '../../src/airspace/solve.ts';
import { createRandom } from '../../src/base/index.ts';
import { randomScenario } from './random-scenario.ts';

describe('the sky', () => {
  it('is as before, bit for bit, when any accepted flight is withdrawn again', () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = createRandom(seed);
      const problem = randomScenario(random, { requests: 25, bufferSeconds: seed % 3 });
      const planner = createPlanner(problem);
      for (const request of problem.requests) {
        const answer = planner.find(request);
        if (answer.kind !== 'found') continue;
        const before = contentsOf(planner);
        planner.accept(answer.flight);
        expect(contentsOf(planner), `seed ${seed}`).not.toEqual(before);
        planner.withdraw(answer.flight.name);
        expect(contentsOf(planner), `seed ${seed}`).toEqual(before);
        planner.accept(answer.flight);
      }
      // Withdrawn in any order, what is left is a sky that never had them.
      for (const flight of shuffled(planner.flights(), random)) planner.withdraw(flight.name);
      expect(contentsOf(planner), `seed ${seed}`).toEqual(contentsOf(createPlanner(problem)));
    }
  });

  it('keeps all flights apart and out of closed zones at every tenth of a second', () => {
    for (let seed = 0; seed < 12; seed++) {
      const problem = randomScenario(createRandom(seed), { requests: 30 });
      const { plan } = solve(problem);
      expect(plan.flights.length).toBeGreaterThan(5);
      expect(tooClose(problem, plan.flights), `seed ${seed}`).toEqual([]);
      expect(inZones(problem, plan.flights), `seed ${seed}`).toEqual([]);
    }
  });
});

describe('a refusal', () => {
  it('names flights and zones without which the request is served, and an alternative that is accepted', () => {
    let refusals = 0;
    let alternatives = 0;
    for (let seed = 100; refusals < 1000; seed++) {
      const problem = randomScenario(createRandom(seed), { requests: 60 });
      const planner = createPlanner(problem);
      const explainer = createRefusalExplainer(problem);
      for (const request of problem.requests) {
        const answer = planner.find(request);
        if (answer.kind === 'found') planner.accept(answer.flight);
        if (answer.kind !== 'proved') continue;
        const refusal = explainer.explain(planner, request, 'proved', 1e6);
        refusals++;
        if (refusal.flights.length + refusal.zones.length > 0) {
          const zones = problem.zones.filter(({ name }) => !refusal.zones.includes(name));
          const flights = planner.flights().filter(({ name }) => !refusal.flights.includes(name));
          const without = createPlanner({ ...problem, zones, flights });
          expect(without.find(request).kind, `seed ${seed}, ${request.name}`).toBe('found');
        } else expect(['deadline', 'air-time', 'unreachable'], `seed ${seed}`).toContain(refusal.cause);
        if (refusal.alternative === undefined) continue;
        alternatives++;
        expect(planner.find(refusal.alternative).kind, `seed ${seed}, ${request.name}`).toBe('found');
      }
    }
    expect(alternatives).toBeGreaterThan(refusals / 4);
  });
});

/** All intervals of all tables, as they read. */
function contentsOf({ occupancy }: Planner): unknown {
  const read = (table: IntervalTable): unknown =>
    Array.from(table.offsets, (offset, resource) => {
      const end = offset + (table.lengths[resource] ?? 0);
      const columns = [table.starts, table.ends, table.reaches, table.owners];
      return columns.map(column => Array.from(column.subarray(offset, end)));
    });
  return [...occupancy.classes.flatMap(({ edges, vertices }) => [read(edges), read(vertices)]), read(occupancy.pads)];
}

function shuffled<T>(values: readonly T[], random: ReturnType<typeof createRandom>): T[] {
  return values
    .map(value => ({ value, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

function tooClose(problem: AirspaceProblem, flights: readonly Flight[]): string[] {
  const found: string[] = [];
  const classOf = (flight: Flight) => problem.classes.find(({ name }) => name === flight.class);
  flights.forEach((a, index) => {
    for (const b of flights.slice(index + 1)) {
      const [one, other] = [classOf(a), classOf(b)];
      if (one === undefined || other === undefined) continue;
      const radius = one.radiusMetres + other.radiusMetres + problem.separation.bufferMetres;
      const height = one.halfHeightMetres + other.halfHeightMetres + problem.separation.bufferMetres;
      for (let time = 0; time < 2000; time += 0.1) {
        const [p, q] = [flightAt(problem, a, time), flightAt(problem, b, time)];
        if (p === undefined || q === undefined) continue;
        const level = Math.hypot(p[0] - q[0], p[1] - q[1]);
        if (level < radius - 1e-6 && Math.abs(p[2] - q[2]) < height - 1e-6)
          found.push(`${a.name}, ${b.name} at ${time}`);
      }
    }
  });
  return found;
}

function inZones(problem: AirspaceProblem, flights: readonly Flight[]): string[] {
  const found: string[] = [];
  for (const flight of flights) {
    for (const zone of problem.zones) {
      const { area } = zone;
      if (area.kind !== 'circle') continue;
      const [{ start, end } = { start: 0, end: 0 }] = zone.windows;
      for (let time = start; time < end; time += 0.1) {
        const place = flightAt(problem, flight, time);
        if (place === undefined || place[2] <= zone.floorMetres || place[2] >= zone.ceilingMetres) continue;
        const apart = Math.hypot(place[0] - area.centre[0], place[1] - area.centre[1]);
        if (apart < area.radiusMetres - 1e-6) found.push(`${flight.name} in ${zone.name} at ${time}`);
      }
    }
  }
  return found;
}
