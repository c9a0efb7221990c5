import type { MessageGraph, MessageScratch } from './message-kernel.ts';

/**
 * Some variables of a graph between which no cycle runs, in an order in which each comes after its parent.
 *
 *      order[i] is a variable, parentEdge[i] the edge to its parent, or -1 for a root
 */
export interface Forest {
  readonly size: number;
  readonly order: Int32Array;
  readonly parentEdge: Int32Array;
  /** 1 for the variables of the forest. */
  readonly inside: Uint8Array;
}

/**
 * Grows a forest: takes each variable, in the order given, unless it would close a cycle with those taken before.
 * O(edges), but for the joining of trees.
 */
export function growForest(graph: MessageGraph, candidates: Int32Array): Forest {
  const { variables, incident, incidentStart, low, high } = graph;
  const inside = new Uint8Array(variables);
  const tree = Int32Array.from({ length: variables }, (_, index) => index);
  const rootOf = (variable: number): number => {
    let root = variable;
    while (tree[root] !== root) root = tree[root];
    for (let at = variable; tree[at] !== root; ) [at, tree[at]] = [tree[at], root];
    return root;
  };
  const met = new Int32Array(variables).fill(-1);
  for (const variable of candidates) {
    let free = true;
    for (let at = incidentStart[variable]; at < incidentStart[variable + 1] && free; at++) {
      const other = low[incident[at]] === variable ? high[incident[at]] : low[incident[at]];
      if (inside[other] === 0) continue;
      const root = rootOf(other);
      free = met[root] !== variable;
      met[root] = variable;
    }
    if (!free) continue;
    inside[variable] = 1;
    for (let at = incidentStart[variable]; at < incidentStart[variable + 1]; at++) {
      const other = low[incident[at]] === variable ? high[incident[at]] : low[incident[at]];
      if (inside[other] === 1) tree[rootOf(other)] = variable;
    }
  }
  return orderForest(graph, inside);
}

function orderForest(graph: MessageGraph, inside: Uint8Array): Forest {
  const { variables, incident, incidentStart, low, high } = graph;
  const order = new Int32Array(variables);
  const parentEdge = new Int32Array(variables);
  const seen = new Uint8Array(variables);
  let size = 0;
  for (let root = 0; root < variables; root++) {
    if (inside[root] === 0 || seen[root] === 1) continue;
    seen[root] = 1;
    order[size] = root;
    parentEdge[size++] = -1;
    for (let next = size - 1; next < size; next++) {
      const variable = order[next];
      for (let at = incidentStart[variable]; at < incidentStart[variable + 1]; at++) {
        const edge = incident[at];
        const other = low[edge] === variable ? high[edge] : low[edge];
        if (inside[other] === 0 || seen[other] === 1) continue;
        seen[other] = 1;
        order[size] = other;
        parentEdge[size++] = edge;
      }
    }
  }
  return { size, order, parentEdge, inside };
}

/**
 * Gives all variables of a forest the states with the least sum, those of the others staying as they are: dynamic
 * programming from the leaves to the roots and back. Writes into `states`; `up` has room for all states. O(tables).
 */
export function solveForest(
  graph: MessageGraph,
  forest: Forest,
  states: Int32Array,
  up: Float64Array,
  { near, far }: MessageScratch,
): void {
  const { stateStart, unary, incident, incidentStart, low, high } = graph;
  const { size, order, parentEdge, inside } = forest;
  for (let index = 0; index < size; index++) {
    const variable = order[index];
    const [start, end] = [stateStart[variable], stateStart[variable + 1]];
    for (let state = start; state < end; state++) up[state] = unary[state];
    for (let at = incidentStart[variable]; at < incidentStart[variable + 1]; at++) {
      const edge = incident[at];
      const other = low[edge] === variable ? high[edge] : low[edge];
      if (inside[other] === 0) addFixed(graph, edge, variable, states[other], up);
    }
  }
  for (let index = size - 1; index >= 0; index--) {
    const edge = parentEdge[index];
    if (edge >= 0) sendUp(graph, edge, order[index], up, near, far);
  }
  for (let index = 0; index < size; index++) {
    const variable = order[index];
    const edge = parentEdge[index];
    const [start, end] = [stateStart[variable], stateStart[variable + 1]];
    if (edge >= 0) addFixed(graph, edge, variable, states[low[edge] === variable ? high[edge] : low[edge]], up);
    let best = start;
    for (let state = start + 1; state < end; state++) if (up[state] < up[best]) best = state;
    states[variable] = best - start;
  }
}

/** Adds the costs of an edge of which the other end is in a state. */
function addFixed(graph: MessageGraph, edge: number, variable: number, other: number, up: Float64Array): void {
  const { stateStart, low, lowStart, highStart, lowGroup, highGroup, columns, tableStart, table } = graph;
  const [start, end] = [stateStart[variable], stateStart[variable + 1]];
  if (low[edge] === variable) {
    const from = tableStart[edge] + highGroup[highStart[edge] + other];
    for (let state = start; state < end; state++) {
      up[state] += table[from + lowGroup[lowStart[edge] + state - start] * columns[edge]];
    }
    return;
  }
  const from = tableStart[edge] + lowGroup[lowStart[edge] + other] * columns[edge];
  for (let state = start; state < end; state++) up[state] += table[from + highGroup[highStart[edge] + state - start]];
}

/** Adds to each state of the parent the least of a child and the edge between them. */
function sendUp(
  graph: MessageGraph,
  edge: number,
  child: number,
  up: Float64Array,
  near: Float64Array,
  far: Float64Array,
): void {
  const { stateStart, low, high, lowStart, highStart, lowGroup, highGroup, rows, columns, tableStart, table } = graph;
  const childIsLow = low[edge] === child;
  const parent = childIsLow ? high[edge] : low[edge];
  const [childGroup, childGroups] = childIsLow ? [lowGroup, lowStart[edge]] : [highGroup, highStart[edge]];
  const [parentGroup, parentGroups] = childIsLow ? [highGroup, highStart[edge]] : [lowGroup, lowStart[edge]];
  const [childCount, parentCount] = childIsLow ? [rows[edge], columns[edge]] : [columns[edge], rows[edge]];
  near.fill(Number.POSITIVE_INFINITY, 0, childCount);
  for (let state = stateStart[child], at = childGroups; state < stateStart[child + 1]; state++, at++) {
    if (up[state] < near[childGroup[at]]) near[childGroup[at]] = up[state];
  }
  if (childIsLow) {
    far.fill(Number.POSITIVE_INFINITY, 0, parentCount);
    for (let row = 0, at = tableStart[edge]; row < childCount; row++) {
      const own = near[row];
      for (let column = 0; column < parentCount; column++, at++) {
        const sum = own + table[at];
        if (sum < far[column]) far[column] = sum;
      }
    }
  } else {
    for (let row = 0, at = tableStart[edge]; row < parentCount; row++) {
      let least = Number.POSITIVE_INFINITY;
      for (let column = 0; column < childCount; column++, at++) {
        const sum = near[column] + table[at];
        if (sum < least) least = sum;
      }
      far[row] = least;
    }
  }
  for (let state = stateStart[parent], at = parentGroups; state < stateStart[parent + 1]; state++, at++) {
    up[state] += far[parentGroup[at]];
  }
}
