import type { AirspaceProblem, FlightPlan, Violation } from '../airspace/index.ts';
import type { CommandContext, CommandInstaller, ExitStatus } from './command.ts';
import { readAirspaceFile, readPlanFile } from './fly-input.ts';
import { runFlyTask } from './fly-thread.ts';
import { countOf } from './fly-words.ts';

const help = `
Examples:
  skein fly check district.json out/plan.json           one line where the plan holds, else every rule that it breaks
  skein fly check district.json out/plan.json --json    one JSON document: status, and violations with kind and time

The plan may be from anywhere. It is read as it is written and checked by rules of its own: edges and speeds, pads, air
time, deadlines, costs, accepted flights, closed zones, and the distance of all pairs at all times. Exit status: 0 it
holds, 1 it breaks a rule, 2 a file cannot be read or the plan is of another problem.
`;

/** Installs `skein fly check`. */
export const installFlyCheck: CommandInstaller = (fly, run) => {
  fly
    .command('check')
    .argument('<scenario>', 'an airspace problem, JSON')
    .argument('<plan>', 'a flight plan, JSON')
    .description('checks a flight plan against its problem, whoever made it')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action((scenario: string, plan: string, options: { readonly json?: boolean }) =>
      run(context => checkCommand(scenario, plan, options.json ?? false, context), options),
    );
};

async function checkCommand(
  scenario: string,
  planPath: string,
  json: boolean,
  context: CommandContext,
): Promise<ExitStatus> {
  const problem = await readAirspaceFile(scenario);
  const plan = await readPlanFile(planPath, problem);
  const violations = await runFlyTask({ kind: 'check', problem, plan }, context);
  const status = violations.length === 0 ? 'valid' : 'invalid';
  context.print(
    json
      ? JSON.stringify({ problem: problem.name, plan: planPath, status, ...checkedCounts(problem, plan), violations })
      : formatCheck(planPath, problem, plan, violations),
  );
  return violations.length === 0 ? 0 : 1;
}

function checkedCounts({ zones, pads }: AirspaceProblem, { flights, refusals, changes = [] }: FlightPlan) {
  const counts = { flights: flights.length, refusals: refusals.length, zones: zones.length, pads: pads.length };
  return { ...counts, changes: changes.length };
}

/** One line for a plan that holds; else a line for every rule that is broken. */
export function formatCheck(
  path: string,
  problem: AirspaceProblem,
  plan: FlightPlan,
  violations: readonly Violation[],
): string {
  if (violations.length > 0) {
    const lines = violations.map(({ kind, message }) => `  ${kind}: ${message}`);
    return [`${path} breaks ${countOf(violations.length, 'rule')}`, ...lines].join('\n');
  }
  const { flights, refusals, zones, pads, changes } = checkedCounts(problem, plan);
  const counts = [
    countOf(flights, 'flight'),
    countOf(refusals, 'refusal'),
    countOf(pads, 'pad'),
    countOf(zones, 'zone'),
    ...(changes === 0 ? [] : [countOf(changes, 'change')]),
  ];
  return `${path} holds: ${counts.join(', ')}; routes, times, pads, zones and all pairs of flights were checked`;
}
