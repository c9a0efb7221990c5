import { resolve } from 'node:path';
import { Option } from 'commander';
import { diagnosticError } from '../base/index.ts';
import { planSubject, programSubject } from '../explain/index.ts';
import { formatPlan } from '../plan/index.ts';
import { planReportHtml } from '../report/index.ts';
import { inlineCalls } from '../transform/index.ts';
import type { CommandContext, CommandInstaller, ExitStatus } from './command.ts';
import { noteDiagnostics } from './diagnostics.ts';
import { OutputDirectory } from './output-directory.ts';
import { addPlacementOptions } from './placement.ts';
import { runComparison } from './plan-compare.ts';
import { explainSplit, formatDetails } from './plan-explain.ts';
import { writePlanFiles } from './plan-files.ts';
import { planReport } from './plan-report.ts';
import { formatNoPlan, type SearchOptions, searchPlan } from './plan-search.ts';
import { formatPlanText } from './plan-text.ts';
import { loadVerifiedProgram } from './program-file.ts';
import { readByteCount, readSeconds } from './quantities.ts';
import { type SplitOptions, splitProgram } from './split.ts';

interface PlanCommandOptions extends SearchOptions, SplitOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly explain?: boolean;
  readonly compare?: readonly string[];
  readonly json?: boolean;
}

const help = `
Examples:
  skein plan step.mlir --cluster 8xH100                                 the fastest plan that fits, with a proven bound
  skein plan step.mlir --cluster 8xH100 --memory 40GB --out out/plan    the same within 40 GB a device
  skein plan step.mlir --cluster 8xH100 --level O2 --time-limit 120     integer programs: better plans and bounds
  skein plan step.mlir --strategy data --cluster cpu:8                  the batch over eight devices: what will move
  skein plan step.mlir --pins megatron.json --cluster cpu:8 --out out/megatron
  skein plan step.mlir --mesh dp=8 --pin 'tokens=[{dp}, {}]' --cluster cpu:8 --json
  skein plan step.mlir --plan out/megatron/plan.json                    a plan once more, checked against its program
  skein plan step.mlir --pins megatron.json --cluster 8xH100 --explain  what is odd about these pins
  skein plan --compare out/plan/plan.json out/megatron/plan.json        what differs between two plans

Without pins and strategy all meshes of the cluster are searched for the fastest plan that fits; with --level pins
restrict that search. Where nothing fits, the batch is done in pieces, one after the other, and repeated blocks are
rematerialized: annotated.mlir is that program, with the inputs and outputs of the original. Else pins, a strategy or an
earlier plan decide it. Level O2 takes what O1 finds and solves meshes on which a better plan may be as integer programs.
Nothing is compiled or run. The folder that --out writes needs JAX and numpy only:
  python out/megatron/runner.py --steps 10                              on made inputs; its head says how to use yours
`;

/** Installs `skein plan`. */
export const installPlan: CommandInstaller = (program, run) => {
  const command = program
    .command('plan')
    .argument('[program]', 'StableHLO text, or gzip of it')
    .description('says how a program is split, what will move, and what each device must hold');
  addPlacementOptions(command)
    .option('--plan <file>', 'a plan.json of this program, in place of mesh, pins and strategy')
    .option('--memory <bytes>', 'what one device may use: 80GB, 16GiB (default: what it has)', readByteCount)
    .addOption(new Option('--level <level>', 'how hard the plan is searched (default: O1)').choices(['O1', 'O2']))
    .option('--time-limit <seconds>', 'begin no further mesh after this; O2 ends then (its default: 60)', readSeconds)
    .option('--trace', 'print what was tried')
    .option('--explain', 'also print all inputs, why everything moves, and what is odd about pins')
    .option('--compare <plans...>', 'two plan.json files: what differs between them')
    .option('--out <dir>', 'write plan.json, annotated.mlir, runner.py, which runs them, and report.html here')
    .option('--force', 'replace the output directory')
    .option('--json', 'print the plan as one JSON document')
    .addHelpText('after', help)
    .action((path: string | undefined, options: PlanCommandOptions) =>
      run(async context => {
        if (options.compare !== undefined) return runComparison(options.compare, path, options.json ?? false, context);
        if (path === undefined) throw noProgram();
        if (options.out === undefined) return planCommand(path, options, context);
        const output = await OutputDirectory.open(options.out, options.force ?? false);
        try {
          return await planCommand(path, options, context, output);
        } finally {
          await output.discard();
        }
      }, options),
    );
};

/** Plans a program, writes the plan where there is a place for it, and says what it is. Returns the exit code. */
async function planCommand(
  path: string,
  options: PlanCommandOptions,
  context: CommandContext,
  output?: OutputDirectory,
): Promise<ExitStatus> {
  const loaded = await loadVerifiedProgram(path, context);
  const inlined = inlineCalls(loaded);
  const known = programSubject(inlined);
  const found = isSearched(options) ? await searchPlan(options, loaded, inlined, known, context) : undefined;
  const split = found === undefined ? await splitProgram(options, loaded, inlined) : found.split;
  if (split === undefined) {
    if (found === undefined) throw new Error('internal: a placement that places nothing');
    const { status, bound, gap, stats, explanation, warnings } = found.outcome;
    noteDiagnostics(context, warnings);
    const text = formatNoPlan(loaded.file, options.cluster ?? '', found);
    const search = { ...stats, bound, gap };
    context.print(options.json ? JSON.stringify({ status, search, explanation, variants: found.tried }) : text);
    return 1;
  }
  noteDiagnostics(context, [...(found?.outcome.warnings ?? []), ...split.warnings]);
  const subject = planSubject(split.inlined === inlined ? known : programSubject(split.inlined), split);
  const explanation = explainSplit(subject, options, found);
  if (output !== undefined) {
    await writePlanFiles(output, split);
    await output.write('report.html', planReportHtml(planReport(subject, explanation)));
    await output.commit();
  }
  context.print(options.json ? formatPlan(split.plan).trimEnd() : formatPlanText(explanation));
  if (options.explain && !options.json)
    context.print(`\n${await formatDetails(subject, options, { loaded, inlined, known }, explanation, found)}`);
  if (options.out !== undefined && !options.json) context.print(`\nwritten to ${resolve(options.out)}`);
  return 0;
}

/** Pins, a strategy or an earlier plan decide a plan, unless a level asks for a search within the pins. */
function isSearched({ level, plan, pin, pins, strategy }: PlanCommandOptions): boolean {
  if (plan !== undefined && level !== undefined) {
    throw diagnosticError('SK9003', {
      message: '--plan decides everything; nothing is left for --level to search',
      next: 'leave one of them away',
    });
  }
  return level !== undefined || (plan === undefined && !pin?.length && pins === undefined && strategy === undefined);
}

function noProgram() {
  return diagnosticError('SK9003', {
    message: 'nothing says which program is to be planned',
    next: 'name a program, or two plans with --compare',
  });
}
