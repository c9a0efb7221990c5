import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Option } from 'commander';
import {
  type AirspaceProblem,
  type FlightMode,
  type FlightPlan,
  formatFlightPlan,
  parseFlightPlan,
} from '../airspace/index.ts';
import { diagnosticError } from '../base/index.ts';
import type { CommandContext, CommandInstaller, ExitStatus } from './command.ts';
import { flightsGeojson } from './fly-geojson.ts';
import { readAirspaceFile } from './fly-input.ts';
import { flightMapData } from './fly-map.ts';
import { formatFlyPlan, planDocument } from './fly-plan-text.ts';
import type { FlyResults } from './fly-task.ts';
import { runFlyTask } from './fly-thread.ts';
import { OutputDirectory } from './output-directory.ts';
import { readCount } from './quantities.ts';

export interface FlyPlanOptions {
  readonly mode: FlightMode;
  readonly seed?: number;
  readonly nodes?: number;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const help = `
Examples:
  skein fly plan district.json                      who is late, who is refused, and because of whom
  skein fly plan district.json --out out            writes out/plan.json, out/flights.geojson, out/map.json
  skein fly plan city.json --mode bump --out out    flights may be moved later for others, within their tolerance
  skein fly plan city.json --mode batch --seed 7    all requests together, in rounds of repair
  skein fly plan city.json --json                   one JSON document: served, delayed, refused, cost, gap, refusals

Modes: first-come serves requests as they are submitted and never moves an accepted flight; bump moves flights that have
not departed; batch knows all requests at once. A plan is checked by rules of its own before it is written.
flights.geojson is what kepler.gl animates; map.json is what skein fly show shows. Exit status: 0 when there is a plan,
even where it refuses requests (they are in it, with the reason); 2 when the scenario is wrong, and then nothing is
written.
`;

/** Installs `skein fly plan`. */
export const installFlyPlan: CommandInstaller = (fly, run) => {
  fly
    .command('plan')
    .argument('<scenario>', 'an airspace problem, JSON')
    .description('plans the requests of a scenario: 4-D routes without conflict, and why the rest is refused')
    .addOption(
      new Option('--mode <mode>', 'how requests are served together')
        .choices(['first-come', 'bump', 'batch'])
        .default('first-come'),
    )
    .option('--seed <number>', 'of batch: the same seed gives the same plan (default: 0)', readCount)
    .option('--nodes <count>', 'labels that may be expanded for one request (default: 1000000)', readCount)
    .option('--out <dir>', 'write plan.json, flights.geojson and map.json here')
    .option('--force', 'replace the output directory')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action((scenario: string, options: FlyPlanOptions) =>
      run(async context => {
        if (options.seed !== undefined && options.mode !== 'batch') throw noSeed(options.mode);
        if (options.out === undefined) return planCommand(scenario, options, context);
        const output = await OutputDirectory.open(options.out, options.force ?? false);
        try {
          return await planCommand(scenario, options, context, output);
        } finally {
          await output.discard();
        }
      }, options),
    );
};

async function planCommand(
  scenario: string,
  options: FlyPlanOptions,
  context: CommandContext,
  output?: OutputDirectory,
): Promise<ExitStatus> {
  context.progress.phase('reading the scenario');
  const problem = await readAirspaceFile(scenario);
  const begun = performance.now();
  const planned = await runFlyTask(
    {
      kind: 'solve',
      problem,
      options: {
        mode: options.mode,
        ...(options.seed === undefined ? {} : { seed: options.seed }),
        ...(options.nodes === undefined ? {} : { nodesPerRequest: options.nodes }),
      },
    },
    context,
  );
  const seconds = (performance.now() - begun) / 1000;
  const files = output === undefined ? [] : await writePlan(output, problem, planned);
  const shown = { scenario, mode: options.mode, problem, ...planned, seconds, files };
  context.print(options.json ? JSON.stringify(planDocument(shown)) : formatFlyPlan(shown));
  return 0;
}

/** Writes what comes of a plan, and returns the paths. */
async function writePlan(
  output: OutputDirectory,
  problem: AirspaceProblem,
  { plan, waits }: FlyResults['solve'],
): Promise<readonly string[]> {
  const contents = [
    ['plan.json', readBack(plan)],
    ['flights.geojson', flightsGeojson(problem, plan, waits)],
    ['map.json', JSON.stringify(flightMapData(problem, plan, waits))],
  ] as const;
  for (const [name, text] of contents) await output.write(name, text);
  await output.commit();
  return contents.map(([name]) => join(output.path, name));
}

/** The text of a plan, which is the plan that was checked, to the last bit. */
function readBack(plan: FlightPlan): string {
  const text = formatFlightPlan(plan);
  if (!isDeepStrictEqual(parseFlightPlan(text), plan)) throw new Error('internal: a plan is not what is written of it');
  return text;
}

function noSeed(mode: FlightMode) {
  return diagnosticError('SK9003', {
    message: `--seed is of --mode batch; nothing is drawn in ${mode}`,
    next: 'leave --seed out, or add --mode batch',
  });
}
