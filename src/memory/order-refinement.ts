import { type OrderPeak, peakOfOrder } from './execution-kernel.ts';
import type { OrderGraph } from './graph.ts';
import { cutAtOperator } from './operator-cut.ts';
import { intervalOf } from './order-interval.ts';
import { OrderSearch } from './order-search-kernel.ts';
import { intervalStrategies } from './order-strategies.ts';
import { reverseGraph } from './reversed-graph.ts';
import type { WorkBudget } from './work-budget.ts';

/** An order with the most that is there at once. */
export interface RefinedOrder {
  readonly order: Int32Array;
  readonly peakBytes: number;
}

/** What an order of an interval came to. */
interface IntervalOrder extends RefinedOrder {
  /** An operator that needs more than wanted in every order of the interval, or -1. */
  readonly blocking: number;
}

/** Sides that are tried at one operator, at the top and below. */
const attemptsAtTop = 12;
const attemptsBelow = 3;
/** Operators of an interval that is searched for the least peak, and states in the search. */
const mostSearched = 256;
const searchLimit = 500;
/** Operators around a peak that are ordered anew, and states in the search. */
const windowWidths = [12, 24, 48];
const windowLimit = 2000;

/**
 * Lowers the peak of an order to `targetBytes`, or as far as it can: it cuts at the operator of the peak, so that this one
 * runs where least is there, then orders what runs before and what runs after anew, each by itself, and lowers their peaks
 * in the same way. Where an operator of one side needs too much there whatever the order, it is moved to the other side.
 * What neither helps is ordered by exact search in windows around the peak. Ends after `nodes` or with the budget.
 *
 * By submodularity of what is live, moving a peak's operator to its cut lets no step need more that runs before and stays
 * before, or runs after and stays after; what crosses over may.
 */
export function refineOrder(
  graph: OrderGraph,
  order: Int32Array,
  targetBytes: number,
  budget: WorkBudget,
  nodes: number,
): RefinedOrder {
  const refinement = new Refinement(budget, budget.nodes + nodes);
  let best: RefinedOrder = { order, peakBytes: peakOfOrder(graph, order).bytes };
  while (best.peakBytes > targetBytes && !refinement.isSpent()) {
    const found = refinement.refine(graph, best.order, targetBytes, attemptsAtTop);
    const lower = found.peakBytes < best.peakBytes ? found : refinement.orderWindow(graph, best.order, targetBytes);
    if (lower === undefined) break;
    // Measured as a whole: intervals leave out inputs that nothing reads.
    const peakBytes = peakOfOrder(graph, lower.order).bytes;
    if (peakBytes >= best.peakBytes) break;
    best = { order: lower.order, peakBytes };
  }
  return best;
}

class Refinement {
  readonly #budget: WorkBudget;
  readonly #end: number;

  constructor(budget: WorkBudget, end: number) {
    this.#budget = budget;
    this.#end = end;
  }

  isSpent(): boolean {
    return this.#budget.nodes >= this.#end || this.#budget.isSpent();
  }

  refine(graph: OrderGraph, given: Int32Array, target: number, attempts: number): IntervalOrder {
    const peak = this.#peakOf(graph, given);
    let best: IntervalOrder = { order: given, peakBytes: peak.bytes, blocking: -1 };
    if (peak.bytes <= target) return best;
    const pivot = given[peak.step];
    const forced = { before: [] as number[], after: [] as number[] };
    for (let attempt = 0; attempt < attempts; attempt++) {
      const cut = cutAtOperator(graph, pivot, -1, forced);
      if (cut === undefined) break;
      this.#budget.nodes += cut.nodes;
      if (cut.bytes > target && attempt === 0) best = { ...best, blocking: pivot };
      if (cut.bytes >= best.peakBytes || this.isSpent()) break;
      const found = this.#split(graph, given, pivot, cut.before, Math.max(target, cut.bytes));
      const peakBytes = Math.max(found.peakBytes, cut.bytes);
      if (peakBytes < best.peakBytes) best = { order: found.order, peakBytes, blocking: best.blocking };
      if (best.peakBytes <= target || found.blocking < 0) break;
      (cut.before[found.blocking] ? forced.after : forced.before).push(found.blocking);
    }
    return best;
  }

