import type { GraphEdge, Penalty } from './message-graph.ts';
import { type SearchModel, type SearchRead, statesOf } from './model.ts';

/** What is really paid for states of all variables: each value is brought into each layout once. */
export class Labels {
  readonly #model: SearchModel;
  readonly #edges: readonly GraphEdge[];
  /** For each value the edge of each of its reads. */
  readonly #edgesOf: readonly Int32Array[];
  /** For each variable the values that it makes or reads. */
  readonly #valuesOf: readonly (readonly number[])[];
  /** The shares of edges of which every read is the only one of its value, and pays all of each move. */
  readonly #lone: readonly (Float64Array | undefined)[];
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
    this.#lone = edges.map(({ parts, columns }) => {
      const values = parts.map(({ value }) => model.values[value]);
      if (values.some(({ reads }) => reads.length > 1)) return undefined;
      return new Float64Array(columns).fill(values.reduce((sum, { count }) => sum + count, 0));
    });
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
      if (!paid) sum += this.#edgeCost(this.#edges[own[index]], states);
    }
    return count * sum;
  }

  #edgeCost({ producer, reader, homes, reads, columns, seconds }: GraphEdge, states: Int32Array): number {
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
   * Changes single variables as long as the seconds, with those of a penalty, fall: at first all of them, or `first` and
   * those that their states matter to. Deterministic: in order, the first of the best states.
   */
  descend(states: Int32Array, penalty?: Penalty, first?: Iterable<number>): void {
    const { variables } = this.#model;
    const waiting = new Uint8Array(variables.length);
    if (first === undefined) waiting.fill(1);
    else for (const variable of first) this.#wake(variable, waiting);
    for (let changed = true; changed; ) {
      changed = false;
      for (let variable = 0; variable < variables.length; variable++) {
        if (waiting[variable] === 0) continue;
        waiting[variable] = 0;
        if (!this.#improve(variable, states, penalty)) continue;
        changed = true;
        this.#wake(variable, waiting);
      }
    }
  }

  /** Marks a variable and those that its state matters to. */
  #wake(variable: number, waiting: Uint8Array): void {
    waiting[variable] = 1;
    for (const value of this.#valuesOf[variable]) {
      waiting[this.#model.values[value].producer] = 1;
      for (const { reader } of this.#model.values[value].reads) waiting[reader] = 1;
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
    return this.#shares(reads => {
      const share = 1 / reads.length;
      return () => share;
    });
  }

  /**
   * Shares that pay for states exactly: those who read a value in one layout share its move alike, and others do not pay
   * for it. For layouts in which nobody reads it, all share alike.
   */
  sharesFor(states: Int32Array): Float64Array[] {
    return this.#shares(reads => {
      const readers = countLayouts(reads, states);
      return (read, layout) => {
        const together = readers.get(layout);
        if (together === undefined) return 1 / reads.length;
        return read.layouts[states[read.reader]] === layout ? 1 / together : 0;
      };
    });
  }

  /**
   * Shares for changing some variables while the others stay. Those that stay pay for what they read now, so that it is
   * free for those that change. What only these read, they share alike, or each of them pays in full.
   */
  sharesAround(states: Int32Array, changing: Uint8Array, alike: boolean): Float64Array[] {
    return this.#shares(reads => {
      const still = reads.filter(({ reader }) => changing[reader] === 0);
      const moving = reads.length - still.length;
      const stay = countLayouts(still, states);
      const now = countLayouts(reads, states);
      return (read, layout) => {
        const paying = stay.get(layout) ?? 0;
        const reads = read.layouts[states[read.reader]] === layout;
        if (changing[read.reader] === 0) return reads ? 1 / paying : 0;
        if (paying > 0) return 0;
        if (alike) return 1 / moving;
        return reads ? 1 / (now.get(layout) ?? 1) : 1;
      };
    });
  }

  /** `sharesOf` gets the reads of a value in one region, and says what each of them pays of the move into a layout. */
  #shares(sharesOf: (reads: readonly SearchRead[]) => (read: SearchRead, layout: number) => number): Float64Array[] {
    const known = new Map<number, Map<number, ReturnType<typeof sharesOf>>>();
    return this.#edges.map(({ parts, columns, columnLayouts }, edge) => {
      const whole = this.#lone[edge];
      if (whole !== undefined) return whole;
      const shares = new Float64Array(columns);
      for (const { value, read: index } of parts) {
        const { count, reads } = this.#model.values[value];
        const read = reads[index];
        const regions = known.get(value) ?? new Map<number, ReturnType<typeof sharesOf>>();
        known.set(value, regions);
        const found = regions.get(read.region);
        const share = found ?? sharesOf(reads.filter(({ region }) => region === read.region));
        if (found === undefined) regions.set(read.region, share);
        for (let column = 0; column < columns; column++) shares[column] += count * share(read, columnLayouts[column]);
      }
      return shares;
    });
  }
}

/** How many reads want a value in each layout. */
function countLayouts(reads: readonly SearchRead[], states: Int32Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { layouts, reader } of reads) {
    const layout = layouts[states[reader]];
    counts.set(layout, (counts.get(layout) ?? 0) + 1);
  }
  return counts;
}
