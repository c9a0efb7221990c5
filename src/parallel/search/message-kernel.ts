/**
 * A sum of functions of one and of two variables, with messages that shift cost between them.
 *
 *      variable i: states stateStart[i] .. stateStart[i + 1], each with cost unary[state]
 *      edge e:     between variables low[e] < high[e]; it tells only groups of their states apart:
 *                  lowGroup[lowStart[e] + state of low] is a row, highGroup[highStart[e] + state of high] a column of
 *                  table[tableStart[e] + row * columns[e] + column]
 *      messages:   lowMessage and highMessage, beside the groups: what has been moved from the edge to the variable
 *      incident:   edges of variable i, incidentStart[i] .. incidentStart[i + 1], those to earlier variables first,
 *                  incidentMiddle[i] where those to later ones start
 *
 * Whatever the messages are, least(i) = min over states of unary + messages, and least(e) = min over both of table -
 * messages, add up to a lower bound on the least sum.
 */
export interface MessageGraph {
  readonly variables: number;
  readonly stateStart: Int32Array;
  readonly unary: Float64Array;
  readonly edges: number;
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly lowStart: Int32Array;
  readonly highStart: Int32Array;
  readonly lowGroup: Int32Array;
  readonly highGroup: Int32Array;
  readonly lowMessage: Float64Array;
  readonly highMessage: Float64Array;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly tableStart: Int32Array;
  readonly table: Float64Array;
  readonly incidentStart: Int32Array;
  readonly incidentMiddle: Int32Array;
  readonly incident: Int32Array;
}

/** Scratch for the passes over a graph: as long as its widest variable and group. */
export interface MessageScratch {
  readonly belief: Float64Array;
  readonly near: Float64Array;
  readonly far: Float64Array;
}

/** Moves all that an edge can spare to its later variable: the edge's least cost becomes 0 in each of its states. */
function pullHigh(graph: MessageGraph, edge: number, { near, far }: MessageScratch): void {
  const { low, high, stateStart, lowStart, highStart, lowGroup, highGroup, lowMessage, highMessage } = graph;
  const [rows, columns] = [graph.rows[edge], graph.columns[edge]];
  near.fill(Number.POSITIVE_INFINITY, 0, rows);
  const lowEnd = lowStart[edge] + stateStart[low[edge] + 1] - stateStart[low[edge]];
  for (let at = lowStart[edge]; at < lowEnd; at++) {
    const row = lowGroup[at];
    if (-lowMessage[at] < near[row]) near[row] = -lowMessage[at];
  }
  far.fill(Number.POSITIVE_INFINITY, 0, columns);
  for (let row = 0, at = graph.tableStart[edge]; row < rows; row++) {
    const cost = near[row];
    for (let column = 0; column < columns; column++, at++) {
      const sum = cost + graph.table[at];
      if (sum < far[column]) far[column] = sum;
    }
  }
  const highEnd = highStart[edge] + stateStart[high[edge] + 1] - stateStart[high[edge]];
  for (let at = highStart[edge]; at < highEnd; at++) highMessage[at] = far[highGroup[at]];
}

/** The same towards the earlier variable. */
function pullLow(graph: MessageGraph, edge: number, { near, far }: MessageScratch): void {
  const { low, high, stateStart, lowStart, highStart, lowGroup, highGroup, lowMessage, highMessage } = graph;
  const [rows, columns] = [graph.rows[edge], graph.columns[edge]];
  near.fill(Number.POSITIVE_INFINITY, 0, columns);
  const highEnd = highStart[edge] + stateStart[high[edge] + 1] - stateStart[high[edge]];
  for (let at = highStart[edge]; at < highEnd; at++) {
    const column = highGroup[at];
    if (-highMessage[at] < near[column]) near[column] = -highMessage[at];
  }
  for (let row = 0, at = graph.tableStart[edge]; row < rows; row++) {
    let least = Number.POSITIVE_INFINITY;
    for (let column = 0; column < columns; column++, at++) {
      const sum = near[column] + graph.table[at];
      if (sum < least) least = sum;
    }
    far[row] = least;
  }
  const lowEnd = lowStart[edge] + stateStart[low[edge] + 1] - stateStart[low[edge]];
  for (let at = lowStart[edge]; at < lowEnd; at++) lowMessage[at] = far[lowGroup[at]];
}

/** Writes unary plus messages of a variable into `belief`; returns the least. */
export function sumBelief(graph: MessageGraph, variable: number, belief: Float64Array): number {
  const { stateStart, unary, incident, incidentStart, incidentMiddle } = graph;
  const start = stateStart[variable];
  const count = stateStart[variable + 1] - start;
  for (let state = 0; state < count; state++) belief[state] = unary[start + state];
  for (let at = incidentStart[variable]; at < incidentStart[variable + 1]; at++) {
    const edge = incident[at];
    const later = at >= incidentMiddle[variable];
    const message = later ? graph.lowMessage : graph.highMessage;
    const from = later ? graph.lowStart[edge] : graph.highStart[edge];
    for (let state = 0; state < count; state++) belief[state] += message[from + state];
  }
  let least = Number.POSITIVE_INFINITY;
  for (let state = 0; state < count; state++) if (belief[state] < least) least = belief[state];
  return least;
}

