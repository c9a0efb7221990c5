import { diagnosticError } from '../base/index.ts';
import { formatJsonPath, type JsonPath, jsonPlace } from './json-place.ts';
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
  if (document.constraints !== undefined && document.decisions === undefined)
    throw wrongPlan(file, 'it has constraints in place of decisions, as plans had at first');
  const path = malformedPath(document);
  if (path === undefined) return document as unknown as Plan;
  const place = jsonPlace({ file, text }, path);
  throw wrongPlan(file, `\`${formatJsonPath(path)}\` is missing or malformed`, place);
}

/** The first field, or the first entry of a list, that has not the form that `validatePlan` and the run rely on. */
function malformedPath(document: Readonly<Record<string, unknown>>): JsonPath | undefined {
  for (const [key, check] of Object.entries(fieldChecks)) if (!check(document[key])) return [key];
  for (const [key, isEntry] of Object.entries(entryChecks)) {
    const list = document[key];
    if (!Array.isArray(list)) return [key];
    const wrong = list.findIndex(entry => !isEntry(entry));
    if (wrong >= 0) return [key, wrong];
  }
  return undefined;
}

type Check = (value: unknown) => boolean;

const isText: Check = value => typeof value === 'string';
const isCount: Check = value => Number.isInteger(value) && Number(value) >= 0;
const isAxis: Check = value => Array.isArray(value) && isText(value[0]) && typeof value[1] === 'number';
const isDeviceList: Check = value => value === undefined || isListOf(value, id => typeof id === 'number');
const isNumber: Check = value => typeof value === 'number';
const isPlacedValue: Check = value =>
  isRecord(value) && isText(value.name) && isText(value.sharding) && isText(value.type) && isNumber(value.bytes);
const isAssigned: Check = value => isListOf(value, isCount) && value.length === 2;
const isDecision: Check = value =>
  isRecord(value) &&
  [value.operation, value.strategy].every(isText) &&
  [value.operands, value.results, value.finals].every(list => isListOf(list, isText));

const isTransform: Check = value =>
  isRecord(value) &&
  isCount(value.microBatches) &&
  value.microBatches !== 0 &&
  typeof value.rematerialized === 'boolean';
const isCollective: Check = value =>
  isRecord(value) &&
  isText(value.kind) &&
  isListOf(value.axes, isText) &&
  [value.bytesPerDevice, value.trips].every(isNumber);
const isPruned: Check = value => isRecord(value) && [value.rule, value.why].every(isText) && isNumber(value.meshes);
const isSpace: Check = value =>
  isRecord(value) && spaceKeys.every(key => isNumber(value[key])) && isListOf(value.pruned, isPruned);
const isSecond: Check = value =>
  isRecord(value) && isText(value.mesh) && [value.stepSeconds, value.memoryBytes].every(isNumber);
const isSearch: Check = value =>
  isRecord(value) &&
  [value.seconds, value.bound, value.gap].every(isNumber) &&
  (value.space === undefined || isSpace(value.space)) &&
  (value.second === undefined || isSecond(value.second));

const secondsKeys = ['computeSeconds', 'communicationSeconds', 'overlapSeconds', 'stepSeconds'];
const spaceKeys = ['assignmentsLog10', 'meshes', 'meshesInAll', 'choicesCounted', 'choicesKept'];

const fieldChecks: Readonly<Record<string, Check>> = {
  program: value => isRecord(value) && isText(value.fingerprint),
  cluster: isText,
  mesh: value =>
    isRecord(value) &&
    isListOf(value.axes, isAxis) &&
    isDeviceList(value.deviceIds) &&
    (value.parts === undefined || isText(value.parts)),
  transform: value => value === undefined || isTransform(value),
  predicted: value => isRecord(value) && secondsKeys.every(key => isNumber(value[key])),
  collectives: value => isRecord(value) && [value.ideal, value.backend].every(list => isListOf(list, isCollective)),
  search: value => value === null || isSearch(value),
};

const entryChecks: Readonly<Record<string, Check>> = {
  inputs: isPlacedValue,
  outputs: isPlacedValue,
  decisions: isDecision,
  assigned: isAssigned,
  memory: value => isRecord(value) && isText(value.kind) && isNumber(value.bytesPerDevice),
};

function isListOf(value: unknown, isEntry: Check): value is readonly unknown[] {
  return Array.isArray(value) && value.every(isEntry);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongPlan(file: string, why: string, place?: ReturnType<typeof jsonPlace>) {
  return diagnosticError('SK2201', {
    message: `${file} is no plan: ${why}`,
    expected: 'a document of format skein.plan/1',
    next: 'make it again with `skein run --out DIR` or `skein plan --out DIR`',
    ...(place === undefined ? {} : { place }),
  });
}
