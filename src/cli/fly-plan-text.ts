import {
  type AirspaceProblem,
  type FlightMode,
  type FlightRequest,
  type FlightWait,
  type Refusal,
  type RefusalCause,
  takeOffOf,
} from '../airspace/index.ts';
import { formatSeconds } from '../base/index.ts';
import { formatClock, formatDuration, formatTable } from '../report/index.ts';
import type { FlyResults } from './fly-task.ts';
import {
  alternativeWords,
  causeNames,
  countOf,
  placeName,
  refusalReason,
  requestsByName,
  waitReason,
} from './fly-words.ts';

/** What the command tells of. */
export interface ShownPlan extends Pick<FlyResults['solve'], 'plan' | 'stats' | 'waits'> {
  readonly scenario: string;
  readonly mode: FlightMode;
  readonly problem: AirspaceProblem;
  readonly seconds: number;
  readonly files: readonly string[];
}

/** Late flights and refusals that are listed; `--json` has all. */
const mostListed = 12;

const modeNames: Readonly<Record<FlightMode, string>> = {
  'first-come': 'first come, first served',
  bump: 'first come, first served, with flights moved for others',
  batch: 'all together',
};

/** What `--json` prints. */
export function planDocument(shown: ShownPlan): object {
  const { scenario, mode, problem, plan, stats, seconds, files } = shown;
  return {
    scenario,
    problem: problem.name,
    mode,
    requests: problem.requests.length,
    flights: plan.flights.length,
    served: stats.served,
    delayed: stats.delayed,
    refused: { proved: stats.proved, gaveUp: stats.gaveUp, byCause: countCauses(plan.refusals) },
    cost: stats.cost,
    boundCost: stats.boundCost,
    gap: gapOf(stats),
    servedBound: stats.servedBound,
    expansions: stats.expansions,
    seconds,
    files,
    refusals: plan.refusals.map(refusal => {
      const alternative = alternativeWords(problem, refusal);
      const words = {
        reason: refusalReason(problem, refusal),
        ...(alternative === undefined ? {} : { offer: alternative }),
      };
      return { ...refusal, ...words };
    }),
  };
}

/** By how much those who are served cost more than alone. */
function gapOf({ cost, boundCost = 0 }: ShownPlan['stats']): number {
  return boundCost === 0 ? 0 : cost / boundCost - 1;
}

function countCauses(refusals: readonly Refusal[]): Readonly<Record<RefusalCause, number>> {
  const counts = { flights: 0, zones: 0, unreachable: 0, 'air-time': 0, deadline: 0, 'gave-up': 0 };
  for (const { cause } of refusals) counts[cause]++;
  return counts;
}

/** What a person reads of a plan. */
export function formatFlyPlan(shown: ShownPlan): string {
  const { scenario, mode, problem, plan, seconds, files } = shown;
  const counts = [
    countOf(problem.requests.length, 'request'),
    ...(problem.flights.length === 0 ? [] : [countOf(problem.flights.length, 'accepted flight')]),
    countOf(problem.pads.length, 'pad'),
    countOf(problem.zones.length, 'zone'),
  ];
  return [
    `${scenario}: ${counts.join(', ')}; ${modeNames[mode]}`,
    '',
    ...summary(shown),
    ...lateLines(shown),
    ...refusalLines(problem, plan.refusals),
    '',
    `planned in ${formatSeconds(seconds)}, and checked`,
    ...files.map(file => `written: ${file}`),
  ].join('\n');
}

