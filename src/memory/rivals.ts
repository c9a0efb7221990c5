import { collectBlockFacts } from './block-facts.ts';
import type { MemoryGraph } from './graph.ts';
import { type Layout, placeTensors } from './layout.ts';
import { layoutOfOrder } from './layout-of-order.ts';
import {
  arenaOf,
  executorchGreedy,
  greedyBySize,
  type LayoutStrategy,
  longLivedFirst,
  pytorchCaching,
  xlaBestFit,
} from './layout-strategies.ts';
import { measureLiveness } from './liveness.ts';
import {
  inductorBest,
  lescea,
  type OrderStrategy,
  programOrder,
  type StrategyOrders,
  xlaBestOfThree,
} from './order-strategies.ts';
import type { MemoryPlan } from './problem.ts';

/** What another tool would do, re-implemented from its description. */
export interface Rival {
  readonly name: string;
  readonly order: OrderStrategy;
  readonly layout: LayoutStrategy;
}

export interface RivalResult {
  readonly name: string;
  readonly order: string;
  readonly layout: string;
  readonly peakBytes: number;
  readonly arenaBytes: number;
  readonly plan: MemoryPlan;
}

/** Every rival sees the same problem: sizes, aliases, state; outputs take over dying inputs wherever they may. */
export const rivals: readonly Rival[] = [
  { name: 'PyTorch', order: programOrder, layout: pytorchCaching },
  { name: 'LESCEA + LLFB', order: lescea, layout: longLivedFirst },
  { name: 'XLA', order: xlaBestOfThree, layout: xlaBestFit },
  { name: 'Inductor', order: inductorBest, layout: pytorchCaching },
  { name: 'TFLite Micro', order: programOrder, layout: greedyBySize },
  { name: 'ExecuTorch', order: programOrder, layout: executorchGreedy },
];

/** What the rivals come to, with orders that are known already where they are; those that do not know something about the problem (fixed addresses, gaps) are left out. */
export function placeRivals(graph: MemoryGraph, known: StrategyOrders): RivalResult[] {
  const orders = new Map<OrderStrategy, { order: Int32Array; peakBytes: number; layout: Layout }>();
  return rivals.flatMap(({ name, order: strategy, layout: placement }) => {
    let found = orders.get(strategy);
    if (found === undefined) {
      const order = known.of(strategy);
      const liveness = measureLiveness(graph, order);
      found = { order, peakBytes: liveness.peakBytes, layout: layoutOfOrder(graph, order, liveness, 'all') };
      orders.set(strategy, found);
    }
    const { order, peakBytes, layout } = found;
    const placed = placement.place(layout, collectBlockFacts(layout));
    if (placed === undefined) return [];
    return [resultOf(name, strategy.name, placement.name, peakBytes, Array.from(order), layout, placed)];
  });
}

/** The same where lifetimes are given: only layouts differ. */
export function placeRivalsOfLifetimes(layout: Layout, peakBytes: number): RivalResult[] {
  const facts = collectBlockFacts(layout);
  const seen = new Set<LayoutStrategy>();
  return rivals.flatMap(({ name, layout: placement }) => {
    if (seen.has(placement)) return [];
    seen.add(placement);
    const placed = placement.place(layout, facts);
    return placed === undefined ? [] : [resultOf(name, 'given', placement.name, peakBytes, [], layout, placed)];
  });
}

function resultOf(
  name: string,
  order: string,
  layoutName: string,
  peakBytes: number,
  steps: readonly number[],
  layout: Layout,
  offsets: Float64Array,
): RivalResult {
  const { tensors, workspaces } = placeTensors(layout, offsets);
  const plan = { order: steps, offsets: tensors, workspaceOffsets: workspaces };
  return { name, order, layout: layoutName, peakBytes, arenaBytes: arenaOf(layout, offsets), plan };
}
