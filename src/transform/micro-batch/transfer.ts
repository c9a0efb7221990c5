import type { Operation } from '../../ir/index.ts';
import type { FactorRule } from '../../sharding/index.ts';
import { type MicroBatchRefusal, refuse } from './refusal.ts';
import { sum, type ValueKind } from './value-kinds.ts';

/** How an operation is done on a piece. */
export interface PieceForm {
  /** Of each result. */
  readonly results: readonly ValueKind[];
  /** Operands that are the same for all pieces, of which a piece needs its part: position and dimension. */
  readonly parts: ReadonlyMap<number, number>;
}

/** What an operation is, with its rule and the kinds of its operands. */
export interface TransferSubject {
  readonly operation: Operation;
  readonly rule: FactorRule;
  readonly operands: readonly ValueKind[];
  readonly batchSize: number;
}

/**
 * How an operation with the batch in some operand is done on a piece, by its factor rule alone: the batch is one factor
 * that passes through, or over which is summed. Operands are `whole` or `cut`.
 */
export function transferCut(subject: TransferSubject): PieceForm | MicroBatchRefusal {
  const { operation, rule, batchSize } = subject;
  const factor = batchFactor(subject);
  if (typeof factor !== 'number') return factor;
  const { kind, combiner, size, indexedBy } = rule.factors[factor];
  if (kind === 'replicate' || kind === 'permutation' || indexedBy !== undefined)
    return refuse('whole-batch', operation, 'needs the whole batch at once');
  if (kind === 'reduction' && (combiner !== 'add' || !isPlainSum(subject)))
    return refuse('whole-batch', operation, 'joins the batch otherwise than by a sum that starts at zero');
  if (size % batchSize !== 0) return refuse('unsupported', operation, 'cuts the batch into several dimensions');
  const parts = new Map<number, number>();
  for (const [index, dimensions] of rule.operands.entries()) {
    const dimension = dimensions.findIndex(factors => factors.includes(factor));
    const own = subject.operands[index];
    if (dimension < 0) continue;
    if (dimensions[dimension][0] !== factor)
      return refuse('unsupported', operation, 'has the batch as a minor part of a dimension');
    if (own.kind === 'whole') parts.set(index, dimension);
  }
  const results: ValueKind[] = [];
  for (const dimensions of rule.results) {
    const dimension = dimensions.findIndex(factors => factors.includes(factor));
    if (dimension >= 0 && dimensions[dimension][0] !== factor)
      return refuse('unsupported', operation, 'has the batch as a minor part of a dimension');
    if (dimension < 0 && kind !== 'reduction') return refuse('unsupported', operation, 'loses the batch');
    results.push(dimension < 0 ? sum : { kind: 'cut', dimension });
  }
  return { results, parts };
}

/** The one factor that is the batch in all operands that have it. */
function batchFactor({ operation, rule, operands }: TransferSubject): number | MicroBatchRefusal {
  let found: number | undefined;
  for (const [index, own] of operands.entries()) {
    if (own.kind !== 'cut') continue;
    const factor = rule.operands[index]?.[own.dimension]?.[0];
    if (factor === undefined) return refuse('whole-batch', operation, 'needs the whole batch at once');
    if (found !== undefined && found !== factor)
      return refuse('whole-batch', operation, 'joins examples of the batch with each other');
    found = factor;
  }
  if (found === undefined) throw new Error('internal: an operation without the batch');
  return found;
}

/** True where sums of pieces add up to the sum of all: nothing but zero is added to them. */
function isPlainSum({ operation, operands }: TransferSubject): boolean {
  const isZero = (own: ValueKind): boolean => own.kind === 'whole' && own.zero;
  const count = operation.results.length;
  switch (operation.name) {
    case 'stablehlo.dot_general':
    case 'stablehlo.convolution':
      return true;
    case 'stablehlo.reduce':
      return operands.slice(count).every(isZero);
    case 'stablehlo.scatter':
      return operands.slice(0, count).every(isZero);
    default:
      return false;
  }
}

/** Linear in their one operand, beyond what rules say. */
const linearNames: ReadonlySet<string> = new Set(['stablehlo.broadcast_in_dim', 'stablehlo.convert']);

/** True where the operation on sums of pieces, each alone, gives sums of pieces. Operands are `whole` or `sum`. */
export function isLinearInSums({ operation, rule, operands }: TransferSubject): boolean {
  const isSum = (own: ValueKind): boolean => own.kind === 'sum' || (own.kind === 'whole' && own.zero);
  const sets = linearNames.has(operation.name) ? [[0]] : rule.linear;
  return sets.some(set => operands.every((own, index) => (set.includes(index) ? isSum(own) : own.kind === 'whole')));
}
