import type { MessageGraph, MessageScratch } from './message-kernel.ts';
import { impossibleSeconds } from './move-prices.ts';

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
 * What states cost while a forest is solved: `unary` by state as in the graph, and by edge of the graph its table, looked
 * up where it is asked, so that shares which hold for one forest only are never written into tables.
 */
export interface ForestCosts {
  readonly unary: Float64Array;
  readonly edges: readonly ForestEdge[];
}

/** The table of an edge: `seconds[row * columns + column]`, times the column's share unless impossible, plus `extra`. */
export interface ForestEdge {
  readonly seconds: Float64Array;
  readonly share: Float64Array;
  readonly extra: Float64Array | undefined;
  readonly rows: number;
  readonly columns: number;
  /** True where rows are groups of the edge's earlier variable. */
  readonly forward: boolean;
}

/**
 * Gives all variables of a forest the states with the least sum, those of the others staying as they are: dynamic
 * programming from the leaves to the roots and back. Writes into `states`; `up` has room for all states. O(tables).
 */
export function solveForest(
  graph: MessageGraph,
  forest: Forest,
  { unary, edges }: ForestCosts,
  states: Int32Array,
  up: Float64Array,
  { near, far }: MessageScratch,
): void {
  const { stateStart, incident, incidentStart, low, high } = graph;
  const { size, order, parentEdge, inside } = forest;
  for (let index = 0; index < size; index++) {
    const variable = order[index];
    const [start, end] = [stateStart[variable], stateStart[variable + 1]];
    for (let state = start; state < end; state++) up[state] = unary[state];
    for (let at = incidentStart[variable]; at < incidentStart[variable + 1]; at++) {
      const edge = incident[at];
      const other = low[edge] === variable ? high[edge] : low[edge];
      if (inside[other] === 0) addFixed(graph, edge, edges[edge], variable, states[other], up);
    }
  }
  for (let index = size - 1; index >= 0; index--) {
    const edge = parentEdge[index];
    if (edge >= 0) sendUp(graph, edge, edges[edge], order[index], up, near, far);
  }
  for (let index = 0; index < size; index++) {
    const variable = order[index];
    const edge = parentEdge[index];
    const [start, end] = [stateStart[variable], stateStart[variable + 1]];
    if (edge >= 0) {
      const parent = low[edge] === variable ? high[edge] : low[edge];
      addFixed(graph, edge, edges[edge], variable, states[parent], up);
    }
    let best = start;
    for (let state = start + 1; state < end; state++) if (up[state] < up[best]) best = state;
    states[variable] = best - start;
  }
}

/** Adds the costs of an edge of which the other end is in a state. */
function addFixed(
  graph: MessageGraph,
  edge: number,
  { seconds, share, extra, columns, forward }: ForestEdge,
  variable: number,
  other: number,
  up: Float64Array,
): void {
  const { stateStart, low, lowStart, highStart, lowGroup, highGroup } = graph;
  const [start, end] = [stateStart[variable], stateStart[variable + 1]];
  const isLow = low[edge] === variable;
  const [ownGroup, own] = isLow ? [lowGroup, lowStart[edge]] : [highGroup, highStart[edge]];
  const fixed = isLow ? highGroup[highStart[edge] + other] : lowGroup[lowStart[edge] + other];
  const ownIsRow = isLow === forward;
  for (let state = start, at = own; state < end; state++, at++) {
    const [row, column] = ownIsRow ? [ownGroup[at], fixed] : [fixed, ownGroup[at]];
    const cell = row * columns + column;
    const full = seconds[cell];
    up[state] += (full >= impossibleSeconds ? full : full * share[column]) + (extra === undefined ? 0 : extra[cell]);
  }
}

/** Adds to each state of the parent the least of a child and the edge between them. */
function sendUp(
  graph: MessageGraph,
  edge: number,
  { seconds, share, extra, rows, columns, forward }: ForestEdge,
  child: number,
  up: Float64Array,
  near: Float64Array,
  far: Float64Array,
): void {
  const { stateStart, low, high, lowStart, highStart, lowGroup, highGroup } = graph;
  const childIsLow = low[edge] === child;
  const parent = childIsLow ? high[edge] : low[edge];
  const [childGroup, childGroups] = childIsLow ? [lowGroup, lowStart[edge]] : [highGroup, highStart[edge]];
  const [parentGroup, parentGroups] = childIsLow ? [highGroup, highStart[edge]] : [lowGroup, lowStart[edge]];
  const childIsRow = childIsLow === forward;
  near.fill(Number.POSITIVE_INFINITY, 0, childIsRow ? rows : columns);
  for (let state = stateStart[child], at = childGroups; state < stateStart[child + 1]; state++, at++) {
    if (up[state] < near[childGroup[at]]) near[childGroup[at]] = up[state];
  }
  far.fill(Number.POSITIVE_INFINITY, 0, childIsRow ? columns : rows);
  for (let row = 0, cell = 0; row < rows; row++) {
    const own = childIsRow ? near[row] : 0;
    let least = Number.POSITIVE_INFINITY;
    for (let column = 0; column < columns; column++, cell++) {
      const full = seconds[cell];
      const cost = (full >= impossibleSeconds ? full : full * share[column]) + (extra === undefined ? 0 : extra[cell]);
      if (childIsRow) {
        if (own + cost < far[column]) far[column] = own + cost;
      } else if (near[column] + cost < least) least = near[column] + cost;
    }
    if (!childIsRow) far[row] = least;
  }
  for (let state = stateStart[parent], at = parentGroups; state < stateStart[parent + 1]; state++, at++) {
    up[state] += far[parentGroup[at]];
  }
}
