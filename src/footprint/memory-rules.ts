import {
  aliasedResult,
  elementBits,
  elementCount,
  type FuncArgument,
  integersAttribute,
  type Operation,
  type TensorType,
  type Type,
} from '../ir/index.ts';

/**
 * What a planner of memory takes a program to put into memory: as stated in docs/memory.md, all results, or as stated
 * but for what a compiler fuses: see `isFused`.
 */
export type Materialise = 'stated' | 'all' | 'fused';

/** Results that are their operand under another name. */
const renamings: ReadonlySet<string> = new Set([
  'stablehlo.reshape',
  'stablehlo.bitcast_convert',
  'stablehlo.optimization_barrier',
  'sdy.sharding_constraint',
]);

const elementwise: ReadonlySet<string> = new Set(
  [
    ...['abs', 'cbrt', 'ceil', 'convert', 'cosine', 'count_leading_zeros', 'exponential', 'exponential_minus_one'],
    ...['floor', 'imag', 'is_finite', 'log', 'log_plus_one', 'logistic', 'negate', 'not', 'popcnt', 'real'],
    ...['reduce_precision', 'round_nearest_afz', 'round_nearest_even', 'rsqrt', 'sign', 'sine', 'sqrt', 'tan', 'tanh'],
    ...['add', 'and', 'atan2', 'clamp', 'compare', 'complex', 'divide', 'map', 'maximum', 'minimum', 'multiply', 'or'],
    ...['power', 'remainder', 'select', 'shift_left', 'shift_right_arithmetic', 'shift_right_logical', 'subtract'],
    ...['uniform_quantize', 'uniform_dequantize', 'xor'],
  ].map(name => `stablehlo.${name}`),
);

/** True for an operation that makes each element from those at the same place. */
export function isElementwise(operation: Operation, typeOf: (value: number) => Type): boolean {
  if (elementwise.has(operation.name)) return true;
  if (!operation.name.startsWith('chlo.') || operation.results.length !== 1) return false;
  const shape = shapeText(typeOf(operation.results[0]));
  return operation.operands.every(operand => shapeText(typeOf(operand)) === shape);
}

function shapeText(type: Type): string {
  return type.kind === 'tensor' ? type.shape.join('x') : 'none';
}

/**
 * True for a value that compilers fuse whoever reads it, if all who do can take it in, and if what it is made of takes
 * no more than itself: masks, and casts to wider types. Loop fusion of XLA (InstructionFusion) makes such values anew
 * for each reader, for they cost little. A mask of numbers that are not needed otherwise is kept in their place.
 */
export function isFused(operation: Operation, typeOf: (value: number) => Type): boolean {
  const { results, operands, name } = operation;
  if (results.length !== 1 || !isElementwise(operation, typeOf)) return false;
  const type = typeOf(results[0]);
  const isMask = type.kind === 'tensor' && type.element === 'i1';
  return isMask || (name === 'stablehlo.convert' && widthOf(type) > widthOf(typeOf(operands[0])));
}

/** Where the bytes of a result lie inside those of an operand. */
export interface ViewOfOperand {
  readonly operand: number;
  /** As a part of the operand's bytes, from 0 to 1. */
  readonly shift: number;
}

/** The operand whose bytes result `index` is a part of; undefined where the result has bytes of its own. */
export function viewedOperand(
  operation: Operation,
  index: number,
  typeOf: (value: number) => Type,
): ViewOfOperand | undefined {
  const isSame = isHandedOn(operation, index) || renamings.has(operation.name);
  if (isSame) return { operand: operation.operands[index], shift: 0 };
  if (operation.name !== 'stablehlo.slice') return undefined;
  const [operand] = operation.operands;
  const type = typeOf(operand);
  if (type.kind !== 'tensor') return undefined;
  const start = contiguousStart(operation, type);
  return start === undefined ? undefined : { operand, shift: start / Math.max(1, elementCount(type.shape)) };
}

/** True for a loop whose body returns what it was given at this place: what was there before is there after it. */
export function isHandedOn({ name, regions: [, body] }: Operation, index: number): boolean {
  return name === 'stablehlo.while' && body.operations.at(-1)?.operands[index] === body.arguments[index];
}

/** The first element of a slice whose elements lie side by side; undefined for others. */
function contiguousStart(operation: Operation, { shape }: TensorType): number | undefined {
  const starts = integersAttribute(operation, 'start_indices');
  const limits = integersAttribute(operation, 'limit_indices');
  const strides = integersAttribute(operation, 'strides');
  const isWhole = (dimension: number): boolean => starts[dimension] === 0 && limits[dimension] === shape[dimension];
  let cut = shape.length;
  while (cut > 0 && isWhole(cut - 1) && strides[cut - 1] === 1) cut--;
  let first = 0;
  for (let dimension = 0; dimension < cut; dimension++) {
    const isSingle = limits[dimension] - starts[dimension] === 1;
    if (dimension < cut - 1 ? !isSingle : strides[dimension] !== 1 && !isSingle) return undefined;
    first = first * shape[dimension] + starts[dimension];
  }
  return first * elementCount(shape.slice(cut));
}

/** True for a constant whose elements are all one number. */
export function isSplatConstant({ name, attributes }: Operation): boolean {
  const { value } = attributes;
  return name === 'stablehlo.constant' && value?.kind === 'dense' && value.form === 'splat';
}

/** True for what can be made again from nothing wherever it is read. */
export function isMadeFromNothing(operation: Operation): boolean {
  return operation.name === 'stablehlo.iota' || isSplatConstant(operation);
}

/**
 * Pairs (operand, result) of indices where an operation may write a result over an operand that dies, going by the
 * operation alone: element by element, into part of it, or around a loop.
 */
export function inPlacePairs(operation: Operation, typeOf: (value: number) => Type): [number, number][] {
  const { name, operands, results } = operation;
  if (isElementwise(operation, typeOf)) {
    const width = widthOf(typeOf(results[0]));
    const pairs: [number, number][] = [];
    for (const [index, operand] of operands.entries()) {
      if (widthOf(typeOf(operand)) === width) pairs.push([index, 0]);
    }
    return pairs;
  }
  if (name === 'stablehlo.dynamic_update_slice') return [[0, 0]];
  if (name === 'stablehlo.scatter' || name === 'stablehlo.while') return results.map((_, index) => [index, index]);
  return [];
}

function widthOf(type: Type): number {
  return type.kind === 'tensor' ? elementBits(type.element) : 0;
}

/** True when the caller gives the argument's buffer away. */
export function isDonatedArgument(argument: FuncArgument): boolean {
  return aliasedResult(argument) >= 0 || argument.attributes['jax.buffer_donor'] !== undefined;
}
