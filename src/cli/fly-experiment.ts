import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import {
  createGround,
  type Estimate,
  type ExperimentCurve,
  runExperiment,
  summarizeExperiment,
} from '../airspace/index.ts';
import { experimentReportHtml, formatTable } from '../report/index.ts';
import type { CommandContext, CommandInstaller, ExitStatus } from './command.ts';
import { cannotWrite, experimentFiles, openCells } from './fly-experiment-cells.ts';
import {
  checkDensities,
  experimentNetworks,
  type FlyExperimentOptions,
  parametersOf,
  readDensities,
  readModes,
  readSeedCount,
} from './fly-experiment-options.ts';
import { experimentReport, type FinishedExperiment } from './fly-experiment-report.ts';
import { densityUnit, findingsOf, formatEstimate, formatShare, panelName, shortNames } from './fly-experiment-words.ts';
import { countOf } from './fly-words.ts';
import { readThreads } from './quantities.ts';

const help = `
Examples:
  skein fly experiment                        the experiment as reported: ten densities, ten seeds, three modes, with
                                              and without zones; about an hour on two processors
  skein fly experiment --quick                a first look, in minutes
  skein fly experiment --seeds 3              three seeds; the same with --seeds 10 later goes on from there
  skein fly experiment --network lanes --densities 5,10,20 --out lanes

Writes cells.jsonl as cells are finished, experiment.json and experiment.html at the end. After Ctrl-C the same command
goes on with the cells that are left. Plans are the same on every machine, and so is all but the milliseconds.
`;

/** Installs `skein fly experiment`. */
export const installFlyExperiment: CommandInstaller = (fly, run) => {
  fly
    .command('experiment')
    .description('finds the density of requests at which the sky saturates, for three ways of planning')
    .option('--out <directory>', 'default fly-experiment, with --quick fly-experiment-quick')
    .option('--quick', 'a smaller area, fewer densities and seeds')
    .option('--seeds <count>', 'run seeds 1 to this', readSeedCount)
    .option('--densities <list>', 'requests per km² and hour: 10,20,40', readDensities)
    .option('--modes <list>', 'some of first-come, bump, batch', readModes)
    .addOption(new Option('--network <kind>', 'over what is flown').choices(experimentNetworks))
    .option('--jobs <count>', 'processes: default one for each processor', readThreads)
    .option('--force', 'begin anew where the directory has other cells')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action((options: FlyExperimentOptions) => run(context => flyExperiment(options, context), options));
};

/** Runs what is left of an experiment, and writes what came of all. */
export async function flyExperiment(options: FlyExperimentOptions, context: CommandContext): Promise<ExitStatus> {
  const { out = options.quick ? 'fly-experiment-quick' : 'fly-experiment', jobs = availableParallelism() } = options;
  const parameters = parametersOf(options);
  const ground = createGround(parameters);
  checkDensities(ground, parameters);
  const cells = openCells(out, parameters, options.force ?? false);
  const records = [...cells.known];
  const count = 2 * parameters.densities.length * parameters.seeds.length * parameters.modes.length;
  await runExperiment(ground, parameters, {
    jobs,
    known: cells.known,
    record: record => {
      cells.append(record);
      records.push(record);
    },
    signal: context.signal,
    progress: context.progress,
  });
  if (context.signal.aborted) {
    context.note(
      `interrupted; ${join(out, experimentFiles.cells)} has what is done, and the same command goes on from there`,
    );
    return 1;
  }
  const summary = summarizeExperiment(parameters, records);
  const experiment = { parameters, ground, summary, command: commandOf(options) };
  const document = experimentDocument(experiment);
  writeWhole(join(out, experimentFiles.document), `${JSON.stringify(document, null, 1)}\n`);
  writeWhole(join(out, experimentFiles.page), experimentReportHtml(experimentReport(experiment)));
  context.print(options.json ? JSON.stringify(document) : formatExperiment(experiment, out, count));
  return 0;
}

function writeWhole(path: string, text: string): void {
  try {
    writeFileSync(`${path}.partial`, text);
    renameSync(`${path}.partial`, path);
  } catch (error) {
    rmSync(`${path}.partial`, { force: true });
    throw cannotWrite(path, error);
  }
}

/** The command line, without what changes nothing but where files lie. */
function commandOf({ quick, seeds, densities, modes, network }: FlyExperimentOptions): string {
  return [
    'skein fly experiment',
    ...(quick ? ['--quick'] : []),
    ...(network === undefined ? [] : [`--network ${network}`]),
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(densities === undefined ? [] : [`--densities ${densities.join(',')}`]),
    ...(modes === undefined ? [] : [`--modes ${modes.join(',')}`]),
  ].join(' ');
}

/**
 * What `--json` prints and experiment.json holds. Densities that are not reached are null, with the side they lie on.
 */
function experimentDocument({ parameters, ground, summary, command }: FinishedExperiment): object {
  const { name, squareKilometres, network } = ground;
  return {
    format: 'skein.fly-experiment/1',
    command,
    parameters,
    network: { name, squareKilometres, vertices: network.x.length, edges: network.edgeTargets.length },
    curves: summary.curves.map(curve => ({
      ...curve,
      boundary: estimateDocument(curve.boundary),
      falls: curve.falls.map(({ share, fitted, counted }) => ({
        share,
        fitted: estimateDocument(fitted),
        counted: estimateDocument(counted),
      })),
    })),
  };
}

function estimateDocument({ value, interval }: Estimate): object {
  const finite = (number: number): number | null => (Number.isFinite(number) ? number : null);
  if (Number.isNaN(value)) return { value: null, interval: [null, null], reached: 'not told by these densities' };
  const reached = Number.isFinite(value) ? 'yes' : value > 0 ? 'beyond all densities' : 'below all densities';
  return { value: finite(value), interval: interval.map(finite), reached };
}

function formatExperiment({ parameters, ground, summary }: FinishedExperiment, out: string, count: number): string {
  const { densities, seeds } = parameters;
  const head =
    `${count} cells: ${ground.name}, ${ground.squareKilometres.toFixed(0)} km², ${countOf(seeds.length, 'seed')}, ` +
    `${parameters.windowSeconds} s; densities in ${densityUnit}`;
  const columns = [
    { title: 'planned' },
    ...densities.map(density => ({ title: `${density}`, align: 'right' as const })),
    { title: 'boundary [95 %]', align: 'right' as const },
    { title: 'ms a request', align: 'right' as const },
  ];
  const table = formatTable(
    columns,
    summary.curves.map(curve => tableRow(curve, densities)),
  );
  const page = `The page: ${join(out, experimentFiles.page)}`;
  return [head, '', table, ...findingsOf(summary.curves), '', page].join('\n');
}

function tableRow(curve: ExperimentCurve, densities: readonly number[]): string[] {
  const { points, mode, zones, boundary } = curve;
  const asked = points.reduce((sum, point) => sum + point.asked, 0);
  const milliseconds = points.reduce((sum, point) => sum + point.cpuMilliseconds * point.asked, 0) / asked;
  return [
    `${shortNames[mode]}, ${panelName(zones)}`,
    ...points.map(({ served, asked: count }) => formatShare(served / count)),
    formatEstimate(boundary, densities),
    milliseconds.toPrecision(3),
  ];
}
