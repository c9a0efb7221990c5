import { sum } from '../base/index.ts';
import { type BufferColumns, type Buffers, collectBuffers } from './buffers.ts';
import { type Csr, packLists, transpose } from './csr-kernel.ts';
import type { MemoryProblem } from './problem.ts';
import { roundUp } from './problem.ts';

/** What says which bytes live when, as columns. Views are taken together into buffers. */
export interface LivenessColumns {
  readonly operatorCount: number;
  readonly buffers: BufferColumns;
  /** Operator → the buffers that it reads or writes. */
  readonly touches: Csr;
  /** Buffer → the operators that read or write it. */
  readonly touchedBy: Csr;
  /** Rounded up, by operator. */
  readonly workspaceBytes: Float64Array;
  readonly workspaceBank: Int32Array;
  readonly reuse: ReuseColumns;
}

/**
 * What finding an order needs: of a whole problem, or of a stretch of its steps. Dependencies, control edges and the order
 * that `mustReuse` asks for are edges alike.
 */
export interface OrderGraph extends LivenessColumns {
  /** Operator → operators that must come later. */
  readonly successors: Csr;
  readonly predecessors: Csr;
  /** Bytes of the results of each operator, not rounded. */
  readonly outputBytes: Float64Array;
}

/** The columns of a memory problem that liveness needs. */
export interface LivenessGraph extends LivenessColumns {
  readonly problem: MemoryProblem;
  readonly buffers: Buffers;
}

/** A memory problem as columns, for the kernels. */
export interface MemoryGraph extends LivenessGraph, OrderGraph {
  readonly buffers: Buffers;
  /** Buffers that must end at another's address, by pair. */
  readonly mustReuse: { readonly from: Int32Array; readonly to: Int32Array };
}

/** What operators may write in place. Pairs of one operator lie together, and of these, those of one output. */
export interface ReuseColumns {
  /** Operator → its pairs: `[start[o], start[o + 1])`. */
  readonly start: Int32Array;
  /** The buffer taken over. */
  readonly from: Int32Array;
  /** The buffer that takes it over. */
  readonly to: Int32Array;
  /** 1 where it must be so. */
  readonly forced: Uint8Array;
}

/** The columns of a problem that has passed `checkMemoryProblem`, or is being checked for cycles. O(N + E). */
export function createMemoryGraph(problem: MemoryProblem): MemoryGraph {
  const liveness = createLivenessGraph(problem);
  const { buffers, touchedBy } = liveness;
  const { operators } = problem;
  const { ofTensor } = buffers;
  const producers = producersOf(problem);
  const later: number[][] = operators.map(() => []);
  operators.forEach(({ inputs, after = [] }, reader) => {
    for (const tensor of inputs) if (producers[tensor] >= 0) later[producers[tensor]].push(reader);
    for (const before of after) later[before].push(reader);
  });
  const must = problem.aliases.filter(alias => alias.kind === 'mustReuse');
  const writers = writersOfReuse(problem, buffers, producers);
  for (const { tensor, of } of must) {
    const source = ofTensor[of];
    for (const writer of writers.get(ofTensor[tensor]) ?? []) {
      for (let place = touchedBy.start[source]; place < touchedBy.start[source + 1]; place++) {
        const reader = touchedBy.items[place];
        if (reader !== writer) later[reader].push(writer);
      }
    }
  }
  const successors = packLists(later, operators.length);
  return {
    ...liveness,
    successors,
    predecessors: transpose(successors, operators.length),
    outputBytes: Float64Array.from(operators, ({ outputs }) => sum(outputs.map(out => problem.tensors[out].sizeBytes))),
    mustReuse: {
      from: Int32Array.from(must, alias => ofTensor[alias.of]),
      to: Int32Array.from(must, alias => ofTensor[alias.tensor]),
    },
  };
}

/** The columns that liveness needs. O(N + E). */
export function createLivenessGraph(problem: MemoryProblem): LivenessGraph {
  const buffers = collectBuffers(problem);
  const touches = collectTouches(problem, buffers);
  const workspaceBytes = new Float64Array(problem.operators.length);
  const workspaceBank = new Int32Array(problem.operators.length);
  for (const [operator, { workspaceBytes: bytes, bank }] of problem.operators.entries()) {
    if (bytes !== undefined) workspaceBytes[operator] = roundUp(bytes, problem.alignmentBytes);
    if (bank !== undefined) workspaceBank[operator] = bank;
  }
  return {
    problem,
    operatorCount: problem.operators.length,
    buffers,
    touches,
    touchedBy: transpose(touches, buffers.count),
    workspaceBytes,
    workspaceBank,
    reuse: collectReuse(problem, buffers),
  };
}

