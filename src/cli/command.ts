import type { Command as CommanderCommand } from 'commander';
import type { Progress } from '../base/index.ts';

/** What a command may use of the process that runs it. */
export interface CommandContext {
  /** Prints to standard output. With `--json` nothing but one document is ever printed there. */
  print(text: string): void;
  /** Prints to standard error: warnings and notes for people. */
  note(text: string): void;
  readonly progress: Progress;
  /** Aborted on Ctrl-C, so that workers and temporary files go away before the process does. */
  readonly signal: AbortSignal;
}

/** 0 done, 1 an outcome such as a failed verification, 2 the user's input is wrong. */
export type ExitStatus = 0 | 1 | 2;

/**
 * Adds one command to the command line, or a subcommand to a command. `run` gets the exit status through its return
 * value.
 */
export type CommandInstaller = (
  program: CommanderCommand,
  run: (
    action: (context: CommandContext) => Promise<ExitStatus>,
    options: { readonly json?: boolean },
  ) => Promise<void>,
) => void;
