import { diagnosticError } from '../base/index.ts';
import type { Plan } from './plan.ts';

/** Prints a plan as JSON, one entry of a long list a line. Ends with a line break. */
export function formatPlan(plan: Plan): string {
  const entries = Object.entries(plan).map(([key, value]) => `  ${JSON.stringify(key)}: ${formatField(value)}`);
  return `{\n${entries.join(',\n')}\n}\n`;
}

function formatField(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value);
  return `[\n${value.map(entry => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
}

/** Reads a plan from JSON. Checks its format only; `validatePlan` checks it against its program. Throws SK2201. */
export function parsePlan(text: string, file: string): Plan {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw wrongPlan(file, error instanceof Error ? error.message : String(error));
  }
  if (typeof document !== 'object' || document === null || !('format' in document)) throw wrongPlan(file, 'no format');
  if (document.format !== 'skein.plan/1') throw wrongPlan(file, `its format is ${JSON.stringify(document.format)}`);
  const missing = ['program', 'cluster', 'mesh', 'inputs', 'outputs', 'constraints'].filter(key => !(key in document));
  if (missing.length > 0) throw wrongPlan(file, `${missing.join(', ')} missing`);
  return document as Plan;
}

function wrongPlan(file: string, why: string) {
  return diagnosticError('SK2201', {
    message: `${file} is no plan: ${why}`,
    expected: 'a document of format skein.plan/1',
    next: 'make it again with `skein run --out DIR` or `skein plan --out DIR`',
  });
}
