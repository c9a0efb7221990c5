import { formatBytes } from '../base/index.ts';
import type { Donation, Hole, IdleTensor, MemoryStats, PlanBox, PlanPicture, Suggestions } from '../memory/index.ts';

/** What could be done about a plan, a sentence or two each. */
export function suggestionLines(
  picture: PlanPicture,
  { holes, idle, peakWithoutIdleBytes, donations, workspace }: Suggestions,
  stats: MemoryStats,
  isFixed: boolean,
): string[] {
  return [
    stateLine(stats, isFixed),
    ...holes.map(hole => holeLine(hole, picture, isFixed)),
    ...(workspace === undefined
      ? []
      : [
          `The workspace of ${workspace.operator}, ${formatBytes(workspace.sizeBytes)} at step ${workspace.step}, ` +
            `sets the peak: without it the peak of this order would be ${formatBytes(workspace.fallBytes)} lower.`,
        ]),
    ...donations.map(donationLine),
    ...idle.map(idleLine),
    ...(idle.length > 1
      ? [
          `All ${idle.length} of these together: the peak of this order would be ` +
            `${formatBytes(peakWithoutIdleBytes)}, ${formatBytes(stats.peakBytes - peakWithoutIdleBytes)} lower.`,
        ]
      : []),
  ];
}

/** How much is left to gain without changing the program. */
function stateLine({ arenaBytes, peakBytes, boundBytes, banks }: MemoryStats, isFixed: boolean): string {
  const what = isFixed ? 'for these buffers as they are' : 'for this program as it is';
  const change = isFixed ? '' : ' Only another program needs less.';
  if (arenaBytes === boundBytes) {
    return `The arena is at the proven bound: nothing less is possible ${what}.${change}`;
  }
  const left = `at most ${formatBytes(arenaBytes - boundBytes)} are left to gain ${what}`;
  if (arenaBytes === peakBytes) {
    return `The arena is at the peak of its order, so no layout is smaller; another order may be: ${left}.`;
  }
  const why = banks.length > 1 ? 'in holes, and as banks are full at other times' : 'lost in holes';
  return `${formatBytes(arenaBytes - peakBytes)} of the arena are above the peak, ${why}; ${left}.`;
}

function holeLine({ time, low, high, above, keeper }: Hole, { times }: PlanPicture, isFixed: boolean): string {
  const at = `${isFixed ? 'time' : 'step'} ${times[time]}`;
  const hole = `A ${formatBytes(high - low)} hole at ${at} lies below ${describe(above, times, isFixed)}`;
  if (keeper === undefined) return `${hole}.`;
  return `${hole}, which ${describe(keeper, times, isFixed)} keeps up.`;
}

/** A box with its size and life. */
function describe({ name, kind, low, high, from, to }: PlanBox, times: readonly number[], isFixed: boolean): string {
  const what = kind === 'workspace' ? `the workspace of ${name}` : name;
  const life = isFixed ? `living during [${times[from]}, ${times[to]})` : livesText(times[from], times[to]);
  return `${what} (${formatBytes(high - low)}, ${life})`;
}

function livesText(from: number, to: number): string {
  return to === from + 1 ? `at step ${from}` : `living from step ${from} to ${to - 1}`;
}

function donationLine({ name, sizeBytes, output, fallBytes }: Donation): string {
  return (
    `${name}, ${formatBytes(sizeBytes)}, is kept for the caller; donated, it could be where the output ${output} ` +
    `ends, and given up after its last reader it would lower the peak of this order by at least ${formatBytes(fallBytes)}.`
  );
}

function idleLine(tensor: IdleTensor): string {
  const { name, sizeBytes, isMade, to, after, fallBytes } = tensor;
  const next = after === undefined ? 'then kept to the end' : `next used at step ${to} by ${after}`;
  const remedy = isMade && after !== undefined ? 'making it once more or offloading it' : 'offloading it';
  return (
    `${name}, ${formatBytes(sizeBytes)}, ${useBefore(tensor)} and ${next}: ` +
    `${remedy} meanwhile would lower the peak of this order by up to ${formatBytes(fallBytes)}.`
  );
}

function useBefore({ from, before, isMadeBefore }: IdleTensor): string {
  if (before === undefined) return 'is there from the start';
  return `${isMadeBefore ? 'is made' : 'is last used before the peak'} at step ${from - 1} by ${before}`;
}
