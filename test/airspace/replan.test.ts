import { describe, expect, it } from 'vitest';
import { blockersOf } from '../../src/airspace/blockers.ts';
import {
  type Flight,
  type FlightChange,
  type FlightPlan,
  type FlightState,
  formatFlightPlan,
  parseFlightPlan,
  type ReplanOutcome,
  replan,
  takeOffOf,
  validateFlightPlan,
} from '../../src/airspace/index.ts';
import { createPlanner } from '../../src/airspace/planner.ts';
import { createRandom, DiagnosticError } from '../../src/base/index.ts';
import { appearingZone, busyCity } from './busy-city.ts';
import { contentsOf } from './planner-contents.ts';

const nodesPerSearch = 5000;
const states: readonly FlightState[] = ['kept', 're-timed', 're-routed', 'diverted', 'cancelled'];

describe('a zone that appears', () => {
  it('leaves a valid plan, affected flights with their states and causes, and all others bit for bit', () => {
    const seen = new Set<FlightState>();
    let [late, alternatives] = [0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const { planner } = busyCity(seed, nodesPerSearch);
      const random = createRandom(1000 + seed);
      const now = random.integer(50, 600);
      const zones = [appearingZone(random, now), ...(seed % 5 === 0 ? [appearingZone(random, now, 'another')] : [])];
      const before = new Map(planner.flights().map(flight => [flight.name, flight]));
      const outcome = replan(planner, { zones, now }, { nodesPerSearch });
      const { plan } = outcome;
      const changes = changesOf(plan);
      for (const { state, lateSeconds } of changes.values()) {
        seen.add(state);
        if (lateSeconds !== undefined) late++;
      }
      expect(planner.flights(), `seed ${seed}`).toEqual(plan.flights);
      const after = new Map(plan.flights.map(flight => [flight.name, flight]));
      for (const [name, flight] of before) {
        const change = changes.get(name);
        if (change === undefined) expect(after.get(name), `seed ${seed}, ${name}`).toBe(flight);
        else expect(change.cause, `seed ${seed}, ${name}`).toMatch(/(new zone|another)/);
      }
      for (const { request, zones: named, flights, alternative, kind } of plan.refusals) {
        expect(changes.get(request)?.state, `seed ${seed}, ${request}`).toBe('cancelled');
        const flight = before.get(request) as Flight;
        if (takeOffOf(flight.legs[0] ?? noLeg) <= now || kind === 'gave-up') continue;
        // Without those that are named it flies as it was to.
        const without = createPlanner({
          ...outcome.problem,
          zones: outcome.problem.zones.filter(({ name }) => !named.includes(name)),
          flights: plan.flights.filter(({ name }) => !flights.includes(name)),
        });
        expect(blockersOf(without, flight, 1e-9), `seed ${seed}, ${request}`).toEqual({ flights: [], zones: [] });
        expect(blockersOf(planner, flight, 1e-9).zones, `seed ${seed}, ${request}`).toEqual(named);
        if (alternative === undefined) continue;
        alternatives++;
        expect(planner.find(alternative, { nodes: nodesPerSearch }).kind, `seed ${seed}, ${request}`).toBe('found');
      }
      // What is written says as much.
      const written = parseFlightPlan(formatFlightPlan(plan));
      expect(written, `seed ${seed}`).toEqual(plan);
      expect(validateFlightPlan(outcome.problem, written), `seed ${seed}`).toEqual([]);
    }
    // All that can happen does.
    expect([...seen].sort()).toEqual([...states].sort());
    expect(late).toBeGreaterThan(0);
    expect(alternatives).toBeGreaterThan(20);
  }, 300_000);

  it('is the same whenever it is planned, and leaves no trace when all is put back', () => {
    for (let seed = 0; seed < 12; seed++) {
      const { planner } = busyCity(seed, nodesPerSearch);
      const random = createRandom(2000 + seed);
      const now = random.integer(50, 600);
      const zones = [appearingZone(random, now)];
      const before = new Map(planner.flights().map(flight => [flight.name, flight]));
      const contents = contentsOf(planner);
      const plans = [0, 1].map(() => {
        const { plan, zones: indices } = replan(planner, { zones, now }, { nodesPerSearch });
        for (const { flight, state } of plan.changes ?? []) if (state !== 'cancelled') planner.withdraw(flight);
        for (const index of indices) planner.lift(index);
        for (const { flight } of plan.changes ?? []) planner.accept(before.get(flight) as Flight);
        expect(contentsOf(planner), `seed ${seed}`).toEqual(contents);
        return plan;
      });
      expect(plans[0]?.changes, `seed ${seed}`).toEqual(plans[1]?.changes);
    }
  }, 300_000);

  it('may appear again and again', () => {
    for (let seed = 200; seed < 215; seed++) {
      const { planner } = busyCity(seed, nodesPerSearch);
      const random = createRandom(seed);
      let outcome: ReplanOutcome | undefined;
      for (const now of [150, 300, 450]) {
        const zones = [appearingZone(random, now, `at ${now}`)];
        const refusals = outcome?.plan.refusals ?? [];
        outcome = replan(planner, { zones, now }, { nodesPerSearch, refusals });
        expect(validateFlightPlan(outcome.problem, outcome.plan), `seed ${seed}, ${now}`).toEqual([]);
      }
    }
  }, 300_000);

  it('changes nothing where it makes no sense', () => {
    const { planner } = busyCity(3, nodesPerSearch);
    const contents = contentsOf(planner);
    const zone = appearingZone(createRandom(3), 100);
    const wrong = [
      { zones: [{ ...zone, windows: [{ start: 200, end: 100 }] }], now: 100 },
      { zones: [zone, zone], now: 100 },
      { zones: [zone], now: Number.NaN },
      { zones: [{ ...zone, floorMetres: 200 }], now: 100 },
    ];
    const codes = wrong.map(change => {
      try {
        replan(planner, change);
        return 'none';
      } catch (error) {
        return error instanceof DiagnosticError ? error.diagnostics.map(({ code }) => code).join() : String(error);
      }
    });
    expect(codes).toEqual(['SK6003', 'SK6009', 'SK6008', 'SK6002']);
    expect(contentsOf(planner)).toEqual(contents);
  });
});

