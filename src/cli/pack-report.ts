import { formatBytes, sum } from '../base/index.ts';
import {
  createPlanPicture,
  hasFixedLifetimes,
  type MemoryOutcome,
  type MemoryPlan,
  type MemoryProblem,
  type PlanBox,
  type PlanPicture,
  planInProgramOrder,
  suggestChanges,
} from '../memory/index.ts';
import type { AliveRow, ArenaKind, ArenaPlan, PackReport } from '../report/index.ts';
import { suggestionLines } from './pack-suggestions.ts';

/** Tensors that are listed at the peak. */
const listedAlive = 20;
/** Operators at the peak that are handed on. */
const namedAtPeak = 8;

const kindNames: Readonly<Record<ArenaKind, string>> = {
  state: 'parameters and state',
  kept: 'kept inputs',
  constant: 'constants',
  output: 'outputs',
  activation: 'activations: made before the peak, read after it',
  temporary: 'temporaries',
  workspace: 'workspaces',
};

/** The page's view of a plan, beside what would be done without it. */
export function packReport(
  title: string,
  problem: MemoryProblem,
  outcome: MemoryOutcome,
  plan: MemoryPlan,
): PackReport {
  const { stats, status } = outcome;
  const picture = createPlanPicture(problem, plan);
  const other = planBefore(problem, outcome);
  const pictureOther = other === undefined ? undefined : createPlanPicture(problem, other.plan);
  const isFixed = hasFixedLifetimes(problem);
  const capacities = problem.banks.map(({ capacityBytes }) => capacityBytes);
  const before =
    other === undefined || pictureOther === undefined
      ? []
      : [arenaPlan(`Before: ${other.name}`, 'before', problem, other.plan, pictureOther)];
  const plans = [...before, arenaPlan(`After: ${afterText(outcome)}`, 'after', problem, plan, picture)];
  const used = new Set(plans.flatMap(({ boxes }) => boxes.map(({ kind }) => kind)));
  const names = isFixed
    ? { ...kindNames, activation: 'there at the peak', temporary: 'not there at the peak' }
    : kindNames;
  return {
    title,
    facts: factsOf(problem, outcome, before[0]),
    notes: status === 'timeout' ? ['This plan does not fit the capacity, and nothing proves that none does'] : [],
    unit: isFixed ? 'time' : 'step',
    plans,
    boundBytes: stats.boundBytes,
    ...(capacities.includes(undefined) ? {} : { capacityBytes: sum(capacities.map(bytes => bytes ?? 0)) }),
    kinds: kindsInOrder.filter(kind => used.has(kind)).map(kind => ({ kind, name: names[kind] })),
    alive: aliveTable(picture, plans[plans.length - 1], isFixed),
    suggestions: suggestionLines(picture, suggestChanges(problem, plan, picture), stats, isFixed),
  };
}

const kindsInOrder: readonly ArenaKind[] = [
  'state',
  'kept',
  'constant',
  'output',
  'activation',
  'temporary',
  'workspace',
];

/** What the plan is held against: PyTorch, or the program's own order; where lifetimes are given, the best rival. */
function planBefore(problem: MemoryProblem, { stats }: MemoryOutcome): { name: string; plan: MemoryPlan } | undefined {
  if (hasFixedLifetimes(problem)) {
    const [best] = [...stats.rivals].sort((a, b) => a.arenaBytes - b.arenaBytes);
    return best && { name: `${best.name}, the best of what others do`, plan: best.plan };
  }
  const pytorch = stats.rivals.find(({ name }) => name === 'PyTorch');
  if (pytorch !== undefined) {
    return { name: 'PyTorch, program order and its caching allocator', plan: pytorch.plan };
  }
  const plan = planInProgramOrder(problem);
  return plan && { name: 'program order, the largest placed first', plan };
}

function afterText({ status, stats }: MemoryOutcome): string {
  if (status === 'optimal') return 'this plan, proven optimal';
  return stats.isLayoutOptimal ? 'this plan, no layout of its order is smaller' : 'this plan';
}

