import { doctor } from '../engine/index.ts';
import { formatTable } from '../report/index.ts';
import type { CommandInstaller } from './command.ts';

const help = `
Examples:
  skein doctor            what is missing, and the command that mends it
  skein doctor --json     the same for programs
`;

const columns = ['', 'what', 'found', 'to mend it'].map(title => ({ title }));

/** Installs `skein doctor`. */
export const installDoctor: CommandInstaller = (program, run) => {
  program
    .command('doctor')
    .description('says what is missing on this machine, and the command that mends it')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action((options: { json?: boolean }) =>
      run(async context => {
        const findings = await doctor();
        const sound = findings.every(finding => finding.ok);
        if (options.json) context.print(JSON.stringify({ ok: sound, findings }));
        else {
          const rows = findings.map(({ what, ok, found, fix }) => [
            ok ? 'ok' : 'missing',
            what,
            found,
            ok ? '' : (fix ?? ''),
          ]);
          context.print(formatTable(columns, rows).trimEnd());
        }
        return sound ? 0 : 1;
      }, options),
    );
};
