import { aliasedResult, type Func, type Operation, typeBytes, type ValueId } from '../ir/index.ts';
import { elementwiseNames, isDonated } from './argument-roles.ts';

/**
 * The values whose moves can run beside computing, because no product waits for them: from the dataflow alone.
 * - Buckets of gradients: from the value, only the new values of donated arguments are reached, element by element.
 * - Prefetched parameters: the value is made element by element of donated arguments and cheap values alone, so that it is
 *   there when the step begins.
 *
 *      w ──(convert)── w16 ══gather══▶ dot ── ... ── dot ── g ══reduce══▶ m' = 0.9 m + g ── w' = w - m'
 *
 * What is inside of loops and branches is not among them. `cheap` are the values that are made again wherever they are
 * needed. For a function without calls; O(operations).
 */
export function hideableValues(func: Func, cheap: ReadonlySet<ValueId>): ReadonlySet<ValueId> {
  return new Set([...preparedValues(func, cheap), ...updatingValues(func)]);
}

/**
 * Bytes of all gradients that nothing but an update waits for, whole: as many as the sums of one kind have at most, and
 * about as many as the gathers of parameters. For a function without calls; O(operations).
 */
export function gradientBytes(func: Func): number {
  const updating = new Set(updatingValues(func));
  let bytes = 0;
  for (const { name, results } of func.body.operations) {
    if (elementwiseNames.has(name) || spreadingNames.has(name)) continue;
    for (const value of results) if (updating.has(value)) bytes += typeBytes(func.valueTypes[value]);
  }
  return bytes;
}

/** Operations that make what an update reads beside gradients: of nothing, or of a scalar. */
const spreadingNames: ReadonlySet<string> = new Set(
  ['constant', 'iota', 'broadcast_in_dim'].map(name => `stablehlo.${name}`),
);

/** Donated arguments, and what is made of them element by element. */
function preparedValues(func: Func, cheap: ReadonlySet<ValueId>): ReadonlySet<ValueId> {
  const prepared = new Set(func.arguments.filter(isDonated).map(({ value }) => value));
  for (const operation of func.body.operations) {
    if (!elementwiseNames.has(operation.name)) continue;
    for (const [index, own] of operation.results.entries()) {
      const from = handsOn(operation) ? [operation.operands[index]] : operation.operands;
      if (!from.some(value => prepared.has(value))) continue;
      if (from.every(value => prepared.has(value) || cheap.has(value))) prepared.add(own);
    }
  }
  return prepared;
}

/** Values of which the new values of donated arguments are made, element by element, and nothing else. */
function updatingValues(func: Func): ValueId[] {
  const donors = new Set(func.arguments.map(aliasedResult));
  const updating = new Set<ValueId>();
  const waited = new Set<ValueId>();
  const block = (operation: Operation): void => {
    for (const value of operation.operands) waited.add(value);
    for (const region of operation.regions) for (const inner of region.operations) block(inner);
  };
  for (const operation of [...func.body.operations].reverse()) {
    const { name, operands, results } = operation;
    if (name === 'func.return') {
      for (const [index, value] of operands.entries()) (donors.has(index) ? updating : waited).add(value);
    } else if (!elementwiseNames.has(name)) block(operation);
    else {
      for (const [index, value] of operands.entries()) {
        const made = handsOn(operation) ? [results[index]] : results;
        if (made.some(own => waited.has(own))) waited.add(value);
        if (made.some(own => updating.has(own))) updating.add(value);
      }
    }
  }
  return [...updating].filter(value => !waited.has(value));
}

/** True for a barrier, which hands each operand on as the result beside it, and for what has one of each. */
function handsOn({ operands, results }: Operation): boolean {
  return operands.length === results.length;
}