/** Gives a share of a variable's belief to each of its edges to later (or to earlier) variables. */
function push(graph: MessageGraph, variable: number, later: boolean, belief: Float64Array): void {
  const { incident, incidentStart, incidentMiddle, stateStart } = graph;
  const count = stateStart[variable + 1] - stateStart[variable];
  const middle = incidentMiddle[variable];
  const [earlierEdges, laterEdges] = [middle - incidentStart[variable], incidentStart[variable + 1] - middle];
  const share = 1 / Math.max(earlierEdges, laterEdges, 1);
  const message = later ? graph.lowMessage : graph.highMessage;
  const end = later ? incidentStart[variable + 1] : middle;
  for (let at = later ? middle : incidentStart[variable]; at < end; at++) {
    const from = later ? graph.lowStart[incident[at]] : graph.highStart[incident[at]];
    for (let state = 0; state < count; state++) message[from + state] -= share * belief[state];
  }
}

/**
 * One pass through all variables in order, and one back. Each variable takes what its edges behind can spare, and hands
 * equal shares on to its edges ahead: sequential reweighted message passing (Kolmogorov, 2015, A new look at reweighted
 * message passing), which for functions of two variables is TRW-S (2006). The bound never falls. O(tables).
 */
export function passMessages(graph: MessageGraph, scratch: MessageScratch): void {
  const { incident, incidentStart, incidentMiddle } = graph;
  for (let variable = 0; variable < graph.variables; variable++) {
    for (let at = incidentStart[variable]; at < incidentMiddle[variable]; at++) pullHigh(graph, incident[at], scratch);
    sumBelief(graph, variable, scratch.belief);
    push(graph, variable, true, scratch.belief);
  }
  for (let variable = graph.variables - 1; variable >= 0; variable--) {
    for (let at = incidentMiddle[variable]; at < incidentStart[variable + 1]; at++)
      pullLow(graph, incident[at], scratch);
    sumBelief(graph, variable, scratch.belief);
    push(graph, variable, false, scratch.belief);
  }
}

/** The lower bound that the messages prove: the least of each variable and edge, added up. */
export function boundOfMessages(graph: MessageGraph, scratch: MessageScratch): number {
  let bound = 0;
  for (let variable = 0; variable < graph.variables; variable++) bound += sumBelief(graph, variable, scratch.belief);
  for (let edge = 0; edge < graph.edges; edge++) bound += leastOfEdge(graph, edge, scratch);
  return bound;
}

function leastOfEdge(graph: MessageGraph, edge: number, { near, far }: MessageScratch): number {
  const { low, high, stateStart, lowStart, highStart, lowGroup, highGroup, lowMessage, highMessage } = graph;
  const [rows, columns] = [graph.rows[edge], graph.columns[edge]];
  near.fill(Number.POSITIVE_INFINITY, 0, rows);
  far.fill(Number.POSITIVE_INFINITY, 0, columns);
  const lowEnd = lowStart[edge] + stateStart[low[edge] + 1] - stateStart[low[edge]];
  for (let at = lowStart[edge]; at < lowEnd; at++) {
    if (-lowMessage[at] < near[lowGroup[at]]) near[lowGroup[at]] = -lowMessage[at];
  }
  const highEnd = highStart[edge] + stateStart[high[edge] + 1] - stateStart[high[edge]];
  for (let at = highStart[edge]; at < highEnd; at++) {
    if (-highMessage[at] < far[highGroup[at]]) far[highGroup[at]] = -highMessage[at];
  }
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0, at = graph.tableStart[edge]; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const sum = near[row] + far[column] + graph.table[at];
      if (sum < least) least = sum;
    }
  }
  return least;
}

/**
 * One state for each variable, chosen in order: the one with the least own cost, cost towards earlier variables as they
 * were chosen, and messages from later ones. To be called after a pass. Writes into `chosen`.
 */
export function decodeStates(graph: MessageGraph, chosen: Int32Array, belief: Float64Array): void {
  const { stateStart, unary, incident, incidentStart, incidentMiddle, variables } = graph;
  for (let variable = 0; variable < variables; variable++) {
    const start = stateStart[variable];
    const count = stateStart[variable + 1] - start;
    for (let state = 0; state < count; state++) belief[state] = unary[start + state];
    for (let at = incidentStart[variable]; at < incidentStart[variable + 1]; at++) {
      const edge = incident[at];
      if (at >= incidentMiddle[variable]) {
        const from = graph.lowStart[edge];
        for (let state = 0; state < count; state++) belief[state] += graph.lowMessage[from + state];
        continue;
      }
      const row = graph.lowGroup[graph.lowStart[edge] + chosen[graph.low[edge]]];
      const from = graph.tableStart[edge] + row * graph.columns[edge];
      const own = graph.highStart[edge];
      for (let state = 0; state < count; state++) belief[state] += graph.table[from + graph.highGroup[own + state]];
    }
    let best = 0;
    for (let state = 1; state < count; state++) if (belief[state] < belief[best]) best = state;
    chosen[variable] = best;
  }
}
