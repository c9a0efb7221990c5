import { sum } from '../base/index.ts';
import { aboveReserved, boundOfCut, boundOfGraph, boundOfLayout } from './bounds.ts';
import { createMemoryGraph, type MemoryGraph } from './graph.ts';
import { searchJointly } from './joint-search.ts';
import { type Layout, placeTensors } from './layout.ts';
import { layoutOfLifetimes, timesOfLifetimes } from './layout-of-lifetimes.ts';
import { type Liveness, measureLiveness, type Resident, residentBytes, residentsAt } from './liveness.ts';
import type { PeakBound } from './order-bounds.ts';
import { findOrders } from './order-search.ts';
import { StrategyOrders } from './order-strategies.ts';
import { type Incumbent, searchExactly, searchLayouts, searchOrders } from './portfolio.ts';
import { hasFixedLifetimes, type MemoryPlan, type MemoryProblem } from './problem.ts';
import { placeRivals, placeRivalsOfLifetimes, type RivalResult } from './rivals.ts';
import { finishRounds, type Rounds } from './search-rounds.ts';
import { defaultThreads, finishRoundsInThreads } from './search-threads.ts';
import { arenaBytesOf, validateMemoryPlan } from './validate.ts';
import { createBudget, type SolveOptions } from './work-budget.ts';

/** Numbers of a plan. Bytes count inputs, constants and state as well, rounded up to their alignment. */
export interface MemoryStats {
  /** At most this is needed by the order found: the most that is there at once. */
  readonly peakBytes: number;
  /** Inputs and constants. */
  readonly residentBytes: number;
  /** Peak less resident. */
  readonly transientBytes: number;
  /** One past the highest address in use, of all banks together. */
  readonly arenaBytes: number;
  /** Proven: no order and layout of the problem needs less. */
  readonly boundBytes: number;
  /** No order has a lower peak. */
  readonly isOrderOptimal: boolean;
  /** No layout of this order needs less. */
  readonly isLayoutOptimal: boolean;
  readonly banks: readonly BankStats[];
  /** Operators scheduled and blocks placed, in all that was tried. */
  readonly nodes: number;
  /** Other orders of the same peak that were laid out, where the first could not be as small as its peak. */
  readonly otherOrders: number;
  readonly seconds: number;
  /** Names of what the order and the layout come from. */
  readonly order: string;
  readonly layout: string;
  readonly rivals: readonly RivalResult[];
}

export interface BankStats {
  readonly name: string;
  readonly arenaBytes: number;
  readonly boundBytes: number;
  readonly capacityBytes?: number;
}

/** Why a problem cannot fit: what must be in memory together, and where. */
export interface Infeasibility {
  readonly bank: string;
  readonly capacityBytes: number;
  readonly neededBytes: number;
  /**
   * `operator`: at it in every order; `cut`: at it whatever runs before, the residents being those where it needs least;
   * `pair`: at one of two operators, whichever runs first; `orders`: no order is left, or none with addresses, as a search
   * through so many nodes proved; `time`: at this time of given lifetimes; `search`: no addresses are left, as a search
   * through so many nodes proved.
   */
  readonly where:
    | { readonly kind: 'operator' | 'cut'; readonly name: string; readonly operator: number }
    | { readonly kind: 'pair'; readonly names: readonly [string, string] }
    | { readonly kind: 'orders'; readonly nodes: number }
    | { readonly kind: 'ends'; readonly name: string }
    | { readonly kind: 'time'; readonly time: number }
    | { readonly kind: 'search'; readonly time: number; readonly nodes: number };
  readonly residents: readonly Resident[];
}

/**
 * What solving came to. `optimal`: the arena equals the bound, or the peak does where only an order was wanted.
 * `infeasible`: proven not to fit a capacity. `timeout`: the best plan found does not fit, and nothing proves that none
 * does.
 */
export interface MemoryOutcome {
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'timeout';
  readonly solution?: MemoryPlan;
  readonly bound: number;
  readonly stats: MemoryStats;
  readonly explanation?: Infeasibility;
}

/**
 * Finds an order and a layout: the best of a portfolio of both, within the budget of `options`; the first strategy
 * always runs, so that there is always a plan. The plan has passed the validator. The problem must have passed
 * `checkMemoryProblem`, as those that are read have. Deterministic for a limit in nodes, with any number of threads.
 */
export async function solve(problem: MemoryProblem, options: SolveOptions = {}): Promise<MemoryOutcome> {
  return finishRoundsInThreads(solveInRounds(problem, options), options.threads ?? defaultThreads(), options.trace);
}

/** `solve` at once, in this thread. */
export function solveNow(problem: MemoryProblem, options: SolveOptions = {}): MemoryOutcome {
  return finishRounds(solveInRounds(problem, options));
}

