/**
 * Twenty times: starts a driver process with a worker, kills one of the two with SIGKILL at a random moment of its
 * compiling and executing, and checks that within 5 s the process list and the shared-memory folder are as before.
 * `node bench/kills.js [seed]` after `make build` writes docs/results/kills.md. Linux only.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRandom } from '../dist/base/index.js';

const rounds = 20;
const limitSeconds = 5;
const longestWaitSeconds = 3;
const seed = Number(process.argv[2] ?? 1);
const markName = 'SKEIN_KILLS';
/** In shared memory as always, but apart from the sessions of others on this machine. */
const sessionRoot = mkdtempSync('/dev/shm/kills-');

/** Two matrices too large to be quick, cut over all devices, so that every worker takes part in every step. */
function splitProgram(devices) {
  const matrix = 'tensor<1024x1024xf32>';
  return `module @split {
  sdy.mesh @mesh = <["dp"=${devices}]>
  func.func public @main(%a: ${matrix} {sdy.sharding = #sdy.sharding<@mesh, [{"dp"}, {}]>}) -> ${matrix} {
    %0 = stablehlo.dot_general %a, %a, contracting_dims = [0] x [0] : (${matrix}, ${matrix}) -> ${matrix}
    %1 = stablehlo.tanh %0 : ${matrix}
    return %1 : ${matrix}
  }
}`;
}

const driverScript = `
import { startXlaEngine } from ${JSON.stringify(new URL('../dist/engine/index.js', import.meta.url).href)};
const [processes, sessionRoot, text] = process.argv.slice(1);
const cluster = { processes: Number(processes), devicesPerProcess: 2, platform: 'cpu' };
const engine = await startXlaEngine({ cluster, sessionRoot });
console.log(JSON.stringify(engine.describe().processIds));
const argument = { name: 'a', shape: [1024, 1024], dtype: 'f32', distribution: 'normal', mean: 0, std: 1 };
const inputs = { format: 'skein.inputs/1', arguments: [argument] };
const devices = engine.describe().devices.map((_, index) => index);
try {
  for (;;) {
    const executable = await engine.compile(text, { devices });
    const buffers = await engine.generate(executable, inputs, 1);
    const result = await engine.execute(executable, buffers, { steps: 20 });
    await engine.get(result.buffers[0]);
    await engine.release([...result.buffers, ...buffers]);
    await engine.unload(executable);
  }
} catch (error) {
  console.error(error.message.split('\\n')[0]);
  process.exitCode = 3;
}
`;

/** Ids of the processes that were started from here, however far down: they all have this in their environment. */
function startedProcesses() {
  return readdirSync('/proc').filter(name => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return false;
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(`${markName}=${sessionRoot}\0`);
    } catch {
      return false;
    }
  });
}

const state = () => JSON.stringify({ processes: startedProcesses(), files: readdirSync(sessionRoot) });

async function secondsUntil(wanted) {
  const start = performance.now();
  while (state() !== wanted) {
    if (performance.now() - start > limitSeconds * 1000) return undefined;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return (performance.now() - start) / 1000;
}

async function oneRound(random) {
  const processes = random.pick([1, 1, 2]);
  const victim = random.pick(['worker', 'driver']);
  const waitSeconds = random.next() * longestWaitSeconds;
  const before = state();
  const driver = spawn(
    process.execPath,
    ['--input-type=module', '-e', driverScript, String(processes), sessionRoot, splitProgram(2 * processes)],
    {
      env: { ...process.env, [markName]: sessionRoot },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let error = '';
  driver.stderr.setEncoding('utf8').on('data', text => {
    error += text;
  });
  const ended = new Promise(resolve => driver.once('exit', (status, signal) => resolve(signal ?? status)));
  const greeting = await new Promise((resolve, reject) => {
    driver.stdout.once('data', resolve);
    driver.once('exit', () => reject(new Error(`the driver ended early: ${error}`)));
  });
  const workers = JSON.parse(greeting);
  await new Promise(resolve => setTimeout(resolve, waitSeconds * 1000));
  process.kill(victim === 'driver' ? driver.pid : random.pick(workers), 'SIGKILL');
  const seconds = await secondsUntil(before);
  const outcome = victim === 'driver' ? 'killed' : error.trim();
  const clear = victim === 'driver' || (/SK3002: worker \d died during/.test(error) && (await ended) === 3);
  return { processes, victim, waitSeconds, seconds, outcome, passed: seconds !== undefined && clear };
}

const random = createRandom(seed);
const results = [];
for (let round = 0; round < rounds; round++) {
  results.push(await oneRound(random));
  process.stderr.write(`${round + 1}/${rounds} ${JSON.stringify(results.at(-1))}\n`);
}
rmSync(sessionRoot, { recursive: true });
const passed = results.filter(result => result.passed).length;
const slowest = Math.max(...results.map(result => result.seconds ?? limitSeconds));
const table = results.map(({ processes, victim, waitSeconds, seconds, outcome }, round) => {
  const left = seconds === undefined ? `over ${limitSeconds}` : seconds.toFixed(2);
  return `| ${round + 1} | ${processes} | ${victim} | ${waitSeconds.toFixed(2)} | ${left} | ${outcome.replaceAll('|', '/')} |`;
});
const report = `# Killing workers and drivers

${rounds} rounds with seed ${seed}: a driver process compiles and runs a split program over and over on one or two worker
processes of two devices; at a random moment the driver or a worker gets SIGKILL. Passed: within ${limitSeconds} s none of the processes is
left and the folder in shared memory is empty, and a driver that lost its worker says so. **${passed} of ${rounds} passed; the slowest took ${slowest.toFixed(2)} s.**

| round | workers | killed | after s | clean after s | what the driver said |
|---|---|---|---|---|---|
${table.join('\n')}

Made by \`node bench/kills.js ${seed}\`.
`;
writeFileSync(new URL('../docs/results/kills.md', import.meta.url), report);
process.stdout.write(report);
process.exitCode = passed === rounds ? 0 : 1;
