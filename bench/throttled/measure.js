// Runs the plans of one program over the throttled link, in rounds that take turns.
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseInputsSpec } from '../../dist/index.js';

/** A visit to a plan takes about so long, after a first step on fresh memory that does not count. */
const visitSeconds = 0.6;
const mostSteps = 12;

/**
 * Compiles the plans once and runs them at every rate: for each rate the seconds of each counted step by plan and round,
 * the bytes that each end sent in a step, and the load of the machine.
 */
export async function measure(engine, network, { splits, devices, feedback }, { folder, name, rates, rounds, say }) {
  const spec = parseInputsSpec(JSON.parse(readFileSync(join(folder, `${name}.inputs.json`), 'utf8')), name);
  const all = Array.from({ length: devices }, (_, device) => device);
  const executables = [];
  for (const { text } of splits) executables.push(await engine.compile(text, { devices: all }));
  say(`${name}: ${executables.length} plans compiled`);
  const found = [];
  for (const rate of rates) {
    network.throttle(rate);
    const plans = splits.map(({ text, plain, predicted, ...rest }) => ({
      ...{ ...rest, predicted: predicted[rate] },
      ...{ rounds: [], sent: [] },
    }));
    const loads = [];
    for (let round = 0; round < rounds; round++) {
      for (const [place, plan] of plans.entries()) {
        const executable = executables[place];
        const buffers = await engine.generate(executable, spec, 0);
        const counted = Math.min(mostSteps, Math.max(1, Math.round(visitSeconds / plan.predicted.stepSeconds)));
        const before = network.sentBytes();
        const result = await engine.execute(executable, buffers, { steps: counted + 1, feedback });
        plan.sent.push((network.sentBytes() - before) / (counted + 1));
        plan.rounds.push(result.stepSeconds.slice(1));
        await engine.release([...buffers, ...result.buffers]);
        loads.push(loadavg()[0]);
      }
      say(`${name}, ${rate}: round ${round + 1} of ${rounds}, load ${loads.at(-1).toFixed(1)}`);
    }
    found.push({ rate, plans, loads });
  }
  for (const executable of executables) await engine.unload(executable);
  return found;
}
