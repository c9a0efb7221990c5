import type { Block } from '../ir/index.ts';
import type { TensorCall } from './call.ts';
import { tensorsOf } from './call.ts';
import type { BinaryKernel } from './elementwise-binary.ts';
import { binaryKernels } from './elementwise-binary.ts';
import { elementAt, setElement } from './movement.ts';
import type { Tensor } from './tensor.ts';
import { integerFormat, isBig, isFloat, settle } from './tensor.ts';

/** Which input element goes into which accumulator, in order. `from` -1 stands for the padding value. */
export interface FoldSteps {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/**
 * Folds elements into accumulators one by one with a region: for every step i, accumulator[to[i]] becomes
 * body(accumulator[to[i]], input[from[i]]). The accumulators are changed and returned. All reductions and scatters are
 * folds. `padding` holds one scalar per input.
 */
export function fold(
  call: TensorCall,
  body: Block,
  accumulators: readonly Tensor[],
  inputs: readonly Tensor[],
  steps: FoldSteps,
  padding: readonly Tensor[] = [],
): readonly Tensor[] {
  const kernel = accumulators.length === 1 ? kernelOf(body) : undefined;
  if (kernel !== undefined) {
    const done = foldNumbers(kernel, accumulators[0], inputs[0], steps, padding[0]);
    if (done !== undefined) return [done];
  }
  for (let i = 0; i < steps.to.length; i++) {
    const from = steps.from[i];
    const to = steps.to[i];
    const before = accumulators.map(accumulator => elementAt(accumulator, to));
    const element = from < 0 ? padding : inputs.map(input => elementAt(input, from));
    const after = tensorsOf(call.runRegion(body, [...before, ...element]));
    for (const [k, accumulator] of accumulators.entries()) setElement(accumulator, to, after[k]);
  }
  return accumulators;
}

/** The fast way for one operand and a body of one operation. Sums of floats are kept in double precision. */
function foldNumbers(
  kernel: BinaryKernel,
  accumulator: Tensor,
  input: Tensor,
  { from, to }: FoldSteps,
  padding: Tensor | undefined,
): Tensor | undefined {
  const { element } = accumulator.type;
  const x = input.data;
  const out = accumulator.data;
  const apply = isFloat(element) ? kernel.float : integerFormat(element) !== undefined ? kernel.small : undefined;
  if (apply === undefined || isBig(x) || isBig(out)) return undefined;
  const sums = isFloat(element) ? Float64Array.from(out) : out;
  const outside = Number(padding?.data[0] ?? 0);
  for (let i = 0; i < to.length; i++) sums[to[i]] = apply(sums[to[i]], from[i] < 0 ? outside : x[from[i]]);
  if (sums !== out) out.set(sums);
  return settle(accumulator.type, out);
}

const overwrite: BinaryKernel = { float: (_, y) => y, small: (_, y) => y };

/** The kernel of a region that applies one binary operation to its two arguments, or returns the second one. */
function kernelOf(body: Block): BinaryKernel | undefined {
  const [first, second] = body.arguments;
  const [operation, terminator] = body.operations;
  if (body.operations.length === 1 && operation.operands[0] === second) return overwrite;
  if (body.operations.length !== 2 || terminator.operands[0] !== operation.results[0]) return undefined;
  const [x, y] = operation.operands;
  return x === first && y === second ? binaryKernels[operation.name] : undefined;
}
