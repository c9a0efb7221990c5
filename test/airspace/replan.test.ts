import { describe, expect, it } from 'vitest';
import {
  type AirspaceProblem,
  type FlightState,
  formatFlightPlan,
  parseFlightPlan,
  replan,
  validateFlightPlan,
  type Zone,
} from '../../src/airspace/index.ts';
import { createPlanner, type Planner } from '../../src/airspace/planner.ts';
import { createRandom, type Random } from '../../src/base/index.ts';
import { randomScenario } from './random-scenario.ts';

const nodesPerSearch = 5000;

/** A busy little city with all that first come, first served accepts. */
function busyCity(seed: number, requests = 60): { readonly problem: AirspaceProblem; readonly planner: Planner } {
  const problem = randomScenario(createRandom(seed), { requests, bufferSeconds: seed % 3 });
  const planner = createPlanner(problem);
  for (const request of problem.requests) {
    const answer = planner.find(request, { nodes: nodesPerSearch });
    if (answer.kind === 'found') planner.accept(answer.flight);
  }
  return { problem, planner };
}

/** A zone somewhere, with or without notice, that may be there before and stay for ever. */
function appearing(random: Random, now: number, name = 'new zone'): Zone {
  const start = now + random.integer(-30, 90);
  return {
    name,
    area: {
      kind: 'circle',
      centre: [random.integer(0, 400), random.integer(0, 300)],
      radiusMetres: random.integer(30, 150),
    },
    floorMetres: 0,
    ceilingMetres: random.pick([40, 100]),
    windows: [{ start, end: start + random.pick([100, 300, Number.POSITIVE_INFINITY]) }],
    rule: 'closed',
  };
}

describe('a zone that appears', () => {
  it('leaves a plan that is valid, every affected flight with its state and cause, and all others bit for bit', () => {
    const states = new Map<FlightState, number>();
    let late = 0;
    for (let seed = 0; seed < 150; seed++) {
      const { problem, planner } = busyCity(seed);
      const random = createRandom(1000 + seed);
      const now = random.integer(50, 600);
      const zones = [appearing(random, now), ...(seed % 5 === 0 ? [appearing(random, now, 'another')] : [])];
      const before = new Map(planner.flights().map(flight => [flight.name, flight]));
      const outcome = replan(planner, { zones, now }, { nodesPerSearch });
      const { plan } = outcome;
      const changes = new Map(plan.changes?.map(change => [change.flight, change]));
      for (const { state, lateSeconds } of changes.values()) {
        states.set(state, (states.get(state) ?? 0) + 1);
        if (lateSeconds !== undefined) late++;
      }
      expect(planner.flights(), `seed ${seed}`).toEqual(plan.flights);
      const after = new Map(plan.flights.map(flight => [flight.name, flight]));
      for (const [name, flight] of before) {
        const change = changes.get(name);
        if (change === undefined) expect(after.get(name), `seed ${seed}, ${name}`).toBe(flight);
        else expect(change.cause, `seed ${seed}, ${name}`).toMatch(/(new zone|another)/);
        if (change?.state === 'cancelled') expect(plan.refusals.map(({ request }) => request)).toContain(name);
      }
      // What is written says as much.
      const written = parseFlightPlan(formatFlightPlan(plan));
      expect(written, `seed ${seed}`).toEqual(plan);
      expect(validateFlightPlan(outcome.problem, written), `seed ${seed}`).toEqual([]);
      expect(problem.zones.length, `seed ${seed}`).toBe(3);
    }
    // All that can happen does.
    expect([...states.keys()].sort()).toEqual(['cancelled', 'diverted', 'kept', 're-routed', 're-timed']);
    expect(late).toBeGreaterThan(0);
  }, 300_000);
});