  /** Orders what runs before `pivot` and what runs after it, in the order given or a better one. */
  #split(graph: OrderGraph, given: Int32Array, pivot: number, before: Uint8Array, target: number): IntervalOrder {
    const done = new Uint8Array(graph.operatorCount);
    const order = new Int32Array(graph.operatorCount);
    let [end, peakBytes, blocking] = [0, 0, -1];
    const run = (operators: Int32Array): void => {
      order.set(operators, end);
      end += operators.length;
      for (const operator of operators) done[operator] = 1;
    };
    const runInterval = (operators: Int32Array): void => {
      if (operators.length === 0) return;
      const interval = intervalOf(graph, operators, done);
      const found = this.#orderInterval(interval.graph, target - interval.constantBytes);
      if (found.peakBytes + interval.constantBytes > peakBytes) {
        peakBytes = found.peakBytes + interval.constantBytes;
        blocking = found.blocking < 0 ? -1 : operators[found.blocking];
      }
      run(found.order.map(operator => operators[operator]));
    };
    runInterval(given.filter(operator => before[operator]));
    run(Int32Array.of(pivot));
    runInterval(given.filter(operator => !before[operator] && operator !== pivot));
    return { order, peakBytes, blocking };
  }

  /** Orders an interval: as it stands, by a rule, by further cuts, or by search. */
  #orderInterval(graph: OrderGraph, target: number): IntervalOrder {
    let order: Int32Array = Int32Array.from({ length: graph.operatorCount }, (_, operator) => operator);
    let peakBytes = this.#peakOf(graph, order).bytes;
    for (const strategy of intervalStrategies) {
      if (peakBytes <= target || this.isSpent()) break;
      const other = strategy.order(graph);
      const { bytes } = this.#peakOf(graph, other);
      if (bytes < peakBytes) [order, peakBytes] = [other, bytes];
    }
    if (peakBytes <= target || this.isSpent()) return { order, peakBytes, blocking: -1 };
    const refined = this.refine(graph, order, target, attemptsBelow);
    if (refined.peakBytes <= target || graph.operatorCount > mostSearched || this.isSpent()) return refined;
    return this.#search(graph, refined.order, refined.peakBytes, target, searchLimit) ?? refined;
  }

  /** The order of least peak, from the end at which more is live to the other; undefined when it takes too long. */
  #search(
    graph: OrderGraph,
    given: Int32Array,
    peakBytes: number,
    target: number,
    limit: number,
  ): IntervalOrder | undefined {
    const { buffers } = graph;
    let fall = 0;
    for (let buffer = 0; buffer < buffers.count; buffer++) {
      fall += (buffers.atStart[buffer] - buffers.atEnd[buffer]) * buffers.bytes[buffer];
    }
    const search = new OrderSearch(fall >= 0 ? graph : reverseGraph(graph));
    const end = search.run(target, peakBytes, limit);
    this.#budget.nodes += search.nodes * graph.operatorCount;
    if (end === 'limit') return undefined;
    const order = end === 'none' ? given : fall >= 0 ? search.order : search.order.reverse();
    const peak = peakOfOrder(graph, order);
    return { order, peakBytes: peak.bytes, blocking: peak.bytes <= target ? -1 : order[peak.step] };
  }

  /** Orders some operators around the peak anew, so that it falls; undefined where that cannot be done. */
  orderWindow(graph: OrderGraph, order: Int32Array, target: number): RefinedOrder | undefined {
    const peak = this.#peakOf(graph, order);
    for (const width of windowWidths) {
      if (this.isSpent()) return undefined;
      const from = Math.max(0, Math.min(peak.step - width / 2, order.length - width));
      const done = new Uint8Array(graph.operatorCount);
      for (let step = 0; step < from; step++) done[order[step]] = 1;
      const operators = order.slice(from, from + width);
      const { graph: window, constantBytes } = intervalOf(graph, operators, done);
      const given = Int32Array.from(operators, (_, index) => index);
      const found = this.#search(window, given, peak.bytes - constantBytes, target - constantBytes, windowLimit);
      if (found === undefined || found.peakBytes + constantBytes >= peak.bytes) continue;
      const better = order.slice();
      better.set(
        found.order.map(operator => operators[operator]),
        from,
      );
      return { order: better, peakBytes: this.#peakOf(graph, better).bytes };
    }
    return undefined;
  }

  #peakOf(graph: OrderGraph, order: Int32Array): OrderPeak {
    this.#budget.nodes += order.length;
    return peakOfOrder(graph, order);
  }
}
