import { type MessageGraph, type MessageScratch, sumBelief } from './message-kernel.ts';

/** What no plan can take less than, by what it contains. */
export interface StateBounds {
  /** Of all plans. */
  bound: number;
  /** By state, laid out as `unary`: of plans with it. */
  readonly states: Float64Array;
  /** By row and column, laid out as `table`: of plans with a pair of states of these groups. */
  readonly pairs: Float64Array;
}

export function createStateBounds(graph: MessageGraph): StateBounds {
  return {
    bound: 0,
    states: new Float64Array(graph.stateStart[graph.variables]),
    pairs: new Float64Array(graph.tableStart[graph.edges]),
  };
}

/**
 * Raises bounds to what the messages of a graph prove. A plan takes at least the least of each variable and edge, added
 * up; one with a state also takes what this state is above the least of its variable, and above those of its edges.
 * `lower` is subtracted: what costs in the graph but not in a plan. Returns the bound of these messages. O(tables).
 */
export function raiseStateBounds(
  graph: MessageGraph,
  bounds: StateBounds,
  lower: number,
  { belief, near, far }: MessageScratch,
): number {
  const { variables, edges, stateStart, low, high, lowStart, highStart, lowGroup, highGroup } = graph;
  const { lowMessage, highMessage, rows, columns, tableStart, table } = graph;
  const spare = new Float64Array(bounds.states.length);
  const above = new Float64Array(bounds.states.length);
  let bound = -lower;
  for (let variable = 0; variable < variables; variable++) {
    const least = sumBelief(graph, variable, belief);
    bound += least;
    const start = stateStart[variable];
    for (let at = start; at < stateStart[variable + 1]; at++) above[at] = spare[at] = belief[at - start] - least;
  }
  const leasts = new Float64Array(edges);
  const byRow = new Float64Array(belief.length);
  const byColumn = new Float64Array(belief.length);
  for (let edge = 0; edge < edges; edge++) {
    const [lowFirst, lowEnd] = [stateStart[low[edge]], stateStart[low[edge] + 1]];
    const [highFirst, highEnd] = [stateStart[high[edge]], stateStart[high[edge] + 1]];
    // The least of each group, as messages have it.
    leastOfGroups(near, rows[edge], lowFirst, lowEnd, lowGroup, lowMessage, lowStart[edge], undefined);
    leastOfGroups(far, columns[edge], highFirst, highEnd, highGroup, highMessage, highStart[edge], undefined);
    byRow.fill(Number.POSITIVE_INFINITY, 0, rows[edge]);
    byColumn.fill(Number.POSITIVE_INFINITY, 0, columns[edge]);
    for (let row = 0, at = tableStart[edge]; row < rows[edge]; row++) {
      for (let column = 0; column < columns[edge]; column++, at++) {
        if (far[column] + table[at] < byRow[row]) byRow[row] = far[column] + table[at];
        if (near[row] + table[at] < byColumn[column]) byColumn[column] = near[row] + table[at];
      }
    }
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < rows[edge]; row++) least = Math.min(least, near[row] + byRow[row]);
    leasts[edge] = least;
    bound += least;
    for (let at = lowFirst, own = lowStart[edge]; at < lowEnd; at++, own++) {
      above[at] += byRow[lowGroup[own]] - lowMessage[own] - least;
    }
    for (let at = highFirst, own = highStart[edge]; at < highEnd; at++, own++) {
      above[at] += byColumn[highGroup[own]] - highMessage[own] - least;
    }
  }
  if (bound > bounds.bound) bounds.bound = bound;
  for (let at = 0; at < above.length; at++) {
    if (bound + above[at] > bounds.states[at]) bounds.states[at] = bound + above[at];
  }
  for (let edge = 0; edge < edges; edge++) {
    const [lowFirst, lowEnd] = [stateStart[low[edge]], stateStart[low[edge] + 1]];
    const [highFirst, highEnd] = [stateStart[high[edge]], stateStart[high[edge] + 1]];
    leastOfGroups(near, rows[edge], lowFirst, lowEnd, lowGroup, lowMessage, lowStart[edge], spare);
    leastOfGroups(far, columns[edge], highFirst, highEnd, highGroup, highMessage, highStart[edge], spare);
    for (let row = 0, at = tableStart[edge]; row < rows[edge]; row++) {
      const own = bound - leasts[edge] + near[row];
      for (let column = 0; column < columns[edge]; column++, at++) {
        const sum = own + far[column] + table[at];
        if (sum > bounds.pairs[at]) bounds.pairs[at] = sum;
      }
    }
  }
  return bound;
}

/** Writes the least of each group of states, less the messages and with what else they cost. */
function leastOfGroups(
  into: Float64Array,
  groups: number,
  first: number,
  end: number,
  group: Int32Array,
  message: Float64Array,
  start: number,
  extra: Float64Array | undefined,
): void {
  into.fill(Number.POSITIVE_INFINITY, 0, groups);
  for (let at = first, own = start; at < end; at++, own++) {
    const cost = (extra === undefined ? 0 : extra[at]) - message[own];
    if (cost < into[group[own]]) into[group[own]] = cost;
  }
}
