import { type Diagnostic, formatDiagnostic } from '../base/index.ts';
import type { CommandContext } from './command.ts';

/** Prints warnings for people. */
export function noteDiagnostics(context: CommandContext, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) context.note(formatDiagnostic(diagnostic));
}
