import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { type Diagnostic, diagnosticError } from '../base/index.ts';
import { type Cluster, parseCluster } from '../cost/index.ts';
import { type EngineDescription, startXlaEngine } from '../engine/index.ts';
import { type Calibration, type Clock, type FittedCluster, fitCluster, measureMachine } from '../verify/index.ts';
import { formatCalibration } from './calibrate-text.ts';
import type { CommandContext, CommandInstaller, ExitStatus } from './command.ts';
import { noteDiagnostics } from './diagnostics.ts';
import { workersOf } from './placement.ts';

interface CalibrateOptions {
  readonly cluster?: string;
  readonly out?: string;
  readonly rounds: number;
  readonly clock: Clock;
  readonly force?: boolean;
  readonly json?: boolean;
}

const help = `
Examples:
  skein calibrate --cluster cpu:8 --out machine.json       measures matrix products, memory and collectives
  skein plan step.mlir --cluster machine.json --pins megatron.json
  skein run step.mlir --cluster machine.json --strategy data
  skein calibrate --cluster 2xcpu:2 --json                 two processes: links inside and between them
  skein calibrate --cluster cpu:8 --clock processor        virtual devices on a machine that is not idle

All devices work at once, as in a sharded step, so do it while the machine does nothing else. It takes a minute or two.
`;

/** Below this share of the processors at work, something else had the rest. */
const leastBusyShare = 0.75;

/** Installs `skein calibrate`. */
export const installCalibrate: CommandInstaller = (program, run) => {
  program
    .command('calibrate')
    .description('measures this machine into a cluster file, which every command takes as --cluster FILE')
    .option('--cluster <cluster>', 'devices of this machine: cpu:8, 2xcpu:2 (two processes), gpu:1 (default: cpu:1)')
    .option('--out <file>', 'write the cluster file, for example machine.json')
    .option('--rounds <number>', 'rounds of which the medians are taken', parseRounds, 5)
    .addOption(
      new Option(
        '--clock <name>',
        'processor: seconds of all threads over the processors, for a machine that is not idle',
      )
        .choices(['wall', 'processor'])
        .default('wall'),
    )
    .option('--force', 'replace the file')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action((options: CalibrateOptions) => run(context => calibrate(options, context), options));
};

async function calibrate(options: CalibrateOptions, context: CommandContext): Promise<ExitStatus> {
  const { out, force = false } = options;
  const notation = options.cluster ?? 'cpu:1';
  const cluster = parseCluster(notation);
  if (out !== undefined) checkOut(out, force);
  if (options.clock === 'processor' && cluster.profile.platform !== 'cpu') throw noProcessorClock(notation);
  const { calibration, description } = await measure(cluster, options, context);
  const warnings = [...description.warnings, ...(options.clock === 'wall' ? busyWarnings(calibration, cluster) : [])];
  const fitted = fitCluster(cluster, calibration, sourceOf(description, options));
  const file = clusterFile(cluster, fitted);
  if (out !== undefined) await writeWhole(out, `${JSON.stringify(file, null, 2)}\n`);
  if (options.json) {
    const { emptyStepSeconds, busyProcessors } = calibration;
    const measurements = fitted.rows.map(({ groups, ...row }) => ({ ...row, ...(groups && { group: groups.name }) }));
    context.print(JSON.stringify({ cluster: file, emptyStepSeconds, busyProcessors, measurements, warnings }));
  } else {
    noteDiagnostics(context, warnings);
    context.print(formatCalibration(notation, calibration, fitted, out));
  }
  return 0;
}

async function measure(
  cluster: Cluster,
  { rounds, clock }: CalibrateOptions,
  context: CommandContext,
): Promise<{ readonly calibration: Calibration; readonly description: EngineDescription }> {
  context.progress.phase('starting workers');
  const engine = await startXlaEngine({ cluster: workersOf(cluster.notation) });
  const stop = (): void => void engine.close();
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    const { progress, signal } = context;
    const calibration = await measureMachine(engine, cluster, { rounds, clock, progress, signal });
    return { calibration, description: engine.describe() };
  } finally {
    context.progress.end();
    context.signal.removeEventListener('abort', stop);
    await engine.close();
  }
}

/** The document that `--cluster FILE` reads. */
function clusterFile({ hosts, devicesPerHost }: Cluster, { profile, links }: FittedCluster): object {
  // A profile that is not the one of the same name should not be taken for it.
  const { aliases, ...own } = profile;
  const levels = links.length === 0 ? {} : { links };
  return { format: 'skein.cluster/1', hosts, devicesPerHost, profile: own, ...levels };
}

function sourceOf({ versions, platform }: EngineDescription, { rounds, clock }: CalibrateOptions): string {
  const machine = platform === 'cpu' ? `${availableParallelism()} x ${cpus()[0]?.model ?? 'processor'}` : platform;
  return `measured by skein calibrate on ${machine}, jax ${versions.jax}, medians of ${rounds} rounds by the ${clock} clock`;
}

/** Only virtual devices tell: elsewhere the processors wait for the devices. */
function busyWarnings({ busyProcessors }: Calibration, { profile }: Cluster): Diagnostic[] {
  const processors = availableParallelism();
  if (profile.platform !== 'cpu' || busyProcessors === undefined) return [];
  if (busyProcessors >= leastBusyShare * processors) return [];
  return [
    {
      code: 'SK2107',
      severity: 'warning',
      message: `of ${processors} processors the largest products got ${busyProcessors.toFixed(1)}`,
      expected: `at least ${(leastBusyShare * processors).toFixed(1)}: nothing else at work on this machine`,
      next: 'calibrate again when it is idle, or add --clock processor',
    },
  ];
}

function noProcessorClock(notation: string) {
  return diagnosticError('SK9003', {
    message: `--clock processor says nothing of ${notation}, whose devices are no processors of this machine`,
    expected: 'virtual CPU devices, for example cpu:8',
    next: 'leave --clock away',
  });
}

function checkOut(path: string, force: boolean): void {
  if (!/\.json$/i.test(path)) {
    throw diagnosticError('SK9003', {
      message: `--out ${path} is no name of a cluster file`,
      expected: 'a name that ends in .json, by which --cluster knows a file',
      next: `write --out ${path}.json`,
    });
  }
  if (force || !existsSync(path)) return;
  throw diagnosticError('SK9002', {
    message: `${path} exists`,
    next: 'name another file with --out, or add --force to replace it',
  });
}

/** Writes beside the file and moves into place, so that an interrupted run leaves what was there. */
async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, text);
  await rename(partial, path);
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new InvalidArgumentError('It is a whole number above 0.');
  return rounds;
}
