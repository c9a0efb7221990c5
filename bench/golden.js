// Plans every program of examples/programs for eight virtual devices without any pins, runs each found plan there, and
// compares all outputs with one device, in double precision too where they differ. Writes docs/results/golden.md. Names
// on the command line do only those, and write nothing.
//
//   npm run build && node bench/golden.js [NAME...]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const cluster = 'cpu:8';
const wanted = process.argv.slice(2);
const names = readdirSync(`${root}/examples/programs`)
  .filter(file => file.endsWith('.mlir.gz'))
  .map(file => file.slice(0, -'.mlir.gz'.length))
  .filter(name => wanted.length === 0 || wanted.includes(name));

const firstLine = ({ stderr, stdout }) => (stderr || stdout).trim().split('\n')[0].slice(0, 160);

const rows = [];
for (const name of names) {
  const folder = mkdtempSync(`${tmpdir()}/skein-golden-`);
  try {
    rows.push(row(name, folder));
    console.log(rows.at(-1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
if (wanted.length === 0) write();

function row(name, folder) {
  const program = `examples/programs/${name}.mlir.gz`;
  const planned = skein('plan', program, '--cluster', cluster, '--out', `${folder}/plan`, '--json');
  if (planned.status !== 0) return `| ${name} | no plan: ${firstLine(planned)} |`;
  const { mesh, search, predicted, inputs } = JSON.parse(planned.stdout);
  const axes = mesh.axes.map(([axis, size]) => `${axis}=${size}`).join(',');
  const milliseconds = (1000 * predicted.stepSeconds).toFixed(2);
  const gap = `${(100 * search.gap).toFixed(1)} %`;
  const single = verify(program, `${folder}/plan/plan.json`);
  const verdict = single.includes('differs') ? `${single}; ${verifyDouble(name, { mesh, inputs }, folder)}` : single;
  return `| ${[name, axes, search.seconds.toFixed(1), milliseconds, gap, verdict].join(' | ')} |`;
}

/** Values at a kink of a ReLU may fall either way for some inputs, so other seeds are tried; which, is said. */
function verify(program, plan) {
  const failed = [];
  for (const seed of [0, 1, 2, 3]) {
    const words = ['--cluster', cluster, '--seed', `${seed}`, '--verify', '--json'];
    const run = skein('run', program, '--plan', plan, ...words);
    if (run.status === 2) return `failed: ${firstLine(run)}`;
    const { verified, outputs } = JSON.parse(run.stdout);
    const before = failed.length === 0 ? '' : ` with seed ${seed}; differs with ${failed.join(', ')}`;
    if (verified) return `verified, ${outputs.length} outputs${before}`;
    failed.push(seed);
  }
  return `differs with seeds ${failed.join(', ')}`;
}

/**
 * What differs in single precision because a value at a kink fell the other way agrees in double precision, and what is
 * wrong does not. The mesh and the inputs are split as in the plan, and the search decides the rest anew.
 */
function verifyDouble(name, { mesh, inputs }, folder) {
  const text = gunzipSync(readFileSync(`${root}/examples/programs/${name}.mlir.gz`)).toString();
  const program = `${folder}/double.mlir`;
  writeFileSync(program, text.replaceAll('f32', 'f64').replaceAll('0xFF800000', '0xFFF0000000000000'));
  const ranges = readFileSync(`${root}/examples/programs/${name}.inputs.json`, 'utf8');
  writeFileSync(`${folder}/double.inputs.json`, ranges.replaceAll('"f32"', '"f64"'));
  const pins = inputs.map(input => ({ match: input.name, sharding: input.sharding }));
  writeFileSync(`${folder}/pins.json`, JSON.stringify({ format: 'skein.pins/1', mesh, pins }));
  const how = ['--pins', `${folder}/pins.json`, '--level', 'O1', '--out', `${folder}/double`, '--json'];
  const planned = skein('plan', program, '--cluster', cluster, ...how);
  if (planned.status !== 0) return `in double precision no plan: ${firstLine(planned)}`;
  const run = skein('run', program, '--plan', `${folder}/double/plan.json`, '--cluster', cluster, '--verify', '--json');
  if (run.status === 2) return `in double precision failed: ${firstLine(run)}`;
  const { verified, outputs } = JSON.parse(run.stdout);
  const worst = Math.max(...outputs.map(({ l2Error }) => l2Error)).toExponential(1);
  return `in double precision ${verified ? 'verified' : 'it differs too'}, largest error ${worst} of ${outputs.length} outputs`;
}

function skein(...words) {
  return spawnSync(process.execPath, ['dist/cli/main.js', ...words], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
}

function write() {
  const text = `# Found plans, run and compared

Every program of \`examples/programs\`, planned for ${cluster} without pins (\`skein plan --cluster ${cluster}\`), then run on
eight virtual devices and compared with one (\`skein run --plan --verify\`). Where single precision differs, the same
program is run with all its f32 as f64, its inputs split as in the plan: ReLUs and maxima at a kink fall either way in
f32, since sums are added in another order. Predicted seconds are of the uncalibrated \`cpu\` profile. Made by \`npm run build && node bench/golden.js\`. Machine: ${cpus().length} cores, ${cpus()[0].model}.

| program | mesh | s of search | ms a step, predicted | gap | run |
|---|---|---:|---:|---:|---|
${rows.join('\n')}
`;
  writeFileSync(`${root}/docs/results/golden.md`, text);
}