function summary({ problem, plan, stats, waits }: ShownPlan): string[] {
  const { served, delayed = 0, servedBound = served, cost, boundCost = cost, proved, gaveUp } = stats;
  const causes = Object.entries(countCauses(plan.refusals)) as [RefusalCause, number][];
  const told = causes.filter(([, count]) => count > 0).map(([cause, count]) => `${causeNames[cause]} ${count}`);
  const proofs = gaveUp === 0 ? (proved === 1 ? ['proved'] : ['all proved']) : [`${proved} proved, ${gaveUp} given up`];
  const waiting = waits.filter(list => list.length > 0).length;
  const rows: [string, string, string][] = [
    ['served', `${served}`, `of ${problem.requests.length}; no plan serves more than ${servedBound}`],
    [
      '  delayed',
      `${delayed}`,
      delayed === 0 ? 'everybody flies as if alone in the sky' : 'by others; alone in the sky they cost less',
    ],
    ...(waiting === 0 ? [] : [['  waiting', `${waiting}`, lateSeconds(waits)] satisfies [string, string, string]]),
    ['refused', `${plan.refusals.length}`, told.length === 0 ? '' : `${told.join(', ')}; ${proofs.join('')}`],
    [
      'cost',
      `${Math.round(cost)}`,
      `priced seconds, ${percent(gapOf(stats))} above the ${Math.round(boundCost)} of everybody alone`,
    ],
  ];
  const widths = [0, 1].map(column => Math.max(...rows.map(row => row[column].length)));
  return rows.map(([name, value, remark]) =>
    `${name.padEnd(widths[0])}  ${value.padStart(widths[1])}  ${remark}`.trimEnd(),
  );
}

/** Waits on the ground and in the air over all flights. */
function lateSeconds(waits: FlyResults['solve']['waits']): string {
  const parts = (['ground', 'hover'] as const).flatMap(kind => {
    const sums = waits.map(list => secondsOf(list, kind)).filter(seconds => seconds > 0);
    if (sums.length === 0) return [];
    const mean = sums.reduce((total, seconds) => total + seconds, 0) / sums.length;
    const [each, most] = [mean, Math.max(...sums)].map(seconds => formatDuration(Math.round(seconds)));
    const howLong = sums.length === 1 ? `for ${each}` : `for ${each} on average and ${most} at most`;
    return [`${sums.length} ${kind === 'ground' ? 'on the ground' : 'in the air'} ${howLong}`];
  });
  return parts.join('; ');
}

function secondsOf(waits: readonly FlightWait[], kind?: FlightWait['kind']): number {
  return waits.reduce((sum, wait) => sum + (kind === undefined || wait.kind === kind ? wait.end - wait.start : 0), 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Those who wait longest, and for whom. */
function lateLines({ problem, plan, waits }: ShownPlan): string[] {
  const requests = requestsByName(problem);
  const late = plan.flights
    .map((flight, index) => ({ flight, waits: waits[index] ?? [], seconds: secondsOf(waits[index] ?? []) }))
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => b.seconds - a.seconds);
  if (late.length === 0) return [];
  const rows = late.slice(0, mostListed).map(({ flight, waits: own, seconds }) => {
    const longest = own.reduce((most, wait) => (wait.end - wait.start > most.end - most.start ? wait : most));
    const asked = requests.get(flight.name)?.earliest;
    const [leg] = flight.legs;
    return [
      flight.name,
      routeOf(problem, flight),
      asked === undefined ? '' : formatClock(problem.epoch, asked),
      leg === undefined ? '' : formatClock(problem.epoch, takeOffOf(leg)),
      formatDuration(Math.round(seconds)),
      waitReason(longest, problem),
    ];
  });
  const columns = ['late', 'route', 'asked for', 'takes off', 'waits', 'because'].map(title => ({
    title,
    align: title === 'waits' ? ('right' as const) : ('left' as const),
  }));
  const rest = late.length - rows.length;
  return ['', formatTable(columns, rows).trimEnd(), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

function routeOf(problem: AirspaceProblem, { from, to }: Pick<FlightRequest, 'from' | 'to'>): string {
  return `${placeName(problem, from)} to ${placeName(problem, to)}`;
}

/** A paragraph for every refusal. */
function refusalLines(problem: AirspaceProblem, refusals: readonly Refusal[]): string[] {
  if (refusals.length === 0) return [];
  const requests = requestsByName(problem);
  const lines = refusals.slice(0, mostListed).flatMap(refusal => {
    const request = requests.get(refusal.request);
    const route =
      request === undefined ? '' : `, ${routeOf(problem, request)} at ${formatClock(problem.epoch, request.earliest)}`;
    const offer = alternativeWords(problem, refusal);
    return [
      `  ${refusal.request}${route}: ${refusalReason(problem, refusal)}`,
      ...(offer === undefined ? [] : [`    ${offer}`]),
    ];
  });
  const rest = refusals.length - mostListed;
  return ['', 'Refused', ...lines, ...(rest > 0 ? [`  and ${rest} more`] : [])];
}
