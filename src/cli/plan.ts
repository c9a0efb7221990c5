import { diagnosticError } from '../base/index.ts';
import { formatPlan } from '../plan/index.ts';
import { inlineCalls } from '../transform/index.ts';
import type { CommandInstaller } from './command.ts';
import { noteDiagnostics } from './diagnostics.ts';
import { OutputDirectory } from './output-directory.ts';
import { addPlacementOptions } from './placement.ts';
import { formatPlanText } from './plan-text.ts';
import { loadVerifiedProgram } from './program-file.ts';
import { type SplitOptions, splitProgram } from './split.ts';

interface PlanCommandOptions extends SplitOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const help = `
Examples:
  skein plan step.mlir --strategy data --cluster cpu:8                  the batch over eight devices: what will move
  skein plan step.mlir --pins megatron.json --cluster cpu:8 --out out/megatron
  skein plan step.mlir --mesh dp=8 --pin 'tokens=[{dp}, {}]' --cluster cpu:8 --json
  skein plan step.mlir --plan out/megatron/plan.json                    a plan once more, checked against its program

Pins, a strategy or an earlier plan decide it; nothing is compiled or run.
`;

/** Installs `skein plan`. */
export const installPlan: CommandInstaller = (program, run) => {
  const command = program
    .command('plan')
    .argument('<program>', 'StableHLO text, or gzip of it')
    .description('says how a program is split, what will move, and what each device must hold');
  addPlacementOptions(command)
    .option('--plan <file>', 'a plan.json of this program, in place of mesh, pins and strategy')
    .option('--out <dir>', 'write plan.json and annotated.mlir here')
    .option('--force', 'replace the output directory')
    .option('--json', 'print the plan as one JSON document')
    .addHelpText('after', help)
    .action((path: string, options: PlanCommandOptions) =>
      run(async context => {
        const loaded = await loadVerifiedProgram(path, context);
        const split = await splitProgram(options, loaded, inlineCalls(loaded));
        if (split === undefined) throw noPlacement();
        noteDiagnostics(context, split.warnings);
        if (options.out !== undefined) {
          const output = await OutputDirectory.open(options.out, options.force ?? false);
          try {
            await output.write('plan.json', formatPlan(split.plan));
            await output.write('annotated.mlir', split.text);
            await output.commit();
          } finally {
            await output.discard();
          }
        }
        context.print(options.json ? formatPlan(split.plan).trimEnd() : formatPlanText(split.plan));
        return 0;
      }, options),
    );
};

function noPlacement() {
  return diagnosticError('SK9003', {
    message: 'nothing says how to split the program',
    expected: '--strategy data, --pins FILE, --mesh with --pin, or --plan FILE',
    next: 'add one of them',
  });
}
