#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { DiagnosticError, formatDiagnostic } from '../base/index.ts';
import { installCalibrate } from './calibrate.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { installDoctor } from './doctor.ts';
import { installFly } from './fly.ts';
import { installInspect } from './inspect.ts';
import { installJudge } from './judge.ts';
import { installPack } from './pack.ts';
import { installPlan } from './plan.ts';
import { createTerminalProgress } from './progress.ts';
import { installRun } from './run.ts';
import { packageVersion } from './version.ts';

const installers = [
  installInspect,
  installPlan,
  installRun,
  installPack,
  installJudge,
  installCalibrate,
  installFly,
  installDoctor,
];

async function main(argv: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const program = new Command('skein')
    .description('Plans tensor programs before anything moves, carries the plan out, and proves it right.')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const install of installers) {
    install(program, async (action, options) => {
      status = await runAction(action, options.json ?? false);
    });
  }
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') {
      const named = program.commands.find(command => command.name() === argv[0]);
      process.stderr.write((named ?? program).helpInformation());
      return 2;
    }
    const message = error.message.replace(/^error: /, '');
    const next = 'run the command with --help for its options and examples';
    return reportDiagnostics(new DiagnosticError([{ code: 'SK9003', severity: 'error', message, next }]), false);
  }
  return status;
}

async function runAction(action: (context: CommandContext) => Promise<ExitStatus>, json: boolean): Promise<ExitStatus> {
  const interruption = new AbortController();
  // Stays registered, so that engines leave the end of the process to it; a second signal does not wait.
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const progress = createTerminalProgress(!json);
  try {
    return await action({
      print: text => process.stdout.write(`${text}\n`),
      note: text => process.stderr.write(`${text}\n`),
      progress,
      signal: interruption.signal,
    });
  } catch (error) {
    progress.end();
    if (interruption.signal.aborted) {
      process.stderr.write('interrupted; nothing was written\n');
      return 1;
    }
    if (error instanceof DiagnosticError) return reportDiagnostics(error, json);
    throw error;
  } finally {
    progress.end();
    process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt);
  }
}

function reportDiagnostics(error: DiagnosticError, json: boolean): ExitStatus {
  if (json) process.stdout.write(`${JSON.stringify({ diagnostics: error.diagnostics })}\n`);
  else process.stderr.write(`${error.diagnostics.map(formatDiagnostic).join('\n')}\n`);
  return 2;
}

/** A bug: one line that says so, and the stack only when asked for. */
function reportBug(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const text = message.startsWith('internal: ') ? message : `internal: ${message}`;
  process.stderr.write(
    `${text}\n  next: this is a bug in Skein; run again with SKEIN_DEBUG=1 and report what it prints\n`,
  );
  if (process.env.SKEIN_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}

// A reader that has seen enough, such as head, is no error: what is left to do is done.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

main(process.argv.slice(2)).then(
  status => {
    process.exitCode = status;
  },
  error => {
    reportBug(error);
    process.exitCode = 1;
  },
);
