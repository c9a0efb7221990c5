import {
  orderBreadthFirst,
  orderByExtraUsers,
  orderDepthFirst,
  orderOfProgram,
  orderReverseDepthFirst,
} from './depth-orders.ts';
import { peakOfOrder } from './execution-kernel.ts';
import type { OrderGraph } from './graph.ts';
import { orderByBytesFreed, orderByLeastPeak } from './list-orders.ts';
import { reverseGraph } from './reversed-graph.ts';

/** A way to order operators: an immutable value with a name. */
export interface OrderStrategy {
  readonly name: string;
  order(graph: OrderGraph): Int32Array;
  /** Of one that takes the best of others: these. */
  readonly parts?: readonly OrderStrategy[];
}

/** Orders of one graph by strategy, each found once. */
export class StrategyOrders {
  readonly #graph: OrderGraph;
  readonly #known = new Map<OrderStrategy, Int32Array>();

  constructor(graph: OrderGraph) {
    this.#graph = graph;
  }

  /** The order of a strategy. The caller leaves it as it is. */
  of(strategy: OrderStrategy): Int32Array {
    const known = this.#known.get(strategy);
    if (known !== undefined) return known;
    const order = strategy.parts === undefined ? strategy.order(this.#graph) : this.#bestOf(strategy.parts);
    this.#known.set(strategy, order);
    return order;
  }

  /** The order of least peak; ties go to the first strategy. */
  #bestOf(strategies: readonly OrderStrategy[]): Int32Array {
    const orders = strategies.map(strategy => this.of(strategy));
    const peaks = orders.map(order => peakOfOrder(this.#graph, order).bytes);
    return orders[peaks.indexOf(Math.min(...peaks))];
  }
}

export const programOrder: OrderStrategy = { name: 'program', order: orderOfProgram };
/** ROAM's baseline order; Inductor's LPMF is the same rule. */
export const lescea: OrderStrategy = { name: 'lescea', order: orderByLeastPeak };
const xlaList: OrderStrategy = { name: 'xla list', order: orderByBytesFreed };
const xlaDepthFirst: OrderStrategy = { name: 'xla depth first', order: orderByExtraUsers };
const postOrder: OrderStrategy = { name: 'post-order', order: orderDepthFirst };
const reverseDepthFirst: OrderStrategy = { name: 'reverse depth first', order: orderReverseDepthFirst };
const backwardLescea: OrderStrategy = {
  name: 'lescea backwards',
  order: graph => orderByLeastPeak(reverseGraph(graph)).reverse(),
};
const backwardList: OrderStrategy = {
  name: 'xla list backwards',
  order: graph => orderByBytesFreed(reverseGraph(graph)).reverse(),
};
const breadthFirst: OrderStrategy = { name: 'breadth first', order: orderBreadthFirst };

/** XLA's default: the best of list, depth first and post-order. */
export const xlaBestOfThree = bestOf('xla best of three', [xlaList, xlaDepthFirst, postOrder]);
/** Inductor's `reorder_for_peak_memory`: the best of LPMF, breadth first and depth first. */
export const inductorBest = bestOf('inductor best of three', [lescea, breadthFirst, postOrder]);

/** Orders that are tried; every rival's is among them. */
export const orderPortfolio: readonly OrderStrategy[] = [
  programOrder,
  lescea,
  xlaList,
  xlaDepthFirst,
  postOrder,
  reverseDepthFirst,
  breadthFirst,
  backwardLescea,
  backwardList,
];

/** Orders that are tried on what lies between two cuts, in place of the order that is there. */
export const intervalStrategies: readonly OrderStrategy[] = orderPortfolio.filter(
  strategy => strategy !== programOrder,
);

/** The order of least peak; ties go to the first strategy. */
function bestOf(name: string, parts: readonly OrderStrategy[]): OrderStrategy {
  const strategy: OrderStrategy = { name, parts, order: graph => new StrategyOrders(graph).of(strategy) };
  return strategy;
}
