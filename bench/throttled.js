/**
 * How good chosen plans are where the network is slow: two workers in network namespaces, joined by a link that `tc tbf`
 * holds to 100 Mbit/s, then to 1 Gbit/s. The machine and the link are measured as `skein calibrate` does, the planner
 * chooses a plan of every program of bench/throttled/plans.js for them, and that one is run beside at least seven
 * others, in rounds that take turns. The goal: chosen plans are within 5 % of the fastest.
 * `node bench/throttled.js` after `make build`, as root of a Linux machine, writes docs/results/throttled.md; elsewhere it
 * says why not and ends. Names of programs run those alone and write nothing; `--devices 2` puts two devices behind each
 * end, and `--rounds` says how many rounds. `--keep FILE` keeps all that was measured, a program at a time, and goes on
 * where FILE ends; `--from FILE` reports on what it holds.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startXlaEngine } from '../dist/index.js';
import { calibrate, writeCluster } from './throttled/cluster.js';
import { measure } from './throttled/measure.js';
import { openNetwork, rates, whyNotPermitted } from './throttled/network.js';
import { programs } from './throttled/plans.js';
import { report } from './throttled/report.js';
import { exportPrograms, splitProgram } from './throttled/splits.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    devices: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '6' },
    keep: { type: 'string' },
    from: { type: 'string' },
  },
});
const names = positionals.length === 0 ? Object.keys(programs) : positionals;
const devicesPerHost = Number(options.devices);
const document = join(root, `docs/results/throttled${devicesPerHost === 1 ? '' : `-${devicesPerHost}`}.md`);

if (options.from !== undefined) {
  finish(JSON.parse(readFileSync(options.from, 'utf8')));
} else {
  const why = whyNotPermitted();
  if (why === undefined) finish(await run(keptBefore()));
  else console.log(`skipped, for a throttled network cannot be made here: ${why}`);
}

/** Measures what `known`, kept from an earlier run, does not hold. */
async function run(known) {
  // The network goes when this process ends by `exit`, which a signal alone does not make it do.
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, () => process.exit(status));
  }
  const folder = mkdtempSync(join(tmpdir(), 'skein-throttled-'));
  const network = openNetwork();
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const start = () => {
    const cluster = { processes: 2, devicesPerProcess: devicesPerHost, platform: 'cpu' };
    return startXlaEngine({ cluster, network: network.workers });
  };
  try {
    exportPrograms(root, folder, names);
    const results = known ?? (await withEngine(start, engine => measureMachine(engine, network)));
    const clusterOf = rate => writeCluster(folder, results.machine, rate, devicesPerHost);
    const files = Object.fromEntries(Object.keys(rates).map(rate => [rate, clusterOf(rate)]));
    await withEngine(start, async engine => {
      for (const name of names) {
        if (results.cases.some(found => found.name === name)) continue;
        const plans = await splitProgram(folder, name, files);
        const how = { folder, name, rates: Object.keys(rates), rounds: Number(options.rounds), say };
        for (const found of await measure(engine, network, plans, how)) {
          results.cases.push({ name, chosen: plans.chosen[found.rate], ...found });
        }
        if (options.keep !== undefined) writeFileSync(options.keep, JSON.stringify(results));
      }
    });
    return results;
  } finally {
    network.close();
  }
}

async function measureMachine(engine, network) {
  const { jax } = engine.describe().versions;
  const about = `${cpus().length} x ${cpus()[0].model}, Linux ${release()}, Node ${process.versions.node}, jax ${jax}`;
  return { devicesPerHost, about, machine: await calibrate(engine, network, devicesPerHost, say), cases: [] };
}

async function withEngine(start, use) {
  const engine = await start();
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

function keptBefore() {
  const { keep } = options;
  return keep !== undefined && existsSync(keep) ? JSON.parse(readFileSync(keep, 'utf8')) : undefined;
}

function say(text) {
  console.log(`${(performance.now() / 1000).toFixed(0)} s: ${text}`);
}

function finish(results) {
  const whole = positionals.length === 0;
  const { text, met } = report(results, whole ? document : undefined);
  if (whole) writeFileSync(document, text);
  console.log(text);
  process.exitCode = met ? 0 : 1;
}
