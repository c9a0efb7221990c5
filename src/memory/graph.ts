import { type Buffers, collectBuffers } from './buffers.ts';
import { type Csr, packLists, transpose } from './csr-kernel.ts';
import type { MemoryProblem } from './problem.ts';
import { roundUp } from './problem.ts';

/**
 * A memory problem as columns, for the kernels. Views are taken together into buffers; dependencies, control edges and
 * the order that `mustReuse` asks for are edges alike.
 */
export interface MemoryGraph {
  readonly problem: MemoryProblem;
  readonly operatorCount: number;
  readonly buffers: Buffers;
  /** Operator → the buffers that it reads or writes. */
  readonly touches: Csr;
  /** Buffer → the operators that read or write it. */
  readonly touchedBy: Csr;
  /** Operator → operators that must come later. */
  readonly successors: Csr;
  readonly predecessors: Csr;
  /** Rounded up, by operator. */
  readonly workspaceBytes: Float64Array;
  readonly workspaceBank: Int32Array;
  readonly reuse: ReuseColumns;
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
  const buffers = collectBuffers(problem);
  const { operators } = problem;
  const { ofTensor } = buffers;
  const producers = producersOf(problem);
  const touches = packLists(
    operators.map(({ inputs, outputs }) => [...inputs, ...outputs].map(tensor => ofTensor[tensor])),
    buffers.count,
  );
  const touchedBy = transpose(touches, buffers.count);
  const later: number[][] = operators.map(() => []);
  operators.forEach(({ inputs, after = [] }, reader) => {
    for (const tensor of inputs) if (producers[tensor] >= 0) later[producers[tensor]].push(reader);
    for (const before of after) later[before].push(reader);
  });
  const must = problem.aliases.filter(alias => alias.kind === 'mustReuse');
  const writers = writersByBuffer(problem, buffers, producers);
  for (const { tensor, of } of must) {
    const source = ofTensor[of];
    for (const writer of writers[ofTensor[tensor]]) {
      for (let place = touchedBy.start[source]; place < touchedBy.start[source + 1]; place++) {
        const reader = touchedBy.items[place];
        if (reader !== writer) later[reader].push(writer);
      }
    }
  }
  const successors = packLists(later, operators.length);
  return {
    problem,
    operatorCount: operators.length,
    buffers,
    touches,
    touchedBy,
    successors,
    predecessors: transpose(successors, operators.length),
    workspaceBytes: Float64Array.from(operators, ({ workspaceBytes = 0 }) =>
      roundUp(workspaceBytes, problem.alignmentBytes),
    ),
    workspaceBank: Int32Array.from(operators, ({ bank = 0 }) => bank),
    reuse: collectReuse(problem, buffers, producers, writers),
    mustReuse: {
      from: Int32Array.from(must, alias => ofTensor[alias.of]),
      to: Int32Array.from(must, alias => ofTensor[alias.tensor]),
    },
  };
}

/** The operator that makes each tensor, or -1. */
export function producersOf(problem: MemoryProblem): Int32Array {
  const producers = new Int32Array(problem.tensors.length).fill(-1);
  problem.operators.forEach(({ outputs }, operator) => {
    for (const tensor of outputs) producers[tensor] = operator;
  });
  return producers;
}

/** For each buffer the operators that put something new into a buffer: those that make a part of it and read none. */
function writersByBuffer(problem: MemoryProblem, { ofTensor, count }: Buffers, producers: Int32Array): number[][] {
  const writers: number[][] = Array.from({ length: count }, () => []);
  producers.forEach((producer, tensor) => {
    const buffer = ofTensor[tensor];
    if (producer < 0 || writers[buffer].includes(producer)) return;
    const reads = problem.operators[producer].inputs.some(input => ofTensor[input] === buffer);
    if (!reads) writers[buffer].push(producer);
  });
  return writers;
}

function collectReuse(
  problem: MemoryProblem,
  buffers: Buffers,
  producers: Int32Array,
  writers: readonly (readonly number[])[],
): ReuseColumns {
  const { ofTensor, bytes, bank, shiftOfTensor } = buffers;
  const pairs: { operator: number; from: number; to: number; forced: boolean }[] = [];
  const seen = new Set<string>();
  for (const { kind, tensor, of } of problem.aliases) {
    if (kind === 'view' || producers[tensor] < 0) continue;
    const [from, to, forced] = [ofTensor[of], ofTensor[tensor], kind === 'mustReuse'];
    const isWhole = shiftOfTensor[of] === 0 && shiftOfTensor[tensor] === 0;
    if (from === to || !isWhole || bytes[from] !== bytes[to] || bank[from] !== bank[to]) continue;
    for (const operator of forced ? writers[to] : [producers[tensor]]) {
      const reads = problem.operators[operator].inputs.some(input => ofTensor[input] === from);
      const key = `${operator} ${from} ${to}`;
      if ((!reads && !forced) || seen.has(key)) continue;
      seen.add(key);
      pairs.push({ operator, from, to, forced });
    }
  }
  pairs.sort((a, b) => a.operator - b.operator || a.to - b.to || Number(b.forced) - Number(a.forced));
  const start = new Int32Array(problem.operators.length + 1);
  for (const { operator } of pairs) start[operator + 1]++;
  for (let operator = 0; operator < problem.operators.length; operator++) start[operator + 1] += start[operator];
  return {
    start,
    from: Int32Array.from(pairs, pair => pair.from),
    to: Int32Array.from(pairs, pair => pair.to),
    forced: Uint8Array.from(pairs, pair => (pair.forced ? 1 : 0)),
  };
}
