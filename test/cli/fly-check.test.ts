import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createPlanner,
  formatAirspaceProblem,
  formatFlightPlan,
  parseAirspaceProblem,
  parseFlightPlan,
  replan,
  solve,
} from '../../src/airspace/index.ts';
import { refusal, skein } from '../support/run-skein.ts';

/* `skein fly check` through the built command. Needs `npm run build`. */
const scenario = 'examples/flights/district.json';
let folder: string;
let plan: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-fly-check-'));
  const outcome = solve(parseAirspaceProblem(readFileSync(scenario, 'utf8'), scenario));
  plan = file('plan.json', formatFlightPlan(outcome.plan));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('skein fly check', () => {
  test('says in one line that a plan holds, and what was checked', () => {
    const { status, stdout, stderr } = skein('fly', 'check', scenario, plan);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      `${plan} holds: 7 flights, 1 refusal, 5 pads, 2 zones; ` +
        'routes, times, pads, zones and all pairs of flights were checked\n',
    );
  });

  test('names every rule that a plan breaks, and exits with 1', () => {
    const written = parseFlightPlan(readFileSync(plan, 'utf8'));
    const [first, ...others] = written.flights;
    const [leg] = first.legs;
    const late = {
      ...leg,
      arrivals: leg.arrivals.map(time => time - 1),
      departures: leg.departures.map(time => time - 1),
    };
    const flights = [{ ...first, legs: [late] }, ...others.slice(1)];
    const wrong = file('wrong.json', formatFlightPlan({ ...written, flights }));
    const { status, stdout } = skein('fly', 'check', scenario, wrong);
    expect(status).toBe(1);
    expect(stdout).toMatch(/wrong\.json breaks 3 rules\n/);
    expect(stdout).toContain('  request: blood is neither served nor refused\n');
    expect(stdout).toContain('  take-off: bread ');
    const found = JSON.parse(skein('fly', 'check', scenario, wrong, '--json').stdout);
    expect(found).toMatchObject({ status: 'invalid', flights: 6, refusals: 1 });
    expect(found.violations.map(({ kind }: { kind: string }) => kind)).toEqual(['request', 'take-off', 'cost']);
  });

  test('prints one JSON document for a plan that holds', () => {
    const found = JSON.parse(skein('fly', 'check', scenario, plan, '--json').stdout);
    expect(found).toMatchObject({ problem: 'district', status: 'valid', flights: 7, violations: [] });
  });

  test('reads what became of flights when a zone appeared', () => {
    const problem = parseAirspaceProblem(readFileSync(scenario, 'utf8'), scenario);
    const planner = createPlanner({ ...problem, flights: parseFlightPlan(readFileSync(plan, 'utf8')).flights });
    const area = { kind: 'circle', centre: [800, 400], radiusMetres: 120 } as const;
    const windows = [{ start: 150, end: 400 }];
    const zone = { name: 'fire', area, floorMetres: 0, ceilingMetres: 200, windows, rule: 'closed' } as const;
    const outcome = replan(planner, { zones: [zone], now: 80 });
    expect(outcome.plan.changes?.length).toBeGreaterThan(0);
    // In files, what is accepted is asked for no more.
    const after = file('after.json', formatAirspaceProblem({ ...outcome.problem, requests: [] }));
    const asked = parseFlightPlan(formatFlightPlan(outcome.plan));
    expect(asked.changes).toEqual(outcome.plan.changes);
    const changed = file('changed.json', formatFlightPlan(outcome.plan));
    const { status, stdout } = skein('fly', 'check', after, changed);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/3 zones, \d+ changes?; /)]);
    expect(skein('fly', 'check', scenario, changed).status).toBe(1);
  });

  test('refuses plans of other problems and files that are none', () => {
    const text = readFileSync(plan, 'utf8');
    const other = file('other.json', text.replace('"problem": "district"', '"problem": "harbour"'));
    expect(refusal('fly', 'check', scenario, other)).toMatch(
      /SK6014: .*other\.json is a plan of problem "harbour".*next: /s,
    );
    const later = file('later.json', text.replace('T10:00:00', 'T11:00:00'));
    expect(refusal('fly', 'check', scenario, later)).toMatch(/SK6014: .*T11:00:00.*expected: epoch "2026-08-09T10:00/s);
    expect(refusal('fly', 'check', scenario, join(folder, 'nowhere.json'))).toContain('SK9001');
    expect(refusal('fly', 'check', scenario, file('cut.json', text.slice(0, 200)))).toContain('SK6010');
    expect(refusal('fly', 'check', scenario, scenario)).toContain('SK6010');
    expect(refusal('fly', 'check', plan, plan)).toContain('SK6001');
  });
});
