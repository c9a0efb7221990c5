/**
 * Roadmaps of continuous-time multi-agent path finding (CCBS): flowtimes beside the published ones, the largest tasks,
 * and how fast one flight is searched for and reserved. Prints tables and writes docs/results/fly-roadmaps.md.
 *
 *     node bench/fly/roadmaps.js [--repairs COUNT] [--speed] [MAP ...]
 *
 * The roadmaps lie in SKEIN_DATA (default ../shared)/bench/mapf/ccbs. With names of maps, only those are planned and
 * nothing is written; with --speed only the speed is measured. Needs `npm run build`, and an otherwise idle machine for
 * the seconds.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import {
  createPlanner,
  parseCcbsTask,
  parseGraphml,
  planFleet,
  validateFlightPlan,
} from '../../dist/airspace/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(process.env.SKEIN_DATA ?? join(root, '../shared'), 'bench/mapf/ccbs');
const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { repairs: { type: 'string', default: '1000' }, speed: { type: 'boolean', default: false } },
});
const repairs = Number(options.repairs);
if (!existsSync(folder)) {
  console.log(`skipped: ${folder} is not there; set SKEIN_DATA`);
  process.exit(0);
}

const maps = names.length > 0 ? names : ['sparse', 'dense', 'super-dense'];
const taskCount = 13;
const networks = new Map(maps.map(map => [map, parseGraphml(read(join(folder, map, 'map.xml')))]));
const lines = [
  '# Flights on roadmaps',
  '',
  `\`node bench/fly/roadmaps.js --repairs ${repairs}\` on ${cpus().length} x ${cpus()[0].model}, Node ${process.version}, load`,
  `${loadavg()[0].toFixed(1)} at the start. One thread. Vehicles are discs of radius sqrt(2)/4, speed 1, that stay at their goals; tasks`,
  '1 to 13 of the CCBS roadmaps (Andreychuk et al., AAAI 2021). Every plan passed the validator.',
  '',
  ...(options.speed ? [] : [...publishedTable(), '', ...largeTable(), '']),
  ...speedTable(),
];
console.log(lines.join('\n'));
if (names.length === 0 && !options.speed)
  writeFileSync(join(root, 'docs/results/fly-roadmaps.md'), `${lines.join('\n')}\n`);

/** A flight of the super-dense roadmap takes twenty thousand intervals in and out: a tenth of the repairs there. */
function repairsOf(map) {
  return map === 'super-dense' ? Math.ceil(repairs / 10) : repairs;
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
}

function problemOf(map, task, agents) {
  const pairs = parseCcbsTask(read(join(folder, map, `${task}_task.xml`))).slice(0, agents);
  const pace = { speedMetresPerSecond: 1, climbMetresPerSecond: 1, descentMetresPerSecond: 1 };
  return {
    format: 'skein.airspace/1',
    name: `${map}-${task}-${agents}`,
    epoch: '2026-01-01T00:00:00Z',
    mode: 'classic',
    frame: { kind: 'plane' },
    source: { kind: 'file', path: join(map, 'map.xml') },
    network: networks.get(map),
    classes: [{ name: 'disc', radiusMetres: Math.SQRT2 / 4, halfHeightMetres: 1, ...pace }],
    separation: { bufferMetres: 0, bufferSeconds: 0 },
    prices: { ground: 1, hover: 1 },
    pads: [],
    zones: [],
    flights: [],
    requests: pairs.map(({ start, goal }, index) => ({
      name: `agent ${index}`,
      class: 'disc',
      from: start,
      to: goal,
      earliest: 0,
    })),
  };
}

/** Plans a task and has the plan checked; throws if the validator finds anything. */
function plan(problem, count) {
  const begin = performance.now();
  const outcome = planFleet(problem, { repairs: count });
  const seconds = (performance.now() - begin) / 1e3;
  const refusals = outcome.refused.map(({ name }) => ({
    request: name,
    kind: 'proved',
    cause: 'flights',
    flights: [],
    zones: [],
  }));
  const { name, epoch } = problem;
  const written = { format: 'skein.flights/1', problem: name, epoch, flights: outcome.flights, refusals };
  const violations = validateFlightPlan(problem, written);
  if (violations.length > 0) throw new Error(`${name}: ${violations[0].message}`);
  return { ...outcome, seconds };
}

