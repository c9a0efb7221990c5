import { type IntegerProgram, RowWriter } from './integer-program.ts';
import type { GraphEdge } from './message-graph.ts';
import { type SearchModel, statesOf } from './model.ts';
import { impossibleSeconds } from './move-prices.ts';

/** What of a model is looked at: the states of each variable, and of each edge the pairs of row and column. */
export interface KeptStates {
  /** By variable its states, in order. */
  readonly states: readonly Int32Array[];
  readonly keepsPair: (edge: number, row: number, column: number) => boolean;
}

/** A sum of bytes that may not be more than `limit`. */
export interface MemoryLimit {
  readonly variables: readonly (Float64Array | undefined)[];
  readonly edges: ReadonlyMap<number, Float64Array>;
  readonly limit: number;
}

/** A program with what its numbers mean. */
export interface BuiltProgram {
  readonly program: IntegerProgram;
  /** Seconds of a cost of 1. */
  readonly scale: number;
  /** The states that a solution says. */
  statesOf(solution: Float64Array): Int32Array;
  /** The solution that says some states; undefined where not all of them are kept. */
  solutionOf(states: Int32Array): Float64Array | undefined;
}

/**
 * A model as an integer program. Each state of each variable is 0 or 1. Along each edge as much flows from home layouts
 * to those in which is read as the states on either side say, which for whole states is one pair. A move that several
 * reads of a value share is one more number, no less than the flow of each of them, and it alone costs: so it is paid
 * once. Where one side of an edge has one layout left, the other side's states are its flow.
 *
 *      state of w      home  ┌──────── flow ────────┐  read      state of dot
 *      x(w, 0) ──────▶ {a,}  ─ z({a,}, {,}) ──────▶ {,}  ◀────── x(dot, 0)        y({a,}, {,}) >= z of each read
 *      x(w, 1) ──────▶ {,}   ─ z({,}, {,}) ───────▶      ◀────── x(dot, 1)
 */
export function buildIntegerProgram(
  model: SearchModel,
  edges: readonly GraphEdge[],
  kept: KeptStates,
  limits: readonly MemoryLimit[],
  scale: number,
): BuiltProgram {
  return new IntegerProgramBuilder(model, edges, kept, scale).build(limits);
}

/** By row and column of an edge the numbers that add up to the flow between them; undefined where none may flow. */
type EdgeFlows = (readonly number[] | undefined)[];

/** How a number follows from states, for those that are no states themselves. */
interface Derived {
  /** It is 1 where one of these pairs is chosen. */
  readonly pairs: readonly { readonly edge: number; readonly at: number }[];
}

class IntegerProgramBuilder {
  readonly #model: SearchModel;
  readonly #edges: readonly GraphEdge[];
  readonly #kept: KeptStates;
  readonly #scale: number;
  readonly #stateColumns: readonly Int32Array[];
  readonly #flows: readonly EdgeFlows[];
  readonly #writer = new RowWriter();
  readonly #derived: Derived[] = [];
  #integers = 0;

