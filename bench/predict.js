/**
 * How well predicted step seconds rank plans. Measures the machine (`skein calibrate`), then every plan of
 * bench/predict/plans.js on eight virtual devices, in rounds that take turns, and compares the order of the predictions
 * with the order of the medians. The goal: a rank correlation of 0.85 times that of one round with another.
 * `node bench/predict.js` after `make build` writes docs/results/predict.md. With `--keep DIR` what was measured stays in
 * DIR, and `--from DIR` predicts again and reports on that, for work on the cost model; `--calibrate` measures the
 * machine again first.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  entryFunction,
  inlineCalls,
  loadProgram,
  parseCluster,
  parseInputsSpec,
  parseMesh,
  parsePin,
  planByPins,
  startXlaEngine,
  stateFeedback,
} from '../dist/index.js';
import { programs } from './predict/plans.js';
import { mean, median, rankCorrelation } from './predict/ranks.js';

const startedMilliseconds = performance.now();
const root = fileURLToPath(new URL('..', import.meta.url));
const rounds = 3;
/** In every round a plan runs so many steps, of which the first, on fresh memory, does not count. */
const steps = 4;
const devices = Array.from({ length: 8 }, (_, device) => device);
const goalShare = 0.85;

function run(command, words, environment = {}) {
  const { status, stdout, stderr } = spawnSync(command, words, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...environment },
  });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** Measures the machine into machine.json; returns how many processors it got meanwhile. */
function calibrate() {
  const words = ['calibrate', '--cluster', 'cpu:8', '--clock', 'processor', '--force', '--json'];
  const printed = run(process.execPath, ['dist/cli/main.js', ...words, '--out', join(folder, 'machine.json')]);
  return JSON.parse(printed).busyProcessors;
}

/** Reads a program; `plansOf` splits it by each of its plans. */
async function splitter(name) {
  const program = await loadProgram(join(folder, `${name}.mlir.gz`));
  const inlined = inlineCalls(program);
  const plansOf = target =>
    programs[name].map(({ mesh, pins }) =>
      planByPins(program, inlined, { cluster: target, mesh: parseMesh(mesh), pins: pins.map(pin => parsePin(pin)) }),
    );
  return { plansOf, feedback: stateFeedback(entryFunction(inlined)) };
}

/** Compiles every plan of a program, then runs them in turn. The seconds of each counted step, by round and clock. */
async function measure(engine, name) {
  const { plansOf, feedback } = await splitter(name);
  const spec = parseInputsSpec(JSON.parse(readFileSync(join(folder, `${name}.inputs.json`), 'utf8')), name);
  const executables = [];
  for (const { text } of plansOf(parseCluster('cpu:8'))) executables.push(await engine.compile(text, { devices }));
  const found = programs[name].map(({ name: plan, mesh }) => ({ name: plan, mesh, wall: [], processor: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, executable] of executables.entries()) {
      const buffers = await engine.generate(executable, spec, 0);
      const result = await engine.execute(executable, buffers, { steps, feedback });
      await engine.release([...buffers, ...result.buffers]);
      found[index].wall.push(result.stepSeconds.slice(1));
      found[index].processor.push(result.processorSeconds.slice(1).map(seconds => seconds / cpus().length));
    }
  }
  for (const executable of executables) await engine.unload(executable);
  return found;
}

/** Rank correlations of one program by one clock. */
function judge(plans, clock) {
  const ofRound = round => plans.map(plan => median(plan[clock][round]));
  const pairs = Array.from({ length: rounds }, (_, a) => Array.from({ length: a }, (_, b) => [a, b])).flat();
  const repeatability = mean(pairs.map(([a, b]) => rankCorrelation(ofRound(a), ofRound(b))));
  const measured = plans.map(plan => median(plan[clock].flat()));
  const predicted = plans.map(plan => plan.predicted.stepSeconds);
  const best = Math.min(...measured);
  const chosen = measured[predicted.indexOf(Math.min(...predicted))];
  const correlation = rankCorrelation(predicted, measured);
  return { correlation, repeatability, met: correlation >= goalShare * repeatability, regret: chosen / best - 1 };
}