const noLeg = { vertices: [], arrivals: [], departures: [] };

function changesOf({ changes = [] }: FlightPlan): ReadonlyMap<string, FlightChange> {
  return new Map(changes.map(change => [change.flight, change]));
}

describe('of a plan that was changed, the validator refuses', () => {
  const outcomes = Array.from({ length: 24 }, (_, seed) => {
    const { planner } = busyCity(seed, nodesPerSearch);
    const random = createRandom(1000 + seed);
    const now = random.integer(50, 600);
    return replan(planner, { zones: [appearingZone(random, now)], now }, { nodesPerSearch });
  });
  /** What is found of every plan that a mutation makes of the outcomes. */
  const mutated = (mutate: (outcome: ReplanOutcome) => readonly FlightPlan[]): string[][] =>
    outcomes.flatMap(outcome =>
      mutate(outcome).map(plan => validateFlightPlan(outcome.problem, plan).map(({ kind }) => kind)),
    );
  const withChange = (plan: FlightPlan, change: FlightChange): FlightPlan => ({
    ...plan,
    changes: plan.changes?.map(old => (old.flight === change.flight ? change : old)) ?? [],
  });

  it('any other state than the true one', () => {
    const found = mutated(({ plan }) =>
      (plan.changes ?? []).flatMap(change =>
        states.filter(state => state !== change.state).map(state => withChange(plan, { ...change, state })),
      ),
    );
    expect(found.length).toBeGreaterThan(100);
    for (const kinds of found) expect(kinds).toContain('change');
  });

  it('a change that is not told, told twice, or of nobody', () => {
    const untold = mutated(({ plan }) =>
      (plan.changes ?? []).flatMap(({ flight, state }) =>
        state === 'kept' ? [] : [{ ...plan, changes: plan.changes?.filter(other => other.flight !== flight) ?? [] }],
      ),
    );
    for (const kinds of untold) expect(kinds).toContain('accepted flight');
    const more = mutated(({ plan }) =>
      (plan.changes ?? []).flatMap(change => [
        { ...plan, changes: [...(plan.changes ?? []), change] },
        { ...plan, changes: [...(plan.changes ?? []), { ...change, flight: 'nobody' }] },
        withChange(plan, { ...change, zones: ['nowhere'] }),
      ]),
    );
    for (const kinds of more) expect(kinds).toContain('change');
    const timeless = mutated(({ plan: { changedAt: _, ...plan } }) => [plan]);
    for (const kinds of timeless) expect(kinds).toContain('plan');
    const unnamed = mutated(({ plan }) => [{ ...plan, appeared: [] }]).filter(kinds => kinds.length > 0);
    expect(unnamed.length).toBeGreaterThan(5);
  });

  it('another way of what was flown or begun, even by a millisecond', () => {
    let count = 0;
    const found = mutated(({ plan, problem }) => {
      const changes = changesOf(plan);
      return problem.flights.flatMap(before => {
        const leg = before.legs[0];
        const after = plan.flights.find(({ name }) => name === before.name);
        const first = after?.legs[0];
        if (!changes.has(before.name) || leg === undefined || first === undefined || after === undefined) return [];
        if (takeOffOf(leg) >= (plan.changedAt ?? 0)) return [];
        count++;
        const arrivals = first.arrivals.map((time, stop) => (stop === 0 ? time - 1e-3 : time));
        const earlier: Flight = { ...after, legs: [{ ...first, arrivals }, ...after.legs.slice(1)] };
        return [{ ...plan, flights: plan.flights.map(flight => (flight === after ? earlier : flight)) }];
      });
    });
    expect(count).toBeGreaterThan(3);
    for (const kinds of found) expect(kinds).toContain('change');
  });

  it('a flight that flies on through the zone as if nothing had appeared', () => {
    let count = 0;
    const found = mutated(({ plan, problem }) =>
      (plan.changes ?? []).flatMap(change => {
        const before = problem.flights.find(({ name }) => name === change.flight);
        const leg = before?.legs[0];
        // Those on the ground have no reason to be inside at all.
        if (before === undefined || leg === undefined || takeOffOf(leg) <= (plan.changedAt ?? 0)) return [];
        count++;
        const flights = [...plan.flights.filter(({ name }) => name !== before.name), before];
        const refusals = plan.refusals.filter(({ request }) => request !== before.name);
        return [withChange({ ...plan, flights, refusals }, { ...change, state: 'kept' })];
      }),
    );
    expect(count).toBeGreaterThan(5);
    for (const kinds of found) expect(kinds).toContain('zone');
  });

  it('a delay that is told wrongly, and one of a flight that had not departed', () => {
    const found = mutated(({ plan }) =>
      (plan.changes ?? []).flatMap(change =>
        change.state === 'cancelled' || change.state === 'diverted'
          ? []
          : [withChange(plan, { ...change, lateSeconds: (change.lateSeconds ?? 0) + 1 })],
      ),
    );
    expect(found.length).toBeGreaterThan(10);
    for (const kinds of found) expect(kinds).toContain('change');
  });
});
