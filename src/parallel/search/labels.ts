import type { GraphEdge, Penalty } from './message-graph.ts';
import { type SearchModel, statesOf } from './model.ts';

/** What is really paid for states of all variables: each value is brought into each layout once. */
export class Labels {
  readonly #model: SearchModel;
  readonly #edges: readonly GraphEdge[];
  /** For each value the edge of each of its reads. */
  readonly #edgesOf: readonly Int32Array[];
  /** For each variable the values that it makes or reads. */
  readonly #valuesOf: readonly (readonly number[])[];
  /** For each variable its edges. */
  readonly #incident: readonly (readonly number[])[];

  constructor(model: SearchModel, edges: readonly GraphEdge[]) {
    this.#model = model;
    this.#edges = edges;
    const edgesOf = model.values.map(({ reads }) => new Int32Array(reads.length));
    const valuesOf = model.variables.map(() => new Set<number>());
    const incident = model.variables.map(() => new Set<number>());
    for (const [index, { parts, producer, reader }] of edges.entries()) {
      incident[producer].add(index);
      incident[reader].add(index);
      for (const { value, read } of parts) {
        edgesOf[value][read] = index;
        valuesOf[producer].add(value);
        valuesOf[reader].add(value);
      }
    }
    this.#edgesOf = edgesOf;
    this.#valuesOf = valuesOf.map(set => [...set]);
    this.#incident = incident.map(set => [...set]);
  }

  /** Seconds of a step. */
  cost(states: Int32Array): number {
    let sum = 0;
    for (const [index, { seconds }] of this.#model.variables.entries()) sum += seconds[states[index]];
    for (let value = 0; value < this.#edgesOf.length; value++) sum += this.#valueCost(value, states);
    return sum;
  }

  /** Seconds to bring all values of a kind into the layouts in which they are read. */
  #valueCost(value: number, states: Int32Array): number {
    const { reads, count } = this.#model.values[value];
    const own = this.#edgesOf[value];
    let sum = 0;
    for (let index = 0; index < own.length; index++) {
      const read = reads[index];
      const layout = read.layouts[states[read.reader]];
      let paid = false;
      for (let other = 0; other < index && !paid; other++) {
        const earlier = reads[other];
        paid = earlier.region === read.region && earlier.layouts[states[earlier.reader]] === layout;
      }
      if (!paid) sum += this.edgeCost(this.#edges[own[index]], states);
    }
    return count * sum;
  }

  edgeCost({ producer, reader, homes, reads, columns, seconds }: GraphEdge, states: Int32Array): number {
    return seconds[homes[states[producer]] * columns + reads[states[reader]]];
  }

  /** Seconds of a penalty. */
  penaltyCost(states: Int32Array, penalty: Penalty): number {
    let sum = 0;
    for (const [index, extra] of penalty.variables.entries()) sum += extra?.[states[index]] ?? 0;
    for (const [index, extra] of penalty.edges) sum += this.#edgePenalty(index, states, extra);
    return sum;
  }

  #edgePenalty(index: number, states: Int32Array, extra: Float64Array): number {
    const { homes, reads, columns, producer, reader } = this.#edges[index];
    return extra[homes[states[producer]] * columns + reads[states[reader]]];
  }

  /**
   * Changes single variables as long as the seconds, with those of a penalty, fall. Deterministic: in order, the first of
   * the best states.
   */
  descend(states: Int32Array, penalty?: Penalty): void {
    const { variables } = this.#model;
    const waiting = new Uint8Array(variables.length).fill(1);
    for (let changed = true; changed; ) {
      changed = false;
      for (let variable = 0; variable < variables.length; variable++) {
        if (waiting[variable] === 0) continue;
        waiting[variable] = 0;
        if (!this.#improve(variable, states, penalty)) continue;
        changed = true;
        for (const value of this.#valuesOf[variable]) {
          waiting[this.#model.values[value].producer] = 1;
          for (const { reader } of this.#model.values[value].reads) waiting[reader] = 1;
        }
      }
    }
  }

  #improve(variable: number, states: Int32Array, penalty: Penalty | undefined): boolean {
    const old = states[variable];
    let [best, least] = [old, this.#around(variable, states, penalty, Number.POSITIVE_INFINITY)];
    for (let state = 0; state < statesOf(this.#model.variables[variable]); state++) {
      if (state === old) continue;
      states[variable] = state;
      const cost = this.#around(variable, states, penalty, least);
      if (cost < least - 1e-12) [best, least] = [state, cost];
    }
    states[variable] = best;
    return best !== old;
  }

  /** All that depends on a variable, or something above `enough` where it is that much. */
  #around(variable: number, states: Int32Array, penalty: Penalty | undefined, enough: number): number {
    const state = states[variable];
    let sum = this.#model.variables[variable].seconds[state] + (penalty?.variables[variable]?.[state] ?? 0);
    if (penalty !== undefined) {
      for (const index of this.#incident[variable]) {
        const extra = penalty.edges.get(index);
        if (extra !== undefined) sum += this.#edgePenalty(index, states, extra);
      }
    }
    for (const value of this.#valuesOf[variable]) {
      if (sum >= enough) return sum;
      sum += this.#valueCost(value, states);
    }
    return sum;
  }

  /** Equal shares of every move for all reads of a value in a region. */
  equalShares(): Float64Array[] {
    return this.#shares(() => undefined);
  }

  /**
   * Shares that pay for states exactly: those who read a value in one layout share its move alike, and others do not pay
   * for it. For layouts in which nobody reads it, all share alike.
   */
  sharesFor(states: Int32Array): Float64Array[] {
    return this.#shares((value, region) => {
      const readers = new Map<number, number>();
      for (const read of this.#model.values[value].reads) {
        if (read.region !== region) continue;
        const layout = read.layouts[states[read.reader]];
        readers.set(layout, (readers.get(layout) ?? 0) + 1);
      }
      return { readers, states };
    });
  }

  #shares(
    known: (value: number, region: number) => { readers: ReadonlyMap<number, number>; states: Int32Array } | undefined,
  ): Float64Array[] {
    const found = new Map<string, ReturnType<typeof known>>();
    const inRegion = new Map<string, number>();
    return this.#edges.map(({ parts, columns, columnLayouts }) => {
      const shares = new Float64Array(columns);
      for (const { value, read } of parts) {
        const { count, reads } = this.#model.values[value];
        const { region, layouts, reader } = reads[read];
        const key = `${value}:${region}`;
        if (!found.has(key)) {
          found.set(key, known(value, region));
          inRegion.set(key, reads.filter(other => other.region === region).length);
        }
        const all = inRegion.get(key) ?? 1;
        const now = found.get(key);
        for (let column = 0; column < columns; column++) {
          const together = now?.readers.get(columnLayouts[column]) ?? 0;
          const pays = together === 0 || (now !== undefined && layouts[now.states[reader]] === columnLayouts[column]);
          if (pays) shares[column] += count / (together === 0 ? all : together);
        }
      }
      return shares;
    });
  }
}
