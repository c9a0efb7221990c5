/**
 * Folding of repeated subgraphs: operations, classes, the share of operations that stand in repeats, blocks, and the
 * median milliseconds of 9 folds and of one validation. Exports GPT-2 (768 wide) with 2, 4, 12, 24 and 48 layers, with
 * and without names, to show that classes do not grow with layers. Prints tables and writes docs/results/fold.md.
 *
 *     node bench/fold.js [FILE ...]
 *
 * Without files: examples/programs and the programs of SKEIN_DATA (default ../shared)/programs. The export needs the
 * Python environment of `make demo`; without it, that table is left out. Needs `npm run build`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadProgram } from '../dist/ir/index.js';
import { foldProgram, formatBlock, validateFold } from '../dist/parallel/index.js';
import { inlineCalls } from '../dist/transform/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const layerCounts = [2, 4, 12, 24, 48];

await main(process.argv.slice(2));

async function main(given) {
  const tables = [await tableOf(given.length > 0 ? given : programFiles())];
  if (given.length === 0) {
    const folder = mkdtempSync(join(tmpdir(), 'skein-fold-'));
    try {
      const files = exportLayers(folder);
      if (files.length > 0) tables.push(await tableOf(files));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  console.log(tables.join('\n\n'));
  if (given.length > 0) return;
  mkdirSync(join(root, 'docs/results'), { recursive: true });
  writeFileSync(join(root, 'docs/results/fold.md'), report(tables));
}

function programFiles() {
  const folders = [
    join(root, 'examples/programs'),
    join(process.env.SKEIN_DATA ?? join(root, '../shared'), 'programs'),
  ];
  return folders.flatMap(folder => {
    if (!existsSync(folder)) {
      console.log(`skipped: there is no ${basename(folder)} folder in SKEIN_DATA`);
      return [];
    }
    const names = readdirSync(folder).filter(name => /\.mlir(\.gz)?$/.test(name));
    return names.sort().map(name => join(folder, name));
  });
}

/** Exports GPT-2 with some numbers of layers; nothing when there is no Python environment. */
function exportLayers(folder) {
  const python = join(root, '.venv/bin/python');
  if (!existsSync(python)) {
    console.log('skipped: no Python environment to export GPT-2 of different depths with; run `make demo`');
    return [];
  }
  const entries = layerCounts.map(
    count => `def layers${count}():\n    return gpt2.example(dataclasses.replace(gpt2.SMALL, layers=${count}))\n`,
  );
  writeFileSync(
    join(folder, 'depths.py'),
    `import dataclasses\n\nfrom skein_models import gpt2\n\n\n${entries.join('\n\n')}`,
  );
  const env = { ...process.env, PYTHONPATH: `${join(root, 'python')}:${folder}`, JAX_PLATFORMS: 'cpu' };
  const files = [];
  const write = (count, name, ...options) => {
    const file = join(folder, name);
    const words = ['-m', 'skein_export', `depths:layers${count}`, '--out', file, ...options];
    const { status, stderr } = spawnSync(python, words, { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`cannot export ${name}: ${stderr}`);
    files.push(file);
  };
  for (const count of layerCounts) write(count, `gpt2-${count}-layers.mlir.gz`);
  write(24, 'gpt2-24-layers-no-names.mlir.gz', '--no-name-locations');
  return files;
}

async function tableOf(files) {
  const lines = [
    '| program | operations | classes | ratio | in repeats | ms | validate ms | blocks |',
    '|---|---|---|---|---|---|---|---|',
  ];
  for (const file of files) lines.push(await rowOf(file));
  return lines.join('\n');
}

async function rowOf(file) {
  const program = inlineCalls(await loadProgram(file));
  let fold = foldProgram(program);
  const milliseconds = [];
  for (let round = 0; round < 9; round++) {
    const start = performance.now();
    fold = foldProgram(program);
    milliseconds.push(performance.now() - start);
  }
  milliseconds.sort((a, b) => a - b);
  const start = performance.now();
  const problems = validateFold(program, fold);
  const validateMilliseconds = performance.now() - start;
  if (problems.length > 0) throw new Error(`${file}: ${problems.join('\n')}`);
  const { classOf, representatives, ratio } = fold;
  const repeats = fold.blocks.filter(({ kind }) => kind === 'repeat');
  const folded = repeats.reduce((sum, { instances }) => sum + instances.flat().length, 0);
  const cells = [
    basename(file).replace(/\.mlir(\.gz)?$/, ''),
    classOf.length,
    representatives.length,
    ratio.toFixed(1),
    `${((100 * folded) / classOf.length).toFixed(0)} %`,
    milliseconds[4].toFixed(0),
    validateMilliseconds.toFixed(0),
    fold.blocks.map(formatBlock).join('; '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function report(tables) {
  const [cpu] = cpus();
  return `# Folding of repeated subgraphs

Every fold has passed \`validateFold\`. Operations are all of the inlined program, those of regions too.

${tables.join('\n\nGPT-2, 768 wide, by number of layers:\n\n')}

Command: \`node bench/fold.js\`, medians of 9 folds after one. Machine: ${cpus().length} cores, ${cpu?.model.trim()},
Node ${process.version}.
`;
}
