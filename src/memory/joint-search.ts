import { createRandom, type Random, sum } from '../base/index.ts';
import { beginExecution, executeStep, measureStep, peakOfOrder } from './execution-kernel.ts';
import type { MemoryGraph } from './graph.ts';
import { layoutOfOrder, optionalReuses, type ReuseChoice } from './layout-of-order.ts';
import { measureLiveness } from './liveness.ts';
import { intervalOf } from './order-interval.ts';
import { intervalStrategies } from './order-strategies.ts';
import { type OrderIncumbent, quickNames, searchExactly, searchLayouts } from './portfolio.ts';
import type { Rounds } from './search-rounds.ts';
import type { WorkBudget } from './work-budget.ts';

/** Other orders of the same peak that are laid out where the first cannot be as small as its peak. */
const mostOthers = 8;
/** Attempts to make one, and the widths of the segments that are ordered anew, in steps. */
const attempts = 24;
const widths = [16, 64, 256, 1024];
/** Operators of a problem of which all orders are tried, and choices of reuse with each. */
const mostEnumerated = 12;
const mostChoices = 256;
/** Nodes for that where the caller sets no limit: some seconds. */
const enumerationNodes = 2e6;

/** A plan with how many other orders were laid out for it. */
export interface JointIncumbent extends OrderIncumbent {
  readonly othersTried: number;
  /** Proven: no order and no layout has a smaller arena; 0 where not all were tried. */
  readonly leastBytes: number;
}

/**
 * Where the arena is above the peak of its order: tries other orders of no higher peak, each different in a segment of
 * steps that crosses what could not be placed below the peak, and keeps the best. Of small problems every order and every
 * choice of reuse is tried that may be better, so that the arena is the least of all unless the budget ends, and proven so.
 */
export function* searchJointly(
  graph: MemoryGraph,
  found: OrderIncumbent,
  budget: WorkBudget,
  targetBytes: number,
): Rounds<JointIncumbent> {
  const isDone = (best: OrderIncumbent): boolean =>
    budget.strategy !== undefined || budget.orderOnly || best.arenaBytes <= targetBytes || budget.isSpent();
  if (isDone(found)) return { ...found, othersTried: 0, leastBytes: 0 };
  if (graph.operatorCount <= mostEnumerated) {
    return yield* searchAllOrders(graph, found, budget, targetBytes);
  }
  let best = found;
  let othersTried = 0;
  const random = createRandom(1);
  for (let attempt = 0; attempt < attempts && othersTried < mostOthers; attempt++) {
    if (isDone(best) || best.arenaBytes <= best.liveness.peakBytes) break;
    const order = otherOrder(graph, best, attempt, random);
    budget.nodes += graph.operatorCount;
    if (order === undefined) continue;
    othersTried++;
    const liveness = measureLiveness(graph, order);
    for (const choice of ['all', 'needed'] satisfies ReuseChoice[]) {
      if (isDone(best)) break;
      const layout = layoutOfOrder(graph, order, liveness, choice);
      const other = searchLayouts(layout, budget, targetBytes, quickNames(best));
      budget.trace(`other order ${othersTried}, reuse ${choice}: ${other.arenaBytes}`);
      if (other.arenaBytes < best.arenaBytes)
        best = { ...other, order, orderName: `${found.orderName}, varied`, liveness };
    }
  }
  const searched = best === found || isDone(best) ? best : yield* searchExactly(best, budget);
  return { ...searched, othersTried, leastBytes: 0 };
}

/** An order of no higher peak that differs in a segment around what lies above the peak; undefined where none came out. */
function otherOrder(
  graph: MemoryGraph,
  { order, liveness, layout, offsets }: OrderIncumbent,
  attempt: number,
  random: Random,
): Int32Array | undefined {
  const above: number[] = [];
  for (let block = 0; block < layout.blockCount; block++) {
    if (offsets[block] + layout.bytes[block] > liveness.peakBytes) above.push(block);
  }
  if (above.length === 0) return undefined;
  const block = above[random.integer(0, above.length)];
  const width = Math.min(widths[attempt % widths.length], order.length);
  const center = layout.pieceFrom[layout.pieceStart[block]];
  const from = Math.max(0, Math.min(center - random.integer(0, width), order.length - width));
  const done = new Uint8Array(graph.operatorCount);
  for (let step = 0; step < from; step++) done[order[step]] = 1;
  const operators = order.slice(from, from + width);
  const { graph: segment, constantBytes } = intervalOf(graph, operators, done);
  const strategy = intervalStrategies[random.integer(0, intervalStrategies.length)];
  const own = strategy.order(segment);
  if (own.every((operator, step) => operator === step)) return undefined;
  if (peakOfOrder(segment, own).bytes + constantBytes > liveness.peakBytes) return undefined;
  const other = order.slice();
  other.set(
    own.map(operator => operators[operator]),
    from,
  );
  return other;
}

