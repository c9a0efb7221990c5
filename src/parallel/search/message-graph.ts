import { elementBits, elementCount } from '../../ir/index.ts';
import type { ForestCosts, ForestEdge } from './forest-kernel.ts';
import type { MessageGraph, MessageScratch } from './message-kernel.ts';
import { type SearchModel, type SearchRead, type SearchValue, statesOf } from './model.ts';
import { impossibleSeconds, type MovePrices } from './move-prices.ts';

/** An edge of the graph: what one variable reads of what another one hands on, in one way. */
export interface GraphEdge {
  /** See `edgeKey`. */
  readonly key: string;
  readonly producer: number;
  readonly reader: number;
  /** By the producer's state a row, by the reader's state a column of `seconds`. */
  readonly homes: Int32Array;
  readonly reads: Int32Array;
  readonly rows: number;
  readonly columns: number;
  /** Seconds of the move for one value, row by row. */
  readonly seconds: Float64Array;
  /** The numbers of the layouts of rows and columns. */
  readonly rowLayouts: Int32Array;
  readonly columnLayouts: Int32Array;
  /** The reads of values that this edge stands for. */
  readonly parts: readonly EdgePart[];
}

export interface EdgePart {
  readonly value: number;
  readonly read: number;
}

/** What tells edges apart: the home of the value, and the way in which it is read. */
export function edgeKey(home: number, map: number): string {
  return `${home}:${map}`;
}

/** The edges of a model: reads with the same two variables and the same maps are one. */
export function buildEdges(model: SearchModel, moves: MovePrices, secondsPerChange: number): GraphEdge[] {
  const drafts = new Map<
    string,
    { readonly value: SearchValue; readonly read: SearchRead; readonly parts: EdgePart[] }
  >();
  for (const [valueIndex, value] of model.values.entries()) {
    for (const [readIndex, read] of value.reads.entries()) {
      const key = edgeKey(value.home, read.map);
      const draft = drafts.get(key);
      const part = { value: valueIndex, read: readIndex };
      if (draft === undefined) drafts.set(key, { value, read, parts: [part] });
      else draft.parts.push(part);
    }
  }
  const tables = new Map<string, Float64Array>();
  const groups = new Map<Int32Array, Grouped>();
  const numbers = new Map<string, number>();
  const group = (entries: Int32Array): Grouped => {
    const known = groups.get(entries) ?? groupEqual(entries, numbers);
    groups.set(entries, known);
    return known;
  };
  return [...drafts].map(([key, { value, read, parts }]) => {
    const { numbers: homes, distinct: rowLayouts, list: rowList } = group(value.homes);
    const { numbers: reads, distinct: columnLayouts, list: columnList } = group(read.layouts);
    const { type } = value;
    const table = `${type.element}${type.shape}:${rowList}:${columnList}:${read.trips}:${read.hideable}`;
    let seconds = tables.get(table);
    if (seconds === undefined) {
      const columns = columnLayouts.length;
      seconds = new Float64Array(rowLayouts.length * columns);
      const weight = moves.weight(read.trips, read.hideable);
      const bits = elementCount(type.shape) * elementBits(type.element);
      for (let row = 0, at = 0; row < rowLayouts.length; row++) {
        for (let column = 0; column < columns; column++, at++) {
          const own = moves.secondsOfBits(bits, rowLayouts[row], columnLayouts[column], read.hideable);
          const change = rowLayouts[row] === columnLayouts[column] ? 0 : secondsPerChange;
          seconds[at] = own >= impossibleSeconds ? own : own * weight + change;
        }
      }
      tables.set(table, seconds);
    }
    const [rows, columns] = [rowLayouts.length, columnLayouts.length];
    return {
      key,
      producer: value.producer,
      reader: read.reader,
      homes,
      reads,
      rows,
      columns,
      seconds,
      rowLayouts,
      columnLayouts,
      parts,
    };
  });
}

/** Entries by the number of each distinct one, these in order, and a number for their list: equal for equal lists. */
interface Grouped {
  readonly numbers: Int32Array;
  readonly distinct: Int32Array;
  readonly list: number;
}

