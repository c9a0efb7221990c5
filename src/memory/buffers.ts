import { type MemoryProblem, type MemoryTensor, roundUp } from './problem.ts';

/** What orders need to know of buffers. Index `[buffer]`. */
export interface BufferColumns {
  readonly count: number;
  /** Rounded up. */
  readonly bytes: Float64Array;
  readonly bank: Int32Array;
  /** 1 for inputs and constants: there before the first step. */
  readonly atStart: Uint8Array;
  /** 1 for kept inputs, constants and outputs: there after the last step. */
  readonly atEnd: Uint8Array;
}

/** Tensors that share their bytes as views, taken together. Index `[buffer]` unless said otherwise. */
export interface Buffers extends BufferColumns {
  /** Buffer of each tensor. */
  readonly ofTensor: Int32Array;
  /** Bytes into its buffer at which each tensor begins. */
  readonly shiftOfTensor: Float64Array;
  readonly alignment: Float64Array;
  /** The address that it must have, or -1. */
  readonly fixed: Float64Array;
}

/** The tensor whose bytes each tensor's are part of: itself where it is no view. Cycles end at any of their members. */
export function viewRoots(problem: MemoryProblem): { roots: Int32Array; shifts: Float64Array } {
  const count = problem.tensors.length;
  const parent = new Int32Array(count);
  for (let tensor = 0; tensor < count; tensor++) parent[tensor] = tensor;
  const step = new Float64Array(count);
  for (const { kind, tensor, of, offsetBytes } of problem.aliases) {
    if (kind !== 'view') continue;
    parent[tensor] = of;
    step[tensor] = offsetBytes ?? 0;
  }
  const roots = new Int32Array(count);
  const shifts = new Float64Array(count);
  for (let tensor = 0; tensor < count; tensor++) {
    let root = tensor;
    let shift = 0;
    let hops = 0;
    while (parent[root] !== root && hops++ < count) {
      shift += step[root];
      root = parent[root];
    }
    roots[tensor] = root;
    shifts[tensor] = shift;
  }
  return { roots, shifts };
}

/** Takes views together. The problem must have passed `checkMemoryProblem`. */
export function collectBuffers(problem: MemoryProblem): Buffers {
  const { roots, shifts } = viewRoots(problem);
  const ofTensor = new Int32Array(problem.tensors.length).fill(-1);
  let count = 0;
  for (let tensor = 0; tensor < roots.length; tensor++) if (roots[tensor] === tensor) ofTensor[tensor] = count++;
  for (let tensor = 0; tensor < roots.length; tensor++) ofTensor[tensor] = ofTensor[roots[tensor]];
  const buffers: Buffers = {
    count,
    ofTensor,
    shiftOfTensor: shifts,
    bytes: new Float64Array(count),
    alignment: new Float64Array(count).fill(1),
    bank: new Int32Array(count),
    fixed: new Float64Array(count).fill(-1),
    atStart: new Uint8Array(count),
    atEnd: new Uint8Array(count),
  };
  problem.tensors.forEach((tensor, index) => {
    addTensor(problem, buffers, tensor, index, roots[index] === index);
  });
  return buffers;
}

function addTensor(problem: MemoryProblem, buffers: Buffers, tensor: MemoryTensor, index: number, root: boolean): void {
  const buffer = buffers.ofTensor[index];
  const shift = buffers.shiftOfTensor[index];
  const alignment = tensor.alignmentBytes ?? (root ? problem.alignmentBytes : 1);
  const known = buffers.alignment[buffer];
  if (known !== alignment) buffers.alignment[buffer] = leastCommonMultiple(known, alignment);
  if (root) {
    // Views lie inside, and round nothing up.
    buffers.bytes[buffer] = roundUp(tensor.sizeBytes, alignment);
    buffers.bank[buffer] = tensor.bank ?? 0;
  }
  if (tensor.offsetBytes !== undefined) buffers.fixed[buffer] = tensor.offsetBytes - shift;
  if (tensor.kind !== 'made') buffers.atStart[buffer] = 1;
  if (tensor.output || tensor.kind === 'kept' || tensor.kind === 'constant') buffers.atEnd[buffer] = 1;
}

/** The least number that both divide. */
export function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

/** The greatest number that divides both; of 0 and another number that one. */
export function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
