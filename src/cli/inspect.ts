import { formatBytes, formatCount, formatFlops } from '../base/index.ts';
import { countProgram } from '../ir/index.ts';
import { foldProgram, formatBlock } from '../parallel/index.ts';
import { formatTable } from '../report/index.ts';
import { inlineCalls } from '../transform/index.ts';
import type { CommandInstaller } from './command.ts';
import { loadVerifiedProgram } from './program-file.ts';

const help = `
Examples:
  skein inspect step.mlir.gz             operations, FLOPs, bytes, parameters and repeated blocks
  skein inspect step.mlir --json         the same for programs
`;

/** Kinds of operation that the table lists. */
const listedKinds = 12;

/** Installs `skein inspect`. */
export const installInspect: CommandInstaller = (program, run) => {
  program
    .command('inspect')
    .argument('<program>', 'StableHLO text, or gzip of it')
    .description('counts operations, FLOPs, bytes and parameters of a program, and finds its repeated blocks')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action((path: string, options: { json?: boolean }) =>
      run(async context => {
        const loaded = await loadVerifiedProgram(path, context);
        const count = countProgram(loaded);
        const blocks = foldProgram(inlineCalls(loaded)).blocks.map(formatBlock);
        if (options.json) {
          context.print(JSON.stringify({ program: path, ...count, blocks }));
          return 0;
        }
        const kinds = Object.entries(count.byName).sort(
          ([, a], [, b]) => b.flops - a.flops || b.operations - a.operations,
        );
        const rows = kinds
          .slice(0, listedKinds)
          .map(([name, kind]) => [name, String(kind.operations), formatFlops(kind.flops), formatBytes(kind.bytes)]);
        const columns = [
          { title: 'operation' },
          ...['count', 'work', 'read and written'].map(title => ({ title, align: 'right' as const })),
        ];
        context.print(
          [
            `${path}: ${count.operations} operations, ${formatFlops(count.flops)}, ${formatBytes(count.bytes)} read and written`,
            `parameters: ${formatCount(count.parameters.count)} in ${formatBytes(count.parameters.bytes)}`,
            ...(blocks.length === 0 ? [] : [`repeated: ${blocks.join(', ')}`]),
            '',
            formatTable(columns, rows).trimEnd(),
            ...(kinds.length > listedKinds ? [`and ${kinds.length - listedKinds} more kinds with less work`] : []),
          ].join('\n'),
        );
        return 0;
      }, options),
    );
};