  constructor(model: SearchModel, edges: readonly GraphEdge[], kept: KeptStates, scale: number) {
    this.#model = model;
    this.#edges = edges;
    this.#kept = kept;
    this.#scale = scale;
    this.#stateColumns = model.variables.map((variable, index) => {
      const columns = new Int32Array(statesOf(variable)).fill(-1);
      for (const state of kept.states[index]) columns[state] = this.#writer.column(variable.seconds[state] / scale);
      return columns;
    });
    this.#integers = this.#writer.columns;
    for (const columns of this.#stateColumns) {
      this.#writer.row(
        1,
        1,
        columns.filter(column => column >= 0),
      );
    }
    this.#flows = edges.map((edge, index) => this.#addFlows(edge, index));
  }

  build(limits: readonly MemoryLimit[]): BuiltProgram {
    for (const { edges, weight } of this.#moves()) this.#addMoves(edges, weight);
    for (const limit of limits) this.#addLimit(limit);
    const program = this.#writer.finish(this.#integers);
    return {
      program,
      scale: this.#scale,
      statesOf: solution => this.#statesOf(solution),
      solutionOf: states => this.#solutionOf(states, program.columns),
    };
  }

  /** The flows of an edge. Those that may not be get no number, or none above 0 where the number is a state. */
  #addFlows(edge: GraphEdge, index: number): EdgeFlows {
    const { producer, reader, homes, reads, rows, columns, seconds } = edge;
    const flows: EdgeFlows = Array.from({ length: rows * columns }, () => undefined);
    const isPossible = (at: number): boolean => seconds[at] < impossibleSeconds;
    if (producer === reader) {
      for (const state of this.#kept.states[producer]) {
        const at = homes[state] * columns + reads[state];
        const own = this.#stateColumns[producer][state];
        if (isPossible(at)) flows[at] = [...(flows[at] ?? []), own];
        else this.#writer.forbid(own);
      }
      return flows;
    }
    const [byRow, byColumn] = [this.#group(producer, homes, rows), this.#group(reader, reads, columns)];
    const [openRows, openColumns] = [present(byRow), present(byColumn)];
    if (openRows.length === 1 || openColumns.length === 1) {
      for (const row of openRows) {
        for (const column of openColumns) {
          const at = row * columns + column;
          const states = openRows.length === 1 ? byColumn[column] : byRow[row];
          if (isPossible(at)) flows[at] = states;
          else for (const state of states) this.#writer.forbid(state);
        }
      }
      return flows;
    }
    for (const row of openRows) {
      for (const column of openColumns) {
        const at = row * columns + column;
        if (!isPossible(at) || !this.#kept.keepsPair(index, row, column)) continue;
        flows[at] = [this.#derivedColumn(0, [{ edge: index, at }])];
      }
    }
    for (const row of openRows)
      this.#balance(
        openColumns.map(column => flows[row * columns + column]),
        byRow[row],
      );
    for (const column of openColumns)
      this.#balance(
        openRows.map(row => flows[row * columns + column]),
        byColumn[column],
      );
    return flows;
  }

  /** By group the columns of a variable's kept states. */
  #group(variable: number, groups: Int32Array, count: number): number[][] {
    const found: number[][] = Array.from({ length: count }, () => []);
    for (const state of this.#kept.states[variable]) found[groups[state]].push(this.#stateColumns[variable][state]);
    return found;
  }

  /** Flows add up to states. */
  #balance(flows: readonly (readonly number[] | undefined)[], states: readonly number[]): void {
    this.#writer.row(
      0,
      0,
      flows.flatMap(flow => flow ?? []),
      states,
    );
  }

  #derivedColumn(cost: number, pairs: Derived['pairs']): number {
    this.#derived.push({ pairs });
    return this.#writer.column(cost);
  }

  /** Edges along which moves are shared: those of the reads of a value in one region, with how many values have them. */
  #moves(): { readonly edges: readonly number[]; readonly weight: number }[] {
    const edgeOf = this.#model.values.map(({ reads }) => new Int32Array(reads.length));
    for (const [index, { parts }] of this.#edges.entries())
      for (const { value, read } of parts) edgeOf[value][read] = index;
    const known = new Map<string, { edges: readonly number[]; weight: number }>();
    for (const [value, { reads, count }] of this.#model.values.entries()) {
      const regions = new Map<number, Set<number>>();
      for (const [index, { region }] of reads.entries()) {
        const set = regions.get(region) ?? new Set();
        regions.set(region, set.add(edgeOf[value][index]));
      }
      for (const set of regions.values()) {
        const edges = [...set].sort((a, b) => a - b);
        const found = known.get(edges.join());
        if (found === undefined) known.set(edges.join(), { edges, weight: count });
        else found.weight += count;
      }
    }
    return [...known.values()];
  }

  /** Charges moves along edges from one home, each into each layout once. */
  #addMoves(edges: readonly number[], weight: number): void {
    const shared = new Map<string, { readonly seconds: number; readonly pairs: { edge: number; at: number }[] }>();
    for (const index of edges) {
      const { columns, rowLayouts, columnLayouts, seconds } = this.#edges[index];
      for (const [at, flow] of this.#flows[index].entries()) {
        if (flow === undefined || seconds[at] === 0) continue;
        const key = `${rowLayouts[Math.floor(at / columns)]}:${columnLayouts[at % columns]}`;
        const move = shared.get(key) ?? { seconds: seconds[at], pairs: [] };
        move.pairs.push({ edge: index, at });
        shared.set(key, move);
      }
    }
    for (const { seconds, pairs } of shared.values()) {
      const cost = (weight * seconds) / this.#scale;
      const flows = pairs.map(({ edge, at }) => this.#flows[edge][at] ?? []);
      if (flows.length === 1) {
        for (const column of flows[0]) this.#writer.charge(column, cost);
        continue;
      }
      const paid = this.#derivedColumn(cost, pairs);
      for (const flow of flows) this.#writer.row(0, 1, [paid], flow);
    }
  }

  #addLimit({ variables, edges, limit }: MemoryLimit): void {
    const bytes = new Map<number, number>();
    const add = (column: number, own: number): void => {
      if (own > 0) bytes.set(column, (bytes.get(column) ?? 0) + own / limit);
    };
    for (const [variable, own] of variables.entries()) {
      if (own === undefined) continue;
      for (const state of this.#kept.states[variable]) add(this.#stateColumns[variable][state], own[state]);
    }
    for (const [edge, own] of edges) {
      for (const [at, flow] of this.#flows[edge].entries()) for (const column of flow ?? []) add(column, own[at]);
    }
    this.#writer.weighted(Number.NEGATIVE_INFINITY, 1, bytes);
  }

  #statesOf(solution: Float64Array): Int32Array {
    return Int32Array.from(this.#stateColumns, (columns, variable) => {
      let best = this.#kept.states[variable][0];
      for (const state of this.#kept.states[variable]) {
        if (solution[columns[state]] > solution[columns[best]]) best = state;
      }
      return best;
    });
  }

  #solutionOf(states: Int32Array, columns: number): Float64Array | undefined {
    const solution = new Float64Array(columns);
    for (const [variable, state] of states.entries()) {
      const column = this.#stateColumns[variable][state];
      if (column < 0) return undefined;
      solution[column] = 1;
    }
    const chosen = this.#edges.map(
      ({ producer, reader, homes, reads, columns: width }) => homes[states[producer]] * width + reads[states[reader]],
    );
    if (chosen.some((at, edge) => this.#flows[edge][at] === undefined)) return undefined;
    for (const [index, { pairs }] of this.#derived.entries()) {
      if (pairs.some(({ edge, at }) => chosen[edge] === at)) solution[this.#integers + index] = 1;
    }
    return solution;
  }
}

/** The numbers of the groups that have members. */
function present(groups: readonly (readonly number[])[]): number[] {
  return groups.flatMap((members, index) => (members.length > 0 ? [index] : []));
}