/** True when the operators can run as they stand: all that must come before an operator stands before it. */
export function runsInOrder({ problem, buffers, touchedBy }: LivenessGraph): boolean {
  const producers = producersOf(problem);
  const hasAll = problem.operators.every(
    ({ inputs, after = [] }, operator) =>
      inputs.every(tensor => producers[tensor] < operator) && after.every(before => before < operator),
  );
  if (!hasAll) return false;
  const writers = writersOfReuse(problem, buffers, producers);
  return problem.aliases.every(({ kind, tensor, of }) => {
    if (kind !== 'mustReuse') return true;
    const source = buffers.ofTensor[of];
    const touching = touchedBy.items.subarray(touchedBy.start[source], touchedBy.start[source + 1]);
    return (writers.get(buffers.ofTensor[tensor]) ?? []).every(writer => touching.every(other => other <= writer));
  });
}

function collectTouches({ operators }: MemoryProblem, { ofTensor, count }: Buffers): Csr {
  const start = new Int32Array(operators.length + 1);
  let total = 0;
  for (const { inputs, outputs } of operators) total += inputs.length + outputs.length;
  const items = new Int32Array(total);
  const stamp = new Int32Array(count).fill(-1);
  let end = 0;
  const touch = (tensor: number, operator: number): void => {
    const buffer = ofTensor[tensor];
    if (stamp[buffer] === operator) return;
    stamp[buffer] = operator;
    items[end++] = buffer;
  };
  for (let operator = 0; operator < operators.length; operator++) {
    for (const tensor of operators[operator].inputs) touch(tensor, operator);
    for (const tensor of operators[operator].outputs) touch(tensor, operator);
    start[operator + 1] = end;
  }
  return { start, items: items.slice(0, end) };
}

/** The operator that makes each tensor, or -1. */
export function producersOf(problem: MemoryProblem): Int32Array {
  const producers = new Int32Array(problem.tensors.length).fill(-1);
  const { operators } = problem;
  for (let operator = 0; operator < operators.length; operator++) {
    for (const tensor of operators[operator].outputs) producers[tensor] = operator;
  }
  return producers;
}

/**
 * For each buffer that must end at another's address the operators that put something new into it: those that make a
 * part of it and read none.
 */
function writersOfReuse(
  problem: MemoryProblem,
  { ofTensor }: Buffers,
  producers: Int32Array,
): ReadonlyMap<number, readonly number[]> {
  const writers = new Map<number, number[]>();
  for (const { kind, tensor } of problem.aliases) if (kind === 'mustReuse') writers.set(ofTensor[tensor], []);
  if (writers.size === 0) return writers;
  for (let tensor = 0; tensor < producers.length; tensor++) {
    const producer = producers[tensor];
    const known = producer < 0 ? undefined : writers.get(ofTensor[tensor]);
    if (known === undefined || known.includes(producer)) continue;
    const reads = problem.operators[producer].inputs.some(input => ofTensor[input] === ofTensor[tensor]);
    if (!reads) known.push(producer);
  }
  return writers;
}

interface ReusePair {
  readonly from: number;
  readonly to: number;
  readonly forced: boolean;
}

function collectReuse(problem: MemoryProblem, buffers: Buffers): ReuseColumns {
  const { operators, aliases } = problem;
  const { ofTensor, bytes, bank, shiftOfTensor } = buffers;
  const producers = producersOf(problem);
  const writers = writersOfReuse(problem, buffers, producers);
  const pairs: (ReusePair[] | undefined)[] = operators.map(() => undefined);
  let count = 0;
  const add = (operator: number, pair: ReusePair): void => {
    const reads = pair.forced || operators[operator].inputs.some(input => ofTensor[input] === pair.from);
    if (!reads) return;
    const known = pairs[operator] ?? [];
    pairs[operator] = known;
    const same = known.findIndex(({ from, to }) => from === pair.from && to === pair.to);
    if (same >= 0) {
      if (pair.forced) known[same] = pair;
      return;
    }
    known.push(pair);
    count++;
  };
  for (const { kind, tensor, of } of aliases) {
    if (kind === 'view' || producers[tensor] < 0) continue;
    const from = ofTensor[of];
    const to = ofTensor[tensor];
    const isWhole = shiftOfTensor[of] === 0 && shiftOfTensor[tensor] === 0;
    if (from === to || !isWhole || bytes[from] !== bytes[to] || bank[from] !== bank[to]) continue;
    if (kind === 'mayReuse') add(producers[tensor], { from, to, forced: false });
    else for (const operator of writers.get(to) ?? []) add(operator, { from, to, forced: true });
  }
  return packReuse(pairs, count);
}

function packReuse(pairs: readonly (ReusePair[] | undefined)[], count: number): ReuseColumns {
  const start = new Int32Array(pairs.length + 1);
  const columns = { from: new Int32Array(count), to: new Int32Array(count), forced: new Uint8Array(count) };
  let end = 0;
  for (let operator = 0; operator < pairs.length; operator++) {
    const own = pairs[operator];
    if (own !== undefined) {
      own.sort((a, b) => a.to - b.to || Number(b.forced) - Number(a.forced));
      for (const { from, to, forced } of own) {
        columns.from[end] = from;
        columns.to[end] = to;
        columns.forced[end++] = forced ? 1 : 0;
      }
    }
    start[operator + 1] = end;
  }
  return { start, ...columns };
}