function publishedTable() {
  const rows = read(join(folder, 'published/ccbs-aaai21.csv')).trim().split('\n').slice(1);
  /** Least flowtime of any published solver, by instance. */
  const best = new Map();
  for (const row of rows) {
    const [map, , , task, agents, solved, , , flowtime] = row.split(',');
    if (!maps.includes(map) || solved !== '1' || Number(task) > taskCount) continue;
    const key = `${map},${agents},${task}`;
    best.set(key, Math.min(best.get(key) ?? Number.POSITIVE_INFINITY, Number(flowtime)));
  }
  const groups = new Map();
  const all = { count: 0, solved: 0, excess: 0, over: 0, below: 0, worst: 0, seconds: 0 };
  for (const [key, flowtime] of best) {
    const [map, agents, task] = key.split(',');
    const outcome = plan(problemOf(map, Number(task), Number(agents)), repairsOf(map));
    const solved = outcome.refused.length === 0;
    const excess = solved ? outcome.cost / flowtime - 1 : Number.POSITIVE_INFINITY;
    const band =
      Number(agents) <= 5
        ? '2 to 5'
        : Number(agents) <= 10
          ? '6 to 10'
          : Number(agents) <= 15
            ? '11 to 15'
            : '16 and more';
    const name = `${map} | ${band}`;
    const group = groups.get(name) ?? { count: 0, solved: 0, excess: 0, over: 0, below: 0, worst: 0, seconds: 0 };
    groups.set(name, group);
    for (const sum of [group, all]) {
      sum.count++;
      sum.solved += solved ? 1 : 0;
      sum.excess += solved ? excess : 0;
      sum.over += excess > 0.01 ? 1 : 0;
      sum.below += outcome.cost < flowtime - 0.02 && solved ? 1 : 0;
      sum.worst = Math.max(sum.worst, solved ? excess : 0);
      sum.seconds += outcome.seconds;
    }
  }
  const row = (name, { count, solved, excess, over, below, worst, seconds }) =>
    `| ${name} | ${count} | ${solved} | ${percent(excess / Math.max(1, solved))} | ${percent(worst)} | ${over} | ${below} | ${(seconds / count).toFixed(2)} |`;
  return [
    '## Published and solved',
    '',
    'Flowtime over the least published one (five variants of CCBS, 30 s each); not solved counts as over 1 %.',
    '',
    '| map | agents | instances | solved | mean excess | worst | over 1 % | below published | seconds |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...[...groups].map(([name, group]) => row(name, group)),
    row('all | ', all),
  ];
}

function largeTable() {
  const rows = [];
  for (const [map, agents] of [
    ['sparse', 40],
    ['dense', 150],
  ]) {
    if (!maps.includes(map)) continue;
    for (let task = 1; task <= taskCount; task++) {
      const { refused, cost, boundCost, seconds } = plan(problemOf(map, task, agents), 0);
      const excess = percent(cost / boundCost - 1);
      rows.push(
        `| ${map} | ${agents} | ${task} | ${agents - refused.length} | ${cost.toFixed(1)} | ${excess} | ${seconds.toFixed(2)} |`,
      );
    }
  }
  return [
    '## The largest tasks, without repairs',
    '',
    'Over the bound: over the sum of what each costs alone.',
    '',
    '| map | agents | task | served | flowtime | over the bound | seconds |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

/** How fast single flights are searched for past others, and how fast prioritized planning is, tables built. */
function speedTable() {
  return [
    '## Speed',
    '',
    'One flight past the first 25 agents of a task, for each agent that comes after them (15 on sparse, 25 on dense), 40 times over;',
    'an expansion is a label that is not stale, with all edges out of it.',
    '',
    '| map | reserved | searches | expansions a search | million expansions a second | the same, best time of each search |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[
      ['sparse', 40],
      ['dense', 50],
    ].flatMap(([map, agents]) => (maps.includes(map) ? [searchRow(map, 25, agents)] : [])),
    '',
    'Prioritized planning in the order of each task, all 13 tasks, in the third round over the same tables.',
    '',
    '| map | agents | expansions | million expansions a second of search | flights searched and reserved a second |',
    '| --- | --- | --- | --- | --- |',
    ...[
      ['sparse', 25],
      ['dense', 25],
      ['dense', 150],
    ].flatMap(([map, agents]) => (maps.includes(map) ? [prioritizedRow(map, agents)] : [])),
  ];
}

function searchRow(map, reserved, agents) {
  const rounds = 40;
  const totals = { seconds: 0, best: 0, expansions: 0, searches: 0 };
  for (let task = 1; task <= taskCount; task++) {
    const problem = problemOf(map, task, agents);
    const planner = createPlanner(problem);
    for (const request of problem.requests.slice(0, reserved)) {
      const answer = planner.find(request);
      if (answer.kind === 'found') planner.accept(answer.flight);
    }
    for (const request of problem.requests.slice(reserved)) {
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < rounds; round++) {
        const begin = performance.now();
        const { expansions } = planner.find(request);
        const seconds = (performance.now() - begin) / 1e3;
        best = Math.min(best, seconds);
        totals.seconds += seconds / rounds;
        totals.expansions += expansions / rounds;
      }
      totals.best += best;
      totals.searches++;
    }
  }
  const { seconds, best, expansions, searches } = totals;
  const pace = time => (expansions / time / 1e6).toFixed(2);
  return `| ${map} | ${reserved} | ${searches} | ${Math.round(expansions / searches)} | ${pace(seconds)} | ${pace(best)} |`;
}

function prioritizedRow(map, agents) {
  const totals = { search: 0, reserve: 0, expansions: 0, plans: 0 };
  for (let task = 1; task <= taskCount; task++) {
    const problem = problemOf(map, task, agents);
    const planner = createPlanner(problem);
    for (let round = 0; round < 3; round++) {
      for (const { name } of planner.flights()) planner.withdraw(name);
      for (const request of problem.requests) {
        const begin = performance.now();
        const answer = planner.find(request);
        const found = performance.now();
        if (answer.kind === 'found') planner.accept(answer.flight);
        if (round < 2) continue;
        totals.search += found - begin;
        totals.reserve += performance.now() - found;
        totals.expansions += answer.expansions;
        totals.plans++;
      }
    }
  }
  const { search, reserve, expansions, plans } = totals;
  const pace = (expansions / search / 1e3).toFixed(2);
  return `| ${map} | ${agents} | ${expansions} | ${pace} | ${Math.round((plans / (search + reserve)) * 1e3)} |`;
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}