const { values: options } = parseArgs({
  options: { keep: { type: 'string' }, from: { type: 'string' }, calibrate: { type: 'boolean' } },
});
const folder = options.from ?? options.keep ?? mkdtempSync(join(tmpdir(), 'skein-predict-'));
const kept = join(folder, 'measured.json');
if (options.from === undefined) {
  mkdirSync(folder, { recursive: true });
  const python = join(root, '.venv/bin/python');
  const words = ['-m', 'skein_models.corpus', '--out', folder, ...Object.keys(programs)];
  run(python, words, { PYTHONPATH: join(root, 'python') });
  const busyProcessors = calibrate(folder);
  const measured = {};
  const engine = await startXlaEngine({ cluster: { processes: 1, devicesPerProcess: 8, platform: 'cpu' } });
  try {
    for (const name of Object.keys(programs)) {
      measured[name] = await measure(engine, name);
      console.log(`${name}: ${((performance.now() - startedMilliseconds) / 1000).toFixed(0)} s`);
    }
  } finally {
    await engine.close();
  }
  writeFileSync(kept, JSON.stringify({ busyProcessors, measured }));
}
if (options.from !== undefined && options.calibrate) {
  writeFileSync(kept, JSON.stringify({ ...JSON.parse(readFileSync(kept, 'utf8')), busyProcessors: calibrate() }));
}
const order =
  options.from === undefined ? '' : '\nThe plans were measured before that, and predicted again from these numbers.';
const { busyProcessors, measured } = JSON.parse(readFileSync(kept, 'utf8'));
const cluster = parseCluster(join(folder, 'machine.json'));
const results = [];
for (const name of Object.keys(programs)) {
  const { plansOf } = await splitter(name);
  const plans = plansOf(cluster).map(({ plan }, index) => ({ ...measured[name][index], predicted: plan.predicted }));
  results.push({ name, plans, wall: judge(plans, 'wall'), processor: judge(plans, 'processor') });
}
if (options.from === undefined && options.keep === undefined) rmSync(folder, { recursive: true, force: true });

const milliseconds = seconds => (1000 * seconds).toFixed(0);
const cells = ({ correlation, repeatability, met, regret }) =>
  `${correlation.toFixed(3)} | ${repeatability.toFixed(3)} | ${met ? 'met' : 'MISSED'} | ${(100 * regret).toFixed(0)} %`;
const summary = results.flatMap(({ name, plans, wall, processor }) => [
  `| ${name} | ${plans.length} | wall | ${cells(wall)} |`,
  `| ${name} | ${plans.length} | processor | ${cells(processor)} |`,
]);
const rows = results.flatMap(({ name, plans }) =>
  plans.map(plan => {
    const { computeSeconds, communicationSeconds, stepSeconds } = plan.predicted;
    const predicted = [computeSeconds, communicationSeconds, stepSeconds].map(milliseconds).join(' | ');
    const medians = ['processor', 'wall'].map(clock => milliseconds(median(plan[clock].flat()))).join(' | ');
    return `| ${name} | ${plan.name} | ${plan.mesh} | ${predicted} | ${medians} |`;
  }),
);
const report = `# Predicted step seconds beside measured ones

How well predictions order plans: Spearman's rank correlation of predicted step seconds with the median of ${rounds} rounds
of ${steps - 1} steps. Repeatability is the mean rank correlation of the rounds with each other: what a second measurement
would tell of the first. The goal is ${goalShare} of it, which is easily met where rounds do not agree. The last column
is how much slower than the fastest plan the one is that the model ranks first.

The wall clock is what a step takes on the machine as it was; the processor clock counts the seconds of all threads over
the number of processors, which other programs on the machine hardly change. While the machine was calibrated (by the
processor clock) its ${cpus().length} processors gave the largest products ${busyProcessors.toFixed(1)} of themselves; the rest had others.${order}

| program | plans | clock | correlation | repeatability | goal | first choice |
|---|---:|---|---:|---:|---|---:|
${summary.join('\n')}

Plans are those of bench/predict/plans.js: data parallelism, ZeRO, FSDP and what the literature names for each program
(Megatron, one weird trick), on the shapes 8, 2x4, 4x2 and 2x2x2, and plans that repeat work on part of the mesh.
Milliseconds of a step:

| program | plan | mesh | compute | communication | predicted | processor | wall |
|---|---|---|---:|---:|---:|---:|---:|
${rows.join('\n')}

${cpus().length} x ${cpus()[0].model}, eight virtual devices, Node ${process.versions.node}. Made by \`node bench/predict.js\`.
`;
writeFileSync(join(root, 'docs/results/predict.md'), report);
console.log(report);
process.exitCode = results.every(({ wall, processor }) => wall.met && processor.met) ? 0 : 1;
