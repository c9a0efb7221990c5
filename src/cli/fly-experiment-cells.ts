import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type CellRecord, type ExperimentParameters, formatCell, parseCell } from '../airspace/index.ts';
import { diagnosticError } from '../base/index.ts';
import { packageVersion } from './version.ts';

/**
 * The file of finished cells in the directory of an experiment: a head, then a line for each cell as it is finished.
 */
export interface CellFile {
  /** Those that were finished before. */
  readonly known: readonly CellRecord[];
  append(record: CellRecord): void;
}

/** What an experiment writes into its directory. */
export const experimentFiles = {
  cells: 'cells.jsonl',
  document: 'experiment.json',
  page: 'experiment.html',
};

/**
 * Opens the file of finished cells, or begins it. More densities, seeds or modes go on with what is there; a last line
 * that was not written whole is left out. `force` begins anew.
 *
 * @throws DiagnosticError SK9002 where the directory holds something else, or cells of other parameters.
 */
export function openCells(directory: string, parameters: ExperimentParameters, force: boolean): CellFile {
  const path = join(directory, experimentFiles.cells);
  const known = force ? [] : readCells(directory, path, parameters);
  try {
    if (force) for (const name of Object.values(experimentFiles)) rmSync(join(directory, name), { force: true });
    mkdirSync(directory, { recursive: true });
    const lines = [JSON.stringify(headOf(parameters)), ...known.map(formatCell), ''];
    writeFileSync(`${path}.partial`, lines.join('\n'));
    renameSync(`${path}.partial`, path);
  } catch (error) {
    throw cannotWrite(path, error);
  }
  return { known, append: record => appendFileSync(path, `${formatCell(record)}\n`) };
}

export function cannotWrite(path: string, error: unknown) {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return diagnosticError('SK9001', {
    message: `cannot write ${path}: ${reason}`,
    next: 'name another directory with --out',
  });
}

/** What cells depend on, beside their own density, seed and mode. */
function headOf({ densities: _, seeds: __, modes: ___, ...parameters }: ExperimentParameters) {
  const version = packageVersion();
  const fingerprint = createHash('sha256').update(JSON.stringify({ version, parameters })).digest('hex').slice(0, 16);
  return { format: 'skein.fly-cells/1', fingerprint, version, parameters };
}

function readCells(directory: string, path: string, parameters: ExperimentParameters): CellRecord[] {
  if (!existsSync(path)) {
    if (existsSync(directory) && isInUse(directory)) throw inUse(`${directory} exists and is not empty`);
    return [];
  }
  const lines = readFileSync(path, 'utf8').split('\n');
  const head = headOf(parameters);
  if (lines[0] !== JSON.stringify(head)) throw inUse(`${path} has cells of ${differenceOf(lines[0] ?? '', head)}`);
  const last = lines.length - 1;
  return lines.flatMap((line, index) => {
    if (index === 0 || (index === last && line === '')) return [];
    const record = parseCell(line);
    if (record !== undefined) return [record];
    // The process ended while it wrote.
    if (index === last) return [];
    throw inUse(`line ${index + 1} of ${path} is no cell`);
  });
}

function isInUse(directory: string): boolean {
  try {
    return readdirSync(directory).length > 0;
  } catch {
    return true;
  }
}

/** The first parameter that differs, in words. */
function differenceOf(line: string, head: ReturnType<typeof headOf>): string {
  const ours = new Map<string, unknown>(Object.entries({ version: head.version, ...head.parameters }));
  try {
    const read = JSON.parse(line);
    const theirs: Readonly<Record<string, unknown>> = { version: read.version, ...read.parameters };
    for (const [name, value] of ours) {
      const [before, now] = [JSON.stringify(theirs[name]), JSON.stringify(value)];
      if (before !== now) return `another experiment: ${name} is ${before} there and ${now} here`;
    }
  } catch {
    // What is wrong with the line does not matter.
  }
  return 'something else';
}

function inUse(message: string) {
  return diagnosticError('SK9002', {
    message,
    next: 'name another directory with --out, or add --force to begin anew there',
  });
}
