import { formatBytes, formatCount, formatFlops, formatSeconds } from '../base/index.ts';
import { formatTable } from '../report/index.ts';
import type { JudgedCollectives, Judgement } from '../verify/index.ts';
import type { JudgeForecast, JudgeResult } from './judge-result.ts';

/** Prints a judgement for people: memory, work, what moves, and the seconds of a step. */
export function formatJudgeText(result: JudgeResult): string {
  const { program, topology, mesh, judged, tooLarge, predicted, extrapolated } = result;
  const head = `${program} on ${topology}, mesh ${mesh}`;
  if (judged === undefined) {
    const needed = tooLarge?.neededBytes === undefined ? '' : `\n  needed: ${formatBytes(tooLarge.neededBytes)}`;
    const there =
      tooLarge?.availableBytes === undefined ? '' : `, on a chip with ${formatBytes(tooLarge.availableBytes)}`;
    return `${head}\n\nDoes not fit: the compiler found no way${needed}${there}\n  predicted: ${formatBytes(predicted.neededBytes)}\n  ${tooLarge?.message ?? ''}`;
  }
  const { deviceKind, versions, compileSeconds } = judged;
  const lines = [
    head,
    `compiled for ${deviceKind} by libtpu ${versions.libtpu} in ${formatSeconds(compileSeconds)}`,
    '',
    'A chip and a step',
    figureTable(predicted, judged),
    'Moved by a chip in a step',
    trafficTable(predicted, judged.collectives),
    `Fits: ${judged.fits ? 'yes' : 'NO'}, ${formatBytes(judged.neededBytes)} of ${formatBytes(judged.availableBytes)}`,
    `A step: ${secondsText(judged)}`,
    `The compiler's own optimal_seconds, ${formatSeconds(judged.optimalSeconds)}, charge no network and loops once: not for comparing`,
  ];
  if (judged.loopsCountedOnce) lines.push('FLOPs and accessed bytes count the bodies of loops once');
  if (!judged.tripsKnown) lines.push('A loop does not tell how often it runs: it counts once');
  if (extrapolated !== undefined) {
    const { depth, flops, accessedBytes } = extrapolated;
    lines.push(
      '',
      `Extrapolated to ${depth} layers`,
      `A step: ${secondsText(extrapolated)}`,
      `FLOPs ${formatFlops(flops)}, accessed ${formatBytes(accessedBytes)}`,
      trafficTable(undefined, extrapolated.collectives).trimEnd(),
    );
  }
  return lines.join('\n');
}

function secondsText(work: {
  readonly judgedSeconds: number;
  readonly computeSeconds: number;
  readonly collectiveSeconds: number;
}): string {
  const { judgedSeconds, computeSeconds, collectiveSeconds } = work;
  return `${formatSeconds(judgedSeconds)} (computing ${formatSeconds(computeSeconds)}, moving ${formatSeconds(collectiveSeconds)})`;
}

function figureTable(predicted: JudgeForecast, judged: Judgement): string {
  const columns = [{ title: '' }, ...['predicted', 'compiled'].map(title => ({ title, align: 'right' as const }))];
  const [main = 'none', second] = Object.keys(judged.cyclesByOperation);
  const share = (operation: string): string =>
    `${operation} ${Math.round((100 * (judged.cyclesByOperation[operation] ?? 0)) / Math.max(1, judged.cycles))} %`;
  const parts = second === undefined ? share(main) : `${share(main)}, ${share(second)}`;
  return formatTable(columns, [
    ['arguments', formatBytes(predicted.argumentBytes), formatBytes(judged.memory.argumentBytes)],
    ['temporaries', formatBytes(predicted.temporaryBytes), formatBytes(judged.memory.temporaryBytes)],
    ['FLOPs', '', formatFlops(judged.flops)],
    ['bytes accessed', '', formatBytes(judged.accessedBytes)],
    [`cycles (${parts})`, '', formatCount(judged.cycles)],
    ['computing', formatSeconds(predicted.computeSeconds), formatSeconds(judged.computeSeconds)],
    ['moving', formatSeconds(predicted.communicationSeconds), formatSeconds(judged.collectiveSeconds)],
  ]);
}

function trafficTable(predicted: JudgeForecast | undefined, compiled: readonly JudgedCollectives[]): string {
  const key = ({ kind, axis }: { kind: string; axis: string }): string => `${kind} ${axis}`;
  const ideal = new Map((predicted?.collectives ?? []).map(row => [key(row), row]));
  const found = new Map(compiled.map(row => [key(row), row]));
  const keys = [...new Set([...found.keys(), ...ideal.keys()])];
  if (keys.length === 0) return 'nothing\n';
  const rows = keys.map(name => {
    const row = found.get(name);
    const forecast = predicted === undefined ? [] : [formatBytes(ideal.get(name)?.bytesPerDevice ?? 0)];
    const measured = row === undefined ? ['-', '-', '-'] : [];
    if (row !== undefined) {
      measured.push(formatBytes(row.bytesPerDevice), formatCount(row.count), formatSeconds(row.seconds));
    }
    return [...name.split(' '), ...forecast, ...measured];
  });
  const numbers = [...(predicted === undefined ? [] : ['ideal']), 'compiled', 'times', 'seconds'];
  const columns = [{ title: 'collective' }, { title: 'axis' }];
  return formatTable([...columns, ...numbers.map(title => ({ title, align: 'right' as const }))], rows);
}
