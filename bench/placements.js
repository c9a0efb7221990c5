// Runs every placement of examples/placements with --verify on eight virtual devices, and writes what was predicted and
// what was compiled into docs/results/placements.md. Names on the command line run only those and write nothing.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { placements } = JSON.parse(readFileSync(`${root}/examples/placements/placements.json`, 'utf8'));
const wanted = process.argv.slice(2);
const chosen = placements.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

const kilobytes = bytes => (bytes / 1000).toFixed(1);
const traffic = ({ bytes, count }) => (count === 0 ? '-' : `${kilobytes(bytes)} in ${count}`);
const rows = [];
const summary = [];
for (const { name, program, pins } of chosen) {
  const words = ['run', program, '--pins', `examples/placements/${pins}`, '--cluster', 'cpu:8', '--verify', '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (!stdout.startsWith('{"program"')) {
    console.log(`${name}: ${stdout}${stderr}`);
    summary.push(`| ${name} | failed | | | |`);
    continue;
  }
  const { verified, pooledErrors, collectives, outputs } = JSON.parse(stdout);
  const matches = collectives.rows.every(
    ({ predicted, compiled }) => Math.abs(predicted.bytes - compiled.bytes) <= 0.01 * compiled.bytes,
  );
  const unexplained = (100 * collectives.unexplainedShare).toFixed(1);
  const worst = Math.max(...outputs.map(({ l2Error }) => l2Error));
  const error = `${worst.toExponential(1)} | ${pooledErrors.f32.toExponential(1)}`;
  summary.push(`| ${name} | ${verified ? 'yes' : 'NO'} | ${error} | ${matches ? 'yes' : 'no'} | ${unexplained} % |`);
  for (const { kind, axis, ideal, predicted, compiled } of collectives.rows) {
    rows.push(`| ${name} | ${kind} | ${axis} | ${traffic(ideal)} | ${traffic(predicted)} | ${traffic(compiled)} |`);
  }
  console.log(summary.at(-1));
  if (!matches) console.log(rows.filter(row => row.startsWith(`| ${name} |`)).join('\n'));
}

if (wanted.length === 0) {
  const text = `# Placements, predicted and compiled

Every placement of examples/placements run by \`skein run --verify\` on eight virtual CPU devices (jax 0.10.2): the
results against one device as relative L2 errors, the worst output and all f32 outputs together; whether the prediction
for this backend matches the compiled collectives within 1 % in every kind and mesh axis; and the share of the compiled
bytes that the prediction does not explain. Made by \`npm run build && node bench/placements.js\` on ${cpus().length} x ${cpus()[0].model}.

| placement | verified | worst error | pooled error | within 1 % | unexplained |
|---|---|---:|---:|---|---:|
${summary.join('\n')}

Kilobytes per device and step, and the number of tensors:

| placement | kind | axis | ideal | predicted | compiled |
|---|---|---|---:|---:|---:|
${rows.join('\n')}
`;
  writeFileSync(`${root}/docs/results/placements.md`, text);
}
