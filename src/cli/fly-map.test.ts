import { describe, expect, it } from 'vitest';
import { randomScenario } from '../../test/airspace/random-scenario.ts';
import {
  type AirspaceProblem,
  createPlanner,
  createProjection,
  explainWaits,
  type FlightOutcome,
  flightAt,
  readSingapore,
  replan,
  singaporeFrame,
  solve,
} from '../airspace/index.ts';
import { createRandom } from '../base/index.ts';
import { isZoneActive, positionAt } from '../report/index.ts';
import { flightsGeojson } from './fly-geojson.ts';
import { flightMapData } from './fly-map.ts';
import type { PlanWaits } from './fly-task.ts';

const frame = singaporeFrame(readSingapore());
const projection = createProjection(frame);

interface Planned extends FlightOutcome {
  readonly problem: AirspaceProblem;
  readonly waits: PlanWaits;
}

function planned(seed: number, place: AirspaceProblem['frame']): Planned {
  const problem = { ...randomScenario(createRandom(seed), { requests: 40 }), frame: place };
  const outcome = solve(problem, { nodesPerRequest: 5000 });
  const planner = createPlanner({ ...problem, flights: outcome.plan.flights });
  const requests = new Map(problem.requests.map(request => [request.name, request]));
  const waits = outcome.plan.flights.map(flight => explainWaits(planner, flight, requests.get(flight.name)));
  return { ...outcome, problem, waits };
}

describe('the map of a plan', () => {
  it('has every vehicle where the plan has it, at any time, on a plane and on the Earth', () => {
    for (const place of [{ kind: 'plane' }, frame] as const) {
      const { problem, plan, waits } = planned(3, place);
      const data = flightMapData(problem, plan, waits);
      const random = createRandom(0);
      let compared = 0;
      for (let round = 0; round < 5000; round++) {
        const index = random.integer(0, plan.flights.length);
        const seconds = data.start + random.next() * (data.end - data.start);
        const shown = positionAt(data.flights[index], seconds);
        const flown = flightAt(problem, plan.flights[index], seconds);
        expect(shown === undefined).toBe(flown === undefined);
        if (shown === undefined || flown === undefined) continue;
        compared++;
        const [x, y] = place.kind === 'plane' ? [shown[0], shown[1]] : projection.toPlane(shown[0], shown[1]);
        expect(Math.hypot(x - flown[0], y - flown[1])).toBeLessThan(0.02);
        expect(Math.abs(shown[2] - flown[2])).toBeLessThan(1e-6);
      }
      expect(compared).toBeGreaterThan(100);
    }
  });

  it('covers every flight, wait and refusal in time, and names no flight twice', () => {
    const { problem, plan, waits } = planned(5, { kind: 'plane' });
    const data = flightMapData(problem, plan, waits);
    const times = [
      ...data.flights.flatMap(({ legs, waits: own }) => [
        ...legs.flat().map(point => point[3]),
        ...own.map(wait => wait.start),
      ]),
      ...data.refusals.map(({ earliest }) => earliest),
    ];
    expect(Math.min(...times)).toBeGreaterThanOrEqual(data.start);
    expect(Math.max(...times)).toBeLessThanOrEqual(data.end);
    const names = [...data.flights.map(({ name }) => name), ...data.refusals.map(({ request }) => request)];
    expect(names.toSorted()).toEqual(problem.requests.map(({ name }) => name).toSorted());
    expect(data.flights.some(flight => flight.waits.length > 0)).toBe(true);
    for (const { waits: own } of data.flights)
      for (const { reason } of own) expect(reason).toMatch(/in the way|costs nothing/);
    for (const { cause } of data.refusals) expect(cause).toMatch(/^(flights?|zones?|even|the) \S/);
  });

  it('says what became of flights that a zone met which appeared, and shows those that are cancelled without a way', () => {
    const states = new Set<string>();
    for (let seed = 8; states.size < 5 && seed < 60; seed++) {
      const { problem, plan: accepted } = planned(seed, { kind: 'plane' });
      const planner = createPlanner({ ...problem, flights: accepted.flights });
      const now = 60 + 40 * (seed % 10);
      const area = { kind: 'circle', centre: [60 * (seed % 7), 100 + 50 * (seed % 3)], radiusMetres: 90 } as const;
      const start = now + 10 * (seed % 3);
      const windows = [{ start, end: seed % 2 === 0 ? Number.POSITIVE_INFINITY : start + 60 }];
      const zone = { name: 'fire', area, floorMetres: 0, ceilingMetres: 100, windows, rule: 'closed' } as const;
      const { problem: changed, plan } = replan(planner, { zones: [zone], now }, { nodesPerSearch: 5000 });
      const sky = createPlanner({ ...changed, flights: plan.flights });
      const data = flightMapData(
        changed,
        plan,
        plan.flights.map(flight => explainWaits(sky, flight)),
      );
      const changes = new Map(plan.changes?.map(change => [change.flight, change]));
      expect(data.flights.map(({ name }) => name).toSorted()).toEqual(
        accepted.flights.map(({ name }) => name).toSorted(),
      );
      for (const { name, state, stateCause, legs, to } of data.flights) {
        const change = changes.get(name);
        expect([state, stateCause]).toEqual([change?.state ?? 'kept', change?.cause]);
        expect(legs.length === 0).toBe(state === 'cancelled');
        expect(to.includes('diverted from')).toBe(state === 'diverted');
        if (change !== undefined) states.add(state);
      }
      expect(data.refusals.filter(({ request }) => changes.get(request)?.state === 'cancelled')).toEqual([]);
    }
    expect([...states].toSorted()).toEqual(['cancelled', 'diverted', 'kept', 're-routed', 're-timed']);
  }, 120_000);

  it('draws circles as rings whose corners lie on them, and windows without an end as open', () => {
    const { problem, plan, waits } = planned(3, frame);
    const [zone] = problem.zones;
    const open = { ...problem, zones: [{ ...zone, windows: [{ start: 60, end: Number.POSITIVE_INFINITY }] }] };
    const [shown] = flightMapData(open, plan, waits).zones;
    if (zone.area.kind !== 'circle') throw new Error('the first zone is a circle');
    const { centre, radiusMetres } = zone.area;
    for (const [longitude, latitude] of shown.rings[0]) {
      const [x, y] = projection.toPlane(longitude, latitude);
      expect(Math.abs(Math.hypot(x - centre[0], y - centre[1]) - radiusMetres)).toBeLessThan(0.02);
    }
    expect(shown.windows).toEqual([{ start: 60 }]);
    expect([59, 60, 1e9].map(seconds => isZoneActive(shown, seconds))).toEqual([false, true, true]);
  });

  it('has a coast near Singapore only, with where it comes from', () => {
    const { problem, plan, waits } = planned(3, frame);
    const here = flightMapData(problem, plan, waits);
    expect(here.coast.length).toBeGreaterThan(10);
    expect(here.attribution).toContain('Urban Redevelopment Authority');
    const elsewhere = { ...problem, frame: { ...frame, longitude: 11.5, latitude: 48.1 } };
    expect(flightMapData(elsewhere, plan, waits)).toMatchObject({ coast: [], frame: 'geographic' });
    expect(flightMapData({ ...problem, frame: { kind: 'plane' } }, plan, waits)).toMatchObject({
      coast: [],
      frame: 'plane',
    });
  });
});

