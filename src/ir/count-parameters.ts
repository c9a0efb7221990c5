import { elementClass } from './ops/definition.ts';
import { operationDefinition } from './ops/table.ts';
import type { Func, FuncArgument, Program } from './program.ts';
import { aliasedResult, entryFunction, walkOperations } from './program.ts';
import { elementCount, equalTypes, typeBytes } from './types.ts';

/**
 * The parameters of a program: number of elements and bytes of the arguments that are weights.
 *
 * A training step donates its weights together with the optimizer's moments and running statistics. Moments and
 * statistics are only scaled and added, element by element; weights also enter a product, a broadcast or another
 * operation that is not elementwise, or are called with. So: donated floating-point arguments with at least one such
 * use. A program that donates nothing is not a training step; there every floating-point argument counts.
 */
export function countParameters(program: Program): { readonly count: number; readonly bytes: number } {
  const entry = entryFunction(program);
  if (entry === undefined) return { count: 0, bytes: 0 };
  const candidates = entry.arguments.filter(argument => isFloat(entry, argument));
  const donated = candidates.filter(isDonated);
  const mixed = mixedValues(entry);
  const weights = donated.length === 0 ? candidates : donated.filter(argument => mixed.has(argument.value));
  return weights.reduce(
    (sum, { value }) => {
      const type = entry.valueTypes[value];
      const elements = type.kind === 'tensor' ? elementCount(type.shape) : 0;
      return { count: sum.count + elements, bytes: sum.bytes + typeBytes(type) };
    },
    { count: 0, bytes: 0 },
  );
}

function isFloat(func: Func, argument: FuncArgument): boolean {
  const type = func.valueTypes[argument.value];
  return type.kind === 'tensor' && elementClass(type.element) === 'float';
}

function isDonated(argument: FuncArgument): boolean {
  return aliasedResult(argument) !== -1 || argument.attributes['jax.buffer_donor'] !== undefined;
}

/** Values with a use that is not elementwise: one that gives another shape, or that a call or region hides. */
function mixedValues(func: Func): ReadonlySet<number> {
  const mixed = new Set<number>();
  const converted: [number, number][] = [];
  walkOperations(func.body, operation => {
    const definition = operationDefinition(operation.name);
    if (definition?.terminator === true) return;
    const [result] = operation.results;
    if (operation.name === 'stablehlo.convert') converted.push([operation.operands[0], result]);
    for (const value of operation.operands) {
      const elementwise =
        definition?.flops !== undefined &&
        operation.regions.length === 0 &&
        result !== undefined &&
        equalShapes(func, value, result) &&
        operation.name !== 'stablehlo.dot_general' &&
        operation.name !== 'stablehlo.convolution';
      if (!elementwise) mixed.add(value);
    }
  });
  // Weights kept in one type and used in another: what the conversion gives is used as they are.
  for (const [operand, result] of converted.reverse()) if (mixed.has(result)) mixed.add(operand);
  return mixed;
}

function equalShapes(func: Func, a: number, b: number): boolean {
  const [left, right] = [func.valueTypes[a], func.valueTypes[b]];
  if (left.kind !== 'tensor' || right.kind !== 'tensor') return false;
  return equalTypes({ ...left, element: 'f32' }, { ...right, element: 'f32' });
}
