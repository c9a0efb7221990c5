/**
 * A fleet of deliveries with deadlines, round trips, two speeds and zones, in each mode: who is served, delayed and
 * refused, and why. Prints tables and writes docs/results/fly-fleet.md.
 *
 *     node bench/fly/fleet.js [--counts LIST] [--seeds LIST] [--modes LIST] [--repairs COUNT] [--most COUNT]
 *
 * Needs `npm run build`. With other numbers than the defaults nothing is written.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { boundServed, createPlanner, generateDeliveryProblem, replan, solve } from '../../dist/airspace/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = fallback => ({ type: 'string', default: fallback });
const { values: options } = parseArgs({
  options: {
    counts: text('1000,5000'),
    seeds: text('1'),
    modes: text('first-come,bump,batch'),
    repairs: text('100'),
    // Larger fleets are served first come, first served, and with the first seed, only.
    most: text('5000'),
  },
});
const list = value => value.split(',').filter(part => part !== '');
const seeds = list(options.seeds).map(Number);
const modes = list(options.modes);
const nodesPerRequest = 100_000;
const most = Number(options.most);
const repairs = Number(options.repairs);
const causes = ['flights', 'zones', 'deadline', 'air-time', 'unreachable', 'gave-up'];
const load = loadavg()[0].toFixed(1);

/** Half of the fleet flies back to one of 120 depots. Zones become known some minutes before they close. */
function fleetOf(count, seed) {
  return generateDeliveryProblem({
    seed,
    name: `fleet of ${count} (seed ${seed})`,
    source: {
      kind: 'airmatrix',
      rectangle: [
        [0, 0],
        [20000, 20000],
      ],
      cellMetres: 100,
      layerHeights: [24, 36, 48, 60],
    },
    pads: { count: 600, apartMetres: 300 },
    demand: {
      count,
      windowSeconds: 3600,
      depots: Array.from({ length: 120 }, (_, index) => `P${index + 1}`),
      slackSeconds: [120, 600],
      roundTripShare: 0.5,
      leadSeconds: [0, 900],
      toleranceSeconds: 120,
    },
    appearing: { count: 8 },
  });
}

const states = ['kept', 're-timed', 're-routed', 'diverted', 'cancelled'];

// A thread a size, side by side.
if (!isMainThread) parentPort.postMessage(rowsOf(workerData));
else report(await Promise.all(list(options.counts).map(Number).map(rowsInThread)));

function rowsInThread(count) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: count, argv: process.argv.slice(2) });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function rowsOf(count) {
  const bounds = [];
  const sums = new Map();
  const after = new Map();
  const drawn = count > most ? seeds.slice(0, 1) : seeds;
  for (const seed of drawn) {
    const { problem: open, appearing } = fleetOf(count, seed);
    const problem = { ...open, zones: appearing.map(({ zone }) => zone) };
    const bound = boundServed(problem, { nodesPerRequest });
    const pad = bound.busiestPads[0];
    const lane = bound.busiestLanes[0];
    bounds.push(
      `| ${count} | ${seed} | ${bound.served} | ${bound.alone} | ${bound.pads} | ${bound.lanes} | ${bound.binding} | ` +
        `${pad.name} (${percent(pad.utilisation)}) | ${lane.name} (${percent(lane.utilisation)}) |`,
    );
    const alone = costsAlone(problem);
    for (const mode of modes) {
      if (mode !== modes[0] && count > most) continue;
      const begin = performance.now();
      // A plan that does not pass the validator is thrown.
      const { plan } = solve(problem, { mode, seed, repairs, explain: false, nodesPerRequest });
      const seconds = (performance.now() - begin) / 1e3;
      const delayed = plan.flights.filter(({ name, cost }) => cost > (alone.get(name) ?? cost) + 1e-6);
      const refused = Object.fromEntries(
        causes.map(cause => [cause, plan.refusals.filter(refusal => refusal.cause === cause).length]),
      );
      const delay = delayed.reduce((total, { name, cost }) => total + cost - alone.get(name), 0);
      const found = { served: plan.flights.length, delayed: delayed.length, delay, seconds, bound: bound.served };
      addTo(sums, mode, { ...found, ...refused });
      process.stderr.write(`${count} ${seed} ${mode} ${JSON.stringify(found)}\n`);
      const closed = zonesAppear(open, appearing, { mode, seed });
      addTo(after, mode, closed);
      process.stderr.write(`${count} ${seed} ${mode} ${JSON.stringify(closed)}\n`);
    }
  }
  return {
    planned: [...sums].map(([mode, sum]) => rowOf(count, drawn.length, mode, sum)),
    changed: [...after].map(([mode, sum]) => changeRowOf(count, drawn.length, mode, sum)),
    bounds,
  };
}

