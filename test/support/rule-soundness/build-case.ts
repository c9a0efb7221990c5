import type { Attributes, Block, ElementType, FunctionBuilder, TensorType } from '../../../src/ir/index.ts';
import { createFunctionBuilder, programOf, tensorType } from '../../../src/ir/index.ts';
import { type RuleCase, ruleCase } from './case.ts';
import { range } from './factor-cut.ts';

/** What an operation may need beside operands and attributes. */
export interface BuiltOptions {
  /** Result types as `f32[4, 6]`, where operands and attributes do not decide them. */
  readonly results?: readonly string[];
  readonly regions?: (builder: FunctionBuilder) => readonly Block[];
  /** Operands that are known to be zero. */
  readonly zeros?: readonly number[];
}

/** `f32[4, 6]` as a type. */
export function typeOf(text: string): TensorType {
  const [, element, sizes] = /^(.+)\[(.*)\]$/.exec(text) ?? [];
  if (element === undefined) throw new Error(`internal: ${text} is no type`);
  return tensorType(sizes === '' ? [] : sizes.split(',').map(Number), element as ElementType);
}

/** A case of one operation on operands of the given types, written as `f32[4, 6]`. */
export function builtCase(
  name: string,
  operands: readonly string[],
  attributes: Attributes = {},
  { results, regions, zeros = [] }: BuiltOptions = {},
): RuleCase {
  const builder = createFunctionBuilder('main');
  const values = operands.map(text => builder.argument(typeOf(text)));
  const produced = builder.emit(name, values, attributes, {
    regions: regions?.(builder) ?? [],
    ...(results === undefined ? {} : { resultTypes: results.map(typeOf) }),
  });
  const func = builder.finish(produced);
  const known = new Set(zeros.map(operand => values[operand]));
  const found = ruleCase(programOf(func), func, func.body.operations[0], known);
  if (found === undefined) throw new Error(`internal: ${name} has operands that are no tensors`);
  return found;
}

/** Every order of the numbers in [0, count). */
export function orders(count: number): number[][] {
  if (count === 0) return [[]];
  return orders(count - 1).flatMap(order => range(0, count).map(at => order.toSpliced(at, 0, count - 1)));
}
