// Plans every expert of instances.json by its pins, compares what our propagation predicts with the closed formulas of
// formulas.js and writes docs/results/experts.md. Names on the command line check only those and write nothing.
// Needs the corpus: PYTHONPATH=python .venv/bin/python -m skein_models.corpus --planner.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formulaOf, wireBytes } from './formulas.js';

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
  if (run.status !== 0) throw new Error(`${name}: ${run.stdout}${run.stderr}`);
  const plan = JSON.parse(run.stdout);
  const expected = formulaOf(name)(program.config, parameterCounter(plan), expert.mesh);
  const predicted = new Map();
  for (const { kind, axes, bytesPerDevice, trips } of plan.collectives.ideal) {
    const key = `${kind} ${axes.join('+')}`;
    predicted.set(key, (predicted.get(key) ?? 0) + bytesPerDevice * trips);
  }
  const closed = new Map(expected.map(({ kind, axis, bytes }) => [`${kind} ${axis ?? mesh[0][0]}`, bytes]));
  const terms = new Map(expected.map(({ kind, axis, what }) => [`${kind} ${axis ?? mesh[0][0]}`, what]));
  const keys = [...new Set([...predicted.keys(), ...closed.keys()])]
    .filter(key => (predicted.get(key) ?? 0) + (closed.get(key) ?? 0) > 0)
    .sort();
  const devices = key =>
    key
      .split(' ')[1]
      .split('+')
      .reduce((product, axis) => product * expert.mesh[axis], 1);
  const sent = side =>
    keys.reduce((sum, key) => sum + wireBytes(key.split(' ')[0], side.get(key) ?? 0, devices(key)), 0);
  const ratio = (a, b) => (b === 0 ? '-' : (a / b).toFixed(3));
  const megabytes = bytes => (bytes / 1e6).toFixed(1);
  const row = key => {
    const [ours, formula] = [predicted.get(key) ?? 0, closed.get(key) ?? 0];
    const [kind, axis] = key.split(' ');
    const sides = [megabytes(ours), megabytes(formula), ratio(ours, formula)];
    return `| ${[name, kind, axis, ...sides, terms.get(key) ?? 'none'].join(' | ')} |`;
  };
  const bytes = Object.fromEntries(plan.memory.map(({ kind, bytesPerDevice }) => [kind, bytesPerDevice]));
  const needed = Object.values(bytes).reduce((sum, each) => sum + each, 0);
  const gigabytes = each => (each / 1e9).toFixed(1);
  const memory = `${gigabytes(needed - bytes.temporaries)} + ${gigabytes(bytes.temporaries)} | ${gigabytes(memoryLimitBytes)}`;
  const wire = `${megabytes(sent(predicted))} | ${megabytes(sent(closed))} | ${ratio(sent(predicted), sent(closed))}`;
  return {
    rows: keys.map(row),
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

| instance | kind | axis | predicted | formula | ratio | the formula's terms |
|---|---|---|---:|---:|---:|---|
${rows.join('\n')}

## Where the two differ by more than 5 %

${notes.map(({ instance, note }) => `- **${instance}**: ${note}`).join('\n')}
`;
  writeFileSync(`${root}/docs/results/experts.md`, text);
}
