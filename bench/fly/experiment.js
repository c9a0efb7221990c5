/**
 * Where the sky saturates: share of requests served against their density, for three ways of planning, without zones
 * and with, over ten seeds. Runs `skein fly experiment` with the parameters that were fixed beforehand, and writes
 * docs/results/fly-experiment.md and fly-experiment.svg.
 *
 *     node bench/fly/experiment.js [--out DIRECTORY] [--jobs COUNT] [--seeds COUNT]
 *
 * Needs `npm run build`. About an hour on two processors; what is finished stays in the directory, and the same command
 * goes on from there. With fewer seeds than ten nothing is written to docs/results.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGround, defaultExperiment, parseCell, summarizeExperiment } from '../../dist/airspace/index.js';
import { experimentReport } from '../../dist/cli/fly-experiment-report.js';
import { experimentPicture } from '../../dist/report/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(tmpdir(), 'skein-fly-experiment') },
    jobs: { type: 'string', default: `${availableParallelism()}` },
    seeds: { type: 'string', default: `${defaultExperiment.seeds.length}` },
  },
});
const load = loadavg()[0].toFixed(1);
const words = ['fly', 'experiment', '--out', options.out, '--jobs', options.jobs, '--seeds', options.seeds];
const { status } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...words], { stdio: 'inherit' });
if (status === 0 && Number(options.seeds) === defaultExperiment.seeds.length) write();
process.exitCode = status ?? 1;

function write() {
  const lines = readFileSync(join(options.out, 'cells.jsonl'), 'utf8').trimEnd().split('\n').slice(1);
  const parameters = defaultExperiment;
  const summary = summarizeExperiment(
    parameters,
    lines.map(line => parseCell(line)),
  );
  const ground = createGround(parameters);
  const report = experimentReport({ parameters, ground, summary, command: 'skein fly experiment' });
  writeFileSync(join(root, 'docs/results/fly-experiment.svg'), experimentPicture(report));
  writeFileSync(join(root, 'docs/results/fly-experiment.md'), `${document(report).join('\n')}\n`);
}

function document({ findings, kinds, tables }) {
  const machine = `${cpus().length} x ${cpus()[0].model}, Node ${process.version}, load ${load} at the start`;
  return [
    '# Where the sky saturates',
    '',
    `\`node bench/fly/experiment.js\` on ${machine}, ${options.jobs} processes. The parameters, below, were`,
    'fixed before the first run. First come, first served is the same exact search with the same ground delay as the',
    'others.',
    '',
    '![Share of requests served against requests per km² and hour](fly-experiment.svg)',
    '',
    'A line is all seeds together, its band the 95 % interval over seeds, a dot one seed; nothing can be above a',
    'dashed line. Diamonds mark where the fitted curve falls most: where the sky saturates.',
    '',
    ...findings.map(finding => `- ${finding}`),
    '',
    'What keeps refused requests down, counted for some of each cell against the finished plan:',
    '',
    ...kinds.map(({ kind, meaning }) => `- ${kind}: ${meaning}`),
    ...tables.flatMap(({ title, introduction, columns, rows }) => [
      '',
      `## ${title}`,
      '',
      ...(introduction === '' ? [] : [introduction, '']),
      row(columns),
      row(columns.map(() => '---')),
      ...rows.map(row),
    ]),
  ];
}

function row(cells) {
  return `| ${cells.map(cell => cell.replaceAll('|', '/')).join(' | ')} |`;
}