describe('the GeoJSON of a plan', () => {
  it('has a line for every leg, with places and times as they are flown', () => {
    for (const place of [{ kind: 'plane' }, frame] as const) {
      const { problem, plan, waits } = planned(4, place);
      const { network } = problem;
      const { type, features } = JSON.parse(flightsGeojson(problem, plan, waits));
      expect(type).toBe('FeatureCollection');
      expect(features.length).toBe(plan.flights.reduce((sum, { legs }) => sum + legs.length, 0));
      const base = place.kind === 'plane' ? 0 : Date.parse(problem.epoch) / 1000;
      for (const { geometry, properties } of features) {
        const flight = plan.flights.find(({ name }) => name === properties.flight);
        const leg = flight?.legs[properties.leg - 1];
        if (leg === undefined) throw new Error(`no leg of ${properties.flight}`);
        expect(geometry.type).toBe('LineString');
        const stops = leg.vertices.flatMap((vertex, stop) => {
          const times = new Set([leg.arrivals[stop], leg.departures[stop]]);
          return [...times].map(time => [network.x[vertex], network.y[vertex], network.z[vertex], time]);
        });
        expect(geometry.coordinates.length).toBe(stops.length);
        for (const [at, [east, north, height, seconds]] of geometry.coordinates.entries()) {
          const [x, y] = place.kind === 'plane' ? [east, north] : projection.toPlane(east, north);
          expect(Math.hypot(x - stops[at][0], y - stops[at][1])).toBeLessThan(0.02);
          expect(Math.abs(height - stops[at][2])).toBeLessThan(1e-3);
          expect(Math.abs(seconds - base - stops[at][3])).toBeLessThan(1e-3);
        }
        const elapsed = (Date.parse(properties.landing) - Date.parse(properties.takeOff)) / 1000;
        expect(Math.abs(elapsed - (stops[stops.length - 1][3] - stops[0][3]))).toBeLessThan(2e-3);
        expect((Date.parse(properties.takeOff) - Date.parse(problem.epoch)) / 1000).toBeCloseTo(stops[0][3], 2);
      }
      const told = features.flatMap((feature: { properties: { waits: unknown[] } }) => feature.properties.waits);
      expect(told.length).toBe(waits.flat().length);
    }
  });
});
