/**
 * Requests over Singapore while flights fill the sky: how long an answer takes on the default AirMatrix, accepted or refused. Prints
 * a table and writes docs/results/fly-city.md.
 *
 *     node bench/fly/city.js [--requests COUNT] [--window SECONDS]
 *
 * Needs `npm run build`, 4 GB of memory, and an otherwise idle machine for the seconds. With other numbers than the defaults
 * nothing is written.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createPlanner, validateFlightPlan } from '../../dist/airspace/index.js';
import { singaporeDeliveries } from './singapore-deliveries.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: { requests: { type: 'string', default: '10000' }, window: { type: 'string', default: '3600' } },
});
const count = Number(options.requests);
const windowSeconds = Number(options.window);
const nodes = 200_000;
const load = loadavg()[0].toFixed(1);
const problem = singaporeDeliveries(count, windowSeconds);
const planner = createPlanner(problem);
const first = problem.pads[0].name;
const built = performance.now();
for (const pad of problem.pads) {
  for (const { name } of problem.classes) {
    planner.isReachable({ name: '', class: name, from: first, to: pad.name, earliest: 0 });
  }
}
const boundSeconds = (performance.now() - built) / 1e3;
const rows = [];
const refusals = [];
let block = emptyBlock();
problem.requests.forEach((request, index) => {
  const begin = performance.now();
  const answer = planner.find(request, { nodes });
  const found = performance.now();
  block.seconds.push(found - begin);
  block.expansions += answer.expansions;
  if (answer.kind === 'found') {
    planner.accept(answer.flight);
    block.reserve += performance.now() - found;
    block.served++;
  } else refusals.push({ request: request.name, kind: answer.kind, cause: 'flights', flights: [], zones: [] });
  if ((index + 1) % Math.max(1, Math.floor(count / 10)) !== 0) return;
  const sorted = block.seconds.sort((a, b) => a - b);
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  rows.push(
    `| ${index + 1} | ${block.served} | ${sorted.length - block.served} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ` +
      `${(block.reserve / Math.max(1, block.served)).toFixed(1)} | ${Math.round(block.expansions / sorted.length)} |`,
  );
  block = emptyBlock();
});
const { name, epoch, network } = problem;
const written = { format: 'skein.flights/1', problem: name, epoch, flights: planner.flights(), refusals };
const violations = validateFlightPlan(problem, written);
const lines = [
  '# Requests over a city',
  '',
  `\`node bench/fly/city.js\` on ${cpus().length} x ${cpus()[0].model}, Node ${process.version}, load ${load} at the start. One thread.`,
  `AirMatrix of Singapore: ${network.x.length} vertices, ${network.edgeTargets.length} edges. ${count} seeded requests of 2 to 8 km in`,
  `${windowSeconds} s between 1,000 pads, first come, first served; two classes of 10 and 15 m/s, 30 m and 10 m apart, every second`,
  `costs the same, air time limited, no zones. Distances to all pads took ${boundSeconds.toFixed(0)} s before. None has landed for the planner: all`,
  `that is accepted stays in the tables. The validator found ${violations.length} violations in the plan.`,
  '',
  '| after | served | refused | median ms | 99 % ms | longest ms | ms to reserve | expansions a request |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
];
console.log(lines.join('\n'));
if (count === 10_000 && windowSeconds === 3600)
  writeFileSync(join(root, 'docs/results/fly-city.md'), `${lines.join('\n')}\n`);

function emptyBlock() {
  return { seconds: [], reserve: 0, served: 0, expansions: 0 };
}
