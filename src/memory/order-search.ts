import type { MemoryGraph } from './graph.ts';
import { type Liveness, measureLiveness } from './liveness.ts';
import { type PeakBound, PeakBounds } from './order-bounds.ts';
import { refineOrder } from './order-refinement.ts';
import { OrderSearch } from './order-search-kernel.ts';
import { orderPortfolio, type StrategyOrders } from './order-strategies.ts';
import { shareOf, type WorkBudget } from './work-budget.ts';

/** An order that may be the one. */
export interface OrderCandidate {
  readonly name: string;
  readonly order: Int32Array;
  readonly liveness: Liveness;
}

/** What searching for orders came to. */
export interface FoundOrders {
  /** The lowest peak first; ties in the order in which they were found. */
  readonly candidates: readonly OrderCandidate[];
  /** Of all banks together. */
  readonly peakBound: PeakBound;
  readonly bankBounds: readonly PeakBound[];
}

/** Orders that are refined, and nodes for that, for bounds by cuts and for those by pairs. */
const mostRefined = 3;
const refinementNodes = 1e6;
const boundNodes = 1e5;
const pairNodes = 3e5;
/** Times the bound a peak that is worth only a share of that, where the caller sets no limit and wants addresses too. */
const closeEnough = 1.0002;
const closeEffort = 0.05;
/** So many times more of each where the caller sets a limit, which ends them. */
const limitedEffort = 10;
/** Of a budget that is left for orders, where the caller sets a limit. */
const orderShare = 1 / 2;
/** Operators of a problem that is searched as a whole, and states in the search. */
const mostSearched = 64;
const searchLimit = 20000;

/**
 * Orders by one strategy after the other, then the best of them refined, and small problems searched, until an order
 * reaches the bound, which is raised by cuts all the while; the first strategy always runs.
 */
export function findOrders(graph: MemoryGraph, orders: StrategyOrders, budget: WorkBudget): FoundOrders {
  const candidates: OrderCandidate[] = [];
  const total = new PeakBounds(graph, -1);
  const add = (name: string, order: Int32Array): void => {
    const liveness = measureLiveness(graph, order);
    total.see(order);
    budget.trace(`order ${name}: ${liveness.peakBytes}`);
    candidates.push({ name, order, liveness });
    candidates.sort((a, b) => a.liveness.peakBytes - b.liveness.peakBytes);
  };
  const enough = budget.isLimited || budget.orderOnly ? 1 : closeEnough;
  const isDone = (): boolean => candidates[0].liveness.peakBytes <= enough * total.bound.bytes || budget.isSpent();
  for (const strategy of orderPortfolio) {
    if (candidates.length > 0) {
      // One cut, at the neediest operator.
      total.raise(budget, 1);
      if (isDone()) break;
    }
    budget.nodes += graph.operatorCount;
    add(strategy.name, orders.of(strategy));
  }
  improveOrders(graph, candidates, total, budget.orderOnly ? budget : shareOf(budget, orderShare), add);
  budget.trace(`peak at least ${total.bound.bytes}`);
  return { candidates, peakBound: total.bound, bankBounds: boundBanks(graph, candidates, total, budget) };
}

/** Refines the best orders and raises the bound, until both meet. */
function improveOrders(
  graph: MemoryGraph,
  candidates: readonly OrderCandidate[],
  total: PeakBounds,
  budget: WorkBudget,
  add: (name: string, order: Int32Array) => void,
): void {
  const peakOfBest = (): number => candidates[0].liveness.peakBytes;
  const isDone = (): boolean => peakOfBest() <= total.bound.bytes || budget.isSpent();
  const isClose = peakOfBest() <= closeEnough * total.bound.bytes && !budget.orderOnly;
  const effort = budget.isLimited ? limitedEffort : isClose ? closeEffort : 1;
  total.raise(budget, effort * boundNodes);
  const end = budget.nodes + effort * refinementNodes;
  for (const { name, order, liveness } of candidates.slice(0, mostRefined)) {
    if (isDone() || budget.nodes >= end) break;
    const refined = refineOrder(graph, order, total.bound.bytes, budget, end - budget.nodes);
    if (refined.peakBytes < liveness.peakBytes) add(`${name}, refined`, refined.order);
  }
  if (!isDone()) total.raise(budget, effort * boundNodes);
  if (!isDone()) total.raiseByPairs(candidates[0].order, budget, effort * pairNodes);
  if (graph.operatorCount <= mostSearched && !isDone()) {
    const search = new OrderSearch(graph);
    const outcome = search.run(total.bound.bytes, peakOfBest(), searchLimit);
    budget.nodes += search.nodes;
    if (outcome === 'found') add('search', search.order);
    if (outcome !== 'limit') total.prove(peakOfBest(), search.nodes);
  }
}

/** The bound of each bank: of one that is alone, that of all. */
function boundBanks(
  graph: MemoryGraph,
  candidates: readonly OrderCandidate[],
  total: PeakBounds,
  budget: WorkBudget,
): PeakBound[] {
  const { banks } = graph.problem;
  if (banks.length === 1) return [total.bound];
  return banks.map((_, bank) => {
    const bounds = new PeakBounds(graph, bank);
    for (const { order } of candidates) bounds.see(order);
    bounds.raise(budget, boundNodes);
    return bounds.bound;
  });
}
