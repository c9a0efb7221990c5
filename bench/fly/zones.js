/**
 * Zones that appear over a full sky: how long it takes to plan the affected flights again, and what becomes of them.
 * Ten thousand requests over Singapore are served first; then a zone of 1 km for 30 min appears at 20 seeded places,
 * one after another, and all is put back in between. Prints a table and writes docs/results/fly-zones.md.
 *
 *     node bench/fly/zones.js [--requests COUNT] [--window SECONDS] [--zones COUNT] [--radius METRES]
 *
 * Needs `npm run build`, 4 GB of memory, and an otherwise idle machine for the seconds. With other numbers than the
 * defaults nothing is written.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createPlanner, generateZones, replan, validateFlightPlan } from '../../dist/airspace/index.js';
import { singaporeDeliveries } from './singapore-deliveries.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (value, fallback) => ({ [value]: { type: 'string', default: fallback } });
const { values: options } = parseArgs({
  options: {
    ...text('requests', '10000'),
    ...text('window', '3600'),
    ...text('zones', '20'),
    ...text('radius', '1000'),
  },
});
const [count, windowSeconds, zoneCount, radius] = [options.requests, options.window, options.zones, options.radius].map(
  Number,
);
const load = loadavg()[0].toFixed(1);
const problem = singaporeDeliveries(count, windowSeconds);
const planner = createPlanner(problem);
for (const request of problem.requests) {
  const answer = planner.find(request, { nodes: 200_000 });
  if (answer.kind === 'found') planner.accept(answer.flight);
}
const accepted = planner.flights();
// Zones begin while the sky is fullest, and are known when they begin.
const zones = generateZones({
  seed: 7,
  network: problem.network,
  count: zoneCount,
  windowSeconds: windowSeconds / 2,
  radiusMetres: [radius, radius],
  durationSeconds: [1800, 1800],
  noticeSeconds: [0, 0],
});
const states = ['kept', 're-timed', 're-routed', 'diverted', 'cancelled'];
const rows = zones.map(({ appears: now, zone }) => {
  const before = new Map(planner.flights().map(flight => [flight.name, flight]));
  const inTheAir = accepted.filter(
    ({ legs }) => legs[0].arrivals[0] <= now && legs.at(-1).departures.at(-1) > now,
  ).length;
  const begin = performance.now();
  const outcome = replan(planner, { zones: [zone], now }, { validate: false });
  const seconds = (performance.now() - begin) / 1e3;
  const violations = validateFlightPlan(outcome.problem, outcome.plan);
  if (violations.length > 0) console.error(violations.slice(0, 3));
  const { changes } = outcome.plan;
  for (const { flight, state } of changes) {
    if (state !== 'cancelled') planner.withdraw(flight);
  }
  for (const index of outcome.zones) planner.lift(index);
  for (const { flight } of changes) planner.accept(before.get(flight));
  const airborne = changes.filter(({ flight }) => before.get(flight).legs[0].arrivals[0] <= now).length;
  const counts = states.map(state => changes.filter(change => change.state === state).length);
  console.error(zone.name, seconds.toFixed(2), changes.length, counts.join(' '), outcome.expansions);
  return {
    name: zone.name,
    now,
    inTheAir,
    affected: changes.length,
    airborne,
    counts,
    seconds,
    expansions: outcome.expansions,
    violations: violations.length,
  };
});
const slowest = Math.max(...rows.map(({ seconds }) => seconds));
const median = rows.map(({ seconds }) => seconds).sort((a, b) => a - b)[Math.floor(rows.length / 2)];
const lines = [
  '# Zones that appear over a full sky',
  '',
  `\`node bench/fly/zones.js\` on ${cpus().length} x ${cpus()[0].model}, Node ${process.version}, load ${load} at the start. One thread.`,
  `AirMatrix of Singapore: ${problem.network.x.length} vertices. ${accepted.length} flights of 2 to 8 km accepted of ${count} requests in`,
  `${windowSeconds} s between 1,000 pads, as in fly-city.md: no deadlines, no round trips. A zone of ${radius} m around a seeded vertex, from the`,
  'ground up, closes for 1,800 s at the moment it becomes known. All is put back before the next, so that every row is about the',
  'same plan. Seconds are those of closing the zone, finding who is affected and planning them again, without the validator, which',
  `found ${rows.reduce((total, { violations }) => total + violations, 0)} violations in all the plans together. Median ${median.toFixed(2)} s, slowest ${slowest.toFixed(2)} s.`,
  '',
  `| zone | at s | in the air | affected | of them in the air | ${states.join(' | ')} | seconds | expansions |`,
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows.map(
    ({ name, now, inTheAir, affected, airborne, counts, seconds, expansions }) =>
      `| ${name} | ${now.toFixed(0)} | ${inTheAir} | ${affected} | ${airborne} | ${counts.join(' | ')} | ${seconds.toFixed(2)} | ${expansions} |`,
  ),
];
console.log(lines.join('\n'));
if (count === 10_000 && windowSeconds === 3600 && zoneCount === 20 && radius === 1000)
  writeFileSync(join(root, 'docs/results/fly-zones.md'), `${lines.join('\n')}\n`);
