import type { Block, Operation, TensorType, Type } from '../ir/index.ts';
import type { Tensor } from './tensor.ts';

/** Several values as one. A token is the empty tuple. */
export interface Tuple {
  readonly kind: 'tuple';
  readonly elements: readonly Value[];
}

export type Value = Tensor | Tuple;

/** One operation with all that it needs to be evaluated. */
export interface ValueCall {
  readonly operation: Operation;
  readonly operands: readonly Value[];
  /** What the results are declared to be; the operands decide where both could. */
  readonly resultTypes: readonly Type[];
  /** Evaluates a region of the operation; the region sees the values around it. */
  runRegion(region: Block, inputs: readonly Value[]): readonly Value[];
  /** Evaluates another function of the program. */
  runFunction(name: string, inputs: readonly Value[]): readonly Value[];
}

/** The same for an operation on tensors only. */
export interface TensorCall extends Omit<ValueCall, 'operands'> {
  readonly operands: readonly Tensor[];
}

export type ValueEvaluator = (call: ValueCall) => readonly Value[];
export type TensorEvaluator = (call: TensorCall) => readonly Tensor[];

/** True for a tensor. */
export function isTensor(value: Value): value is Tensor {
  return !('kind' in value);
}

/** All values as tensors. Throws when one is a tuple. */
export function tensorsOf(values: readonly Value[]): readonly Tensor[] {
  return values.map(value => {
    if (!isTensor(value)) throw new Error('internal: a tuple where a tensor was expected');
    return value;
  });
}

/** The declared type of result `index`. Throws when it is no tensor. */
export function resultType(call: ValueCall | TensorCall, index = 0): TensorType {
  const type = call.resultTypes[index];
  if (type?.kind !== 'tensor') throw new Error(`internal: ${call.operation.name}: result ${index} is no tensor`);
  return type;
}
