import { dotDimensions } from '../access.ts';
import type { Attribute } from '../attributes.ts';
import type { Block, Operation, ValueId } from '../program.ts';
import type { TensorType, Type } from '../types.ts';

/** How many operands, results or regions an operation takes; `maximum` is Infinity for variadic ones. */
export interface Arity {
  readonly minimum: number;
  readonly maximum: number;
}

/** Kinds of element types that an operand may have. */
export type ElementClass = 'boolean' | 'signed' | 'unsigned' | 'float' | 'complex' | 'quantized' | 'index';

/** The form that an attribute must have. */
export type AttributeForm =
  | { readonly kind: 'integer'; readonly type: string }
  | { readonly kind: 'integers' }
  | { readonly kind: 'booleans' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'string' }
  | { readonly kind: 'symbol' }
  | { readonly kind: 'float'; readonly type: string }
  | { readonly kind: 'dictionary' }
  | { readonly kind: 'array' }
  | { readonly kind: 'dense' }
  | { readonly kind: 'denseIntegers' }
  /** One word of a list; `words` empty takes any. */
  | { readonly kind: 'enumeration'; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: 'enumerations'; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: 'record'; readonly name: string }
  | { readonly kind: 'any' };

export interface AttributeDefinition {
  readonly form: AttributeForm;
  readonly required: boolean;
  /** The value that a missing attribute stands for, where that is one constant. */
  readonly default?: Attribute;
}

/** An operation with the types around it. `results` is empty while a builder asks what they should be. */
export interface OperationContext {
  readonly operation: Operation;
  readonly operands: readonly Type[];
  readonly results: readonly Type[];
  /** The type of any value of the function, for region arguments and terminators. */
  typeOf(value: ValueId): Type;
}

/** Reports a broken rule: the label of the constraint in the StableHLO specification (or `I1`...), and what is wrong. */
export type Report = (label: string, message: string) => void;

/** All that is known of one operation name. Tier A is fully understood; tier B is carried along and trusted. */
export interface OperationDefinition {
  readonly name: string;
  readonly tier: 'A' | 'B';
  /** Inherent attributes by name. Others are discardable and pass unchecked. */
  readonly attributes: Readonly<Record<string, AttributeDefinition>>;
  readonly operands: Arity;
  readonly results: Arity;
  readonly regions: Arity;
  /** Allowed element classes of all operands; absent when `verify` decides. */
  readonly elements?: readonly ElementClass[];
  /** True when operands and results need not be tensors (tokens, tuples). */
  readonly anyType?: boolean;
  /** True for a terminator of a block. */
  readonly terminator?: boolean;
  /** The result types, for operations where operands and attributes decide them. Called after `verify` was content. */
  infer?(context: OperationContext): readonly Type[] | undefined;
  verify?(context: OperationContext, report: Report): void;
  /** Floating-point operations (integer ones count alike), without those inside regions. */
  flops?(context: OperationContext): number;
  /** How often each region runs in one execution, where the operands decide it; loops and branches are apart. */
  regionRuns?(context: OperationContext): readonly number[];
  /** True when an element costs many hardware operations; counted as one and reported apart as well. */
  readonly transcendental?: boolean;
}

export const none: Arity = { minimum: 0, maximum: 0 };
export const one: Arity = { minimum: 1, maximum: 1 };
export const two: Arity = { minimum: 2, maximum: 2 };
export const three: Arity = { minimum: 3, maximum: 3 };
export const any: Arity = { minimum: 0, maximum: Number.POSITIVE_INFINITY };
export const some: Arity = { minimum: 1, maximum: Number.POSITIVE_INFINITY };

/** The class of an element type. */
export function elementClass(element: string): ElementClass {
  if (element === 'i1') return 'boolean';
  if (element === 'index') return 'index';
  if (element.startsWith('ui')) return 'unsigned';
  if (element.startsWith('i')) return 'signed';
  if (element.startsWith('complex')) return 'complex';
  return element.startsWith('!quant') ? 'quantized' : 'float';
}

/** The tensor type of operand `index`. Throws when it is none: arity and kinds are checked before rules run. */
export function operandTensor(context: OperationContext, index: number): TensorType {
  return asTensor(context.operands[index], context, `operand ${index}`);
}

/** The tensor type of result `index`, likewise. */
export function resultTensor(context: OperationContext, index: number): TensorType {
  return asTensor(context.results[index], context, `result ${index}`);
}

/** The types that a region's terminator hands on; empty when it has none. */
export function terminatorTypes(context: OperationContext, region: Block | undefined): readonly Type[] {
  const terminator = region?.operations.at(-1);
  return terminator === undefined ? [] : terminator.operands.map(value => context.typeOf(value));
}

/** `[2, 3]`, for messages. */
export function formatNumbers(values: readonly number[]): string {
  return `[${values.join(', ')}]`;
}

/** True when two lists hold the same numbers in the same order. */
export function equalNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** True when no number occurs twice. */
export function isUnique(values: readonly number[]): boolean {
  return new Set(values).size === values.length;
}

/** True when every number is in [0, bound). */
export function inRange(values: readonly number[], bound: number): boolean {
  return values.every(value => value >= 0 && value < bound);
}

/** True when numbers never fall from one to the next. */
export function isSorted(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || values[index - 1] <= value);
}

/** Sizes of the dimensions of a `dot_general`: batch, lhs free (m), rhs free (n) and contracting (k). */
export interface DotSizes {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** The sizes that decide the work of a `dot_general`: 2 * batch * m * n * k. */
export function dotSizes(context: OperationContext): DotSizes {
  const { lhsBatching, lhsContracting, rhsBatching, rhsContracting } = dotDimensions(context.operation);
  const lhs = operandTensor(context, 0).shape;
  const rhs = operandTensor(context, 1).shape;
  const product = (shape: readonly number[], keep: (index: number) => boolean): number =>
    shape.reduce((sum, size, index) => (keep(index) ? sum * size : sum), 1);
  return {
    batch: product(lhs, index => lhsBatching.includes(index)),
    m: product(lhs, index => !lhsBatching.includes(index) && !lhsContracting.includes(index)),
    n: product(rhs, index => !rhsBatching.includes(index) && !rhsContracting.includes(index)),
    k: product(lhs, index => lhsContracting.includes(index)),
  };
}

function asTensor(type: Type | undefined, context: OperationContext, what: string): TensorType {
  if (type?.kind === 'tensor') return type;
  throw new Error(`internal: ${context.operation.name}: ${what} is no tensor`);
}
