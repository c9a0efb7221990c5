import type { Random } from '../../base/index.ts';
import { growForest, solveForest } from './forest-kernel.ts';
import type { Labels } from './labels.ts';
import type { GraphCosts, GraphEdge, Penalty } from './message-graph.ts';
import type { MessageGraph, MessageScratch } from './message-kernel.ts';
import type { SearchModel } from './model.ts';

/** What is improved: a model as a graph, with the books that know what is really paid. */
export interface Terrain {
  readonly model: SearchModel;
  readonly edges: readonly GraphEdge[];
  readonly labels: Labels;
  readonly graph: MessageGraph;
  readonly costs: GraphCosts;
  readonly scratch: MessageScratch;
}

/** Forests in a row that gain nothing until the search for better ones ends. */
const patience = 4;

/**
 * Improves states: at first one variable at a time, then the variables of random forests all at once, each exactly, the
 * others staying. A forest has about two thirds of the variables. Writes into `states`; returns their seconds with those
 * of the penalty. The graph is not touched.
 */
export function improveStates(
  { labels, graph, costs, scratch }: Terrain,
  states: Int32Array,
  penalty: Penalty | undefined,
  random: Random,
  forests: number,
): number {
  const costOf = (found: Int32Array): number =>
    labels.cost(found) + (penalty === undefined ? 0 : labels.penaltyCost(found, penalty));
  labels.descend(states, penalty);
  let least = costOf(states);
  const up = new Float64Array(graph.stateStart[graph.variables]);
  for (let forest = 0, failures = 0; forest < forests && failures < patience; forest++) {
    const grown = growForest(graph, shuffled(graph.variables, random));
    const paid = costs.forest(labels.sharesAround(states, grown.inside, forest % 2 === 0), penalty);
    const changed = states.slice();
    solveForest(graph, grown, paid, changed, up, scratch);
    labels.descend(changed, penalty);
    const cost = costOf(changed);
    if (cost >= least * (1 - 1e-9)) {
      failures++;
      continue;
    }
    failures = 0;
    least = cost;
    states.set(changed);
  }
  return least;
}

function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(0, last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
