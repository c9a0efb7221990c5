import { type JsonReader, optionalField, readJson } from './json-reader.ts';
import {
  defaultAlignmentBytes,
  type Gap,
  type Interval,
  type MemoryAlias,
  type MemoryBank,
  type MemoryOperator,
  type MemoryProblem,
  type MemoryTensor,
} from './problem.ts';
import { checkMemoryProblem } from './problem-check.ts';

/** Prints a problem as JSON, one tensor, operator or alias a line. `parseMemoryProblem` reads it back. */
export function formatMemoryProblem(problem: MemoryProblem): string {
  const { format, name, alignmentBytes, banks, tensors, operators, aliases } = problem;
  const heads = { format, name, alignmentBytes };
  const lists = { banks: banks.map(plainBank), tensors: tensors.map(plainTensor), operators, aliases };
  const lines = [
    ...Object.entries(heads).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    ...Object.entries(lists).map(([key, list]) => `  ${JSON.stringify(key)}: ${formatList(list)}`),
  ];
  return `{\n${lines.join(',\n')}\n}\n`;
}

function formatList(list: readonly unknown[]): string {
  if (list.length === 0) return '[]';
  return `[\n${list.map(entry => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
}

const plainInterval = ({ start, end }: Interval): number[] => [start, end];

function plainBank({ reserved, ...rest }: MemoryBank): object {
  return reserved === undefined ? rest : { ...rest, reserved: reserved.map(plainInterval) };
}

function plainTensor({ lifetime, gaps, ...rest }: MemoryTensor): object {
  return {
    ...rest,
    ...(lifetime === undefined ? {} : { lifetime: plainInterval(lifetime) }),
    ...(gaps === undefined ? {} : { gaps: gaps.map(plainGap) }),
  };
}

function plainGap({ start, end, window }: Gap): number[] {
  return window === undefined ? [start, end] : [start, end, window.start, window.end];
}

/** Reads a problem from JSON and checks it. Throws SK50.. diagnostics. */
export function parseMemoryProblem(text: string, file: string): MemoryProblem {
  const document = readJson(text, file);
  const banks = document.field('banks');
  const aliases = document.field('aliases');
  const operators = document.field('operators');
  const alignment = document.field('alignmentBytes');
  const name = document.field('name');
  const problem: MemoryProblem = {
    format: document.field('format').word(['skein.memory/1']),
    name: name.isAbsent ? file : name.text(),
    alignmentBytes: alignment.isAbsent ? defaultAlignmentBytes : alignment.number(),
    banks: banks.isAbsent ? [{ name: 'main' }] : banks.list().map(readBank),
    tensors: document.field('tensors').list().map(readTensor),
    operators: operators.isAbsent ? [] : operators.list().map(readOperator),
    aliases: aliases.isAbsent ? [] : aliases.list().map(readAlias),
  };
  checkMemoryProblem(problem, file);
  return problem;
}

function readBank(reader: JsonReader): MemoryBank {
  return {
    name: reader.field('name').text(),
    ...optionalField(reader, 'capacityBytes', field => field.number()),
    ...optionalField(reader, 'reserved', field => field.list().map(range => range.interval())),
  };
}

function readTensor(reader: JsonReader, index: number): MemoryTensor {
  const name = reader.field('name');
  const kind = reader.field('kind');
  return {
    name: name.isAbsent ? `tensor ${index}` : name.text(),
    sizeBytes: reader.field('sizeBytes').number(),
    kind: kind.isAbsent ? 'made' : kind.word(['kept', 'donated', 'constant', 'made']),
    ...optionalField(reader, 'output', field => field.boolean()),
    ...optionalField(reader, 'alignmentBytes', field => field.number()),
    ...optionalField(reader, 'bank', field => field.number()),
    ...optionalField(reader, 'offsetBytes', field => field.number()),
    ...optionalField(reader, 'hintBytes', field => field.number()),
    ...optionalField(reader, 'lifetime', field => field.interval()),
    ...optionalField(reader, 'gaps', field => field.list().map(gap => gap.gap())),
  };
}

function readOperator(reader: JsonReader, index: number): MemoryOperator {
  const name = reader.field('name');
  return {
    name: name.isAbsent ? `operator ${index}` : name.text(),
    inputs: reader.field('inputs').numbers(),
    outputs: reader.field('outputs').numbers(),
    ...optionalField(reader, 'workspaceBytes', field => field.number()),
    ...optionalField(reader, 'bank', field => field.number()),
    ...optionalField(reader, 'after', field => field.numbers()),
  };
}

function readAlias(reader: JsonReader): MemoryAlias {
  return {
    kind: reader.field('kind').word(['view', 'mayReuse', 'mustReuse']),
    tensor: reader.field('tensor').number(),
    of: reader.field('of').number(),
    ...optionalField(reader, 'offsetBytes', field => field.number()),
  };
}
