import { resolve } from 'node:path';
import { diagnosticError } from '../base/index.ts';
import { formatPlan } from '../plan/index.ts';
import { inlineCalls } from '../transform/index.ts';
import type { CommandInstaller } from './command.ts';
import { noteDiagnostics } from './diagnostics.ts';
import { OutputDirectory } from './output-directory.ts';
import { addPlacementOptions, type PlacementOptions } from './placement.ts';
import { writePlanFiles } from './plan-files.ts';
import { formatPlanText } from './plan-text.ts';
import { loadVerifiedProgram } from './program-file.ts';
import { splitProgram } from './split.ts';

interface PlanCommandOptions extends PlacementOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const help = `
Examples:
  skein plan step.mlir --strategy data --cluster cpu:8                  the batch over eight devices: what will move
  skein plan step.mlir --pins megatron.json --cluster cpu:8 --out out/megatron
  skein plan step.mlir --mesh dp=8 --pin 'tokens=[{dp}, {}]' --cluster cpu:8 --json

Pins or a strategy decide the plan; nothing is compiled or run. The folder that --out writes needs JAX and numpy only:
  python out/megatron/runner.py --steps 10                              on made inputs; its head says how to use yours
`;

/** Installs `skein plan`. */
export const installPlan: CommandInstaller = (program, run) => {
  const command = program
    .command('plan')
    .argument('<program>', 'StableHLO text, or gzip of it')
    .description('says how a program is split, what will move, and what each device must hold');
  addPlacementOptions(command)
    .option('--out <dir>', 'write plan.json, annotated.mlir and runner.py, which runs them, here')
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
            await writePlanFiles(output, split);
            await output.commit();
          } finally {
            await output.discard();
          }
        }
        context.print(options.json ? formatPlan(split.plan).trimEnd() : formatPlanText(split.plan));
        if (options.out !== undefined && !options.json) context.print(`\nwritten to ${resolve(options.out)}`);
        return 0;
      }, options),
    );
};

function noPlacement() {
  return diagnosticError('SK9003', {
    message: 'nothing says how to split the program',
    expected: '--strategy data, --pins FILE, or --mesh with --pin',
    next: 'add one of them',
  });
}
