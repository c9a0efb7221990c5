import type { ArgumentSpec, InputsSpec } from '../engine/index.ts';
import {
  entryFunction,
  type Func,
  gatherDimensions,
  integerAttribute,
  type Operation,
  type Program,
  scatterDimensions,
  type TensorType,
  type ValueId,
  walkOperations,
} from '../ir/index.ts';

/**
 * Inputs for a program that came without a spec: floats uniform in [0.01, 1), so that nothing divides by zero or takes
 * the root of a negative second moment; integers in [0, size) of the smallest dimension that they index, through
 * gathers, scatters, dynamic slices and comparisons with an iota, in loops and branches too. Integers that index
 * nothing are uniform in [0, 2).
 *
 * `program` has its calls inlined; `names` are those of the entry's arguments.
 */
export function defaultInputs(program: Program, names: readonly string[]): InputsSpec {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: program without an entry function');
  const limits = indexLimits(func);
  const specs = func.arguments.map((argument, index): ArgumentSpec => {
    const type = func.valueTypes[argument.value];
    if (type.kind !== 'tensor') throw new Error(`internal: argument ${names[index]} is no tensor`);
    const common = { name: names[index], shape: type.shape, dtype: type.element };
    if (isInteger(type)) {
      const high = type.element === 'i1' ? 2 : (limits.get(argument.value) ?? 2);
      return { ...common, distribution: 'integers', low: 0, high };
    }
    return { ...common, distribution: 'uniform', low: 0.01, high: 1 };
  });
  return { format: 'skein.inputs/1', arguments: specs };
}

const isInteger = (type: TensorType): boolean => /^(u?i\d+)$/.test(type.element);

/** Operations whose results hold the elements of their operands, or those shifted by a constant (index wrapping). */
const carriers = new Set([
  'stablehlo.reshape',
  'stablehlo.broadcast_in_dim',
  'stablehlo.convert',
  'stablehlo.transpose',
  'stablehlo.slice',
  'stablehlo.concatenate',
  'stablehlo.select',
  'stablehlo.add',
  'stablehlo.clamp',
  'stablehlo.maximum',
  'stablehlo.minimum',
  'stablehlo.optimization_barrier',
  'stablehlo.dynamic_slice',
  'stablehlo.pad',
]);

/** Smallest dimension that each argument of `func` indexes, found by walking back from every use as an index. */
function indexLimits(func: Func): Map<ValueId, number> {
  const producers = new Map<ValueId, Operation>();
  const uses: { value: ValueId; limit: number }[] = [];
  walkOperations(func.body, operation => {
    for (const result of operation.results) producers.set(result, operation);
    uses.push(...indexUses(func, operation, producers));
  });
  const limits = new Map<ValueId, number>();
  const handed = handedOn(func);
  for (const { value, limit } of uses) {
    for (const source of carriedFrom(value, producers, handed))
      limits.set(source, Math.min(limit, limits.get(source) ?? limit));
  }
  return limits;
}

function indexUses(
  func: Func,
  operation: Operation,
  producers: ReadonlyMap<ValueId, Operation>,
): { value: ValueId; limit: number }[] {
  const shape = (position: number): readonly number[] => shapeOf(func, operation.operands[position]);
  const smallest = (position: number, dimensions: readonly number[]): number =>
    Math.min(...dimensions.map(dimension => shape(position)[dimension]));
  switch (operation.name) {
    case 'stablehlo.gather':
      return [{ value: operation.operands[1], limit: smallest(0, gatherDimensions(operation).startIndexMap) }];
    case 'stablehlo.scatter': {
      const inputs = (operation.operands.length - 1) / 2;
      return [{ value: operation.operands[inputs], limit: smallest(0, scatterDimensions(operation).operandDims) }];
    }
    case 'stablehlo.dynamic_slice':
      return operation.operands.slice(1).map((value, dimension) => ({ value, limit: shape(0)[dimension] }));
    case 'stablehlo.dynamic_update_slice':
      return operation.operands.slice(2).map((value, dimension) => ({ value, limit: shape(0)[dimension] }));
    case 'stablehlo.compare': {
      const sizes = operation.operands.map(value => iotaSize(func, value, producers));
      return operation.operands.flatMap((value, position) => {
        const limit = sizes[1 - position];
        return limit === undefined ? [] : [{ value, limit }];
      });
    }
    default:
      return [];
  }
}

/** The size that an iota counts to, when `value` is one behind reshapes and broadcasts. */
function iotaSize(func: Func, value: ValueId, producers: ReadonlyMap<ValueId, Operation>): number | undefined {
  let producer = producers.get(value);
  while (producer !== undefined && carriers.has(producer.name) && producer.operands.length === 1) {
    producer = producers.get(producer.operands[0]);
  }
  if (producer?.name !== 'stablehlo.iota') return undefined;
  return shapeOf(func, producer.results[0])[integerAttribute(producer, 'iota_dimension')];
}

/** What loop state is made of (what goes in, and what the body hands on), and what branches hand on, by value. */
function handedOn(func: Func): ReadonlyMap<ValueId, readonly ValueId[]> {
  const handed = new Map<ValueId, ValueId[]>();
  const hand = (to: ValueId, from: ValueId) => handed.set(to, [...(handed.get(to) ?? []), from]);
  walkOperations(func.body, ({ name, operands, results, regions }) => {
    const loop = name === 'stablehlo.while';
    if (!loop && name !== 'stablehlo.case' && name !== 'stablehlo.if') return;
    const yields = (loop ? regions.slice(1) : regions).map(region => region.operations.at(-1)?.operands ?? []);
    for (const [index, result] of results.entries()) {
      const targets = loop ? [result, ...regions.map(region => region.arguments[index])] : [result];
      const sources = [...(loop ? [operands[index]] : []), ...yields.map(values => values[index])];
      for (const target of targets) for (const source of sources) hand(target, source);
    }
  });
  return handed;
}

/** The values without a carrier behind them that may reach `value`: arguments among others. */
function carriedFrom(
  value: ValueId,
  producers: ReadonlyMap<ValueId, Operation>,
  handed: ReadonlyMap<ValueId, readonly ValueId[]>,
): ValueId[] {
  const sources: ValueId[] = [];
  const seen = new Set<ValueId>();
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const producer = producers.get(next);
    const within = handed.get(next);
    if (within !== undefined) pending.push(...within);
    else if (producer === undefined) sources.push(next);
    else if (carriers.has(producer.name)) pending.push(...producer.operands);
  }
  return sources;
}

function shapeOf(func: Func, value: ValueId): readonly number[] {
  const type = func.valueTypes[value];
  if (type.kind !== 'tensor') throw new Error('internal: expected a tensor');
  return type.shape;
}
