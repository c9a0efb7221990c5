import { diagnosticError } from '../base/index.ts';
import type { FlightMapData } from '../report/index.ts';
import type { CommandContext, CommandInstaller, ExitStatus } from './command.ts';
import { type FlightPage, serveFlightPage } from './flight-page.ts';
import { formatCheck } from './fly-check.ts';
import { readAirspaceFile, readPlanFile } from './fly-input.ts';
import { flightMapData } from './fly-map.ts';
import { runFlyTask } from './fly-thread.ts';
import { readPort } from './quantities.ts';

interface FlyShowOptions {
  readonly port?: number;
  readonly json?: boolean;
}

const help = `
Examples:
  skein fly show district.json out/plan.json                serves the page and prints its address; Ctrl-C ends it
  skein fly show district.json out/plan.json --port 8080    at an address that stays the same

A command of its own, not an option of plan: a plan is planned once and looked at often, and plans from elsewhere can be
shown too. The plan is checked first; one that breaks a rule is not shown, and the exit status is 1. The page is for
this machine only and asks for nothing from elsewhere.
`;

/** Installs `skein fly show`. */
export const installFlyShow: CommandInstaller = (fly, run) => {
  fly
    .command('show')
    .argument('<scenario>', 'an airspace problem, JSON')
    .argument('<plan>', 'a flight plan, JSON')
    .description('shows a plan on a map with a time slider, in a browser, until it is interrupted')
    .option('--port <number>', 'where it is served on this machine (default: any that is free)', readPort)
    .option('--json', 'print the address as one JSON document')
    .addHelpText('after', help)
    .action((scenario: string, plan: string, options: FlyShowOptions) =>
      run(context => showCommand(scenario, plan, options, context), options),
    );
};

async function showCommand(
  scenario: string,
  planPath: string,
  { port, json }: FlyShowOptions,
  context: CommandContext,
): Promise<ExitStatus> {
  const problem = await readAirspaceFile(scenario);
  const plan = await readPlanFile(planPath, problem);
  const { violations, waits } = await runFlyTask({ kind: 'explain', problem, plan }, context);
  if (violations.length > 0) {
    const status = 'invalid';
    context.print(json ? JSON.stringify({ status, violations }) : formatCheck(planPath, problem, plan, violations));
    return 1;
  }
  const data = flightMapData(problem, plan, waits);
  const page = await servePage(data, port);
  context.print(json ? JSON.stringify({ url: page.url }) : `${page.url} shows ${planPath}; Ctrl-C ends it`);
  await new Promise<void>(resolve => {
    if (context.signal.aborted) resolve();
    else context.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await page.close();
  return 0;
}

/** Serves the page; a port that cannot be had is the user's to change. */
async function servePage(data: FlightMapData, port: number | undefined): Promise<FlightPage> {
  try {
    return await serveFlightPage({ data, ...(port === undefined ? {} : { port }) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw diagnosticError('SK9003', {
      message: `port ${port} ${code === 'EACCES' ? 'may not be used' : 'is in use'}`,
      next: 'name another with --port, or leave it out for any that is free',
    });
  }
}
