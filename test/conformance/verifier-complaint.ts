import { DiagnosticError } from '../../src/base/index.ts';
import { parseProgram, verifyProgram } from '../../src/ir/index.ts';

/** The first error that reading or verifying a program finds, or undefined for a clean one. Bugs are thrown on. */
export function firstComplaint(text: string): string | undefined {
  const source = new TextEncoder().encode(text);
  try {
    const program = parseProgram(source, { file: 'mutation.mlir' });
    return verifyProgram(program, source).find(item => item.severity === 'error')?.message;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0]?.message;
    throw error;
  }
}
