/**
 * What the driver adds to a step: wall seconds of `execute` in the driver, less the worker's own, over 200 steps.
 * `node bench/overhead.js` after `make build` writes docs/results/overhead.md. Goal: median at most 1 ms.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { parseInputsSpec, startXlaEngine } from '../dist/engine/index.js';

const steps = 200;
const warmUps = 20;
const programs = ['mlp', 'gpt2-tiny'];
const goalSeconds = 1e-3;

function readProgram(name) {
  const base = new URL(`../examples/programs/${name}`, import.meta.url).pathname;
  const text = gunzipSync(readFileSync(`${base}.mlir.gz`));
  const inputs = parseInputsSpec(JSON.parse(readFileSync(`${base}.inputs.json`, 'utf8')), `${name}.inputs.json`);
  return { name, text, inputs };
}

/** Argument index of each donated argument by the result that takes its place. */
function donations(text) {
  const main = text.toString('utf8').split('@main(')[1].split('->')[0];
  return [...main.matchAll(/%arg(\d+): [^%]*?tf\.aliasing_output = (\d+)/g)].map(([, argument, output]) => [
    Number(output),
    Number(argument),
  ]);
}

async function measure(engine, { name, text, inputs }) {
  const executable = await engine.compile(text);
  const buffers = [...(await engine.generate(executable, inputs, 1))];
  const feedback = donations(text);
  const overheads = [];
  const stepTimes = [];
  for (let step = 0; step < warmUps + steps; step++) {
    const start = performance.now();
    const result = await engine.execute(executable, buffers);
    const wall = (performance.now() - start) / 1000;
    if (step >= warmUps) {
      overheads.push(wall - result.stepSeconds[0]);
      stepTimes.push(result.stepSeconds[0]);
    }
    for (const [output, argument] of feedback) buffers[argument] = result.buffers[output];
    const kept = new Set(buffers);
    await engine.release(result.buffers.filter(buffer => !kept.has(buffer)));
  }
  return { name, inputs: buffers.length, step: quartiles(stepTimes), overhead: quartiles(overheads) };
}

function quartiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return [0.25, 0.5, 0.75].map(part => sorted[Math.floor(part * (sorted.length - 1))]);
}

const milliseconds = seconds => (seconds * 1000).toFixed(3);

const engine = await startXlaEngine({ cluster: { processes: 1, devicesPerProcess: 1, platform: 'cpu' } });
const rows = [];
try {
  for (const name of programs) rows.push(await measure(engine, readProgram(name)));
} finally {
  await engine.close();
}
const met = rows.every(row => row.overhead[1] <= goalSeconds);
const { jax, python } = engine.describe().versions;
const table = rows.map(
  ({ name, inputs, step, overhead }) =>
    `| ${name} | ${inputs} | ${milliseconds(step[1])} | ${overhead.map(milliseconds).join(' | ')} |`,
);
const report = `# What the driver adds to a step

Wall time of one \`execute\` call in the driver, less the time that the worker measured from its start until all results
were ready; ${steps} steps after ${warmUps} warm-ups, in milliseconds. Goal: median at most ${milliseconds(goalSeconds)} ms: ${met ? 'met' : 'missed'}.

| program | arguments | worker's step | overhead, 1st quartile | median | 3rd quartile |
|---|---|---|---|---|---|
${table.join('\n')}

${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}, Python ${python}, jax ${jax}. Made by \`node bench/overhead.js\`.
`;
writeFileSync(new URL('../docs/results/overhead.md', import.meta.url), report);
process.stdout.write(report);
process.exitCode = met ? 0 : 1;