/** Every order whose peak is below the best arena, with every choice of reuse. */
function* searchAllOrders(
  graph: MemoryGraph,
  found: OrderIncumbent,
  budget: WorkBudget,
  targetBytes: number,
): Rounds<JointIncumbent> {
  let best = found;
  // What is fixed takes over nothing in a layout, though it might.
  let isEverything = graph.buffers.fixed.every(address => address < 0);
  let leastBytes = Number.POSITIVE_INFINITY;
  const end = budget.isLimited ? Number.POSITIVE_INFINITY : budget.nodes + enumerationNodes;
  const isDone = (): boolean => best.arenaBytes <= targetBytes || budget.nodes >= end || budget.isSpent();
  for (const order of ordersBelow(graph, () => best.arenaBytes)) {
    budget.nodes += graph.operatorCount;
    const liveness = measureLiveness(graph, order);
    const { choices, areAll } = choicesOf(optionalReuses(graph, order, liveness));
    isEverything &&= areAll;
    for (const choice of choices) {
      if (isDone() || liveness.peakBytes >= best.arenaBytes) break;
      const layout = layoutOfOrder(graph, order, liveness, choice);
      const placed = searchLayouts(layout, budget, targetBytes);
      const isHopeless = sum(placed.bankBounds) >= best.arenaBytes;
      const other = isHopeless ? placed : yield* searchExactly(placed, budget);
      leastBytes = Math.min(leastBytes, sum(other.bankBounds));
      if (other.arenaBytes < best.arenaBytes) best = { ...other, order, orderName: 'enumeration', liveness };
    }
    if (isDone()) break;
  }
  const isProven = isEverything && !isDone();
  return { ...best, othersTried: 0, leastBytes: isProven ? Math.min(best.arenaBytes, leastBytes) : 0 };
}

/** Every topological order whose peak is below what `limit` says at the time. */
function* ordersBelow(graph: MemoryGraph, limit: () => number): Generator<Int32Array> {
  const order = new Int32Array(graph.operatorCount);
  function* extend(length: number): Generator<Int32Array> {
    if (length === graph.operatorCount) {
      yield order.slice();
      return;
    }
    // Begun anew for each prefix: orders of a few operators are short.
    const execution = beginExecution(graph);
    const step = { during: 0, after: 0 };
    for (let at = 0; at < length; at++) {
      measureStep(execution, order[at], step);
      executeStep(execution, order[at], step);
    }
    const ready = [...execution.waiting.keys()].filter(operator => execution.waiting[operator] === 0);
    for (const operator of ready) {
      measureStep(execution, operator, step);
      if (step.during >= limit()) continue;
      order[length] = operator;
      yield* extend(length + 1);
    }
  }
  yield* extend(0);
}

/** Which buffer takes over which: every choice, those that take over most first, as long as there are not too many. */
function choicesOf(pairs: readonly [from: number, to: number][]): { choices: ReuseChoice[]; areAll: boolean } {
  const byTaker = new Map<number, number[]>();
  for (const [from, to] of pairs) byTaker.set(to, [...(byTaker.get(to) ?? []), from]);
  let choices: (readonly [to: number, from: number][])[] = [[]];
  for (const [to, givers] of byTaker) {
    choices = choices.flatMap(chosen => [...givers.map(from => [...chosen, [to, from] as [number, number]]), chosen]);
    if (choices.length > mostChoices) return { choices: ['all', 'needed', 'none'], areAll: false };
  }
  return { choices: choices.sort((a, b) => b.length - a.length).map(chosen => new Map(chosen)), areAll: true };
}
