import { diagnosticError } from '../base/index.ts';
import type { Block, Func, Operation, Program, Type, ValueId } from '../ir/index.ts';
import { entryFunction, equalTypes, formatType, functionNamed } from '../ir/index.ts';
import type { Value } from './call.ts';
import { isTensor, tensorsOf } from './call.ts';
import { evaluatorNamed } from './table.ts';
import type { Tensor } from './tensor.ts';
import { isWellFormed } from './tensor.ts';

export interface EvaluateOptions {
  /** The function to evaluate; the entry function when absent. */
  readonly function?: string;
}

/** Where an operation stands: its function tells the types of values inside regions, its program the functions called. */
export interface EvaluationContext {
  readonly program: Program;
  readonly func: Func;
  /** Values around the operation that its regions use, by `ValueId`. */
  readonly values?: ReadonlyMap<ValueId, Tensor>;
}

/** The values of one activation of a function. */
interface Frame {
  readonly program: Program;
  readonly func: Func;
  readonly values: (Value | undefined)[];
}

/**
 * Evaluates a program on inputs, one tensor per argument, and returns one tensor per result. Deterministic; slow; keeps
 * every value alive until the end. Throws a `DiagnosticError`: SK1201 when the inputs do not fit the arguments, SK3009
 * when an operation is not known.
 */
export function evaluate(program: Program, inputs: readonly Tensor[], options: EvaluateOptions = {}): Tensor[] {
  const func = options.function === undefined ? entryFunction(program) : functionNamed(program, options.function);
  if (func === undefined) throw new Error(`internal: ${program.name} has no entry function`);
  checkInputs(func, inputs);
  return [...tensorsOf(runFunction(program, func, inputs))];
}

/**
 * Evaluates one operation on operands whose shapes may differ from the declared ones, for example on pieces of them.
 * `resultTypes` are the types of the results on these operands: where a shape is only declared (`reshape`,
 * `broadcast_in_dim`, `iota`, the sizes of slices), it is taken from them. Regions and called functions keep their
 * declared types: loops and calls need operands of the declared shapes. Throws as `evaluate` does.
 */
export function evaluateOperation(
  operation: Operation,
  operands: readonly Tensor[],
  resultTypes: readonly Type[],
  context: EvaluationContext,
): Tensor[] {
  const values: (Value | undefined)[] = [];
  for (const [id, value] of context.values ?? []) values[id] = value;
  const frame: Frame = { program: context.program, func: context.func, values };
  return [...tensorsOf(runOperation(frame, operation, operands, resultTypes))];
}

function runFunction(program: Program, func: Func, inputs: readonly Value[]): readonly Value[] {
  const frame: Frame = { program, func, values: new Array(func.valueTypes.length) };
  for (const [i, argument] of func.arguments.entries()) frame.values[argument.value] = inputs[i];
  return runBlock(frame, func.body);
}

/** Evaluates the operations of a block; returns what its terminator hands on. */
function runBlock(frame: Frame, block: Block): readonly Value[] {
  for (const operation of block.operations) {
    const operands = operation.operands.map(value => operandOf(frame, value));
    if (operation === block.operations.at(-1)) return operands;
    const results = runOperation(
      frame,
      operation,
      operands,
      operation.results.map(value => frame.func.valueTypes[value]),
    );
    for (const [i, value] of operation.results.entries()) frame.values[value] = results[i];
  }
  return [];
}

function runOperation(
  frame: Frame,
  operation: Operation,
  operands: readonly Value[],
  resultTypes: readonly Type[],
): readonly Value[] {
  const evaluator = evaluatorNamed(operation.name);
  if (evaluator === undefined) throw unknownOperation(frame, operation);
  const results = evaluator({
    operation,
    operands,
    resultTypes,
    runRegion: (region, inputs) => {
      for (const [i, value] of region.arguments.entries()) frame.values[value] = inputs[i];
      return runBlock(frame, region);
    },
    runFunction: (name, inputs) => runFunction(frame.program, functionNamed(frame.program, name), inputs),
  });
  checkResults(operation, results, resultTypes);
  return results;
}

function operandOf(frame: Frame, id: ValueId): Value {
  const value = frame.values[id];
  if (value === undefined) throw new Error(`internal: value ${id} of @${frame.func.name} is used before it is made`);
  return value;
}

function checkInputs(func: Func, inputs: readonly Tensor[]): void {
  const next = `pass one tensor for each of the ${func.arguments.length} arguments, in order`;
  if (inputs.length !== func.arguments.length) {
    throw diagnosticError('SK1201', { message: `@${func.name} is given ${inputs.length} inputs`, next });
  }
  for (const [i, input] of inputs.entries()) {
    const { value, name = `%arg${i}` } = func.arguments[i];
    const expected = func.valueTypes[value];
    if (equalShapes(input.type, expected) && isWellFormed(input)) continue;
    const found = isWellFormed(input) ? formatType(input.type) : `${input.data.length} elements`;
    throw diagnosticError('SK1201', { message: `input ${name} is ${found}`, expected: formatType(expected), next });
  }
}

/** An evaluator that returns another shape than asked for would corrupt everything after it. */
function checkResults(operation: Operation, results: readonly Value[], types: readonly Type[]): void {
  for (const [i, type] of types.entries()) {
    const result = results[i];
    if (result === undefined) throw new Error(`internal: ${operation.name} gave no result ${i}`);
    if (!isTensor(result) || (equalShapes(result.type, type) && isWellFormed(result))) continue;
    throw new Error(`internal: ${operation.name} gave ${formatType(result.type)}, not ${formatType(type)}`);
  }
}

/** True for tensors of one shape and element type; encodings do not matter. */
function equalShapes(a: Type, b: Type): boolean {
  if (a.kind !== 'tensor' || b.kind !== 'tensor') return equalTypes(a, b);
  return (
    a.element === b.element && a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i])
  );
}

function unknownOperation(frame: Frame, operation: Operation): Error {
  return diagnosticError('SK3009', {
    message: `the reference interpreter does not know ${operation.name}, used in @${frame.func.name}`,
    next: 'run the program on the xla engine',
  });
}
