import { describe, expect, it } from 'vitest';
import { createBumper } from '../../src/airspace/bump.ts';
import { type FlightOutcome, landingOf, solve, takeOffOf, validateFlightPlan } from '../../src/airspace/index.ts';
import { serveOnline } from '../../src/airspace/online.ts';
import { createPlanner } from '../../src/airspace/planner.ts';
import { createRefusalExplainer } from '../../src/airspace/refusals.ts';
import { createRoster } from '../../src/airspace/roster.ts';
import { inOrderOfSubmission, submissionOf } from '../../src/airspace/submission.ts';
import { createRandom, silentProgress } from '../../src/base/index.ts';
import { contentsOf } from './planner-contents.ts';
import { randomScenario } from './random-scenario.ts';

const options = { nodesPerRequest: 5000, explain: false } as const;
const scenario = (seed: number, requests = 40) =>
  randomScenario(createRandom(seed), { requests, bufferSeconds: seed % 3 });

describe('flights moved for others', () => {
  it('keep their tolerance and deadlines, are all served, and had not departed', () => {
    let moved = 0;
    let again = 0;
    for (let seed = 0; seed < 40; seed++) {
      const problem = scenario(seed, 60);
      const { plan } = solve(problem, { ...options, mode: 'bump' });
      const requests = new Map(problem.requests.map(request => [request.name, request]));
      const flights = new Map(plan.flights.map(flight => [flight.name, flight]));
      const times = new Map<string, number>();
      for (const { flight: name, request, promised } of plan.moves ?? []) {
        moved++;
        times.set(name, (times.get(name) ?? 0) + 1);
        const [flight, asked, letIn] = [flights.get(name), requests.get(name), requests.get(request)];
        if (flight === undefined || asked === undefined || letIn === undefined) throw new Error(`${name} is lost`);
        const tolerance = (asked.toleranceSeconds ?? 0) + 1e-9;
        expect(takeOffOf(flight.legs[0])).toBeLessThanOrEqual(promised.takeOff + tolerance);
        expect(takeOffOf(flight.legs[0])).toBeGreaterThanOrEqual(submissionOf(letIn));
        flight.legs.forEach((leg, index) => {
          expect(landingOf(leg)).toBeLessThanOrEqual(promised.landings[index] + tolerance);
        });
        expect(landingOf(flight.legs[0])).toBeLessThanOrEqual((asked.deadline ?? Number.POSITIVE_INFINITY) + 1e-9);
        expect(flights.has(request), `seed ${seed}, ${request}`).toBe(true);
      }
      again += [...times.values()].filter(count => count > 1).length;
    }
    expect(moved).toBeGreaterThan(50);
    expect(again).toBeGreaterThan(0);
  }, 600_000);

  it('are where they were, bit for bit, where a request cannot be let in', () => {
    let kept = 0;
    for (let seed = 50; seed < 65; seed++) {
      const problem = scenario(seed);
      const roster = createRoster(problem);
      const bumper = createBumper(problem, roster, options.nodesPerRequest);
      for (const request of inOrderOfSubmission(problem.requests)) {
        const flight = roster.find(request, options.nodesPerRequest);
        if (flight === undefined) {
          const [before, flights] = [contentsOf(roster.planner), roster.planner.flights()];
          const names = new Set(roster.served.keys());
          if (bumper.letIn(request)) expect([...names].every(name => roster.served.has(name))).toBe(true);
          else {
            expect(contentsOf(roster.planner), `seed ${seed}, ${request.name}`).toEqual(before);
            expect(roster.planner.flights()).toEqual(flights);
            kept++;
          }
        } else roster.put(flight);
        const now = roster.served.get(request.name);
        if (now !== undefined) bumper.promise(now);
      }
    }
    expect(kept).toBeGreaterThan(20);
  }, 600_000);
});

describe('flights that have landed', () => {
  it('can be forgotten without anything else changing', () => {
    for (let seed = 0; seed < 8; seed++) {
      const problem = scenario(seed, 70);
      const explainer = createRefusalExplainer(problem, { brief: true });
      for (const bump of [false, true]) {
        const [kept, forgotten] = [false, true].map(forget => {
          const serving = { nodes: options.nodesPerRequest, explainer, progress: silentProgress, forget };
          const { planner, refusals, moves } = serveOnline(problem, serving, bump);
          return { flights: planner.flights(), refusals, moves, held: planner.occupancy.pads.poolLength };
        });
        expect({ ...forgotten, held: 0 }, `seed ${seed}, ${bump}`).toEqual({ ...kept, held: 0 });
      }
    }
  }, 600_000);

  it('leave nothing in the tables, and cannot be asked about', () => {
    const problem = { ...scenario(1), zones: [] };
    const planner = createPlanner(problem);
    const [request] = problem.requests;
    const answer = request === undefined ? undefined : planner.find(request);
    if (request === undefined || answer?.kind !== 'found') throw new Error('there is no flight');
    const before = contentsOf(planner);
    planner.accept(answer.flight);
    const [landing = 0] = answer.flight.legs.map(landingOf).slice(-1);
    planner.forgetBefore(landing);
    expect(contentsOf(planner)).not.toEqual(before);
    planner.forgetBefore(landing + 1000);
    expect(contentsOf(planner)).toEqual(before);
    expect(planner.flights()).toEqual([answer.flight]);
    expect(() => planner.find({ ...request, name: 'early' })).toThrow('all is forgotten');
    expect(planner.withdraw(request.name)).toEqual(answer.flight);
    expect(contentsOf(planner)).toEqual(before);
  });
});

describe('a batch', () => {
  it('serves no fewer than first come, first served, or than moving others, and more in all', () => {
    const totals = { first: 0, bump: 0, batch: 0 };
    for (let seed = 0; seed < 20; seed++) {
      const problem = scenario(seed);
      const [first, bump, batch] = (['first-come', 'bump', 'batch'] as const).map(mode =>
        solve(problem, { ...options, mode, repairs: 30 }),
      ) as [FlightOutcome, FlightOutcome, FlightOutcome];
      expect(batch.stats.served, `seed ${seed}`).toBeGreaterThanOrEqual(
        Math.max(first.stats.served, bump.stats.served),
      );
      expect(validateFlightPlan(problem, batch.plan), `seed ${seed}`).toEqual([]);
      totals.first += first.stats.served;
      totals.bump += bump.stats.served;
      totals.batch += batch.stats.served;
    }
    expect(totals.bump).toBeGreaterThan(totals.first);
    expect(totals.batch).toBeGreaterThan(totals.bump);
  }, 600_000);

  it('is the same for a seed', () => {
    const problem = scenario(3);
    const plan = (seed: number) => solve(problem, { ...options, mode: 'batch', repairs: 30, seed }).plan;
    expect(plan(7)).toEqual(plan(7));
  }, 600_000);
});
