import {
  orderBreadthFirst,
  orderByExtraUsers,
  orderDepthFirst,
  orderOfProgram,
  orderReverseDepthFirst,
} from './depth-orders.ts';
import type { OrderGraph } from './graph.ts';
import { orderByBytesFreed, orderByLeastPeak } from './list-orders.ts';
import { measureLiveness } from './liveness.ts';
import { reverseGraph } from './reversed-graph.ts';

/** A way to order operators: an immutable value with a name. */
export interface OrderStrategy {
  readonly name: string;
  order(graph: OrderGraph): Int32Array;
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
function bestOf(name: string, strategies: readonly OrderStrategy[]): OrderStrategy {
  return {
    name,
    order(graph) {
      const orders = strategies.map(strategy => strategy.order(graph));
      const peaks = orders.map(order => measureLiveness(graph, order).peakBytes);
      return orders[peaks.indexOf(Math.min(...peaks))];
    },
  };
}
