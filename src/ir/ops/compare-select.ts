import { elementCount, equalTypes, formatType, tensorType } from '../types.ts';
import { enumeration, optionalEnumeration } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { equalNumbers, none, one, operandTensor, three, two } from './definition.ts';

const directions = ['EQ', 'NE', 'GE', 'GT', 'LE', 'LT'];
const compareTypes = ['NOTYPE', 'FLOAT', 'TOTALORDER', 'SIGNED', 'UNSIGNED'];

/** Operations that choose: `compare`, `select` and `clamp`. */
export const compareSelect: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.compare',
    tier: 'A',
    attributes: {
      comparison_direction: enumeration('comparison_direction', directions),
      compare_type: optionalEnumeration('comparison_type', compareTypes),
    },
    operands: two,
    results: one,
    regions: none,
    infer: context => [tensorType(operandTensor(context, 0).shape, 'i1')],
    verify: verifyCompare,
    flops: countElements,
  },
  {
    name: 'stablehlo.select',
    tier: 'A',
    attributes: {},
    operands: three,
    results: one,
    regions: none,
    infer: context => [operandTensor(context, 1)],
    verify: verifySelect,
    flops: context => elementCount(operandTensor(context, 1).shape),
  },
  {
    name: 'stablehlo.clamp',
    tier: 'A',
    attributes: {},
    operands: three,
    results: one,
    regions: none,
    infer: context => [operandTensor(context, 1)],
    verify: verifyClamp,
    flops: context => elementCount(operandTensor(context, 1).shape),
  },
];

function countElements(context: OperationContext): number {
  return elementCount(operandTensor(context, 0).shape);
}

/** A `compare_type` that does not fit the elements passes here, as in jaxlib, against C3 of the specification. */
function verifyCompare(context: OperationContext, report: Report): void {
  const lhs = operandTensor(context, 0);
  const rhs = operandTensor(context, 1);
  if (lhs.element !== rhs.element) report('C1', `${lhs.element} is compared with ${rhs.element}`);
  if (!equalNumbers(lhs.shape, rhs.shape)) report('C2', `${formatType(lhs)} is compared with ${formatType(rhs)}`);
}

function verifySelect(context: OperationContext, report: Report): void {
  const predicate = operandTensor(context, 0);
  const onTrue = operandTensor(context, 1);
  if (predicate.element !== 'i1') report('I1', `the predicate holds ${predicate.element}, not i1`);
  if (predicate.shape.length !== 0 && !equalNumbers(predicate.shape, onTrue.shape)) {
    report(
      'C1',
      `the predicate ${formatType(predicate)} is neither a scalar nor of the shape of ${formatType(onTrue)}`,
    );
  }
  if (!equalTypes(onTrue, context.operands[2])) {
    report('C2', `the choices are ${formatType(onTrue)} and ${formatType(context.operands[2])}`);
  }
}

function verifyClamp(context: OperationContext, report: Report): void {
  const operand = operandTensor(context, 1);
  for (const [index, label] of [
    [0, 'C1'],
    [2, 'C2'],
  ] as const) {
    const bound = operandTensor(context, index);
    const what = index === 0 ? 'minimum' : 'maximum';
    if (bound.shape.length !== 0 && !equalNumbers(bound.shape, operand.shape)) {
      report(label, `the ${what} ${formatType(bound)} is neither a scalar nor of the shape of ${formatType(operand)}`);
    }
    if (bound.element !== operand.element) report('C3', `the ${what} holds ${bound.element}, not ${operand.element}`);
  }
}
