import { aliasedResult, type Func, type FuncArgument, type Operation, type ValueId } from '../ir/index.ts';

/**
 * What an argument of a training step is:
 * - `parameter`: donated, and used by more than the update: in a product, a gather, broadcast, ...
 * - `optimizer state`: donated, and used only element by element, up to the update of some other donated argument:
 *   momentum, Adam's moments. Donated scalars and integers (step counters) as well.
 * - `other state`: donated, and used only element by element in its own update: running averages.
 * - `input`: not donated. Where a program donates nothing, everything is an input.
 *
 * The role follows from the dataflow alone, so that no naming convention is assumed. A step whose update needs norms of
 * moments (LAMB) shows them as parameters.
 */
export type ArgumentRole = 'parameter' | 'optimizer state' | 'other state' | 'input';

/** The role of each argument of a function without calls, in order. */
export function argumentRoles(func: Func): readonly ArgumentRole[] {
  const users = usersByValue(func);
  const outputs = new Map<ValueId, number[]>();
  func.body.operations.at(-1)?.operands.forEach((value, index) => {
    outputs.set(value, [...(outputs.get(value) ?? []), index]);
  });
  return func.arguments.map(argument => roleOf(func, argument, users, outputs));
}

function roleOf(
  func: Func,
  argument: FuncArgument,
  users: UsersByValue,
  outputs: ReadonlyMap<ValueId, readonly number[]>,
): ArgumentRole {
  if (!isDonated(argument)) return 'input';
  const type = func.valueTypes[argument.value];
  if (type.kind !== 'tensor' || type.shape.length === 0 || !/^b?f\d/.test(type.element)) return 'optimizer state';
  const reached = reachElementwise(argument.value, users, outputs);
  if (reached === undefined) return 'parameter';
  const own = aliasedResult(argument);
  return reached.some(output => output !== own) ? 'optimizer state' : 'other state';
}

/** True when the caller gives the argument's buffer away. */
export function isDonated(argument: FuncArgument): boolean {
  return aliasedResult(argument) >= 0 || argument.attributes['jax.buffer_donor'] !== undefined;
}

/** The results that a value reaches element by element, or undefined where some use is of another kind. */
function reachElementwise(
  from: ValueId,
  users: UsersByValue,
  outputs: ReadonlyMap<ValueId, readonly number[]>,
): number[] | undefined {
  const reached: number[] = [];
  const seen = new Set<ValueId>([from]);
  const pending = [from];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    reached.push(...(outputs.get(value) ?? []));
    for (const user of users[value] ?? []) {
      if (user.name === 'func.return') continue;
      if (!elementwiseNames.has(user.name)) return undefined;
      const results = user.results.length === user.operands.length ? resultsBeside(user, value) : user.results;
      for (const result of results) {
        if (seen.has(result)) continue;
        seen.add(result);
        pending.push(result);
      }
    }
  }
  return reached;
}

/** For an operation that passes each operand to the result beside it (a barrier): those results of `value`. */
function resultsBeside(operation: Operation, value: ValueId): ValueId[] {
  return operation.results.filter((_, index) => operation.operands[index] === value);
}

type UsersByValue = readonly (readonly Operation[] | undefined)[];

function usersByValue(func: Func): UsersByValue {
  const users: (Operation[] | undefined)[] = func.valueTypes.map(() => undefined);
  const visit = (operation: Operation, outer: Operation): void => {
    for (const value of operation.operands) {
      const list = users[value];
      if (list === undefined) users[value] = [outer];
      else list.push(outer);
    }
    for (const region of operation.regions) for (const inner of region.operations) visit(inner, outer);
  };
  for (const operation of func.body.operations) visit(operation, operation);
  return users;
}

/** Operations that work element by element: result and operands have one shape. */
export const elementwiseNames: ReadonlySet<string> = new Set(
  [
    ...['abs', 'cbrt', 'ceil', 'convert', 'cosine', 'exponential', 'exponential_minus_one', 'floor', 'is_finite'],
    ...['log', 'log_plus_one', 'logistic', 'negate', 'not', 'reduce_precision', 'round_nearest_afz'],
    ...['round_nearest_even', 'rsqrt', 'sign', 'sine', 'sqrt', 'tan', 'tanh', 'optimization_barrier'],
    ...['add', 'and', 'atan2', 'clamp', 'compare', 'divide', 'maximum', 'minimum', 'multiply', 'or', 'power'],
    ...['remainder', 'select', 'shift_left', 'shift_right_arithmetic', 'shift_right_logical', 'subtract', 'xor'],
  ].map(name => `stablehlo.${name}`),
);
