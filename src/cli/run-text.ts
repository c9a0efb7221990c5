import { formatBytes, formatDiagnostic, formatSeconds } from '../base/index.ts';
import type { DeviceMemory } from '../engine/index.ts';
import { formatTable, type TableColumn } from '../report/index.ts';
import type { CollectiveComparison, Traffic } from '../verify/index.ts';
import type { RunResult } from './run-result.ts';

/** Outputs that are listed one by one; the rest are summed up. */
const listedOutputs = 5;

const left = (title: string): TableColumn => ({ title });
const right = (title: string): TableColumn => ({ title, align: 'right' });

/** Prints what a run found for people: what moved where, memory, time, and the verdict last. */
export function formatRunResult(result: RunResult): string {
  const { collectives } = result;
  const where = result.mesh === undefined ? 'one device' : `mesh ${result.mesh}`;
  const sections = [
    `${result.program} on ${result.cluster}, ${where}\n`,
    ...(collectives === undefined ? [] : [`What moved, bytes per device and step\n${collectiveTable(collectives)}`]),
    ...(result.memory.perDevice === undefined ? [] : [`Memory per device\n${memoryTable(result)}`]),
    `Time\n${timeTable(result)}`,
    ...scalarSection(result),
    ...(result.verified === undefined ? [] : [`Largest differences from one device\n${outputTable(result)}`]),
    ...(result.verified === undefined ? [] : [verdictText(result)]),
  ];
  return sections.join('\n').trimEnd();
}

function scalarSection({ scalars = {} }: RunResult): string[] {
  const lines = Object.entries(scalars).map(([name, value]) => `${name} = ${value}`);
  return lines.length === 0 ? [] : [`${lines.join('\n')}\n`];
}

function collectiveTable({ rows, unexplainedShare }: CollectiveComparison): string {
  if (rows.length === 0) return 'nothing\n';
  const columns = [
    left('collective'),
    left('axis'),
    right('ideal'),
    right('predicted'),
    right('compiled'),
    right('off by'),
  ];
  const cell = ({ bytes, count }: Traffic): string => (count === 0 ? '-' : `${formatBytes(bytes)} in ${count}`);
  const body = rows.map(row => [
    row.kind,
    row.axis,
    cell(row.ideal),
    cell(row.predicted),
    cell(row.compiled),
    row.differencePercent === null ? 'not compiled' : `${row.differencePercent.toFixed(1)} %`,
  ]);
  const share = Number.isFinite(unexplainedShare) ? `${(100 * unexplainedShare).toFixed(1)} %` : 'all';
  return `${formatTable(columns, body)}${share} of the compiled bytes are unexplained\n`;
}

function memoryTable({ memory, mesh }: RunResult): string {
  const columns = [left(''), right('arguments'), right('outputs beyond them'), right('temporaries')];
  const row = (name: string, found: DeviceMemory | undefined): string[][] =>
    found === undefined ? [] : [[name, ...memoryCells(found)]];
  const predicted = memory.predicted.map(({ kind, bytesPerDevice }) => `${kind} ${formatBytes(bytesPerDevice)}`);
  const note = predicted.length === 0 ? '' : `predicted: ${predicted.join(', ')}\n`;
  const measured = row('compiled for one device', memory.reference);
  const split = row(mesh === undefined ? 'compiled' : 'compiled for the mesh', memory.perDevice);
  return formatTable(columns, [...measured, ...split]) + note;
}

function memoryCells({ argumentBytes, outputBytes, aliasBytes, temporaryBytes }: DeviceMemory): string[] {
  return [formatBytes(argumentBytes), formatBytes(outputBytes - aliasBytes), formatBytes(temporaryBytes)];
}

function timeTable({ seconds, mesh }: RunResult): string {
  const columns = [left(''), right('compile'), right('step, median')];
  const rows: string[][] = [];
  if (seconds.referenceCompile !== undefined && seconds.referenceSteps !== undefined) {
    rows.push(['one device', formatSeconds(seconds.referenceCompile), formatSeconds(median(seconds.referenceSteps))]);
  }
  rows.push([
    mesh === undefined ? 'one device' : 'split',
    formatSeconds(seconds.compile),
    formatSeconds(median(seconds.steps)),
  ]);
  return formatTable(columns, rows);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function outputTable({ outputs }: RunResult): string {
  const columns = [left('output'), left('type'), right('relative error'), right('norm')];
  const worst = [...outputs].sort((a, b) => b.l2Error - a.l2Error);
  const rows = worst
    .slice(0, listedOutputs)
    .map(output => [
      output.name,
      `${output.dtype}[${output.shape.join(', ')}]`,
      output.l2Error.toExponential(1),
      output.referenceNorm.toPrecision(4),
    ]);
  const rest = outputs.length - rows.length;
  return formatTable(columns, rows) + (rest > 0 ? `and ${rest} more, each with less\n` : '');
}

function verdictText({ verified, failures, warnings, outputs, pooledErrors }: RunResult): string {
  const pooled = Object.entries(pooledErrors).map(([dtype, error]) => `${dtype} ${error.toExponential(1)}`);
  const notes = [...failures, ...warnings].map(formatDiagnostic).join('\n');
  const verdict = verified
    ? `Verified: ${outputs.length} outputs agree with one device; relative error over all: ${pooled.join(', ')}`
    : `NOT verified: the results differ from one device; relative error over all: ${pooled.join(', ')}`;
  return notes === '' ? verdict : `${notes}\n${verdict}`;
}