function groupEqual(entries: Int32Array, lists: Map<string, number>): Grouped {
  const known = new Map<number, number>();
  const numbers = entries.map(entry => {
    const number = known.get(entry) ?? known.size;
    known.set(entry, number);
    return number;
  });
  const distinct = Int32Array.from(known.keys());
  const text = distinct.join();
  const list = lists.get(text) ?? lists.size;
  lists.set(text, list);
  return { numbers, distinct, list };
}

/**
 * How much of a move each read pays, by edge and column. A move serves all reads of a value in one layout, so any shares
 * that add up to at most 1 for each value and layout give a lower bound on what is really paid.
 */
export type Shares = readonly Float64Array[];

/** Seconds that are added to those of the model, for what else is to be kept small: memory, changes of layout. */
export interface Penalty {
  /** By variable the seconds of each state. */
  readonly variables: readonly (Float64Array | undefined)[];
  /** By edge the seconds of each row and column. */
  readonly edges: ReadonlyMap<number, Float64Array>;
}

/** Lays a model out for message passing, with all costs 0: see `GraphCosts`. */
export function buildGraph(model: SearchModel, edges: readonly GraphEdge[]): MessageGraph {
  const { variables } = model;
  const stateStart = starts(variables.map(statesOf));
  const open = edges.flatMap((edge, index) => (edge.producer === edge.reader ? [] : [index]));
  const low = Int32Array.from(open, index => Math.min(edges[index].producer, edges[index].reader));
  const high = Int32Array.from(open, index => Math.max(edges[index].producer, edges[index].reader));
  const count = (variable: number): number => statesOf(variables[variable]);
  const lowStart = starts([...low].map(count));
  const highStart = starts([...high].map(count));
  const forward = open.map(index => edges[index].producer < edges[index].reader);
  const rows = Int32Array.from(open, (index, at) => (forward[at] ? edges[index].rows : edges[index].columns));
  const columns = Int32Array.from(open, (index, at) => (forward[at] ? edges[index].columns : edges[index].rows));
  const tableStart = starts([...rows].map((number, at) => number * columns[at]));
  const graph = {
    variables: variables.length,
    stateStart,
    unary: new Float64Array(stateStart[variables.length]),
    edges: open.length,
    low,
    high,
    lowStart,
    highStart,
    lowGroup: new Int32Array(lowStart[open.length]),
    highGroup: new Int32Array(highStart[open.length]),
    lowMessage: new Float64Array(lowStart[open.length]),
    highMessage: new Float64Array(highStart[open.length]),
    rows,
    columns,
    tableStart,
    table: new Float64Array(tableStart[open.length]),
    ...incidence(variables.length, low, high),
  };
  for (const [at, index] of open.entries()) {
    const { homes, reads } = edges[index];
    graph.lowGroup.set(forward[at] ? homes : reads, lowStart[at]);
    graph.highGroup.set(forward[at] ? reads : homes, highStart[at]);
  }
  return graph;
}

/** Keeps the costs of a graph: what has not changed is not written again. */
export class GraphCosts {
  readonly #graph: MessageGraph;
  readonly #model: SearchModel;
  readonly #edges: readonly GraphEdge[];
  readonly #shares: (Float64Array | undefined)[];
  /** Of forests; written anew for each. */
  readonly #unary: Float64Array;
  #penalty: Penalty | undefined;

  constructor(graph: MessageGraph, model: SearchModel, edges: readonly GraphEdge[]) {
    this.#graph = graph;
    this.#model = model;
    this.#edges = edges;
    this.#shares = edges.map(() => undefined);
    this.#unary = new Float64Array(graph.unary.length);
  }

