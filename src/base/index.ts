export type { Diagnostic, SourcePlace } from './diagnostic.ts';
export { DiagnosticError, diagnosticError, formatDiagnostic } from './diagnostic.ts';
export type { DiagnosticCode } from './diagnostic-codes.ts';
export { diagnosticCodes } from './diagnostic-codes.ts';
export type { Progress } from './progress.ts';
export { silentProgress } from './progress.ts';
export type { Random } from './random.ts';
export { createRandom } from './random.ts';
export { formatBytes, formatCount, formatFlops, formatSeconds } from './units.ts';