function* solveInRounds(problem: MemoryProblem, options: SolveOptions): Rounds<MemoryOutcome> {
  const budget = createBudget(options);
  if (hasFixedLifetimes(problem)) {
    const layout = layoutOfLifetimes(problem);
    const bounds = problem.banks.map((_, bank) => boundOfLayout(layout, bank));
    const found = yield* searchExactly(searchLayouts(layout, budget, sum(bounds.map(bound => bound.bytes))), budget);
    const explanation = explainLifetimes(layout, bounds, found.bankBounds, budget.nodes);
    const peakBytes = peakOf(layout);
    const rivals = options.rivals ? placeRivalsOfLifetimes(layout, peakBytes) : [];
    const chosen = choose(found, { order: [], orderName: 'given', peakBytes }, rivals);
    const facts = {
      layoutBoundBytes: sum(found.bankBounds),
      residentBytes: 0,
      peakBoundBytes: peakBytes,
      otherOrders: 0,
      rivals,
    };
    return conclude(problem, chosen, found.bankBounds, budget, facts, explanation);
  }
  const graph = createMemoryGraph(problem);
  const orders = new StrategyOrders(graph);
  const { candidates, bankBounds, peakBound } = findOrders(graph, orders, budget);
  const peakBounds = bankBounds.map((bound, bank) => arenaBound(problem, bank, bound.bytes));
  const targetBytes = Math.max(peakBound.bytes, sum(peakBounds));
  const wanted = budget.orderOnly ? candidates.slice(0, 1) : candidates;
  const first = yield* searchOrders(graph, wanted, budget, targetBytes);
  const found = yield* searchJointly(graph, first, budget, targetBytes);
  const boundBytes = peakBounds.length > 1 ? peakBounds : [Math.max(peakBounds[0], found.leastBytes)];
  const searched = bankBounds.map((bound): PeakBound => ({ ...bound, proof: 'search', nodes: budget.nodes }));
  const explanation = explainOrder(graph, bankBounds, peakBounds) ?? explainOrder(graph, searched, boundBytes);
  const rivals = options.rivals && !budget.orderOnly ? placeRivals(graph, orders) : [];
  const { orderName, liveness } = found;
  const chosen = choose(found, { order: Array.from(found.order), orderName, peakBytes: liveness.peakBytes }, rivals);
  const facts = {
    residentBytes: residentBytes(graph),
    peakBoundBytes: peakBound.bytes,
    otherOrders: found.othersTried,
    rivals,
  };
  return conclude(problem, chosen, boundBytes, budget, facts, explanation);
}

/** What an arena needs for a peak of `bytes`: fixed tensors and reserved ranges push it up. */
function arenaBound(problem: MemoryProblem, bank: number, bytes: number): number {
  const tops = problem.tensors.map(tensor =>
    (tensor.bank ?? 0) === bank && tensor.offsetBytes !== undefined ? tensor.offsetBytes + tensor.sizeBytes : 0,
  );
  return tops.reduce((most, top) => Math.max(most, top), aboveReserved(problem, bank, bytes));
}

function peakOf(layout: Layout): number {
  return boundOfLayout({ ...layout, fixed: layout.fixed.map(() => -1), bank: layout.bank.map(() => 0) }, 0).bytes;
}

/** A plan with where it comes from. */
interface Chosen {
  readonly plan: MemoryPlan;
  readonly orderName: string;
  readonly layoutName: string;
  readonly peakBytes: number;
}

/** The plan that was found, or that of a rival where the budget ended before anything as small was. */
function choose(
  found: Incumbent,
  { order, orderName, peakBytes }: Pick<Chosen, 'orderName' | 'peakBytes'> & Pick<MemoryPlan, 'order'>,
  rivals: readonly RivalResult[],
): Chosen {
  let best: RivalResult | undefined;
  for (const rival of rivals) if (rival.arenaBytes < (best ?? found).arenaBytes) best = rival;
  if (best !== undefined) return { ...best, orderName: best.order, layoutName: best.layout };
  const { tensors, workspaces } = placeTensors(found.layout, found.offsets);
  const plan = { order, offsets: tensors, workspaceOffsets: workspaces };
  return { plan, orderName, layoutName: found.layoutName, peakBytes };
}

interface Facts {
  /** No layout of the order needs less; absent: its peak. */
  readonly layoutBoundBytes?: number;
  readonly residentBytes: number;
  /** Of all banks together, below which no order's peak is. */
  readonly peakBoundBytes: number;
  readonly otherOrders: number;
  readonly rivals: readonly RivalResult[];
}

