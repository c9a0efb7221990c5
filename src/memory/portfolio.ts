import { diagnosticError } from '../base/index.ts';
import { collectBlockFacts } from './block-facts.ts';
import { boundOfLayout } from './bounds.ts';
import type { MemoryGraph } from './graph.ts';
import { type Layout, placeTensors } from './layout.ts';
import { layoutOfOrder, type ReuseChoice } from './layout-of-order.ts';
import { arenaOf, layoutPortfolio } from './layout-strategies.ts';
import { type Liveness, measureLiveness } from './liveness.ts';
import { orderPortfolio } from './order-strategies.ts';
import type { WorkBudget } from './work-budget.ts';

/** The best layout so far. */
export interface Incumbent {
  readonly arenaBytes: number;
  /** Addresses of tensors and workspaces. */
  readonly tensors: readonly number[];
  readonly workspaces: readonly number[];
  readonly layoutName: string;
  /** What no layout of its order can be below. */
  readonly layoutBoundBytes: number;
}

/** The best order so far, with its layout. */
export interface OrderIncumbent extends Incumbent {
  readonly order: Int32Array;
  readonly orderName: string;
  readonly liveness: Liveness;
}

/**
 * Layouts by every strategy until one reaches `targetBytes` or what no layout can be below; the first always runs.
 */
export function searchLayouts(layout: Layout, budget: WorkBudget, targetBytes: number): Incumbent {
  const facts = collectBlockFacts(layout);
  const layoutBoundBytes = layout.problem.banks.reduce((sum, _, bank) => sum + boundOfLayout(layout, bank).bytes, 0);
  const target = Math.max(targetBytes, layoutBoundBytes);
  const wanted = layoutPortfolio.filter(({ name }) => budget.strategy === undefined || name === budget.strategy);
  if (wanted.length === 0) throw noStrategy(budget.strategy ?? '');
  let best: { offsets: Float64Array; arenaBytes: number; name: string } | undefined;
  for (const { name, place } of wanted) {
    if (best !== undefined && (best.arenaBytes <= target || budget.isSpent())) break;
    const offsets = place(layout, facts);
    budget.nodes += layout.blockCount;
    if (offsets === undefined) continue;
    const arenaBytes = arenaOf(layout, offsets);
    budget.trace(`layout ${name}: ${arenaBytes}`);
    if (best === undefined || arenaBytes < best.arenaBytes) best = { offsets, arenaBytes, name };
  }
  if (best === undefined) throw noStrategy(`${budget.strategy}, for this problem`);
  const { tensors, workspaces } = placeTensors(layout, best.offsets);
  return { arenaBytes: best.arenaBytes, tensors, workspaces, layoutName: best.name, layoutBoundBytes };
}

/**
 * Orders by every strategy, then their layouts, the lowest peak first: an order whose peak is not below the best arena
 * cannot win. Ties go to the earlier strategy.
 */
export function searchOrders(graph: MemoryGraph, budget: WorkBudget, targetBytes: number): OrderIncumbent {
  const candidates: { name: string; order: Int32Array; liveness: Liveness }[] = [];
  for (const { name, order: find } of orderPortfolio) {
    if (candidates.length > 0 && budget.isSpent()) break;
    const order = find(graph);
    const liveness = measureLiveness(graph, order);
    budget.nodes += order.length;
    budget.trace(`order ${name}: ${liveness.peakBytes}`);
    candidates.push({ name, order, liveness });
  }
  candidates.sort((a, b) => a.liveness.peakBytes - b.liveness.peakBytes);
  let best: OrderIncumbent | undefined;
  for (const { name, order, liveness } of candidates) {
    for (const choice of ['all', 'needed'] satisfies ReuseChoice[]) {
      if (best !== undefined && (best.arenaBytes <= Math.max(liveness.peakBytes, targetBytes) || budget.isSpent()))
        break;
      const layout = layoutOfOrder(graph, order, liveness, choice);
      const found = searchLayouts(layout, budget, targetBytes);
      budget.trace(`order ${name}, reuse ${choice}: ${found.arenaBytes}`);
      if (best !== undefined && found.arenaBytes >= best.arenaBytes) continue;
      best = { ...found, order, orderName: name, liveness, layoutBoundBytes: liveness.peakBytes };
    }
  }
  if (best === undefined) throw new Error('internal: no order strategy');
  return best;
}

function noStrategy(name: string) {
  return diagnosticError('SK9003', {
    message: `there is no layout strategy ${name}`,
    expected: layoutPortfolio.map(strategy => strategy.name).join('; '),
    next: 'name one of them, or none to try all',
  });
}
