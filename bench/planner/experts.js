// Plans every expert of instances.json by its pins, compares what our propagation predicts with the closed formulas of
// formulas.js and writes docs/results/experts.md. Names on the command line check only those and write nothing.
// Needs the corpus: PYTHONPATH=python .venv/bin/python -m skein_models.corpus --planner.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formulas, wireBytes } from './formulas.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { instances } = JSON.parse(readFileSync(`${root}/bench/planner/instances.json`, 'utf8'));
const wanted = process.argv.slice(2);
const notes = JSON.parse(readFileSync(`${root}/bench/planner/notes.json`, 'utf8'));

const rows = [];
const summary = [];
for (const instance of instances) {
  if (wanted.length > 0 && !wanted.includes(instance.name)) continue;
  const checked = check(instance);
  rows.push(...checked.rows);
  summary.push(checked.summary);
  console.log([...checked.rows, checked.summary].join('\n'));
}
if (wanted.length === 0) write();

/** Plans one instance; returns a row per kind of collective and its row of the summary. */
function check({ name, program, cluster, memoryLimitBytes, expert }) {
  const path = `${root}/corpus/${program.name}.mlir.gz`;
  if (!existsSync(path)) throw new Error(`no ${path}: python -m skein_models.corpus ${program.name}`);
  const mesh = Object.entries(expert.mesh);
  const words = ['plan', path, '--pins', expert.pins, '--mesh', mesh.map(([axis, n]) => `${axis}=${n}`).join(',')];
  const run = spawnSync(process.execPath, ['dist/cli/main.js', ...words, '--cluster', cluster, '--json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (run.status !== 0) throw new Error(`${name}: ${run.stderr}`);
  const plan = JSON.parse(run.stdout);
  const expected = formulas[name](program.config, parameterCounter(plan));
  const found = new Map();
  for (const { kind, bytesPerDevice, trips } of plan.collectives.ideal) {
    found.set(kind, (found.get(kind) ?? 0) + bytesPerDevice * trips);
  }
  const n = mesh.reduce((product, [, size]) => product * size, 1);
  const kinds = [...new Set([...found.keys(), ...expected.map(({ kind }) => kind)])].sort();
  const total = side => kinds.reduce((sum, kind) => sum + wireBytes(kind, side(kind), n), 0);
  const formula = kind => expected.find(entry => entry.kind === kind)?.bytes ?? 0;
  const what = kind => expected.find(entry => entry.kind === kind)?.what ?? 'none';
  const ratio = (a, b) => (b === 0 ? '-' : (a / b).toFixed(3));
  const megabytes = bytes => (bytes / 1e6).toFixed(1);
  const row = kind => {
    const side = [
      megabytes(found.get(kind) ?? 0),
      megabytes(formula(kind)),
      ratio(found.get(kind) ?? 0, formula(kind)),
    ];
    return `| ${[name, kind, ...side, what(kind)].join(' | ')} |`;
  };
  const [predicted, closed] = [total(kind => found.get(kind) ?? 0), total(formula)];
  const bytes = Object.fromEntries(plan.memory.map(({ kind, bytesPerDevice }) => [kind, bytesPerDevice]));
  const needed = Object.values(bytes).reduce((sum, each) => sum + each, 0);
  const gigabytes = each => (each / 1e9).toFixed(1);
  const memory = `${gigabytes(needed - bytes.temporaries)} + ${gigabytes(bytes.temporaries)} | ${gigabytes(memoryLimitBytes)}`;
  const wire = `${megabytes(predicted)} | ${megabytes(closed)} | ${ratio(predicted, closed)}`;
  return {
    rows: kinds.map(row),
    summary: `| ${name} | ${program.name} | ${cluster} | ${mesh.map(axis => axis.join('=')).join(', ')} | ${wire} | ${memory} |`,
  };
}

/** Counts the elements of the parameters whose names match every pattern. */
function parameterCounter(plan) {
  const parameters = plan.inputs.filter(({ name }) => name.startsWith('params'));
  return (...patterns) =>
    parameters
      .filter(({ name }) => patterns.every(pattern => pattern.test(name)))
      .reduce((sum, { type }) => sum + elements(type), 0);
}

/** The number of elements of `f32[3, 1024]`. */
function elements(type) {
  const sizes = /\[(.*)\]/.exec(type)[1];
  return sizes === '' ? 1 : sizes.split(', ').reduce((product, size) => product * Number(size), 1);
}

function write() {
  const text = `# Expert plans against their closed formulas

Every expert of \`bench/planner/instances.json\`, planned by its pins: what our propagation predicts to move, ideally, per
device and step, beside the closed formula of \`bench/planner/formulas.js\`. The payload is the whole value for an
all-reduce, what is gathered for an all-gather, what is put in for a reduce-scatter, and one device's part for an
all-to-all. "Sent" weighs the kinds as a ring does: (n-1)/n of the payload, twice for an all-reduce. Memory is our own
prediction for one device: what stays and its peak of temporaries. Made by \`npm run build && node bench/planner/experts.js\`.

| instance | program | cluster | mesh | MB sent | by formula | ratio | GB kept + temporary | limit |
|---|---|---|---|---:|---:|---:|---:|---:|
${summary.join('\n')}

By kind, payload in MB:

| instance | kind | predicted | formula | ratio | the formula's terms |
|---|---|---:|---:|---:|---|
${rows.join('\n')}

## Where the two differ by more than 5 %

${notes.map(({ instance, note }) => `- **${instance}**: ${note}`).join('\n')}
`;
  writeFileSync(`${root}/docs/results/experts.md`, text);
}
