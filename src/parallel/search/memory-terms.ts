import type { BuiltModel } from './build-model.ts';
import { edgeKey, type GraphEdge, type Penalty } from './message-graph.ts';
import { statesOf } from './model.ts';
import type { ValueLife } from './skeleton.ts';

/** Bytes of a device at one time, as a sum over states of variables and of pairs of them. */
export interface MemoryTerm {
  readonly position: number;
  /** By variable the bytes of each state; undefined where it takes none. */
  readonly variables: readonly (Float64Array | undefined)[];
  /** By edge the bytes for each row and column, of all values that are alive and read last along it. */
  readonly edges: ReadonlyMap<number, Float64Array>;
}

/**
 * Which bytes a device holds at which time, seen from the variables. Arguments are there throughout; another value from
 * where it is made to where it is read last, in its home or in the layout of that last read, whichever is smaller. That is
 * at most what the placed program needs, but for results that are written over an operand at the same step: both count.
 */
export class MemoryTerms {
  readonly #built: BuiltModel;
  readonly #lives: readonly ValueLife[];
  readonly #edges: readonly GraphEdge[];
  readonly #edgeOf: ReadonlyMap<string, number>;

  /** `stored` is the tensor in which each value lies: see `storedValues`. */
  constructor(built: BuiltModel, edges: readonly GraphEdge[], stored: Int32Array) {
    this.#built = built;
    this.#edges = edges;
    this.#lives = livesOfTensors(built.skeleton.lives, stored);
    this.#edgeOf = new Map(edges.map(({ key }, index) => [key, index]));
  }

  /** The time at which the most bytes are there, by states. */
  peak(states: Int32Array): { readonly position: number; readonly bytes: number } {
    const { layouts, homes, reads, skeleton } = this.#built;
    const end = this.#lives.reduce((last, { readAt }) => Math.max(last, readAt), 0) + 2;
    const changes = new Float64Array(end + 1);
    let always = 0;
    for (const { home, bits, madeAt, readAt, lastRead } of this.#lives) {
      const bytes = layouts.bytes(homes[home][states[skeleton.homes[home].variable]], bits);
      if (madeAt < 0) {
        always += bytes;
        continue;
      }
      const { layouts: wanted, reader } = reads[lastRead];
      const read = layouts.bytes(wanted[states[reader]], bits);
      changes[madeAt] += Math.min(bytes, read);
      changes[readAt + 1] -= Math.min(bytes, read);
    }
    let [position, most, now] = [0, 0, 0];
    for (let at = 0; at < end; at++) {
      now += changes[at];
      if (now > most) [position, most] = [at, now];
    }
    return { position, bytes: always + most };
  }

  /** What is there at a position of the function's body. */
  at(position: number): MemoryTerm {
    const { layouts, model, homes, reads, skeleton } = this.#built;
    const variables: (Float64Array | undefined)[] = model.variables.map(() => undefined);
    const bitsOfEdges = new Map<number, number[]>();
    for (const { home, bits, madeAt, readAt, lastRead } of this.#lives) {
      if (madeAt >= 0 && (madeAt > position || readAt < position)) continue;
      const edge = this.#edgeOf.get(edgeKey(home, reads[lastRead].map));
      if (madeAt < 0 || edge === undefined) {
        const producer = skeleton.homes[home].variable;
        const own = variables[producer] ?? new Float64Array(statesOf(model.variables[producer]));
        for (let state = 0; state < own.length; state++) own[state] += layouts.bytes(homes[home][state], bits);
        variables[producer] = own;
        continue;
      }
      const known = bitsOfEdges.get(edge);
      if (known === undefined) bitsOfEdges.set(edge, [bits]);
      else known.push(bits);
    }
    return {
      position,
      variables,
      edges: new Map([...bitsOfEdges].map(([edge, bits]) => [edge, this.#edgeBytes(edge, bits)])),
    };
  }

  #edgeBytes(edge: number, values: readonly number[]): Float64Array {
    const { layouts } = this.#built;
    const { rows, columns, rowLayouts, columnLayouts } = this.#edges[edge];
    const bytes = new Float64Array(rows * columns);
    for (const bits of values) {
      const read = Float64Array.from(columnLayouts, layout => layouts.bytes(layout, bits));
      for (let row = 0, at = 0; row < rows; row++) {
        const home = layouts.bytes(rowLayouts[row], bits);
        for (let column = 0; column < columns; column++, at++) bytes[at] += Math.min(home, read[column]);
      }
    }
    return bytes;
  }
}

/** Seconds for memory: each byte that a term counts costs `secondsPerByte`. */
export function memoryPenalty(terms: readonly MemoryTerm[], secondsPerByte: number): Penalty {
  const scaled = (bytes: Float64Array): Float64Array => bytes.map(own => own * secondsPerByte);
  const variables: (Float64Array | undefined)[] = [];
  const edges = new Map<number, Float64Array>();
  for (const term of terms) {
    for (const [variable, bytes] of term.variables.entries()) {
      variables[variable] = bytes === undefined ? variables[variable] : added(variables[variable], scaled(bytes));
    }
    for (const [edge, bytes] of term.edges) edges.set(edge, added(edges.get(edge), scaled(bytes)));
  }
  return { variables, edges };
}

function added(to: Float64Array | undefined, more: Float64Array): Float64Array {
  return to === undefined ? more : more.map((own, index) => own + to[index]);
}

/** When the bytes of each tensor are there: those of a view count from where nobody reads what it is a view of. */
function livesOfTensors(lives: readonly ValueLife[], stored: Int32Array): ValueLife[] {
  const found: ValueLife[] = [];
  const covered = new Map<number, number>();
  for (const life of [...lives].sort((a, b) => a.madeAt - b.madeAt)) {
    const { value, madeAt, readAt } = life;
    const tensor = stored[value];
    if (tensor < 0) continue;
    if (madeAt < 0) {
      found.push(life);
      continue;
    }
    const until = covered.get(tensor) ?? -1;
    if (readAt <= until) continue;
    found.push({ ...life, madeAt: Math.max(madeAt, until + 1) });
    covered.set(tensor, readAt);
  }
  return found;
}
