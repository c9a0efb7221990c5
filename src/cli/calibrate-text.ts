import { formatBytes, formatCount, formatFlops, formatSeconds } from '../base/index.ts';
import { formatTable } from '../report/index.ts';
import type { Calibration, FittedCluster, FittedMeasurement } from '../verify/index.ts';

/** What `skein calibrate` prints: what was measured beside what was fitted, the errors by kind, and the links. */
export function formatCalibration(
  notation: string,
  { emptyStepSeconds }: Calibration,
  { profile, links, rows }: FittedCluster,
  out: string | undefined,
): string {
  const right = 'right' as const;
  const all = formatTable(
    [
      { title: 'kind' },
      { title: 'over' },
      { title: 'size', align: right },
      { title: 'measured', align: right },
      { title: 'fitted', align: right },
      { title: 'error', align: right },
      { title: '' },
    ],
    rows.map(row => [
      row.kind.replace('stablehlo.', ''),
      row.groups?.name ?? row.element,
      sizeOf(row),
      formatSeconds(row.seconds),
      formatSeconds(row.fittedSeconds),
      percent(row.error),
      row.check ? 'check' : '',
    ]),
  );
  const errors = formatTable(
    [
      { title: 'kind' },
      { title: 'measured', align: right },
      { title: 'median error', align: right },
      { title: 'worst', align: right },
      { title: 'median of checks', align: right },
    ],
    [...new Set(rows.map(({ kind }) => kind))].map(kind => errorRow(kind, rows)),
  );
  const facts = [
    `peak ${formatFlops(profile.peakFlopsPerSecond.f32)}/s in f32, memory ${formatBytes(profile.memoryBytesPerSecond)}/s`,
    ...links.map(
      ({ name, size, latencySeconds, bandwidthBytesPerSecond, efficiency }) =>
        `${name}, ${size} devices: ${formatSeconds(latencySeconds)} a hop, ` +
        `${formatBytes(bandwidthBytesPerSecond * efficiency)}/s for most collectives`,
    ),
    `an empty step takes ${formatSeconds(emptyStepSeconds)}, which is taken off`,
    ...(out === undefined
      ? ['not written: add --out machine.json']
      : [`written to ${out}: use it as --cluster ${out}`]),
  ];
  return [`${notation}, all devices at work`, '', all, errors, ...facts].join('\n');
}

function sizeOf({ kind, work }: FittedMeasurement): string {
  if (kind.startsWith('stablehlo.')) return formatCount(work);
  return kind === 'product' || kind === 'convolution' ? formatFlops(work) : formatBytes(work);
}

function errorRow(kind: string, rows: readonly FittedMeasurement[]): string[] {
  const own = rows.filter(row => row.kind === kind);
  const sizes = (list: readonly FittedMeasurement[]): number[] =>
    list.map(({ error }) => Math.abs(error)).sort((a, b) => a - b);
  const middle = (list: readonly number[]): string =>
    list.length === 0 ? '' : percent(list[Math.floor((list.length - 1) / 2)]);
  const errors = sizes(own);
  const checks = sizes(own.filter(({ check }) => check));
  return [
    kind.replace('stablehlo.', ''),
    String(own.length),
    middle(errors),
    percent(errors[errors.length - 1]),
    middle(checks),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
