/**
 * Packing whole training steps: bound, peak and arena beside what other planners would do on the same problem, and how
 * long `skein pack` takes from start to exit. Prints tables and writes docs/results/pack.md.
 *
 *     node bench/pack.js [FILE ...]
 *
 * Without files: test/memory/programs, examples/programs, and SKEIN_DATA (default ../shared)/programs where it is there.
 * With files nothing is written. Needs `npm run build`, and an otherwise idle machine for the seconds.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const data = process.env.SKEIN_DATA ?? join(root, '../shared');
const command = join(root, 'dist/cli/main.js');

/** As `skein pack` prints them. */
const rivalNames = ['PyTorch', 'LESCEA + LLFB', 'XLA', 'Inductor', 'TFLite Micro', 'ExecuTorch'];
/** Seconds that ROAM took for a single stream, from the tables of its authors' repository. */
const roamSeconds = {
  'alexnet-1': 2.3,
  'alexnet-32': 2.5,
  'vgg11-1': 3.3,
  'vgg11-32': 2.6,
  'mnasnet0_5-1': 27,
  'mnasnet0_5-32': 27,
  'mobilenet_v2-1': 28,
  'mobilenet_v2-32': 29,
  'efficientnet_b0-1': 379,
  'efficientnet_b0-32': 460,
  'vit_b_16-1': 86,
  'vit_b_16-32': 84,
  'roberta_base-1': 221,
  'roberta_base-32': 472,
  'gpt2_xl-1': 336,
  'gpt2_xl-2': 322,
  'gpt2_xl-4': 327,
};

const given = process.argv.slice(2);
const groups =
  given.length > 0
    ? [{ title: 'Given', files: given }]
    : [
        { title: "Models of ROAM's tables", files: listFiles(join(root, 'test/memory/programs')) },
        { title: 'Public programs', files: listFiles(join(data, 'programs')) },
        { title: 'Examples', files: listFiles(join(root, 'examples/programs')) },
      ];
for (const group of groups) group.rows = group.files.map(measure);
if (given.length === 0) {
  mkdirSync(join(root, 'docs/results'), { recursive: true });
  writeFileSync(join(root, 'docs/results/pack.md'), report());
}

function listFiles(folder) {
  if (!existsSync(folder)) {
    console.log(`skipped: ${folder} is not there; set SKEIN_DATA`);
    return [];
  }
  return readdirSync(folder)
    .filter(name => /\.(mlir|json)\.gz$/.test(name) && !name.includes('locations'))
    .map(name => join(folder, name))
    .sort((a, b) => basename(a).localeCompare(basename(b), 'en', { numeric: true }));
}

function measure(file) {
  const name = basename(file).replace(/\.(mlir|json)\.gz$/, '');
  const packed = pack(file);
  const ordered = pack(file, '--order-only');
  const row = { name, ...packed, orderOnlyBytes: ordered.peakBytes };
  console.log(
    [name, row.status, row.boundBytes, row.peakBytes, row.arenaBytes, `${row.wallSeconds.toFixed(2)} s`].join('  '),
  );
  return row;
}

/** What `skein pack` says, and the seconds from its start to its exit. */
function pack(file, ...options) {
  const begun = performance.now();
  const run = spawnSync(process.execPath, [command, 'pack', file, '--json', ...options], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const wallSeconds = (performance.now() - begun) / 1000;
  if (run.status !== 0) throw new Error(`${file}: ${run.stderr}`);
  return { ...JSON.parse(run.stdout), wallSeconds };
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(3);
}

function over(bytes, base) {
  return bytes === undefined ? '' : `+${(100 * (bytes / base - 1)).toFixed(2)} %`;
}

function table(titles, rows) {
  const line = cells => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

function sizeRow(row) {
  const { name, operators, boundBytes, peakBytes, orderOnlyBytes, arenaBytes, strategy, nodes, rivals } = row;
  return [
    name,
    operators,
    megabytes(boundBytes),
    peakBytes === boundBytes ? 'the bound' : over(peakBytes, boundBytes),
    orderOnlyBytes === peakBytes ? 'the same' : over(orderOnlyBytes, boundBytes),
    megabytes(arenaBytes),
    arenaBytes === peakBytes ? 'the peak' : over(arenaBytes, peakBytes),
    strategy.order,
    ...rivalNames.map(rival => over(rivals.find(({ name }) => name === rival)?.arenaBytes, arenaBytes)),
    nodes,
  ];
}

function speedRow({ name, operators, wallSeconds }) {
  return [name, operators, wallSeconds.toFixed(2), roamSeconds[name] ?? ''];
}

/** The mean of how much smaller our arena is than a rival's, in percent of the rival's. */
function saving(rows, rival) {
  const shares = rows.map(({ arenaBytes, rivals }) => {
    const other = rivals.find(({ name }) => name === rival).arenaBytes;
    return 1 - arenaBytes / other;
  });
  return `${((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length).toFixed(1)} %`;
}

function report() {
  const titles = [
    'program',
    'operators',
    'bound MB',
    'peak over bound',
    'peak, order only',
    'arena MB',
    'arena over peak',
  ];
  const rivalTitles = rivalNames.map(name => `${name} over ours`);
  const roam = groups[0].rows.filter(({ name }) => !name.startsWith('gpt2'));
  const all = groups.flatMap(({ rows }) => rows);
  const exact = all.filter(({ peakBytes, boundBytes }) => peakBytes === boundBytes).length;
  const flat = all.filter(({ peakBytes, arenaBytes }) => peakBytes === arenaBytes).length;
  return `${[
    '# Packing memory',
    '',
    'Whole training steps, parameters and state counted: the least peak that any order can have is at least the bound, and',
    'an arena is never below the peak of its order. "Over ours" is the arena that the strategy of another planner,',
    're-implemented from its description, needs on the same problem: same sizes, aliases and state. Bytes and nodes are',
    `deterministic. Of ${all.length} programs ${exact} have a peak at the bound, and ${flat} an arena at the peak.`,
    '',
    ...groups.flatMap(({ title, rows }) =>
      rows.length === 0
        ? []
        : [`## ${title}`, '', table([...titles, 'order', ...rivalTitles, 'nodes'], rows.map(sizeRow)), ''],
    ),
    '## Beside what ROAM published',
    `Over the ${roam.length} steps of the seven smaller models, the arena is ${saving(roam, 'PyTorch')} smaller than PyTorch's and`,
    `${saving(roam, 'LESCEA + LLFB')} smaller than that of LESCEA and LLFB. ROAM published 35.7 % and 13.3 %. Its 35.7 % rests on the`,
    'fragmentation that it measured in PyTorch, up to 80 % on small networks, where we follow the caching allocator through',
    'one step of program order. Its 13.3 % is half layout; and on these problems, with results written over dying operands,',
    "LESCEA's peak is near the bound already, so that no planner can save more than the bound allows.",
    '',
    '## Speed',
    '`skein pack FILE --json`, from the start of the process to its exit, rivals included; beside it the seconds that ROAM',
    'published for one stream, on its authors’ machine with Gurobi.',
    '',
    table(['program', 'operators', 's', 'ROAM s'], all.map(speedRow)),
    '',
    `Machine: ${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}; load ${loadavg()[0].toFixed(1)} at the end.`,
    '',
    'Command: `node bench/pack.js`.',
  ].join('\n')}\n`;
}