  /**
   * Writes the costs by these shares and this penalty; messages stay as they are. Edges from a variable to itself count
   * with its own seconds.
   */
  set(shares: Shares, penalty: Penalty | undefined): void {
    const { unary, table, tableStart } = this.#graph;
    this.#setUnary(unary, shares, penalty);
    let open = 0;
    for (const [index, edge] of this.#edges.entries()) {
      if (edge.producer === edge.reader) continue;
      const share = shares[index];
      const extra = penalty?.edges.get(index);
      const start = tableStart[open++];
      if (extra === this.#penalty?.edges.get(index) && isSame(share, this.#shares[index])) continue;
      writeTable(table, start, edge, share, extra);
      this.#shares[index] = share;
    }
    this.#penalty = penalty;
  }

  /** The costs by these shares and this penalty for one forest: the graph stays as it is. */
  forest(shares: Shares, penalty: Penalty | undefined): ForestCosts {
    this.#setUnary(this.#unary, shares, penalty);
    const edges = this.#edges.flatMap(({ producer, reader, seconds, rows, columns }, index): ForestEdge[] => {
      const [share, extra] = [shares[index], penalty?.edges.get(index)];
      return producer === reader ? [] : [{ seconds, share, extra, rows, columns, forward: producer < reader }];
    });
    return { unary: this.#unary, edges };
  }

  /** Seconds of the states themselves, with those of edges from a variable to itself. */
  #setUnary(unary: Float64Array, shares: Shares, penalty: Penalty | undefined): void {
    const { stateStart } = this.#graph;
    for (const [index, { seconds }] of this.#model.variables.entries()) {
      unary.set(seconds, stateStart[index]);
      const extra = penalty?.variables[index];
      if (extra === undefined) continue;
      for (let state = 0; state < extra.length; state++) unary[stateStart[index] + state] += extra[state];
    }
    for (const [index, edge] of this.#edges.entries()) {
      if (edge.producer !== edge.reader) continue;
      addLoop(unary, stateStart[edge.producer], edge, shares[index], penalty?.edges.get(index));
    }
  }
}

function isSame(one: Float64Array, other: Float64Array | undefined): boolean {
  if (one === other) return true;
  if (other === undefined) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}

/** Writes what each pair of states pays, with the rows of the variable that comes first. */
function writeTable(
  table: Float64Array,
  start: number,
  { producer, reader, rows, columns, seconds }: GraphEdge,
  share: Float64Array,
  extra: Float64Array | undefined,
): void {
  const [rowStep, columnStep] = producer < reader ? [columns, 1] : [1, rows];
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0, to = start + row * rowStep; column < columns; column++, at++, to += columnStep) {
      const own = seconds[at];
      table[to] = own >= impossibleSeconds ? own : own * share[column];
    }
  }
  if (extra === undefined) return;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0, to = start + row * rowStep; column < columns; column++, at++, to += columnStep) {
      table[to] += extra[at];
    }
  }
}

function addLoop(
  unary: Float64Array,
  start: number,
  { homes, reads, columns, seconds }: GraphEdge,
  share: Float64Array,
  extra: Float64Array | undefined,
): void {
  for (let state = 0; state < homes.length; state++) {
    const at = homes[state] * columns + reads[state];
    const own = seconds[at];
    unary[start + state] += own >= impossibleSeconds ? own : own * share[reads[state]];
    if (extra !== undefined) unary[start + state] += extra[at];
  }
}

export function createScratch(graph: MessageGraph): MessageScratch {
  let widest = 1;
  for (let variable = 0; variable < graph.variables; variable++) {
    widest = Math.max(widest, graph.stateStart[variable + 1] - graph.stateStart[variable]);
  }
  return { belief: new Float64Array(widest), near: new Float64Array(widest), far: new Float64Array(widest) };
}

function incidence(variables: number, low: Int32Array, high: Int32Array) {
  const earlier = new Int32Array(variables);
  const all = new Int32Array(variables);
  for (const variable of low) all[variable]++;
  for (const variable of high) {
    all[variable]++;
    earlier[variable]++;
  }
  const incidentStart = starts([...all]);
  const incidentMiddle = Int32Array.from(earlier, (number, variable) => incidentStart[variable] + number);
  const incident = new Int32Array(incidentStart[variables]);
  const nextEarlier = incidentStart.slice();
  const nextLater = incidentMiddle.slice();
  for (let edge = 0; edge < low.length; edge++) {
    incident[nextLater[low[edge]]++] = edge;
    incident[nextEarlier[high[edge]]++] = edge;
  }
  return { incidentStart, incidentMiddle, incident };
}

/** Running sums: where each of some runs starts, and where the last one ends. */
function starts(lengths: readonly number[]): Int32Array {
  const result = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) result[index + 1] = result[index] + length;
  return result;
}
