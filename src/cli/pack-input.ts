import { DiagnosticError, diagnosticError } from '../base/index.ts';
import { memoryProblem } from '../footprint/index.ts';
import { loadProgramText, parseProgram, verifyProgram } from '../ir/index.ts';
import {
  type BufferTable,
  checkMemoryProblem,
  type MemoryPlan,
  type MemoryProblem,
  parseBufferCsv,
  parseMemoryPlan,
  parseMemoryProblem,
  readCsvOffsets,
} from '../memory/index.ts';
import { inlineCalls } from '../transform/index.ts';
import type { CommandContext } from './command.ts';
import { noteDiagnostics } from './diagnostics.ts';

/** What is packed: a problem, and the rows that it was read from, if it was a CSV. */
export interface PackInput {
  readonly problem: MemoryProblem;
  readonly table?: BufferTable;
}

export interface PackInputOptions {
  readonly alignment?: number;
  readonly fixed?: boolean;
  readonly materialise: 'stated' | 'all';
}

/** Reads a program, a CSV of buffers or a JSON problem, plain or gzip, told apart by what is in it. */
export async function readPackInput(
  path: string,
  options: PackInputOptions,
  context: CommandContext,
): Promise<PackInput> {
  context.progress.phase('reading the problem');
  const bytes = await loadProgramText(path);
  const kind = kindOf(path, bytes);
  const { alignment, fixed = false, materialise } = options;
  const alignmentBytes = alignment === undefined ? {} : { alignmentBytes: alignment };
  if (fixed && kind !== 'csv') {
    throw diagnosticError('SK9003', { message: '--fixed is for CSV files', next: 'leave it out' });
  }
  if (kind === 'csv') {
    const table = parseBufferCsv(decode(bytes), path, { ...alignmentBytes, fixed });
    return { problem: table.problem, table };
  }
  if (kind === 'json') {
    const problem = { ...parseMemoryProblem(decode(bytes), path), ...alignmentBytes };
    if (alignment !== undefined) checkMemoryProblem(problem, path);
    return { problem };
  }
  const program = parseProgram(bytes, { file: path });
  const found = verifyProgram(program, bytes);
  const errors = found.filter(diagnostic => diagnostic.severity === 'error');
  if (errors.length > 0) throw new DiagnosticError(errors);
  noteDiagnostics(context, found);
  const { problem } = memoryProblem(inlineCalls(program), { materialise, ...alignmentBytes });
  checkMemoryProblem(problem, path);
  return { problem };
}

/** Reads the plan given to `--check-plan`: JSON, or for a CSV problem also a CSV with the column `offset`. */
export async function readPackPlan(path: string, input: PackInput): Promise<MemoryPlan> {
  const text = decode(await loadProgramText(path));
  if (text.trimStart().startsWith('{') || input.table === undefined) return parseMemoryPlan(text, path, input.problem);
  return { order: [], offsets: readCsvOffsets(text, path, input.problem), workspaceOffsets: [] };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function kindOf(path: string, bytes: Uint8Array): 'program' | 'csv' | 'json' {
  if (/\.csv(\.gz)?$/i.test(path)) return 'csv';
  const start = decode(bytes.subarray(0, 4096)).trimStart();
  if (/\.json(\.gz)?$/i.test(path) || /^\{\s*"/.test(start)) return 'json';
  return 'program';
}
