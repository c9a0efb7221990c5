/**
 * Packing: bound, peak and arena of programs, and layouts of public instances, beside what other planners would do on
 * the same problem. Prints tables and writes docs/results/pack.md.
 *
 *     node bench/pack.js [FILE ...]
 *
 * Without files: examples/programs, and SKEIN_DATA (default ../shared)/programs and /bench/dsa where they are there.
 * Needs `npm run build`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { memoryProblem } from '../dist/footprint/index.js';
import { parseProgram } from '../dist/ir/index.js';
import { parseBufferCsv, solve } from '../dist/memory/index.js';
import { inlineCalls } from '../dist/transform/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const data = process.env.SKEIN_DATA ?? join(root, '../shared');

/** As `skein pack` prints them. */
const rivalNames = ['PyTorch', 'LESCEA + LLFB', 'XLA', 'Inductor', 'TFLite Micro', 'ExecuTorch'];
const given = process.argv.slice(2);
const files =
  given.length > 0
    ? given
    : [join(root, 'examples/programs'), join(data, 'programs'), join(data, 'bench/dsa')].flatMap(listFiles);

const programs = [];
const layouts = [];
for (const file of files) {
  const name = basename(file).replace(/\.(mlir\.gz|csv)$/, '');
  const row = file.endsWith('.csv') ? await packBuffers(file) : await packProgram(file);
  (file.endsWith('.csv') ? layouts : programs).push([name, ...row]);
  console.log([name, ...row].join('  '));
}
if (given.length === 0) {
  mkdirSync(join(root, 'docs/results'), { recursive: true });
  writeFileSync(join(root, 'docs/results/pack.md'), report());
}

function listFiles(folder) {
  if (!existsSync(folder)) {
    console.log(`skipped: ${folder} is not there; set SKEIN_DATA`);
    return [];
  }
  return readdirSync(folder, { recursive: true })
    .filter(name => /(\.mlir\.gz|\.csv)$/.test(name) && !name.includes('locations'))
    .sort()
    .map(name => join(folder, name));
}

async function packProgram(file) {
  const { problem } = memoryProblem(inlineCalls(parseProgram(gunzipSync(readFileSync(file)), { file })));
  const { stats } = await solve(problem, { rivals: true });
  const over = rival => percent(stats.rivals.find(({ name }) => name === rival)?.arenaBytes, stats.arenaBytes);
  return [
    problem.operators.length,
    megabytes(stats.boundBytes),
    megabytes(stats.peakBytes),
    megabytes(stats.arenaBytes),
    stats.order,
    ...rivalNames.map(over),
    stats.nodes,
  ];
}

async function packBuffers(file) {
  const { problem } = parseBufferCsv(readFileSync(file, 'utf8'), basename(file));
  const { stats } = await solve(problem, { rivals: true });
  const best = Math.min(...stats.rivals.map(({ arenaBytes }) => arenaBytes));
  return [
    problem.tensors.length,
    stats.boundBytes,
    stats.arenaBytes,
    percent(stats.arenaBytes, stats.boundBytes),
    percent(best, stats.boundBytes),
    stats.layout,
    stats.nodes,
  ];
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(3);
}

function percent(bytes, base) {
  return bytes === undefined ? '' : `+${(100 * (bytes / base - 1)).toFixed(2)} %`;
}

function table(titles, rows) {
  const line = cells => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

function report() {
  const rivalTitles = rivalNames.map(name => `${name} over ours`);
  return [
    '# Packing memory',
    '',
    'A portfolio of orders and layouts, then the exact search for addresses; that of orders is to come. Bytes and nodes are deterministic. "Over ours" is the arena',
    'that the strategy of another planner, re-implemented from its description, needs on the same problem: same sizes,',
    'aliases and state. The bound is proven for every order and layout.',
    '',
    '## Programs, order and layout',
    table(['program', 'operators', 'bound MB', 'peak MB', 'arena MB', 'order', ...rivalTitles, 'nodes'], programs),
    '',
    '## Public instances, layout only',
    'The bound is the largest load at any time.',
    '',
    table(['instance', 'buffers', 'bound', 'arena', 'over bound', 'best rival', 'layout', 'nodes'], layouts),
    '',
    'Command: `node bench/pack.js`.',
    '',
  ].join('\n');
}
