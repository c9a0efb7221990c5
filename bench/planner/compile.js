// Compiles the expert plans of instances.json on virtual CPU devices, without running them, and writes what the compiler
// made of them into docs/results/experts-compiled.md. Names on the command line compile only those and write nothing.
// Needs the corpus and .venv. The plans for TPU slices are left to `skein judge`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseCluster } from '../../dist/cost/index.js';
import { judgeCollectives, readCompiledCollectives } from '../../dist/verify/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { instances } = JSON.parse(readFileSync(`${root}/bench/planner/instances.json`, 'utf8'));
const wanted = process.argv.slice(2);

const rows = [];
const traffic = [];
for (const instance of instances) {
  const chosen = wanted.length > 0 ? wanted.includes(instance.name) : !instance.cluster.includes(':');
  if (!chosen) continue;
  const folder = mkdtempSync(`${tmpdir()}/skein-expert-`);
  try {
    const compiled = compile(instance, folder);
    rows.push(compiled.row);
    traffic.push(...compiled.traffic);
    console.log([compiled.row, ...compiled.traffic].join('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
if (wanted.length === 0) write();

/** Plans and compiles one expert plan; returns its row, and a row for each kind of collective. */
function compile({ name, program, cluster, expert }, folder) {
  const axes = Object.entries(expert.mesh);
  const mesh = axes.map(([axis, size]) => `${axis}=${size}`).join(',');
  const words = ['plan', `corpus/${program.name}.mlir.gz`, '--pins', expert.pins, '--mesh', mesh, '--cluster', cluster];
  call(process.execPath, ['dist/cli/main.js', ...words, '--out', `${folder}/plan`]);
  const plan = JSON.parse(readFileSync(`${folder}/plan/plan.json`, 'utf8'));
  const measured = JSON.parse(
    call('.venv/bin/python', ['bench/planner/measure.py', `${folder}/plan/annotated.mlir`, '--hlo', `${folder}/hlo`]),
  );
  const text = readFileSync(`${folder}/hlo`, 'utf8');
  const found = readCompiledCollectives(text, { axes: axes.map(([axis, size]) => ({ name: axis, size })) });
  const devices = parseCluster(cluster);
  const judged = judgeCollectives(found.flatMap(withoutDisguise), devices, plan.mesh.deviceIds);
  const seconds = judged.reduce((sum, each) => sum + each.seconds, 0);
  const predicted = plan.memory.find(({ kind }) => kind === 'temporaries').bytesPerDevice;
  const gigabytes = [measured.argumentBytes, measured.temporaryBytes, predicted].map(each => (each / 1e9).toFixed(2));
  const work = [(measured.flops / 1e12).toFixed(2), (1000 * seconds).toFixed(2)];
  return {
    row: `| ${[name, program.name, cluster, mesh, ...work, ...gigabytes, measured.compileSeconds.toFixed(0)].join(' | ')} |`,
    traffic: judged.map(each => {
      const numbers = [each.count, (each.bytesPerDevice / 1e6).toFixed(1), (1000 * each.seconds).toFixed(2)];
      return `| ${[name, each.kind, each.axis, ...numbers].join(' | ')} |`;
    }),
  };
}

/** An all-reduce of which each device uses its slice only counts as the reduce-scatter that other back ends make of it. */
function withoutDisguise(collective) {
  const { bytesPerDevice, slicedBytesPerDevice } = collective;
  if (slicedBytesPerDevice === 0) return [collective];
  const scattered = { ...collective, kind: 'reduce-scatter', bytesPerDevice: slicedBytesPerDevice };
  const rest = { ...collective, bytesPerDevice: bytesPerDevice - slicedBytesPerDevice };
  return rest.bytesPerDevice > 0 ? [scattered, rest] : [scattered];
}

function call(command, words) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

function write() {
  const text = `# Expert plans, compiled

The expert plans of \`bench/planner/instances.json\` for eight devices, compiled whole on virtual CPU devices (jax 0.10.2)
and not run: what a found plan is compared with. Seconds are alpha-beta times of the compiled collectives on the
instance's cluster; an all-reduce of which each device uses its slice counts as a reduce-scatter. The CPU back end moves
bf16 in f32, and orders recomputed layers so that their values live side by side: the temporaries of zero1, fsdp and
moe-ep are not those of an accelerator, ask \`skein judge\` for these. Made by
\`npm run build && node bench/planner/compile.js\`.

| instance | program | cluster | mesh | TFLOP | ms of collectives | GB arguments | GB temporaries | predicted | s to compile |
|---|---|---|---|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}

| instance | kind | axis | number | MB | ms |
|---|---|---|---:|---:|---:|
${traffic.join('\n')}
`;
  writeFileSync(`${root}/docs/results/experts-compiled.md`, text);
}
