import type { DiagnosticCode } from './diagnostic-codes.ts';

/** A place in a file that the user gave. Lines and columns count from 1; columns count bytes. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong with the user's input: what was found, what was expected, and what to do next. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  /** What is wrong, with the actual values. */
  readonly message: string;
  /** What would have been right, when that is not part of the message. */
  readonly expected?: string;
  /** The next step, as an instruction to the user. */
  readonly next: string;
  readonly place?: SourcePlace;
}

/**
 * Thrown where the user's input is wrong. Carries every diagnostic that was found before giving up.
 * The commands print them and exit with status 2; library users read `diagnostics`.
 */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}

/** Builds a `DiagnosticError` of one error. */
export function diagnosticError(
  code: DiagnosticCode,
  details: { message: string; next: string; expected?: string; place?: SourcePlace },
): DiagnosticError {
  return new DiagnosticError([{ code, severity: 'error', ...details }]);
}

/** Prints a diagnostic as `file:line:column: error SK1001: message`, with what was expected and the next step below. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { place, severity, code, message, expected, next } = diagnostic;
  const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
  const lines = [`${where}${severity} ${code}: ${message}`];
  if (expected !== undefined) lines.push(`  expected: ${expected}`);
  lines.push(`  next: ${next}`);
  return lines.join('\n');
}
