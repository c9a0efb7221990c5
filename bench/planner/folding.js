// Searches GPT training steps of 12 to 96 layers with their repeats folded and with every operation on its own, and
// writes docs/results/folding.md: the same search, the same meshes, in one run. A search that takes longer than the limit
// counts as the limit. Needs the corpus. Layers on the command line search only those and write nothing.
//
//   npm run build && node bench/planner/folding.js [LAYERS...]
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseCluster } from '../../dist/cost/index.js';
import { loadProgram } from '../../dist/ir/index.js';
import { createProblem, foldProgram, solveSharding } from '../../dist/parallel/index.js';
import { parseMesh } from '../../dist/sharding/index.js';
import { inlineCalls } from '../../dist/transform/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const mesh = 'a=4,b=2';
const limitSeconds = 600;
const wanted = process.argv.slice(2).map(Number);

const rows = [];
let warm = false;
for (const layers of wanted.length > 0 ? wanted : [12, 24, 48, 96]) {
  const file = `${root}/corpus/gpt-${layers}-layers.mlir.gz`;
  if (!existsSync(file)) {
    console.log(`skipped: ${file} is missing; PYTHONPATH=python .venv/bin/python -m skein_models.corpus --planner`);
    continue;
  }
  const inlined = inlineCalls(await loadProgram(file));
  const start = performance.now();
  const fold = foldProgram(inlined);
  const foldSeconds = (performance.now() - start) / 1000;
  // Not measured: the first search of a process is run by the interpreter.
  if (!warm) await search(inlined, fold);
  warm = true;
  const folded = await search(inlined, fold);
  const plain = await search(inlined, unfolded(fold));
  const meshRatio = Math.min(limitSeconds, plain.stats.meshSeconds) / folded.stats.meshSeconds;
  const seconds = foldSeconds + folded.stats.seconds;
  const ratio = Math.min(limitSeconds, plain.stats.seconds) / seconds;
  const objectives = [folded, plain].map(({ solution }) => (1000 * solution.cost.stepSeconds).toFixed(2));
  const bounds = [folded, plain].map(({ bound }) => (1000 * bound).toFixed(2));
  const sizes = [folded, plain].map(({ stats }) => stats.variables);
  const searching = [folded, plain].map(({ stats }) => stats.meshSeconds.toFixed(2));
  const times = [seconds, plain.stats.seconds].map(each => each.toFixed(2));
  const ratios = [meshRatio, ratio].map(each => each.toFixed(1));
  const cells = [layers, ...sizes, ...searching, ratios[0], ...times, ratios[1], ...objectives, ...bounds];
  rows.push(`| ${cells.join(' | ')} |`);
  console.log(rows.at(-1));
}
if (wanted.length === 0 && rows.length > 0) write();

function search(inlined, fold) {
  // Memory is left out: what would not fit is searched otherwise, and deep programs do not.
  const memoryLimitBytes = 1e13;
  const problem = createProblem(inlined, { cluster: parseCluster('8xH100'), mesh: parseMesh(mesh), memoryLimitBytes });
  return solveSharding(problem, { fold });
}

/** Every operation and argument in a class of its own. */
function unfolded({ classOf, argumentClassOf }) {
  const own = classOf.map((_, index) => index);
  const ownArguments = argumentClassOf.map((_, index) => index);
  return {
    blocks: [],
    classOf: own,
    representatives: own,
    argumentClassOf: ownArguments,
    argumentRepresentatives: ownArguments,
    ratio: 1,
  };
}

function write() {
  const text = `# Search with and without folding

GPT training steps, 1024 wide, batch 32 x 1024, on 8xH100 with the mesh ${mesh}, memory unlimited: the same search
(passes, forests, rounds), once with repeats folded and once with every operation and argument on its own. "Searching" is the search of the mesh: its
model, messages, forests. "In all" counts the folding, and the pricing and checking of the plan, which look at every
operation either way. Bounds and objectives in ms of a step: those of the unfolded search may be lower, since repeats may
differ there.
Made by \`npm run build && node bench/planner/folding.js\`. Machine: ${cpus().length} cores, ${cpus()[0].model}.

| layers | variables folded | unfolded | s searching folded | unfolded | ratio | s in all folded | unfolded | ratio | ms folded | ms unfolded | bound folded | bound unfolded |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}
`;
  writeFileSync(`${root}/docs/results/folding.md`, text);
}
