import { diagnosticError, sum } from '../base/index.ts';
import { collectBlockFacts } from './block-facts.ts';
import { boundOfLayout } from './bounds.ts';
import type { MemoryGraph } from './graph.ts';
import type { Layout } from './layout.ts';
import { layoutOfOrder, type ReuseChoice } from './layout-of-order.ts';
import { arenaOf, layoutPortfolio } from './layout-strategies.ts';
import type { Liveness } from './liveness.ts';
import type { OrderCandidate } from './order-search.ts';
import { searchBank } from './placement-search.ts';
import type { Rounds } from './search-rounds.ts';
import type { WorkBudget } from './work-budget.ts';

/** The best layout so far. */
export interface Incumbent {
  readonly layout: Layout;
  /** Addresses by block. */
  readonly offsets: Float64Array;
  readonly arenaBytes: number;
  readonly layoutName: string;
  /** What no layout with the same blocks can be below, by bank. */
  readonly bankBounds: readonly number[];
}

/** The best order so far, with its layout. */
export interface OrderIncumbent extends Incumbent {
  readonly order: Int32Array;
  readonly orderName: string;
  readonly liveness: Liveness;
}

/**
 * Layouts by every strategy, or those of some names, until one reaches `targetBytes` or what no layout can be below; the
 * first always runs.
 */
export function searchLayouts(
  layout: Layout,
  budget: WorkBudget,
  targetBytes: number,
  names?: readonly string[],
): Incumbent {
  const facts = collectBlockFacts(layout);
  const bankBounds = layout.problem.banks.map((_, bank) => boundOfLayout(layout, bank).bytes);
  const target = Math.max(targetBytes, sum(bankBounds));
  const only = budget.strategy === undefined ? names : [budget.strategy];
  const wanted = layoutPortfolio.filter(({ name }) => only === undefined || only.includes(name));
  if (wanted.length === 0) throw noStrategy(budget.strategy ?? '');
  let best: Incumbent | undefined;
  for (const { name, place } of wanted) {
    if (best !== undefined && (best.arenaBytes <= target || budget.orderOnly || budget.isSpent())) break;
    const offsets = place(layout, facts);
    budget.nodes += layout.blockCount;
    if (offsets === undefined) continue;
    const arenaBytes = arenaOf(layout, offsets);
    budget.trace(`layout ${name}: ${arenaBytes}`);
    if (best === undefined || arenaBytes < best.arenaBytes)
      best = { layout, offsets, arenaBytes, layoutName: name, bankBounds };
  }
  if (best === undefined) throw noStrategy(`${budget.strategy}, for this problem`);
  return best;
}

/**
 * Searches banks for a layout below the one found: each that exceeds its capacity until it fits, and those without one
 * until nothing below can be. Briefly: once in each order.
 */
export function* searchExactly<Found extends Incumbent>(
  found: Found,
  budget: WorkBudget,
  isBrief = false,
): Rounds<Found> {
  const { layout } = found;
  if (budget.strategy !== undefined || budget.orderOnly || found.arenaBytes <= sum(found.bankBounds)) return found;
  const facts = collectBlockFacts(layout);
  let { offsets } = found;
  const bankBounds = [...found.bankBounds];
  for (const [bank, { capacityBytes = 0 }] of layout.problem.banks.entries()) {
    const known = { offsets, boundBytes: bankBounds[bank] };
    // Where the order cannot fit, another one may: its least arena is of interest.
    const goal = layout.problem.operators.length > 0 && bankBounds[bank] > capacityBytes ? 0 : capacityBytes;
    ({ offsets, boundBytes: bankBounds[bank] } = yield* searchBank(layout, facts, bank, known, goal, budget, isBrief));
  }
  const layoutName = offsets === found.offsets ? found.layoutName : 'search';
  return { ...found, offsets, layoutName, bankBounds, arenaBytes: arenaOf(layout, offsets) };
}

/** Strategies that are tried on further orders, beside the one that was best before. */
const quickLayouts = ['contention, duration, area', 'size, start', 'duration, size, best fit'];

/** What is tried on an order where another one has been laid out as `best`. */
export function quickNames(best: Incumbent): readonly string[] {
  return [...quickLayouts, best.layoutName];
}

/**
 * Layouts of orders, the lowest peak first: an order whose peak is not below the best arena cannot win. Ties go to the
 * earlier one. All strategies are tried on the first. The best is then searched.
 */
export function* searchOrders(
  graph: MemoryGraph,
  candidates: readonly OrderCandidate[],
  budget: WorkBudget,
  targetBytes: number,
): Rounds<OrderIncumbent> {
  let best: OrderIncumbent | undefined;
  for (const { name, order, liveness } of candidates) {
    for (const choice of ['all', 'needed'] satisfies ReuseChoice[]) {
      if (best !== undefined && (best.arenaBytes <= Math.max(liveness.peakBytes, targetBytes) || budget.isSpent()))
        break;
      const layout = layoutOfOrder(graph, order, liveness, choice);
      const isFirst = best === undefined || best.order === order;
      const placed = searchLayouts(layout, budget, targetBytes, best && !isFirst ? quickNames(best) : undefined);
      const found = best === undefined ? yield* searchExactly(placed, budget, true) : placed;
      budget.trace(`order ${name}, reuse ${choice}: ${found.arenaBytes}`);
      if (best !== undefined && found.arenaBytes >= best.arenaBytes) continue;
      best = { ...found, order, orderName: name, liveness };
    }
  }
  if (best === undefined) throw new Error('internal: no order strategy');
  return yield* searchExactly(best, budget);
}

function noStrategy(name: string) {
  return diagnosticError('SK9003', {
    message: `there is no layout strategy ${name}`,
    expected: layoutPortfolio.map(strategy => strategy.name).join('; '),
    next: 'name one of them, or none to try all',
  });
}