function report(parts) {
  const head = ['fleet', 'mode', 'served', 'share', 'bound', 'delayed', 'mean delay s', ...causes, 'seconds'];
  const lines = [
    '# A fleet of deliveries',
    '',
    `\`${['node bench/fly/fleet.js', ...process.argv.slice(2)].join(' ')}\` on ${cpus().length} x ${cpus()[0].model}, Node ${process.version}, load ${load} at the start; a thread a size.`,
    'Synthetic and seeded (`generateDeliveryProblem`): 20 x 20 km of AirMatrix in cells of 100 m and four layers, 600 pads of 30 s of',
    'service, 120 of them depots from which all start, within an hour; trips of 2 to 8 km, half of them round trips; two classes of 15 and 10 m/s,',
    'at most 25 and 30 minutes in the air; a deadline 2 to 10 minutes after a quarter more than the straight flight; eight zones of 500 to',
    `1000 m for half an hour to an hour. Means over seeds ${seeds.join(', ')}, of fleets larger than ${most} of the first; ${repairs} rounds of repair. All plans passed the validator.`,
    'Zones are known from the start here. `delayed` cost more than they would alone in the sky, with its zones; the mean delay is of these.',
    '',
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...parts.flatMap(({ planned }) => planned),
    '',
    'DTAPP-IICR (AAMAS 2026), the planner to compare with, claims near 100 % for up to 1,000 vehicles with temporal zones; it publishes no',
    'instances and no generator, so that its shares and ours are of different fleets.',
    '',
    '## Zones that appear',
    '',
    'The same fleets, planned as if no zone ever came; then each zone becomes known, up to ten minutes before it closes, and `replan` plans those',
    'again that it meets. A flight that two zones meet counts twice. `late` are those that land after their deadlines, which only',
    'flights that were on their way may; `served` fly where they were asked to in the end. Seconds are of one zone, the check of the',
    'whole plan by the validator included: the mean and the longest of a run.',
    '',
    `| fleet | mode | planned | affected | ${states.join(' | ')} | late | served | seconds | longest |`,
    `| --- | --- | --- | --- | ${states.map(() => '---').join(' | ')} | --- | --- | --- | --- |`,
    ...parts.flatMap(({ changed }) => changed),
    '',
    '## What no plan exceeds',
    '',
    'By `boundServed`: alone in the sky, by pads, by lanes. Utilisation is what is asked for, of all there is from the first use to the last.',
    '',
    '| fleet | seed | bound | alone | pads | lanes | binding | busiest pad | busiest lane |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...parts.flatMap(({ bounds }) => bounds),
  ];
  console.log(lines.join('\n'));
  if (process.argv.length === 2) writeFileSync(join(root, 'docs/results/fly-fleet.md'), `${lines.join('\n')}\n`);
}

/** Plans as if no zone ever came, then lets them appear one after another while flights are on their way. */
function zonesAppear(problem, appearing, { mode, seed }) {
  const { plan } = solve(problem, { mode, seed, repairs, explain: false, nodesPerRequest });
  const planner = createPlanner(problem);
  for (const flight of plan.flights) planner.accept(flight);
  const found = { planned: plan.flights.length, late: 0, seconds: 0, longest: 0, affected: 0 };
  for (const state of states) found[state] = 0;
  let { refusals } = plan;
  for (const { appears, zone } of appearing) {
    const begin = performance.now();
    // A plan that does not pass the validator is thrown; the check is part of the seconds.
    const outcome = replan(planner, { zones: [zone], now: appears }, { refusals });
    const seconds = (performance.now() - begin) / 1e3;
    found.seconds += seconds;
    found.longest = Math.max(found.longest, seconds);
    refusals = outcome.plan.refusals;
    for (const { state, lateSeconds } of outcome.plan.changes) {
      found[state]++;
      found.affected++;
      if (lateSeconds !== undefined) found.late++;
    }
  }
  const asked = planner.flights().filter(({ diverted }) => diverted === undefined);
  return { ...found, served: asked.length };
}

function changeRowOf(count, runs, mode, sum) {
  const mean = key => (sum[key] / runs).toFixed(1);
  const cells = ['planned', 'affected', ...states, 'late', 'served'].map(mean).join(' | ');
  return `| ${count} | ${mode} | ${cells} | ${(sum.seconds / runs / 8).toFixed(2)} | ${(sum.longest / runs).toFixed(2)} |`;
}

function percent(share) {
  return `${(100 * share).toFixed(0)} %`;
}

function costsAlone(problem) {
  const sky = createPlanner(problem, { withoutFlights: true });
  return new Map(
    problem.requests.flatMap(request => {
      const answer = sky.find(request, { nodes: nodesPerRequest });
      return answer.kind === 'found' ? [[request.name, answer.flight.cost]] : [];
    }),
  );
}

function addTo(sums, mode, numbers) {
  const sum = sums.get(mode) ?? {};
  for (const [key, value] of Object.entries(numbers)) sum[key] = (sum[key] ?? 0) + value;
  sums.set(mode, sum);
}

function rowOf(count, runs, mode, sum) {
  const mean = key => (sum[key] / runs).toFixed(key === 'seconds' ? 1 : 0);
  const share = `${((100 * sum.served) / (count * runs)).toFixed(1)} %`;
  const delay = (sum.delay / Math.max(1, sum.delayed)).toFixed(1);
  const refused = causes.map(mean).join(' | ');
  return (
    `| ${count} | ${mode} | ${mean('served')} | ${share} | ${mean('bound')} | ${mean('delayed')} | ${delay} | ${refused} | ` +
    `${mean('seconds')} |`
  );
}
