// Times `skein plan` from a cold start on programs of published sizes, and writes docs/results/speed.md. Needs the corpus
// and the public programs. To be run on an idle machine.
//
//   npm run build && node bench/planner/speed.js [RUNS]
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = process.env.SKEIN_DATA ?? `${root}/../shared`;
const runs = Number(process.argv[2] ?? 3);
const cases = [
  { name: 'gpt-350m', file: `${root}/corpus/gpt-350m.mlir.gz`, asked: '2 s, search 1 s' },
  { name: 'llama-8b, three axes', file: `${root}/corpus/llama-8b.mlir.gz`, mesh: 'a=2,b=2,c=2', asked: '3 s' },
  ...['gpt2', 'vit-base', 'resnet50'].map(name => ({ name, file: `${data}/programs/${name}.mlir.gz`, asked: '3 s' })),
];

const middle = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const rows = [];
for (const { name, file, mesh, asked } of cases) {
  if (!existsSync(file)) {
    console.log(`skipped: ${file} is missing; make corpus, and the public programs under SKEIN_DATA`);
    continue;
  }
  const words = ['plan', file, '--cluster', '8xH100', '--json', ...(mesh === undefined ? [] : ['--mesh', mesh])];
  // What searches within a given mesh is a level.
  if (mesh !== undefined) words.push('--level', 'O1');
  const times = [];
  const searches = [];
  let plan;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    times.push((performance.now() - start) / 1000);
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    plan = JSON.parse(stdout);
    searches.push(plan.search.seconds);
  }
  const gap = `${(100 * plan.search.gap).toFixed(1)} %`;
  const seconds = [times, searches].map(list => middle(list).toFixed(1));
  rows.push(`| ${[name, plan.program.operations, ...seconds, asked, gap].join(' | ')} |`);
  console.log(rows.at(-1));
}

const text = `# How long planning takes

\`skein plan PROGRAM --cluster 8xH100 --json\` from a cold start, O1, median of ${runs} runs: reading, folding, searching all
meshes, pricing, checking and explaining the plan. Machine: ${cpus().length} cores, ${cpus()[0].model}, Node ${process.versions.node},
load ${loadavg()[0].toFixed(1)} at the end. Made by \`npm run build && node bench/planner/speed.js\`.

| program | operations | command s | search s | asked | gap |
|---|---:|---:|---:|---|---:|
${rows.join('\n')}
`;
if (rows.length === cases.length) writeFileSync(`${root}/docs/results/speed.md`, text);
