import { type Diagnostic, DiagnosticError } from '../base/index.ts';
import type { Gap, MemoryProblem, MemoryTensor } from './problem.ts';
import { checkMemoryProblem, memoryDiagnostic } from './problem-check.ts';

/** A CSV of buffers with given lifetimes, as it was read, and the problem that it states. */
export interface BufferTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly problem: MemoryProblem;
}

export interface CsvOptions {
  /** Alignment of rows without one; default 1, for the unit of a CSV is unknown. */
  readonly alignmentBytes?: number;
  /** True: the column `offset` says where buffers must lie. Default: it is ignored. */
  readonly fixed?: boolean;
}

/** Names of each column, in the order in which they are looked for. */
const columnNames = {
  id: ['id', 'buffer', 'buffer_id'],
  lower: ['lower', 'begin', 'start'],
  upper: ['upper'],
  end: ['end'],
  size: ['size'],
  alignment: ['alignment'],
  hint: ['hint'],
  gaps: ['gaps'],
  offset: ['offset'],
} as const;

type Column = keyof typeof columnNames;

/** How many wrong cells are told. */
const shown = 5;

/**
 * Reads buffers from CSV. Lifetimes are `[lower, upper)`, or `[lower, end]` where the column is called `end`; gaps follow
 * the same convention. Throws SK5005 for missing columns, SK5007 for wrong cells, SK5003 and SK5004 for wrong numbers.
 */
export function parseBufferCsv(text: string, file: string, options: CsvOptions = {}): BufferTable {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const rows = lines.flatMap((line, index) => (line.trim() === '' ? [] : [{ cells: splitRow(line), line: index + 1 }]));
  const header = rows[0]?.cells ?? [];
  const columns = findColumns(header, file);
  const wrong: Diagnostic[] = [];
  const ids = new Set<string>();
  const tensors = rows.slice(1).flatMap(({ cells, line }) => {
    const complain = (message: string): void => {
      const place = { file, line, column: 1 };
      wrong.push({ ...memoryDiagnostic('SK5007', message, 'correct the row'), place });
    };
    if (cells.length < header.length) complain(`the row has ${cells.length} cells, the header ${header.length}`);
    const tensor = readRow(cells, columns, options.fixed ?? false, complain);
    if (ids.has(tensor.name)) complain(`the id ${tensor.name} was given before`);
    ids.add(tensor.name);
    return tensor;
  });
  if (wrong.length > 0) throw new DiagnosticError(wrong.slice(0, shown));
  const problem: MemoryProblem = {
    format: 'skein.memory/1',
    name: file,
    alignmentBytes: options.alignmentBytes ?? 1,
    banks: [{ name: 'main' }],
    tensors,
    operators: [],
    aliases: [],
  };
  checkMemoryProblem(problem, file);
  return { header, rows: rows.slice(1).map(row => row.cells), problem };
}

function splitRow(line: string): string[] {
  return line.split(',').map(cell => cell.trim().replace(/^"(.*)"$/, '$1'));
}

function findColumns(header: readonly string[], file: string): Record<Column, number> {
  const lower = header.map(title => title.toLowerCase());
  const find = (names: readonly string[]): number =>
    names.reduce((at, name) => (at < 0 ? lower.indexOf(name) : at), -1);
  const columns = Object.fromEntries(
    Object.entries(columnNames).map(([column, names]) => [column, find(names)]),
  ) as Record<Column, number>;
  const missing = [
    ...(['id', 'lower', 'size'] as const).filter(column => columns[column] < 0).map(column => columnNames[column][0]),
    ...(columns.upper < 0 && columns.end < 0 ? ['upper'] : []),
  ];
  if (missing.length === 0) return columns;
  const message = `${file} has no column ${missing.join(', ')}: its header is ${JSON.stringify(header.join(',')).slice(0, 80)}`;
  throw new DiagnosticError([
    {
      ...memoryDiagnostic('SK5005', message, 'begin the file with a header such as id,lower,upper,size'),
      expected: 'id|buffer|buffer_id, lower|begin|start, upper (exclusive) or end (inclusive), size',
    },
  ]);
}

