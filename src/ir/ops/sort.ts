import { integerAttribute } from '../access.ts';
import { elementCount, formatType, tensorType } from '../types.ts';
import { optionalBoolean, optionalInteger, requiredInteger } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { equalNumbers, none, one, operandTensor, some, terminatorTypes, two } from './definition.ts';

/** Operations that order elements: `sort` and `top_k`. */
export const sort: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.sort',
    tier: 'A',
    attributes: { dimension: optionalInteger(-1), is_stable: optionalBoolean() },
    operands: some,
    results: some,
    regions: one,
    infer: context => context.operands,
    verify: verifySort,
    regionRuns: context => [comparisons(operandTensor(context, 0).shape, sortedDimension(context))],
  },
  {
    name: 'chlo.top_k',
    tier: 'A',
    attributes: { k: requiredInteger },
    operands: one,
    results: two,
    regions: none,
    infer: context => {
      const { shape, element } = operandTensor(context, 0);
      const kept = [...shape.slice(0, -1), integerAttribute(context.operation, 'k')];
      return [tensorType(kept, element), tensorType(kept, 'i32')];
    },
    verify: verifyTopK,
    flops: context => comparisons(operandTensor(context, 0).shape, -1),
  },
];

/** The sorted dimension, counted from the front. */
export function sortedDimension(context: OperationContext): number {
  const dimension = integerAttribute(context.operation, 'dimension', -1);
  return dimension < 0 ? dimension + operandTensor(context, 0).shape.length : dimension;
}

/** Elements times the levels of a merge sort. */
function comparisons(shape: readonly number[], dimension: number): number {
  return elementCount(shape) * Math.ceil(Math.log2(Math.max(shape.at(dimension) ?? 1, 2)));
}

function verifySort(context: OperationContext, report: Report): void {
  const { operation, operands } = context;
  const first = operandTensor(context, 0);
  const rank = first.shape.length;
  const parameters = operation.regions[0].arguments.map(value => context.typeOf(value));
  for (let index = 1; index < operands.length; index++) {
    const input = operandTensor(context, index);
    if (!equalNumbers(input.shape, first.shape)) report('C3', `input ${index} is ${formatType(input)}, unlike input 0`);
  }
  const dimension = integerAttribute(operation, 'dimension', -1);
  if (dimension < -rank || dimension >= rank) report('C4', `dimension ${dimension} is not in [-${rank}, ${rank})`);
  if (parameters.length !== 2 * operands.length) {
    report('C5', `the comparator takes ${parameters.length} arguments, not ${2 * operands.length}`);
  }
  for (const [index, type] of parameters.entries()) {
    const input = operands[Math.floor(index / 2)];
    if (input?.kind !== 'tensor' || type.kind !== 'tensor') continue;
    if (type.shape.length !== 0 || type.element !== input.element) {
      report('C5', `argument ${index} of the comparator is ${formatType(type)}, not a scalar of ${input.element}`);
    }
  }
  const [decided, ...rest] = terminatorTypes(context, operation.regions[0]);
  if (rest.length > 0 || decided?.kind !== 'tensor' || decided.shape.length !== 0 || decided.element !== 'i1') {
    report('C5', 'the comparator does not hand on one tensor<i1>');
  }
}

function verifyTopK(context: OperationContext, report: Report): void {
  const { shape } = operandTensor(context, 0);
  const k = integerAttribute(context.operation, 'k');
  if (shape.length === 0) report('I1', 'a scalar has no largest elements');
  else if (k < 0 || k > shape[shape.length - 1]) report('I2', `k is ${k}, the last dimension has ${shape.at(-1)}`);
}
