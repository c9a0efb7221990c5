// Plans programs at both levels of the search and writes seconds, objective, bound and gap of each into
// docs/results/levels.md. Names on the command line plan only those, on 8xH100 or the cluster after a colon, and write
// nothing. Programs that are missing are left out and named. Needs the build, and the corpus for most programs:
// PYTHONPATH=python .venv/bin/python -m skein_models.corpus --planner.
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseCluster } from '../../dist/cost/index.js';
import { loadProgram } from '../../dist/ir/index.js';
import { createProblem, solveSharding } from '../../dist/parallel/index.js';
import { inlineCalls } from '../../dist/transform/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const timeLimitSeconds = Number(process.env.SKEIN_SECONDS ?? 60);
const listed = [
  'mlp:4xH100',
  'mlp:8xH100',
  'wide-head-tiny:8xH100',
  'gpt2-tiny:8xH100',
  'gpt-350m:8xH100',
  'gpt-6.7b:8xH100',
  'gpt-6.7b:8xV100',
  'vgg19:8xV100',
];
const given = process.argv.slice(2);

const head = [
  '| program | cluster | level | seconds | status | step, ms | bound, ms | gap | programs |',
  '|---|---|---|---|---|---|---|---|---|',
];
const rows = [];
const missing = [];
console.log(head.join('\n'));
for (const entry of given.length > 0 ? given : listed) {
  const [name, cluster = '8xH100'] = entry.split(':');
  const file = ['examples/programs', 'corpus'].map(folder => `${root}/${folder}/${name}.mlir.gz`).find(existsSync);
  if (file === undefined) {
    missing.push(name);
    console.log(`${name} is missing`);
    continue;
  }
  for (const level of ['O1', 'O2']) {
    const row = await measure(file, name, cluster, level);
    rows.push(row);
    console.log(row);
  }
}
if (given.length === 0) writeFileSync(`${root}/docs/results/levels.md`, report());

/** Plans a program once, reading and folding included. */
async function measure(file, name, cluster, level) {
  const start = performance.now();
  const problem = createProblem(inlineCalls(await loadProgram(file)), { cluster: parseCluster(cluster) });
  const limit = level === 'O2' ? { timeLimitSeconds } : {};
  const { status, solution, bound, gap, stats, warnings } = await solveSharding(problem, { level, ...limit });
  if (warnings.length > 0) throw new Error(warnings.map(({ message }) => message).join('\n'));
  const milliseconds = seconds => (seconds * 1000).toPrecision(6);
  const cells = [
    name,
    cluster,
    level,
    ((performance.now() - start) / 1000).toFixed(0),
    status,
    solution === undefined ? 'none fits' : milliseconds(solution.cost.stepSeconds),
    milliseconds(bound),
    `${(100 * gap).toFixed(3)} %`,
    stats.programs,
  ];
  return `| ${cells.join(' | ')} |`;
}

function report() {
  const [cpu] = cpus();
  const left = missing.length === 0 ? '' : `\nLeft out, since they are not there: ${missing.join(', ')}.\n`;
  return `# The levels of the search

O1 passes messages and descends; O2 then solves integer programs, within ${timeLimitSeconds} seconds in all. Seconds are
those of reading, folding and searching; the step is what \`recostAssignment\` says of the plan; the bound is proved for
all plans of the space on all meshes; the gap is what is between, over the step.

${[...head, ...rows].join('\n')}
${left}
Command: \`node bench/planner/levels.js\`. Machine: ${cpus().length} cores, ${cpu?.model.trim()}, Node ${process.version}.
`;
}