function readRow(
  cells: readonly string[],
  columns: Record<Column, number>,
  fixed: boolean,
  complain: (message: string) => void,
): MemoryTensor {
  const cell = (column: Column): string => (columns[column] < 0 ? '' : (cells[columns[column]] ?? ''));
  const read = (column: Column, text = cell(column)): number => {
    if (!/^[+-]?\d+$/.test(text)) complain(`the ${column} ${JSON.stringify(text)} is no whole number`);
    return Number(text);
  };
  const optional = (column: Column): number | undefined => (cell(column) === '' ? undefined : read(column));
  const inclusive = columns.upper < 0 ? 1 : 0;
  const start = read('lower');
  const end = read(inclusive ? 'end' : 'upper') + inclusive;
  for (const time of [start, end]) if (Math.abs(time) >= 2 ** 53) complain(`the time ${time} is 2^53 or beyond`);
  if (!(start < end)) complain(`the lifetime [${start}, ${end}) is empty`);
  const gaps = readGaps(cell('gaps'), inclusive, complain);
  for (const gap of gaps) {
    if (gap.start < start || gap.end > end) complain(`the gap ${gap.start}-${gap.end - inclusive} is not inside`);
  }
  const [alignmentBytes, hintBytes] = [optional('alignment'), optional('hint')];
  const offsetBytes = fixed ? optional('offset') : undefined;
  return {
    name: cell('id'),
    sizeBytes: read('size'),
    kind: 'made',
    lifetime: { start, end },
    ...(alignmentBytes === undefined ? {} : { alignmentBytes }),
    ...(hintBytes === undefined || hintBytes < 0 ? {} : { hintBytes }),
    ...(offsetBytes === undefined ? {} : { offsetBytes }),
    ...(gaps.length === 0 ? {} : { gaps }),
  };
}

function readGaps(text: string, inclusive: number, complain: (message: string) => void): Gap[] {
  return text
    .split(/\s+/)
    .filter(word => word !== '')
    .flatMap((word): Gap[] => {
      const found = /^(-?\d+)-(-?\d+)(?:@(\d+):(\d+))?$/.exec(word);
      if (found === null) {
        complain(`the gap ${JSON.stringify(word)} is not lo-hi or lo-hi@from:to`);
        return [];
      }
      const [start, end] = [Number(found[1]), Number(found[2]) + inclusive];
      if (!(start < end)) complain(`the gap ${word} is empty`);
      if (found[3] === undefined) return [{ start, end }];
      return [{ start, end, window: { start: Number(found[3]), end: Number(found[4]) } }];
    });
}

/** Prints the rows as they were read, with the column `offset` added, or filled where it was there. */
export function formatBufferCsv(table: BufferTable, offsets: readonly number[]): string {
  const place = table.header.findIndex(title => title.toLowerCase() === 'offset');
  const column = place < 0 ? table.header.length : place;
  const line = (cells: readonly string[], value: string): string => {
    const copy = [...cells];
    copy[column] = value;
    return copy.join(',');
  };
  return [
    line(table.header, place < 0 ? 'offset' : table.header[place]),
    ...table.rows.map((row, index) => line(row, String(offsets[index]))),
    '',
  ].join('\n');
}

/** The offsets of a CSV that was written by `formatBufferCsv`, in the order of the problem's tensors; -1 where missing. */
export function readCsvOffsets(text: string, file: string, problem: MemoryProblem): number[] {
  const table = parseBufferCsv(text, file);
  const id = table.header.findIndex(title => (columnNames.id as readonly string[]).includes(title.toLowerCase()));
  const offset = table.header.findIndex(title => title.toLowerCase() === 'offset');
  if (offset < 0) {
    const message = `${file} has no column offset`;
    throw new DiagnosticError([memoryDiagnostic('SK5005', message, 'give the file that `skein pack --out` wrote')]);
  }
  const byId = new Map(table.rows.map(row => [row[id], row[offset]]));
  return problem.tensors.map(({ name }) => {
    const text = byId.get(name) ?? '';
    return /^\d+$/.test(text) ? Number(text) : -1;
  });
}
