import type { Func, Operation, TensorType, Type, ValueId } from '../../ir/index.ts';

/** How pieces of a reduction factor are joined: by the all-reduce of this name. */
export type Combiner = 'add' | 'maximum' | 'minimum' | 'multiply' | 'and' | 'or';

/**
 * What happens to a factor when it is cut.
 * `passthrough`: each piece of the results follows from one piece of the operands.
 * `reduction`: results lack the factor; the pieces' results are joined by `combiner`.
 * `replicate`: it cannot be cut; operands that carry it are gathered first.
 * `permutation`: like passthrough, but a piece also needs `halo` elements of its neighbours.
 */
export interface Factor {
  readonly size: number;
  readonly kind: 'passthrough' | 'reduction' | 'replicate' | 'permutation';
  readonly combiner?: Combiner;
  /** The operand whose edge elements travel, and how many from the piece before and after. */
  readonly halo?: { readonly operand: number; readonly before: number; readonly after: number };
  /** Positions along the factor are compared with values of this operand (gather, scatter): pieces shift them. */
  readonly indexedBy?: number;
}

/** True for a factor along which pieces exchange edges, or are joined by other than a sum: collectives inside. */
export function movesInside({ kind, combiner, halo }: Factor): boolean {
  return halo !== undefined || (kind === 'reduction' && combiner !== 'add');
}

/**
 * Which dimensions of operands and results are the same factor (Shardy's op_sharding_rule). `operands[i][d]` lists the
 * factors of dimension d of operand i, major to minor; dimensions of size 1 have none.
 */
export interface FactorRule {
  readonly factors: readonly Factor[];
  readonly operands: readonly (readonly (readonly number[])[])[];
  readonly results: readonly (readonly (readonly number[])[])[];
  /** Sets of operands in which the operation is linear: partial sums of just these give a partial sum of the result. */
  readonly linear: readonly (readonly number[])[];
}

/** An operation with the types that a rule depends on. Values that are no tensors count as rank 0. */
export interface RuleContext {
  readonly operation: Operation;
  readonly operands: readonly TensorType[];
  readonly results: readonly TensorType[];
  /** True for operands that are constant zeros, as far as is known. */
  isZero(operand: number): boolean;
}

export type RuleOf = (context: RuleContext) => FactorRule;

const noTensor: TensorType = { kind: 'tensor', shape: [], element: 'i1' };

export function ruleContext(func: Func, operation: Operation, zeros?: ReadonlySet<ValueId>): RuleContext {
  const typeOf = (value: number): TensorType => tensorOr(func.valueTypes[value]);
  const isZero = (operand: number) => zeros?.has(operation.operands[operand]) ?? false;
  return { operation, operands: operation.operands.map(typeOf), results: operation.results.map(typeOf), isZero };
}

function tensorOr(type: Type): TensorType {
  return type.kind === 'tensor' ? type : noTensor;
}

/** Collects a rule factor by factor. Dimensions that get no factor stay without one. */
export class RuleBuilder {
  readonly #factors: Factor[] = [];
  readonly #operands: number[][][];
  readonly #results: number[][][];

  constructor(context: RuleContext) {
    this.#operands = context.operands.map(type => type.shape.map(() => []));
    this.#results = context.results.map(type => type.shape.map(() => []));
  }

  /** Adds a factor and returns its number; -1 for size 1, which nothing can cut. */
  factor(size: number, kind: Factor['kind'], details: Omit<Factor, 'size' | 'kind'> = {}): number {
    if (size === 1) return -1;
    return this.#factors.push({ size, kind, ...details }) - 1;
  }

  /** Appends factors to a dimension of an operand, major to minor. */
  operand(index: number, dimension: number, ...factors: number[]): void {
    this.#operands[index][dimension].push(...factors.filter(factor => factor >= 0));
  }

  /** Appends factors to a dimension of a result, major to minor. */
  result(index: number, dimension: number, ...factors: number[]): void {
    this.#results[index][dimension].push(...factors.filter(factor => factor >= 0));
  }

  build(linear: readonly (readonly number[])[] = []): FactorRule {
    return { factors: this.#factors, operands: this.#operands, results: this.#results, linear };
  }
}

/** The rule of an operation that nothing can cut. */
export function replicatedRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  for (const [index, type] of context.operands.entries()) {
    for (const [dimension, size] of type.shape.entries())
      rule.operand(index, dimension, rule.factor(size, 'replicate'));
  }
  for (const [index, type] of context.results.entries()) {
    for (const [dimension, size] of type.shape.entries()) rule.result(index, dimension, rule.factor(size, 'replicate'));
  }
  return rule.build();
}

/** Prints a rule as Shardy does: `([i, k],[k, j])->([i, j]) {i=8, k=8, j=16} reduction={k}`. */
export function formatFactorRule(rule: FactorRule): string {
  const name = (factor: number): string => (factor < 18 ? String.fromCharCode(105 + factor) : `z_${factor - 17}`);
  const dimension = (factors: readonly number[]): string => (factors.length === 0 ? '1' : factors.map(name).join(''));
  const tensors = (list: FactorRule['operands']): string =>
    list.map(tensor => `[${tensor.map(dimension).join(', ')}]`).join(',');
  const sizes = rule.factors.map((factor, index) => `${name(index)}=${factor.size}`).join(', ');
  const kinds = (['reduction', 'replicate', 'permutation'] as const).map(kind => {
    const names = rule.factors.flatMap((factor, index) => (factor.kind === kind ? [name(index)] : []));
    return names.length === 0 ? '' : ` ${kind === 'replicate' ? 'need_replication' : kind}={${names.join(', ')}}`;
  });
  return `(${tensors(rule.operands)})->(${tensors(rule.results)}) {${sizes}}${kinds.join('')}`;
}
