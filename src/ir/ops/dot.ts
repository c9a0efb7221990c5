import { dotDimensions } from '../access.ts';
import type { TensorType, Type } from '../types.ts';
import { tensorType } from '../types.ts';
import { optionalAny, precisionConfig, requiredRecord } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { dotSizes, formatNumbers, inRange, isUnique, none, one, operandTensor, two } from './definition.ts';

/** `dot_general`: batched matrix multiplication over any dimensions. */
export const dot: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.dot_general',
    tier: 'A',
    attributes: {
      dot_dimension_numbers: requiredRecord('dot'),
      precision_config: precisionConfig,
      algorithm: optionalAny,
    },
    operands: two,
    results: one,
    regions: none,
    infer: inferDot,
    verify: verifyDot,
    flops: context => {
      const { batch, m, n, k } = dotSizes(context);
      return 2 * batch * m * n * k;
    },
  },
];

/** Batch, then lhs free, then rhs free dimensions; the element type is the declared one, or else the left operand's. */
function inferDot(context: OperationContext): readonly Type[] {
  const { lhsBatching, rhsBatching, lhsContracting, rhsContracting } = dotDimensions(context.operation);
  const lhs = operandTensor(context, 0);
  const rhs = operandTensor(context, 1);
  const free = (type: TensorType, taken: readonly number[]): readonly number[] =>
    type.shape.filter((_, index) => !taken.includes(index));
  const declared = context.results[0];
  const element = declared?.kind === 'tensor' ? declared.element : lhs.element;
  const shape = [
    ...lhsBatching.map(dimension => lhs.shape[dimension]),
    ...free(lhs, [...lhsBatching, ...lhsContracting]),
    ...free(rhs, [...rhsBatching, ...rhsContracting]),
  ];
  return [tensorType(shape, element)];
}

function verifyDot(context: OperationContext, report: Report): void {
  const { lhsBatching, rhsBatching, lhsContracting, rhsContracting } = dotDimensions(context.operation);
  const lhs = operandTensor(context, 0).shape;
  const rhs = operandTensor(context, 1).shape;
  if (lhsBatching.length !== rhsBatching.length) {
    report('C1', `${lhsBatching.length} left and ${rhsBatching.length} right batching dimensions`);
  }
  if (lhsContracting.length !== rhsContracting.length) {
    report('C2', `${lhsContracting.length} left and ${rhsContracting.length} right contracting dimensions`);
  }
  const lists: readonly (readonly [string, string, readonly number[], readonly number[]])[] = [
    ['C5', 'left batching', lhsBatching, lhs],
    ['C6', 'left contracting', lhsContracting, lhs],
    ['C7', 'right batching', rhsBatching, rhs],
    ['C8', 'right contracting', rhsContracting, rhs],
  ];
  let outside = false;
  for (const [label, what, dimensions, shape] of lists) {
    if (inRange(dimensions, shape.length)) continue;
    outside = true;
    report(label, `${what} dimensions ${formatNumbers(dimensions)} are not in [0, ${shape.length})`);
  }
  for (const [label, what, dimensions] of [
    ['C3', 'left', [...lhsBatching, ...lhsContracting]],
    ['C4', 'right', [...rhsBatching, ...rhsContracting]],
  ] as const) {
    if (!isUnique(dimensions)) report(label, `${what} batching and contracting dimensions repeat one`);
  }
  if (!outside) {
    verifySizes(report, 'C9', 'batching', [lhs, lhsBatching], [rhs, rhsBatching]);
    verifySizes(report, 'C10', 'contracting', [lhs, lhsContracting], [rhs, rhsContracting]);
  }
  const precision = context.operation.attributes.precision_config;
  if (precision?.kind === 'array' && precision.elements.length !== 2 && precision.elements.length !== 0) {
    report('C11', `precision_config has ${precision.elements.length} entries, not 2`);
  }
}

type Dimensions = readonly [shape: readonly number[], dimensions: readonly number[]];

function verifySizes(report: Report, label: string, what: string, lhs: Dimensions, rhs: Dimensions): void {
  for (let index = 0; index < Math.min(lhs[1].length, rhs[1].length); index++) {
    const left = lhs[0][lhs[1][index]];
    const right = rhs[0][rhs[1][index]];
    if (left !== right) {
      report(label, `${what} dimensions ${lhs[1][index]} and ${rhs[1][index]} have sizes ${left} and ${right}`);
    }
  }
}
