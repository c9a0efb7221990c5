import { DiagnosticError } from '../base/index.ts';
import { loadProgramText, type Program, parseProgram, verifyProgram } from '../ir/index.ts';
import type { CommandContext } from './command.ts';
import { noteDiagnostics } from './diagnostics.ts';

/** Reads and verifies a program. Warnings are printed once; errors are thrown, all that were found. */
export async function loadVerifiedProgram(path: string, context: CommandContext): Promise<Program> {
  context.progress.phase('reading the program');
  const source = await loadProgramText(path);
  const program = parseProgram(source, { file: path });
  const found = verifyProgram(program, source);
  const errors = found.filter(diagnostic => diagnostic.severity === 'error');
  if (errors.length > 0) throw new DiagnosticError(errors);
  noteDiagnostics(context, found);
  return program;
}
