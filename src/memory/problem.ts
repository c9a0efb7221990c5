/**
 * A memory problem in plain numbers: operators that read and write tensors, and the memory that they must fit into.
 *
 * ```
 *  address
 *     ^   +--------+
 *     |   |   c    |      tensor c lives [1, 4): made by operator 1, read last by operator 3
 *     |   +--+-----+--+
 *     |   a  |   b    |
 *     +---+--+--+--+--+-> step
 *         0  1  2  3  4
 * ```
 *
 * A tensor lives from the step of its producer to one past its last reader; an unused result lives one step. Inputs that
 * are kept, and constants, live throughout; donated inputs until their last reader; outputs to the end. Sizes are rounded
 * up to the alignment before anything is summed. At a step, inputs, outputs and workspace are there together, less what
 * outputs take over from inputs that die there.
 *
 * A problem without operators gives lifetimes instead: its tensors are buffers, and only their addresses are open.
 */
export interface MemoryProblem {
  readonly format: 'skein.memory/1';
  readonly name: string;
  /** Of tensors and workspaces that name no alignment of their own. */
  readonly alignmentBytes: number;
  readonly banks: readonly MemoryBank[];
  readonly tensors: readonly MemoryTensor[];
  readonly operators: readonly MemoryOperator[];
  readonly aliases: readonly MemoryAlias[];
}

/** A memory with addresses of its own. A tensor lies in one bank. */
export interface MemoryBank {
  readonly name: string;
  /** Absent: as much as is needed. */
  readonly capacityBytes?: number;
  /** Address ranges that nothing may use. */
  readonly reserved?: readonly Interval[];
}

/** Half-open: `[start, end)`. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a tensor comes from: `kept` inputs belong to the caller throughout, `donated` ones may be given up after their
 * last reader, `constant`s are part of the program, and the rest is `made` by an operator.
 */
export type TensorKind = 'kept' | 'donated' | 'constant' | 'made';

export interface MemoryTensor {
  readonly name: string;
  readonly sizeBytes: number;
  readonly kind: TensorKind;
  /** True when the caller reads it after the last operator. */
  readonly output?: boolean;
  readonly alignmentBytes?: number;
  /** Index of its bank; absent: 0. */
  readonly bank?: number;
  /** The address that it must have. */
  readonly offsetBytes?: number;
  /** An address that was good before; the solver may use it or not. */
  readonly hintBytes?: number;
  /** Steps in which it lives; in problems without operators, and only there. */
  readonly lifetime?: Interval;
  readonly gaps?: readonly Gap[];
}

/** Steps inside a lifetime in which a buffer is idle: only the bytes of `window`, if any, stay in use. */
export interface Gap extends Interval {
  readonly window?: Interval;
}

export interface MemoryOperator {
  readonly name: string;
  /** Indices of tensors. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Scratch memory at its step. */
  readonly workspaceBytes?: number;
  /** Index of the bank of its workspace; absent: 0. */
  readonly bank?: number;
  /** Operators that must run before, whatever they hand on. */
  readonly after?: readonly number[];
}

/**
 * What two tensors have to do with each other's bytes.
 * - `view`: the same bytes, `offsetBytes` into those of the other; they live as one.
 * - `mayReuse`: the output may take the address of an input that dies at its operator, where both have one rounded size.
 * - `mustReuse`: the output ends at the input's address. All other readers of the input come before the write.
 */
export interface MemoryAlias {
  readonly kind: 'view' | 'mayReuse' | 'mustReuse';
  readonly tensor: number;
  /** The tensor that was there first. */
  readonly of: number;
  /** Of views; absent: 0. */
  readonly offsetBytes?: number;
}

/** Alignment of tensors where a problem names none: a cache line. */
export const defaultAlignmentBytes = 64;

/** `bytes` rounded up to a multiple of `alignment`. Exact below 2^53. */
export function roundUp(bytes: number, alignment: number): number {
  const over = bytes % alignment;
  return over === 0 ? bytes : bytes + (alignment - over);
}

/** True for a problem whose lifetimes are given: there is no order to find. */
export function hasFixedLifetimes(problem: MemoryProblem): boolean {
  return problem.operators.length === 0 && problem.tensors.some(tensor => tensor.lifetime !== undefined);
}

/** The problem with the capacity of its first bank set, or without any capacity. */
export function withCapacity(problem: MemoryProblem, capacityBytes: number | undefined): MemoryProblem {
  if (capacityBytes === undefined) return problem;
  const [first, ...rest] = problem.banks;
  return { ...problem, banks: [{ ...first, capacityBytes }, ...rest] };
}

/** What a solver decides: the order of the operators, and an address for every tensor and workspace. */
export interface MemoryPlan {
  /** Operators by step. */
  readonly order: readonly number[];
  /** Address of each tensor in its bank. */
  readonly offsets: readonly number[];
  /** Address of each operator's workspace; 0 where it has none. */
  readonly workspaceOffsets: readonly number[];
}
