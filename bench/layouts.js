/**
 * Layouts of public instances: how soon each fits the capacity that its file name states, and the least arena that is
 * found without being told. Prints tables and writes docs/results/layouts.md.
 *
 *     node bench/layouts.js [--time-limit SECONDS] [--threads COUNT] [NAME ...]
 *
 * The instances lie in SKEIN_DATA (default ../shared)/bench/dsa. With names, only those are placed and nothing is
 * written. Needs `npm run build`, and an otherwise idle machine for the seconds.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseBufferCsv, solve, withCapacity } from '../dist/memory/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(process.env.SKEIN_DATA ?? join(root, '../shared'), 'bench/dsa');
const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { 'time-limit': { type: 'string', default: '60' }, threads: { type: 'string', default: '1' } },
});
const timeLimitSeconds = Number(options['time-limit']);
const threads = Number(options.threads);
if (!existsSync(folder)) {
  console.log(`skipped: ${folder} is not there; set SKEIN_DATA`);
  process.exit(0);
}

const fitting = [];
const least = [];
for (const file of readdirSync(folder, { recursive: true }).sort()) {
  const name = basename(file).replace(/\.csv$/, '');
  if (!file.endsWith('.csv') || (names.length > 0 && !names.includes(name))) continue;
  const { problem } = parseBufferCsv(readFileSync(join(folder, file), 'utf8'), file);
  const capacity = Number(/\.(\d+)$/.exec(name)?.[1] ?? 0);
  if (capacity > 0) {
    const { status, stats } = await solve(withCapacity(problem, capacity), { timeLimitSeconds, threads });
    const fits = status === 'optimal' || status === 'feasible' ? 'yes' : status === 'infeasible' ? 'no' : 'not found';
    keep(fitting, [name, problem.tensors.length, capacity, fits, stats.arenaBytes, stats.nodes, seconds(stats)]);
  }
  const { status, stats } = await solve(problem, { timeLimitSeconds, threads });
  const over = stats.arenaBytes - stats.boundBytes;
  const percent = `${((100 * over) / stats.boundBytes).toFixed(3)} %`;
  const row = [name, problem.tensors.length, stats.boundBytes, stats.arenaBytes, over, percent];
  keep(least, [...row, status, stats.layout, stats.nodes, seconds(stats)]);
}
if (names.length === 0) writeFileSync(join(root, 'docs/results/layouts.md'), report());

function keep(rows, row) {
  rows.push(row);
  console.log(row.join('  '));
}

function seconds(stats) {
  return stats.seconds.toFixed(2);
}

function table(titles, rows) {
  const line = cells => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

function report() {
  return `# Layouts of public instances

Buffers with given lifetimes, one bank, threads: ${threads}. Machine: ${cpus().length} x ${cpus()[0].model}, Node
${process.versions.node}; load ${loadavg()[0].toFixed(1)} at the end. At most ${timeLimitSeconds} s each.

## How soon they fit
The capacity is the one that the file's name states.

${table(['instance', 'buffers', 'capacity', 'fits', 'arena', 'nodes', 's'], fitting)}

## The least arena that was found
Nothing is told but the buffers. The bound is proven: the largest load at any time, or more where a search proved it.

${table(['instance', 'buffers', 'bound', 'arena', 'over', '', 'status', 'by', 'nodes', 's'], least)}

Made by \`node bench/layouts.js --time-limit ${timeLimitSeconds} --threads ${threads}\`.
`;
}