function conclude(
  problem: MemoryProblem,
  { plan, orderName, layoutName, peakBytes }: Chosen,
  boundBytes: readonly number[],
  budget: ReturnType<typeof createBudget>,
  facts: Facts,
  explanation: Infeasibility | undefined,
): MemoryOutcome {
  const arenas = arenaBytesOf(problem, plan);
  const fits = problem.banks.every(({ capacityBytes }, bank) => arenas[bank] <= (capacityBytes ?? arenas[bank]));
  const broken = validateMemoryPlan(problem, plan).filter(({ rule }) => fits || rule !== 'capacity');
  if (broken.length > 0)
    throw new Error(`internal: ${plan.order.length} operators: ${broken[0].rule}: ${broken[0].message}`);
  const arenaBytes = sum(arenas);
  const bound = Math.max(facts.peakBoundBytes, sum(boundBytes));
  const stats: MemoryStats = {
    peakBytes,
    residentBytes: facts.residentBytes,
    transientBytes: peakBytes - facts.residentBytes,
    arenaBytes,
    boundBytes: bound,
    isOrderOptimal: peakBytes === facts.peakBoundBytes,
    isLayoutOptimal: arenaBytes === bound || arenaBytes === (facts.layoutBoundBytes ?? peakBytes),
    banks: problem.banks.map(({ name, capacityBytes }, bank) => ({
      name,
      arenaBytes: arenas[bank],
      boundBytes: boundBytes[bank],
      ...(capacityBytes === undefined ? {} : { capacityBytes }),
    })),
    nodes: budget.nodes,
    otherOrders: facts.otherOrders,
    seconds: budget.elapsedSeconds(),
    order: orderName,
    layout: layoutName,
    rivals: facts.rivals,
  };
  if (explanation !== undefined) return { status: 'infeasible', bound, stats, explanation };
  const isOptimal = arenaBytes === bound || (budget.orderOnly && stats.isOrderOptimal);
  const status = !fits ? 'timeout' : isOptimal ? 'optimal' : 'feasible';
  return { status, solution: plan, bound, stats };
}

function explainOrder(
  graph: MemoryGraph,
  bounds: readonly PeakBound[],
  boundBytes: readonly number[],
): Infeasibility | undefined {
  const { banks, operators } = graph.problem;
  const bank = banks.findIndex(({ capacityBytes }, index) => boundBytes[index] > (capacityBytes ?? Infinity));
  if (bank < 0) return undefined;
  const { name, capacityBytes = 0 } = banks[bank];
  const { operator, other, proof, nodes } = bounds[bank];
  const always = boundOfGraph(graph, bank);
  const alwaysBytes = arenaBound(graph.problem, bank, always.bytes);
  // What is there in every order is the plainest proof, where it is enough.
  if (alwaysBytes > capacityBytes || proof === 'ends') {
    const where = nameOperator(operators, always.operator, 'operator');
    return { bank: name, capacityBytes, neededBytes: alwaysBytes, where, residents: always.residents };
  }
  const neededBytes = boundBytes[bank];
  if (proof === 'pair') {
    const where = { kind: 'pair', names: [operators[operator].name, operators[other].name] } as const;
    return { bank: name, capacityBytes, neededBytes, where, residents: always.residents };
  }
  if (proof === 'search') {
    return { bank: name, capacityBytes, neededBytes, where: { kind: 'orders', nodes }, residents: always.residents };
  }
  const { residents } = boundOfCut(graph, operator, bank);
  return { bank: name, capacityBytes, neededBytes, where: nameOperator(operators, operator, 'cut'), residents };
}

function nameOperator(
  operators: MemoryProblem['operators'],
  operator: number,
  kind: 'operator' | 'cut',
): Infeasibility['where'] {
  if (operator < 0) return { kind: 'ends', name: 'the start or the end' };
  return { kind, name: operators[operator].name, operator };
}

function explainLifetimes(
  layout: Layout,
  bounds: readonly { readonly bytes: number; readonly time: number }[],
  searched: readonly number[],
  nodes: number,
): Infeasibility | undefined {
  const { problem } = layout;
  const bank = problem.banks.findIndex(({ capacityBytes }, index) => searched[index] > (capacityBytes ?? Infinity));
  if (bank < 0) return undefined;
  const { bytes, time } = bounds[bank];
  const residents: Resident[] = [];
  for (let block = 0; block < layout.blockCount; block++) {
    for (let piece = layout.pieceStart[block]; piece < layout.pieceStart[block + 1]; piece++) {
      if (layout.bank[block] !== bank || layout.pieceFrom[piece] > time || layout.pieceTo[piece] <= time) continue;
      const sizeBytes = layout.pieceHigh[piece] - layout.pieceLow[piece];
      residents.push({ name: problem.tensors[block].name, sizeBytes });
    }
  }
  residents.sort((a, b) => b.sizeBytes - a.sizeBytes);
  const { name, capacityBytes = 0 } = problem.banks[bank];
  const at = timesOfLifetimes(problem)[time];
  const where =
    bytes > capacityBytes ? ({ kind: 'time', time: at } as const) : ({ kind: 'search', time: at, nodes } as const);
  return { bank: name, capacityBytes, neededBytes: searched[bank], where, residents };
}

/** What an order needs and what is there when it needs most. */
export function measureOrder(
  problem: MemoryProblem,
  order: readonly number[],
): { readonly graph: MemoryGraph; readonly liveness: Liveness; readonly residents: readonly Resident[] } {
  const graph = createMemoryGraph(problem);
  const steps = Int32Array.from(order);
  const liveness = measureLiveness(graph, steps);
  return { graph, liveness, residents: residentsAt(graph, steps, liveness, liveness.peakStep) };
}
