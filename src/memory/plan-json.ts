import { createHash } from 'node:crypto';
import { diagnosticError } from '../base/index.ts';
import type { MemoryPlan, MemoryProblem } from './problem.ts';
import { formatMemoryProblem } from './problem-json.ts';

/** SHA-256 of a problem without its name and the capacities of its banks, in hexadecimal. */
export function fingerprintProblem(problem: MemoryProblem): string {
  const banks = problem.banks.map(({ name, reserved }) => ({ name, ...(reserved === undefined ? {} : { reserved }) }));
  return createHash('sha256')
    .update(formatMemoryProblem({ ...problem, name: '', banks }))
    .digest('hex');
}

/** Prints a plan as JSON. Ends with a line break. */
export function formatMemoryPlan(problem: MemoryProblem, plan: MemoryPlan): string {
  const fields = {
    format: 'skein.memory-plan/1',
    problem: { name: problem.name, fingerprint: fingerprintProblem(problem) },
    ...plan,
  };
  const lines = Object.entries(fields).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** Reads a plan that was made for `problem`. Throws SK5008 for anything else; `validateMemoryPlan` says if it holds. */
export function parseMemoryPlan(text: string, file: string, problem: MemoryProblem): MemoryPlan {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw misfit(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const fields = (typeof document === 'object' && document !== null ? document : {}) as Record<string, unknown>;
  if (fields.format !== 'skein.memory-plan/1') throw misfit(`${file} is no plan of format skein.memory-plan/1`);
  const made = fields.problem as { readonly name?: unknown; readonly fingerprint?: unknown } | undefined;
  if (made?.fingerprint !== fingerprintProblem(problem)) {
    throw misfit(`${file} was made for another problem than ${problem.name}: their fingerprints differ`);
  }
  const numbers = (name: string): number[] => {
    const list = fields[name];
    if (Array.isArray(list) && list.every(entry => typeof entry === 'number')) return list;
    throw misfit(`${file}: ${name} is no list of numbers`);
  };
  return { order: numbers('order'), offsets: numbers('offsets'), workspaceOffsets: numbers('workspaceOffsets') };
}

function misfit(message: string) {
  return diagnosticError('SK5008', { message, next: 'pack the problem again with --out, or give the file it wrote' });
}
