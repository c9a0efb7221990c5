// Judges GPT-2 small under three placements with the TPU compiler, and writes docs/results/judge.md. Needs the compiler
// (sh scripts/make-venv.sh judge) and about ten minutes on two cores; no TPU. Names on the command line judge only
// those and write nothing.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = 'examples/programs/gpt2-small.mlir.gz';
const topology = 'v5p:2x2x2';
const placements = [
  { name: 'dp', pins: 'dp.json' },
  { name: 'megatron', pins: 'megatron-gpt2-small.json' },
  { name: 'fsdp', pins: 'fsdp.json' },
];

const wanted = process.argv.slice(2);
const megabytes = bytes => (bytes / 1e6).toFixed(1);
const milliseconds = seconds => (seconds * 1e3).toFixed(2);
const percent = (found, expected) => `${(100 * (found / expected - 1)).toFixed(1)} %`;

const figures = [];
const traffic = [];
let compiler = '';
for (const { name, pins } of placements.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const words = ['judge', program, '--pins', `examples/placements/${pins}`, '--topology', topology, '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const result = stdout.startsWith('{"program"') ? JSON.parse(stdout) : undefined;
  if (result?.judged === undefined) {
    console.log(`${name}: ${stdout}${stderr}`);
    process.exitCode = 1;
    continue;
  }
  const { judged, predicted, mesh } = result;
  compiler = `jax ${judged.versions.jax}, libtpu ${judged.versions.libtpu}`;
  const { argumentBytes, temporaryBytes } = judged.memory;
  const share = percent(argumentBytes, predicted.argumentBytes);
  const memory = [megabytes(predicted.argumentBytes), `${megabytes(argumentBytes)} (${share})`];
  const needed = [megabytes(predicted.neededBytes), megabytes(judged.neededBytes)];
  const work = [(judged.flops / 1e9).toFixed(1), (judged.cycles / 1e6).toFixed(2)];
  const seconds = [judged.computeSeconds, judged.collectiveSeconds, judged.judgedSeconds].map(milliseconds);
  const others = [milliseconds(predicted.stepSeconds), milliseconds(judged.optimalSeconds)];
  const compile = judged.compileSeconds.toFixed(0);
  const row = [name, mesh, ...memory, megabytes(temporaryBytes), ...needed, ...work, ...seconds, ...others, compile];
  figures.push(`| ${row.join(' | ')} |`);
  const key = ({ kind, axis }) => `${kind} | ${axis}`;
  const compiled = new Map(judged.collectives.map(collective => [key(collective), collective]));
  const ideal = new Map(predicted.collectives.map(collective => [key(collective), collective]));
  for (const place of [...new Set([...compiled.keys(), ...ideal.keys()])].sort()) {
    const found = compiled.get(place);
    const measured = found === undefined ? '- | - | -' : `${megabytes(found.bytesPerDevice)} | ${found.count} |`;
    const time = found === undefined ? '' : ` ${milliseconds(found.seconds)}`;
    traffic.push(`| ${name} | ${place} | ${megabytes(ideal.get(place)?.bytesPerDevice ?? 0)} | ${measured}${time} |`);
  }
  console.log(figures.at(-1));
}

if (wanted.length === 0 && process.exitCode !== 1) {
  const text = `# Judged by the TPU compiler

The training step of GPT-2 small (12 layers, batch 8 x 128, float32, Adam) on \`${topology}\`, eight chips, under three
placements: compiled by the real TPU compiler (${compiler}) on a machine without TPUs, which is
${cpus().length} x ${cpus()[0].model}. Made by \`npm run build && node bench/judge.js\`; one row is
\`skein judge ${program} --pins examples/placements/dp.json --topology ${topology}\`.

All figures are of one chip and one step; bytes in MB, seconds in ms. \`judged\` is estimated cycles over the clock plus
alpha-beta seconds of the compiled collectives, nothing overlapped. \`optimal_seconds\`, the compiler's own figure, charges
no network: by it Megatron and FSDP are alike, so it is printed and never compared.

| placement | mesh | arguments predicted | compiled | temporaries compiled | all predicted | all compiled | GFLOP | Mcycles | computing | moving | judged | step predicted | optimal_seconds | compiled in s |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
${figures.join('\n')}

What moves. A tensor that was combined with others counts in their one collective. The compiler converts weights to bf16
before it gathers them, which halves these bytes; it reduces FSDP's gradients whole and slices them then; and it sums
Megatron's gradient of the embedding whole on every chip, although the table is split.

| placement | kind | axis | ideal MB | compiled MB | times | ms |
|---|---|---|---:|---:|---:|---:|
${traffic.join('\n')}
`;
  writeFileSync(`${root}/docs/results/judge.md`, text);
}
