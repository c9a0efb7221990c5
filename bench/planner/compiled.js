// What the compiler makes of a plan, on virtual CPU devices and without running it: shared by compile.js, which measures
// the expert plans, and rediscover.js, which measures found ones beside them. What was compiled before is kept under
// out/compiled by the annotated text, which says all of program, pins, mesh and of our own code that there is to say.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseCluster } from '../../dist/cost/index.js';
import {
  compareCollectives,
  joinCollectives,
  judgeCollectives,
  nativeCollectives,
  readCompiledCollectives,
  readTemporaries,
} from '../../dist/verify/index.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const store = `${root}/out/compiled`;
const measurer = `${root}/bench/planner/measure.py`;

/** The instances whose cluster is no TPU slice: those that fit on virtual CPU devices. */
export function compiledInstances(wanted) {
  const { instances } = JSON.parse(readFileSync(`${root}/bench/planner/instances.json`, 'utf8'));
  return instances.filter(({ name, cluster }) => (wanted.length > 0 ? wanted.includes(name) : !cluster.includes(':')));
}

/** `dp=2,tp=4`. */
export const formatMesh = axes => axes.map(([axis, size]) => `${axis}=${size}`).join(',');

/** The options of `skein plan` that make an expert plan. */
export function expertOptions({ pins, mesh }) {
  return ['--pins', pins, '--mesh', formatMesh(Object.entries(mesh))];
}

/** Plans a program with these options and measures what is compiled of it: see `measurePlan`. */
export function compile(program, cluster, options) {
  const folder = mkdtempSync(`${tmpdir()}/skein-plan-`);
  try {
    const words = ['plan', `corpus/${program.name}.mlir.gz`, '--cluster', cluster, ...options];
    call(process.execPath, ['dist/cli/main.js', ...words, '--out', `${folder}/plan`]);
    return measurePlan(`${folder}/plan`, cluster);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The measures of the plan in a folder that `skein plan --out` wrote, per device: FLOPs, bytes of arguments and
 * temporaries, and the collectives as an accelerator would have them, with their alpha-beta seconds on the cluster.
 * `nativeTemporaryBytes` are the temporaries with halves in their own type, undefined where values followed by the text do
 * not add up to the compiler's buffers within 1 %. `comparison` lays what was compiled for CPUs beside what was predicted of it.
 */
export function measurePlan(folder, cluster) {
  const plan = JSON.parse(readFileSync(`${folder}/plan.json`, 'utf8'));
  const { measured, text } = compileOnce(`${folder}/annotated.mlir`);
  const { deviceIds } = plan.mesh;
  const mesh = { axes: plan.mesh.axes.map(([name, size]) => ({ name, size })), ...(deviceIds && { deviceIds }) };
  const compiled = readCompiledCollectives(text, mesh);
  const live = readTemporaries(text);
  const isFollowed = Math.abs(live.bytes - measured.temporaryBytes) <= 0.01 * measured.temporaryBytes;
  const collectives = judgeCollectives(
    joinCollectives(nativeCollectives(compiled), text),
    parseCluster(cluster),
    deviceIds,
  );
  return {
    ...measured,
    mesh: formatMesh(plan.mesh.axes),
    search: plan.search,
    nativeTemporaryBytes: isFollowed ? live.nativeBytes : undefined,
    predictedTemporaryBytes: plan.memory.find(({ kind }) => kind === 'temporaries').bytesPerDevice,
    collectives,
    collectiveSeconds: collectives.reduce((sum, each) => sum + each.seconds, 0),
    comparison: compareCollectives(plan.collectives.ideal, plan.collectives.backend, compiled),
  };
}

/** Compiles an annotated text unless that was done before. */
function compileOnce(path) {
  const hash = createHash('sha256').update(readFileSync(measurer)).update(readFileSync(path)).digest('hex');
  const kept = `${store}/${hash.slice(0, 24)}`;
  if (!existsSync(`${kept}.json`)) {
    mkdirSync(store, { recursive: true });
    const measured = call('.venv/bin/python', [measurer, path, '--hlo', `${kept}.part`]);
    writeFileSync(`${kept}.hlo.gz`, gzipSync(readFileSync(`${kept}.part`)));
    writeFileSync(`${kept}.part`, measured);
    renameSync(`${kept}.part`, `${kept}.json`);
  }
  const text = gunzipSync(readFileSync(`${kept}.hlo.gz`)).toString('utf8');
  return { measured: JSON.parse(readFileSync(`${kept}.json`, 'utf8')), text };
}

export function call(command, words) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) {
    const said = `${stdout}${stderr}`.trim();
    throw new Error(`${command} ${words.join(' ')}\n${said}`, { cause: { words, said } });
  }
  return stdout;
}
