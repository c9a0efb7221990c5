/**
 * Accepted flights per square kilometre and hour, ours beside the rule of bounding boxes, at equal demand. Prints a
 * table and writes docs/results/fly-boxes.md.
 *
 *     node bench/fly/boxes.js [--side METRES] [--densities LIST] [--seeds LIST] [--modes LIST] [--repairs COUNT]
 *         [--most DENSITY]
 *
 * Needs `npm run build`. With other numbers than the defaults nothing is written.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGround, experimentProblem } from '../../dist/airspace/experiment/ground.js';
import { defaultExperiment } from '../../dist/airspace/experiment/parameters.js';
import { boundServed, solve, solveByBoxes, validateFlightPlan } from '../../dist/airspace/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = fallback => ({ type: 'string', default: fallback });
const defaults = {
  side: text('8000'),
  densities: text('5,10,20,40'),
  seeds: text('1,2,3'),
  modes: text('first-come,batch'),
  // Denser than this, only first come, first served: the others take minutes a seed.
  most: text('20'),
  repairs: text('200'),
};
const { values: options } = parseArgs({ options: defaults });
const list = value => value.split(',').filter(part => part !== '');
const side = Number(options.side);
const parameters = { ...defaultExperiment, sideMetres: [side, side], repairs: Number(options.repairs) };
const ground = createGround(parameters);
const { nodesPerRequest, windowSeconds, repairs } = parameters;
const modes = list(options.modes);
const seeds = list(options.seeds).map(Number);
let violations = 0;

const rows = [];
for (const zones of [false, true]) {
  for (const density of list(options.densities).map(Number)) {
    const sums = new Map();
    const add = (key, value) => sums.set(key, (sums.get(key) ?? 0) + value);
    for (const seed of seeds) {
      const problem = experimentProblem(ground, parameters, { density, zones, seed });
      add('asked', problem.requests.length);
      add('bound', boundServed(problem, { nodesPerRequest }).served);
      for (const groundDelay of [false, true]) {
        const outcome = solveByBoxes(problem, { groundDelay, nodesPerRequest });
        violations += check(problem, outcome);
        add(groundDelay ? 'later' : 'boxes', outcome.flights.length);
      }
      for (const mode of modes) {
        if (mode !== modes[0] && density > Number(options.most)) continue;
        // A plan that does not pass the validator is thrown.
        const { stats } = solve(problem, { mode, seed, repairs, explain: false, nodesPerRequest });
        add(mode, stats.served);
        process.stderr.write(`${density} ${zones} ${seed} ${mode} ${stats.served}\n`);
      }
    }
    rows.push(row(zones, density, sums));
  }
}
const command = ['node bench/fly/boxes.js', ...process.argv.slice(2)].join(' ');
const lines = [
  '# Beside the rule of bounding boxes',
  '',
  `\`${command}\`: requests over an AirMatrix of ${side / 1000} x ${side / 1000} km in cells of ${parameters.cellMetres} m and four layers, all else as in`,
  `\`skein fly experiment\` (src/airspace/experiment/parameters.ts): a pad a km², trips of 2 to 6 km in ${windowSeconds / 60} minutes, deadlines, 30 m`,
  `and 10 m apart; with zones, one on nine km². Seeds ${seeds.join(', ')}; ${repairs} rounds of repair. Numbers are requests a km² and hour, means over`,
  'seeds. Every flight of every column passed the validator'.concat(
    violations === 0 ? '.' : `, but for ${violations} violations.`,
  ),
  '',
  'The rule refuses a flight if the box around all of it, in x, y, height and time, overlaps that of an accepted flight, as the',
  'built-in engine of Flight Blender does (there without heights). `boxes` takes off as asked or is refused; `boxes, later` takes off at the',
  'first time until its deadline at which its box fits, which no engine we know of does. Ours, too, may wait until the deadline. The',
  'ratio is `first-come` to each. `bound` is what no plan exceeds (`boundServed`).',
  '',
  `| zones | asked | boxes | boxes, later | ${modes.join(' | ')} | bound | to boxes | to boxes, later |`,
  `| --- | --- | --- | --- | ${modes.map(() => '---').join(' | ')} | --- | --- | --- |`,
  ...rows,
];
console.log(lines.join('\n'));
if (process.argv.length === 2) writeFileSync(join(root, 'docs/results/fly-boxes.md'), `${lines.join('\n')}\n`);

function row(zones, density, sums) {
  const scale = (ground.squareKilometres * windowSeconds * seeds.length) / 3600;
  const rate = key => (sums.has(key) ? (sums.get(key) / scale).toFixed(2) : '');
  const ours = sums.get(modes[0]);
  const ratio = key => (ours / sums.get(key)).toFixed(2);
  const columns = ['boxes', 'later', ...modes, 'bound'].map(rate);
  return `| ${zones ? 'with' : 'without'} | ${density} | ${columns.join(' | ')} | ${ratio('boxes')} | ${ratio('later')} |`;
}

function check(problem, { flights, refused }) {
  const refusals = refused.map(({ name }) => ({
    request: name,
    kind: 'proved',
    cause: 'flights',
    flights: [],
    zones: [],
  }));
  const { name, epoch } = problem;
  return validateFlightPlan(problem, { format: 'skein.flights/1', problem: name, epoch, flights, refusals }).length;
}
