// A plan on a TPU slice, as predicted and as the TPU compiler judges it: used by scale.js. All is kept under out/scale, so
// that a second run does only what is missing: a folder for each program, plan and topology, and what was compiled by
// its annotated text. Delete the folders, not `compiled`, after the planner has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseCluster } from '../../dist/cost/index.js';
import { compileForTpu, judgeCompiled, tpuTopology } from '../../dist/verify/index.js';
import { call, expertOptions, formatMesh, root } from './compiled.js';

const store = `${root}/out/scale`;

/**
 * One plan on one program: `program` is the corpus name of the whole, unrolled program; `form` is what of it is compiled:
 * `depth2`, `depth4` or `scan`; `expert` is undefined for the plan that is found.
 */
export async function measure({ program, form, cluster, name, expert }) {
  const folder = `${store}/${program.name}-${form}.${name}.${cluster.replace(':', '-')}`;
  if (!existsSync(`${folder}/plan.json`)) {
    const options = expert === undefined ? carryFound(program, form, cluster) : expertOptions(expertOf(expert, form));
    place(`${program.name}-${form}`, cluster, options, folder);
  }
  const plan = JSON.parse(readFileSync(`${folder}/plan.json`, 'utf8'));
  const compilation = await compileOnce(readFileSync(`${folder}/annotated.mlir`, 'utf8'), cluster);
  const result = { predicted: forecast(plan), mesh: formatMesh(plan.mesh.axes), ...judge(compilation, plan, program) };
  writeFileSync(`${folder}/judged.json`, `${JSON.stringify(result, null, 1)}\n`);
  return result;
}

/** What was measured before; undefined where nothing was. */
export function recall({ program, form, cluster, name }) {
  const path = `${store}/${program.name}-${form}.${name}.${cluster.replace(':', '-')}/judged.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** The search's account of the plan that was found for the whole program. */
export function foundPlan(program, cluster) {
  const folder = `${store}/${program.name}.found.${cluster.replace(':', '-')}`;
  if (!existsSync(`${folder}/plan.json`)) place(program.name, cluster, [], folder);
  return JSON.parse(readFileSync(`${folder}/plan.json`, 'utf8'));
}

/**
 * Options that carry the plan found for the whole program, without pins, to another form of it: its mesh, and how its
 * arguments are split. The search decides all else anew, so that the same plan stands in every form.
 */
function carryFound(program, form, cluster) {
  const { mesh, inputs } = foundPlan(program, cluster);
  const pins = inputs.flatMap(({ name, sharding }) => {
    const layer = /^(.*\['(?:h|layers)'\])\[(\d+)\](.*)$/.exec(name);
    if (layer === null) return [{ match: name, sharding }];
    const [, before, index, after] = layer;
    if (form !== 'scan') return Number(index) < Number(form.replace('depth', '')) ? [{ match: name, sharding }] : [];
    const stacked = sharding === '[]' ? '[{}]' : sharding.replace('[', '[{}, ');
    return index === '0' ? [{ match: before + after, sharding: stacked }] : [];
  });
  const file = `${store}/${program.name}-${form}.found.${cluster.replace(':', '-')}.pins.json`;
  writeFileSync(file, JSON.stringify({ format: 'skein.pins/1', mesh, pins }));
  return ['--pins', file, '--level', 'O1'];
}

function expertOf({ pins, scanPins, mesh }, form) {
  return { pins: form === 'scan' ? scanPins : pins, mesh };
}

function place(name, cluster, options, folder) {
  mkdirSync(store, { recursive: true });
  const words = ['plan', `corpus/${name}.mlir.gz`, '--cluster', cluster, ...options, '--out', folder, '--force'];
  call(process.execPath, ['dist/cli/main.js', ...words]);
}

/** Compiles an annotated text unless that was done before. */
async function compileOnce(text, cluster) {
  const hash = createHash('sha256').update(cluster).update(text).digest('hex').slice(0, 24);
  const kept = `${store}/compiled/${hash}`;
  if (!existsSync(`${kept}.json`)) {
    mkdirSync(`${store}/compiled`, { recursive: true });
    const { hloText = '', ...report } = await compileForTpu(text, tpuTopology(parseCluster(cluster)));
    writeFileSync(`${kept}.hlo.gz`, gzipSync(hloText));
    writeFileSync(`${kept}.part`, JSON.stringify(report));
    renameSync(`${kept}.part`, `${kept}.json`);
  }
  const report = JSON.parse(readFileSync(`${kept}.json`, 'utf8'));
  return { ...report, compiled: hash, hloText: gunzipSync(readFileSync(`${kept}.hlo.gz`)).toString('utf8') };
}

/** What the compiler's answer amounts to; `tooLarge` where it found no way to fit the program. */
function judge({ compiled, ...compilation }, { cluster, mesh }, { config }) {
  if (compilation.kind === 'too large') return { compiled, tooLarge: compilation };
  const axes = mesh.axes.map(([name, size]) => ({ name, size }));
  const placed = { axes, ...(mesh.deviceIds && { deviceIds: mesh.deviceIds }) };
  // Every loop of a scanned program runs over its layers.
  return { compiled, judged: judgeCompiled(compilation, placed, parseCluster(cluster), config.layers) };
}

function forecast({ memory, predicted, collectives }) {
  const bytes = new Map(memory.map(({ kind, bytesPerDevice }) => [kind, bytesPerDevice]));
  const temporaryBytes = bytes.get('temporaries') ?? 0;
  const neededBytes = [...bytes.values()].reduce((sum, each) => sum + each, 0);
  const argumentBytes = neededBytes - temporaryBytes - (bytes.get('outputs') ?? 0);
  return { ...predicted, argumentBytes, temporaryBytes, neededBytes, collectives: collectives.ideal };
}
