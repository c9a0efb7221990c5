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

/** Reads a plan from JSON and checks its form; `validatePlan` checks it against its program. Throws SK2201. */
export function parsePlan(text: string, file: string): Plan {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw wrongPlan(file, error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(document)) throw wrongPlan(file, 'no object');
  if (document.format !== 'skein.plan/1') throw wrongPlan(file, `its format is ${JSON.stringify(document.format)}`);
  const broken = Object.entries(fieldChecks).find(([key, check]) => !check(document[key]));
  if (broken !== undefined) throw wrongPlan(file, `\`${broken[0]}\` is missing or malformed`);
  return document as unknown as Plan;
}

/** What `validatePlan` and the run read of a plan; the rest is derived from it again. */
const fieldChecks: Readonly<Record<string, (value: unknown) => boolean>> = {
  program: value => isRecord(value) && typeof value.fingerprint === 'string',
  cluster: value => typeof value === 'string',
  mesh: value => isRecord(value) && isListOf(value.axes, isAxis) && isDeviceList(value.deviceIds),
  inputs: value => isListOf(value, isPlacedValue),
  outputs: value => isListOf(value, isPlacedValue),
  constraints: value => isListOf(value, isConstraint),
};

const isAxis = (value: unknown): boolean =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';

const isDeviceList = (value: unknown): boolean => value === undefined || isListOf(value, id => typeof id === 'number');

const isPlacedValue = (value: unknown): boolean =>
  isRecord(value) && typeof value.name === 'string' && typeof value.sharding === 'string';

const isConstraint = (value: unknown): boolean =>
  isRecord(value) &&
  Number.isInteger(value.value) &&
  typeof value.operation === 'string' &&
  typeof value.sharding === 'string';

function isListOf(value: unknown, isEntry: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isEntry);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongPlan(file: string, why: string) {
  return diagnosticError('SK2201', {
    message: `${file} is no plan: ${why}`,
    expected: 'a document of format skein.plan/1',
    next: 'make it again with `skein run --out DIR` or `skein plan --out DIR`',
  });
}
