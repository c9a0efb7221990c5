import { enumerationAttribute } from './access.ts';
import { readDenseIntegers } from './ops/dense-integers.ts';
import type { Func, Operation, ValueId } from './program.ts';
import { walkOperations } from './program.ts';

/**
 * How often the body of a `while` of `func` runs, or undefined when that is not plain to see. Plain is what JAX writes
 * for `fori_loop` and `scan`: one carried integer starts at a constant, the body adds a constant to it, and the
 * condition compares it with a constant. The constants may stand outside of the loop. O(operations of `func`).
 */
export function tripCount(func: Func, loop: Operation): number | undefined {
  if (loop.name !== 'stablehlo.while') return undefined;
  return countTrips(definingOperations(func), loop);
}

/** The operation that defines each value of a function; block arguments have none. */
export function definingOperations(func: Func): ReadonlyMap<ValueId, Operation> {
  const defining = new Map<ValueId, Operation>();
  walkOperations(func.body, operation => {
    for (const result of operation.results) defining.set(result, operation);
  });
  return defining;
}

/** `tripCount` with the definitions of the function at hand. */
export function countTrips(defining: ReadonlyMap<ValueId, Operation>, loop: Operation): number | undefined {
  const [condition, body] = loop.regions;
  const test = defining.get(condition.operations.at(-1)?.operands[0] ?? -1);
  if (test?.name !== 'stablehlo.compare') return undefined;
  const [left, right] = test.operands;
  const leftIndex = condition.arguments.indexOf(left);
  const index = leftIndex === -1 ? condition.arguments.indexOf(right) : leftIndex;
  const bound = constantInteger(defining, leftIndex === -1 ? left : right);
  const start = constantInteger(defining, loop.operands[index]);
  const step = stepOf(defining, body.operations.at(-1)?.operands[index], body.arguments[index]);
  if (index === -1 || bound === undefined || start === undefined || step === undefined) return undefined;
  const direction = enumerationAttribute(test, 'comparison_direction');
  return tripsOf(start, step, bound, leftIndex === -1 ? mirrored(direction) : direction);
}

/** The constant that the body adds to the carried value, when that is all it does. */
function stepOf(
  defining: ReadonlyMap<ValueId, Operation>,
  next: ValueId | undefined,
  carried: ValueId | undefined,
): number | undefined {
  const update = next === undefined ? undefined : defining.get(next);
  if (update === undefined || carried === undefined) return undefined;
  const [left, right] = update.operands;
  if (update.name === 'stablehlo.add' && left === carried) return constantInteger(defining, right);
  if (update.name === 'stablehlo.add' && right === carried) return constantInteger(defining, left);
  if (update.name !== 'stablehlo.subtract' || left !== carried) return undefined;
  const down = constantInteger(defining, right);
  return down === undefined ? undefined : -down;
}

function constantInteger(defining: ReadonlyMap<ValueId, Operation>, value: ValueId | undefined): number | undefined {
  const operation = value === undefined ? undefined : defining.get(value);
  const constant = operation?.name === 'stablehlo.constant' ? operation.attributes.value : undefined;
  if (constant?.kind !== 'dense' || constant.type.shape.length !== 0 || !/^u?i\d/.test(constant.type.element)) {
    return undefined;
  }
  return readDenseIntegers(constant)[0];
}

function mirrored(direction: string): string {
  return { LT: 'GT', LE: 'GE', GT: 'LT', GE: 'LE' }[direction] ?? direction;
}

function tripsOf(start: number, step: number, bound: number, direction: string): number | undefined {
  const distance = bound - start;
  switch (direction) {
    case 'LT':
      return step > 0 ? Math.max(0, Math.ceil(distance / step)) : distance <= 0 ? 0 : undefined;
    case 'LE':
      return step > 0 ? Math.max(0, Math.floor(distance / step) + 1) : distance < 0 ? 0 : undefined;
    case 'GT':
      return step < 0 ? Math.max(0, Math.ceil(distance / step)) : distance >= 0 ? 0 : undefined;
    case 'GE':
      return step < 0 ? Math.max(0, Math.floor(distance / step) + 1) : distance > 0 ? 0 : undefined;
    case 'NE':
      return step !== 0 && distance % step === 0 && distance / step >= 0 ? distance / step : undefined;
    default:
      return undefined;
  }
}
