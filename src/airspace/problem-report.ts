import type { Diagnostic, DiagnosticCode } from '../base/index.ts';

/** Takes what is wrong: where, in the words of the problem's keys; what; and what to do. */
export type Report = (code: DiagnosticCode, path: string, fault: string, next: string) => void;

/** Gathers errors in `found`, with the file if it is of one. */
export function reportTo(found: Diagnostic[], file: string | undefined): Report {
  const where = file === undefined ? '' : `${file}: `;
  return (code, path, fault, next) => {
    found.push({ code, severity: 'error', message: `${where}${path} ${fault}`, next });
  };
}
