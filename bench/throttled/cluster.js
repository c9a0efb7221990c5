// What the planner is told of the machine and its throttled link: a cluster file, as `skein calibrate` makes it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCluster } from '../../dist/index.js';
import { calibrationProbes } from '../../dist/verify/calibration-probes.js';
import { fitCluster, measureMachine } from '../../dist/verify/index.js';
import { rates } from './network.js';

const rounds = 3;

/** Measures everything at the first rate and the collectives at every other. Groups are not kept but for their names. */
export async function calibrate(engine, network, devicesPerHost, say) {
  const cluster = parseCluster(`2xcpu:${devicesPerHost}`);
  const probes = calibrationProbes(cluster);
  const machine = {};
  for (const rate of Object.keys(rates)) {
    network.throttle(rate);
    const first = Object.keys(machine).length === 0;
    const asked = first ? probes : probes.filter(({ groups }) => groups !== undefined);
    machine[rate] = await measureMachine(engine, cluster, { rounds, probes: asked });
    say(`calibrated at ${rate}`);
  }
  return machine;
}

/** The cluster as it was fitted for a rate, and what the fit says of each measurement. */
export function fitRate(machine, rate, devicesPerHost) {
  const all = Object.values(machine)[0].measurements.filter(({ groups }) => groups === undefined);
  const own = machine[rate].measurements.filter(({ groups }) => groups !== undefined);
  const source = `measured by bench/throttled.js over two processes, the link held to ${rate}`;
  return fitCluster(parseCluster(`2xcpu:${devicesPerHost}`), { measurements: [...all, ...own] }, source);
}

/** Writes the cluster file of a rate; returns its path. */
export function writeCluster(folder, machine, rate, devicesPerHost) {
  const { profile, links } = fitRate(machine, rate, devicesPerHost);
  const { aliases, ...own } = profile;
  const path = join(folder, `${rate.replace(/\W+/g, '-')}.json`);
  writeFileSync(path, JSON.stringify({ format: 'skein.cluster/1', hosts: 2, devicesPerHost, profile: own, links }));
  return path;
}