function factsOf(
  problem: MemoryProblem,
  { stats, status }: MemoryOutcome,
  before: ArenaPlan | undefined,
): PackReport['facts'] {
  const { arenaBytes, boundBytes } = stats;
  const saved = before === undefined ? 0 : before.arenaBytes - arenaBytes;
  const gap = arenaBytes - boundBytes;
  const facts = {
    ...(problem.operators.length === 0 ? {} : { operators: String(problem.operators.length) }),
    tensors: String(problem.tensors.length),
    arena: `${formatBytes(arenaBytes)}, ${status}`,
    peak: formatBytes(stats.peakBytes),
    bound: `${formatBytes(boundBytes)}${gap > 0 ? `, the arena is ${percent(gap, boundBytes)} above` : ', reached'}`,
    ...(before === undefined
      ? {}
      : { before: `${formatBytes(before.arenaBytes)}; ${percent(saved, before.arenaBytes)} saved` }),
  };
  return Object.entries(facts).map(([label, value]) => ({ label, value }));
}

/** A share in percent. */
function percent(part: number, whole: number): string {
  return `${((100 * part) / (whole || 1)).toFixed(part / whole < 0.0995 ? 2 : 1)} %`;
}

/** Banks are drawn one above the other. */
function arenaPlan(
  title: string,
  role: ArenaPlan['role'],
  problem: MemoryProblem,
  plan: MemoryPlan,
  picture: PlanPicture,
): ArenaPlan {
  const { arenaBytes, peakBytes, times, liveBytes, peakTimes } = picture;
  const lows = arenaBytes.map((_, bank) => sum(arenaBytes.slice(0, bank)));
  const operators = peakTimes.slice(0, namedAtPeak).flatMap(step => problem.operators[plan.order[step]]?.name ?? []);
  return {
    title,
    role,
    arenaBytes: sum(arenaBytes),
    peakBytes,
    banks: problem.banks.map(({ name }, bank) => ({ name, low: lows[bank], arenaBytes: arenaBytes[bank] })),
    times,
    liveBytes,
    peakTimes,
    peakOperators: operators,
    boxes: picture.boxes.map(({ bank, block, low, high, ...box }) => ({
      ...box,
      address: low,
      low: lows[bank] + low,
      high: lows[bank] + high,
    })),
  };
}

function aliveTable(picture: PlanPicture, { peakOperators }: ArenaPlan, isFixed: boolean): PackReport['alive'] {
  const { times, peakTimes, boxes } = picture;
  const [time] = peakTimes;
  const there = boxes.filter(({ from, to }) => from <= time && time < to);
  there.sort((a, b) => b.high - b.low - (a.high - a.low));
  const bytes = sum(there.map(({ low, high }) => high - low));
  const others = there.slice(listedAlive);
  const at = isFixed ? `time ${times[time]}` : `step ${times[time]} of ${times.length - 1}`;
  const operator = peakOperators[0] === undefined ? '' : `${peakOperators[0]}, `;
  return {
    place: `${formatBytes(bytes)} in ${there.length} tensors and workspaces at ${operator}${at}.`,
    rows: there.slice(0, listedAlive).map(box => aliveRow(box, bytes, picture, isFixed)),
    others: { count: others.length, bytes: sum(others.map(({ low, high }) => high - low)) },
  };
}

function aliveRow(box: PlanBox, whole: number, { times }: PlanPicture, isFixed: boolean): AliveRow {
  const { kind, name, low, high, from, to, maker, reader, isKept } = box;
  const length = times[to] - times[from];
  const span = times[times.length - 1] - times[0];
  const range = isFixed ? `[${times[from]}, ${times[to]})` : `steps ${times[from]}\u2013${times[to] - 1}`;
  return {
    kind,
    name: kind === 'workspace' ? `workspace of ${name}` : name,
    bytes: high - low,
    share: (high - low) / whole,
    maker: maker ?? (isFixed || kind === 'workspace' ? '' : 'there from the start'),
    reader: reader ?? (isKept ? 'kept to the end' : ''),
    life: length === span ? 'throughout' : `${range}, ${percent(length, span)}`,
  };
}
