import { convolutionDimensions, dotDimensions, gatherDimensions, type Operation, type ValueId } from '../ir/index.ts';
import type { PlanSubject } from './subject.ts';

/** What a dimension of a weight is to the product that reads it: `rows` are summed over, `columns` are results. */
export type WeightDimension = 'rows' | 'columns' | 'vocabulary' | 'experts' | 'kernel';

type Subject = Pick<PlanSubject, 'func' | 'flow' | 'operations'>;

/** How a parameter is used first. */
export interface WeightUse {
  readonly dimensions: readonly WeightDimension[];
  /** The operation that reads it, and as which operand. */
  readonly reader: Operation;
  readonly operand: number;
}

/** The first product or look-up that reads a parameter; undefined where there is none. */
export function weightUse(subject: Subject, argument: number): WeightUse | undefined {
  const { func, flow } = subject;
  const { value } = func.arguments[argument];
  const type = func.valueTypes[value];
  const rank = type.kind === 'tensor' ? type.shape.length : 0;
  let current: ValueId = value;
  for (let hop = 0; hop < 8; hop++) {
    const readers = flow.users(current);
    for (const reader of readers) {
      const operand = reader.operands.indexOf(current);
      const dimensions = dimensionsIn(subject, reader, operand, rank);
      if (dimensions !== undefined) return { dimensions, reader, operand };
    }
    const passed = readers.find(reader => reader.name === 'stablehlo.convert');
    if (passed === undefined) break;
    [current] = passed.results;
  }
  return undefined;
}

function dimensionsIn(
  subject: Subject,
  operation: Operation,
  operand: number,
  rank: number,
): readonly WeightDimension[] | undefined {
  if (operation.name === 'stablehlo.dot_general') {
    const { lhsBatching, rhsBatching, lhsContracting, rhsContracting } = dotDimensions(operation);
    const [batching, contracting] = operand === 0 ? [lhsBatching, lhsContracting] : [rhsBatching, rhsContracting];
    return named(rank, dimension =>
      batching.includes(dimension) ? 'experts' : contracting.includes(dimension) ? 'rows' : 'columns',
    );
  }
  if (operation.name === 'stablehlo.convolution' && operand === 1) {
    const { kernelInputFeature, kernelOutputFeature } = convolutionDimensions(operation);
    return named(rank, dimension =>
      dimension === kernelInputFeature ? 'rows' : dimension === kernelOutputFeature ? 'columns' : 'kernel',
    );
  }
  if (operation.name === 'stablehlo.gather' && operand === 0 && isLookup(subject, operation)) {
    const { startIndexMap } = gatherDimensions(operation);
    return named(rank, dimension => (startIndexMap.includes(dimension) ? 'vocabulary' : 'columns'));
  }
  return undefined;
}

/** True where the positions that are looked up are data: they come from an argument of integers. */
function isLookup({ func, flow, operations }: Subject, gather: Operation): boolean {
  const makers = new Map<ValueId, Operation>();
  for (const operation of operations) for (const result of operation.results) makers.set(result, operation);
  const seen = new Set<ValueId>();
  const pending = [gather.operands[1]];
  for (let value = pending.pop(); value !== undefined && seen.size < 64; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    const argument = flow.origin(value);
    const type = argument < 0 ? undefined : func.valueTypes[func.arguments[argument].value];
    if (type?.kind === 'tensor' && /^u?i\d/.test(type.element)) return true;
    pending.push(...(makers.get(value)?.operands ?? []));
  }
  return false;
}

function named(rank: number, of: (dimension: number) => WeightDimension): readonly WeightDimension[] {
  return Array.from({ length: rank }, (_, dimension) => of(dimension));
}
