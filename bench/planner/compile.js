// Compiles the expert plans of instances.json on virtual CPU devices, without running them, and writes what the compiler
// made of them into docs/results/experts-compiled.md. Names on the command line compile only those and write nothing.
// Needs the corpus and .venv. The plans for TPU slices are left to `skein judge`.
import { writeFileSync } from 'node:fs';
import { compile, compiledInstances, expertOptions, root } from './compiled.js';

const wanted = process.argv.slice(2);
const rows = [];
const traffic = [];
const promoted = [];
for (const instance of compiledInstances(wanted)) {
  const { name, program, cluster, expert } = instance;
  const measures = compile(program, cluster, expertOptions(expert));
  const printed = [[measureRow(instance, measures)], trafficRows(name, measures), promotedRows(name, measures)];
  rows.push(...printed[0]);
  traffic.push(...printed[1]);
  promoted.push(...printed[2]);
  console.log(printed.flat().join('\n'));
}
if (wanted.length === 0) write();

function measureRow({ name, program, cluster }, measures) {
  const { mesh, flops, collectiveSeconds, argumentBytes, temporaryBytes } = measures;
  const { nativeTemporaryBytes, predictedTemporaryBytes } = measures;
  const work = [(flops / 1e12).toFixed(2), (1000 * collectiveSeconds).toFixed(2)];
  const memory = [argumentBytes, temporaryBytes, nativeTemporaryBytes, predictedTemporaryBytes].map(bytes =>
    bytes === undefined ? '-' : (bytes / 1e9).toFixed(2),
  );
  return row(name, program.name, cluster, mesh, ...work, ...memory, measures.compileSeconds.toFixed(0));
}

/** What an accelerator would move, beside the ideal prediction. */
function trafficRows(name, { collectives, comparison }) {
  const ideal = new Map(comparison.rows.map(({ kind, axis, ideal }) => [`${kind} ${axis}`, ideal.bytes]));
  const found = collectives.map(({ kind, axis, count, bytesPerDevice, seconds }) => {
    const expected = ideal.get(`${kind} ${axis}`) ?? 0;
    ideal.delete(`${kind} ${axis}`);
    return row(name, kind, axis, count, megabytes(bytesPerDevice), megabytes(expected), (1000 * seconds).toFixed(2));
  });
  const missing = [...ideal].filter(([, bytes]) => megabytes(bytes) !== '0.0');
  return [...found, ...missing.map(([key, bytes]) => row(name, ...key.split(' '), 0, '0.0', megabytes(bytes), '0.00'))];
}

/** What the CPU compiler moves, beside the prediction for it. */
function promotedRows(name, { comparison }) {
  return comparison.rows
    .filter(({ predicted, compiled }) => predicted.bytes + compiled.bytes > 0)
    .map(({ kind, axis, predicted, compiled, differencePercent }) => {
      const off = differencePercent === null ? '-' : `${differencePercent.toFixed(1)} %`;
      return row(name, kind, axis, megabytes(compiled.bytes), megabytes(predicted.bytes), off);
    });
}

function row(...cells) {
  return `| ${cells.join(' | ')} |`;
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}

function write() {
  const text = `# Expert plans, compiled

The expert plans of \`bench/planner/instances.json\` for eight devices, compiled whole on virtual CPU devices (jax 0.10.2)
and not run: what a found plan is compared with. Seconds are alpha-beta times of the compiled collectives on the
instance's cluster, taken as an accelerator would have them: bf16 that the CPU back end moves in f32 counts as bf16, an
all-reduce of which each device uses its slice counts as a reduce-scatter, and all-reduces, all-gathers and
reduce-scatters of one computation and group, none of which waits for another, are joined as XLA:GPU joins them by default:
up to 30 MiB and 256 tensors. Sums that the CPU back end has joined further are taken apart before. It orders recomputed
layers so that their values live side by side: the temporaries of zero1, fsdp and moe-ep are not those of an accelerator, ask
\`skein judge\` for these. "With halves" are the temporaries with each f32 that CPUs hold in place of a bf16 (operands and
results of products) taken for bf16, which is what our prediction is of; "-" where the text does not tell. Made by \`npm run build && node bench/planner/compile.js\`.

| instance | program | cluster | mesh | TFLOP | ms of collectives | GB arguments | GB temporaries | with halves | predicted | s to compile |
|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}

Payload of the compiled collectives as an accelerator would have them, beside our ideal prediction; the closed formulas
are in [experts.md](experts.md). A tied weight's gradients are added after they are reduced, as two all-reduces.

| instance | kind | axis | number | MB | MB ideal | ms |
|---|---|---|---:|---:|---:|---:|
${traffic.join('\n')}

The same as the CPU back end moves them, beside our prediction for it:

| instance | kind | axis | MB compiled | MB predicted | off by |
|---|---|---|---:|---:|---:|
${promoted.join('\n')}
`;
  writeFileSync(`${root}/docs/results/experts-compiled.md`, text);
}
