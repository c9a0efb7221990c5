import type { CommandInstaller } from './command.ts';
import { installFlyCheck } from './fly-check.ts';
import { installFlyExperiment } from './fly-experiment.ts';
import { installFlyPlan } from './fly-plan.ts';
import { installFlyShow } from './fly-show.ts';

/** One file per subcommand. */
const installers: readonly CommandInstaller[] = [installFlyPlan, installFlyCheck, installFlyShow, installFlyExperiment];

const help = `
Examples:
  skein fly plan district.json --out out             plans, and says who is late, who is refused and because of whom
  skein fly check district.json out/plan.json        says whether a plan holds, whoever made it
  skein fly show district.json out/plan.json         the plan on a map, with a time slider
  skein fly experiment --quick                       where the sky saturates, for three ways of planning

A scenario is JSON of format skein.airspace/1: an air-route network, vehicle classes, pads, zones, requests. Flights are
planned before anything takes off; examples/flights/README.md says what is in the files.
`;

/** Installs `skein fly` with its subcommands. */
export const installFly: CommandInstaller = (program, run) => {
  const fly = program
    .command('fly')
    .description('plans deliveries by drone: 4-D routes without conflict, and who stands in the way of the rest')
    .addHelpText('after', help);
  for (const install of installers) install(fly, run);
};
