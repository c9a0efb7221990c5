import { describe, expect, it } from 'vitest';
import type { AirspaceProblem, FlightPlan, FlightWait } from '../../src/airspace/index.ts';
import { createPlanner, explainWaits, solve, validateFlightPlan } from '../../src/airspace/index.ts';
import { goEarlier, reaches } from '../../src/airspace/waits.ts';
import { createRandom } from '../../src/base/index.ts';
import { randomScenario } from './random-scenario.ts';

const nodesPerRequest = 5000;

describe('the reason of a wait', () => {
  it('is whom the flight would meet if it went at once, by a validator that knows nothing of reservations', () => {
    let waits = 0;
    const kinds = new Set<string>();
    for (let seed = 0; waits < 300; seed++) {
      const problem = randomScenario(createRandom(seed), { requests: 50, bufferSeconds: seed % 3 });
      const { plan } = solve(problem, { nodesPerRequest });
      const planner = createPlanner({ ...problem, flights: plan.flights });
      for (const flight of plan.flights) {
        const request = problem.requests.find(({ name }) => name === flight.name);
        for (const wait of explainWaits(planner, flight, request)) {
          // Where waiting on the ground costs nothing, it may be for nobody.
          if (wait.kind === 'ground' && problem.prices.ground === 0) continue;
          waits++;
          const { flights, zones } = wait.blockers;
          const named = [...flights, ...zones].sort();
          for (const name of named) kinds.add(name.replace(/ \d+$/, ''));
          expect(named.length, `seed ${seed}, ${flight.name}`).toBeGreaterThan(0);
          const met = reaches.map(reach => {
            const sooner = goEarlier(flight, wait, wait.end - wait.start, reach);
            const all = plan.flights.map(other => (other === flight ? sooner : other));
            return whoIsMet(problem, { ...plan, flights: all }, flight.name);
          });
          expect(
            met.find(names => names.length > 0),
            `seed ${seed}, ${flight.name}`,
          ).toEqual(named);
        }
      }
    }
    expect([...kinds].sort()).toEqual(['request', 'zone']);
  }, 300_000);

  it('is told for every second that a flight is later than its way takes', () => {
    for (let seed = 0; seed < 10; seed++) {
      const problem = randomScenario(createRandom(seed), { requests: 50 });
      const { plan } = solve(problem, { nodesPerRequest });
      const planner = createPlanner({ ...problem, flights: plan.flights });
      for (const flight of plan.flights) {
        const request = problem.requests.find(({ name }) => name === flight.name);
        if (request === undefined) throw new Error(`no request ${flight.name}`);
        const spent = (kind: FlightWait['kind']): number =>
          explainWaits(planner, flight, request)
            .filter(wait => wait.kind === kind)
            .reduce((sum, { start, end }) => sum + end - start, 0);
        const air = flight.legs.map(({ arrivals, departures }) => (departures.at(-1) ?? 0) - (arrivals[0] ?? 0));
        const { ground, hover } = problem.prices;
        const moving = air.reduce((sum, seconds) => sum + seconds, 0) - spent('hover');
        // Waits of less than a millisecond are not told.
        const cost = ground * spent('ground') + moving + hover * spent('hover');
        expect(Math.abs(cost - flight.cost), `seed ${seed}, ${flight.name}`).toBeLessThan(0.05);
      }
    }
  }, 300_000);
});

/** Who and what a flight is too close to, or holds a pad together with, by the validator. */
function whoIsMet(problem: AirspaceProblem, plan: FlightPlan, name: string): string[] {
  const names = validateFlightPlan(problem, plan).flatMap(({ kind, flights, message }) => {
    if (!flights.includes(name)) return [];
    if (kind === 'zone') return problem.zones.flatMap(zone => (message.includes(zone.name) ? [zone.name] : []));
    return kind === 'pad' || kind === 'separation' ? flights.filter(other => other !== name) : [];
  });
  return [...new Set(names)].sort();
}
