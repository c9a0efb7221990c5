import { integerAttribute, integersAttribute } from '../access.ts';
import type { Type } from '../types.ts';
import { elementCount, formatType, tensorType } from '../types.ts';
import { requiredInteger, requiredIntegers } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import {
  equalNumbers,
  formatNumbers,
  inRange,
  isUnique,
  none,
  one,
  operandTensor,
  resultTensor,
  some,
} from './definition.ts';

/** Operations that move elements by their place alone, apart from `slice` and `pad`. */
export const shapeOps: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.reshape',
    tier: 'A',
    attributes: {},
    operands: one,
    results: one,
    regions: none,
    verify: verifyReshape,
  },
  {
    name: 'stablehlo.broadcast_in_dim',
    tier: 'A',
    attributes: { broadcast_dimensions: requiredIntegers },
    operands: one,
    results: one,
    regions: none,
    verify: verifyBroadcastInDim,
  },
  {
    name: 'stablehlo.transpose',
    tier: 'A',
    attributes: { permutation: requiredIntegers },
    operands: one,
    results: one,
    regions: none,
    infer: inferTranspose,
    verify: verifyTranspose,
  },
  {
    name: 'stablehlo.reverse',
    tier: 'A',
    attributes: { dimensions: requiredIntegers },
    operands: one,
    results: one,
    regions: none,
    infer: context => [operandTensor(context, 0)],
    verify: verifyReverse,
  },
  {
    name: 'stablehlo.concatenate',
    tier: 'A',
    attributes: { dimension: requiredInteger },
    operands: some,
    results: one,
    regions: none,
    infer: inferConcatenate,
    verify: verifyConcatenate,
  },
];

function verifyReshape(context: OperationContext, report: Report): void {
  const operand = operandTensor(context, 0);
  const result = resultTensor(context, 0);
  if (operand.element !== result.element) report('C1', `${operand.element} cannot become ${result.element}`);
  if (elementCount(operand.shape) !== elementCount(result.shape)) {
    report('C2', `${formatType(operand)} and ${formatType(result)} have different numbers of elements`);
  }
}

function verifyBroadcastInDim(context: OperationContext, report: Report): void {
  const operand = operandTensor(context, 0);
  const result = resultTensor(context, 0);
  const dimensions = integersAttribute(context.operation, 'broadcast_dimensions');
  if (operand.element !== result.element) report('C1', `${operand.element} cannot become ${result.element}`);
  if (dimensions.length !== operand.shape.length) {
    report('C2', `${dimensions.length} broadcast_dimensions for an operand of rank ${operand.shape.length}`);
    return;
  }
  if (!inRange(dimensions, result.shape.length)) {
    report('C3', `broadcast_dimensions ${formatNumbers(dimensions)} are not in [0, ${result.shape.length})`);
  }
  if (!isUnique(dimensions)) report('C4', `broadcast_dimensions ${formatNumbers(dimensions)} repeat a dimension`);
  for (const [index, dimension] of dimensions.entries()) {
    const size = operand.shape[index];
    const target = result.shape[dimension];
    if (target !== undefined && size !== 1 && size !== target) {
      report('C5', `dimension ${index} of size ${size} cannot become dimension ${dimension} of size ${target}`);
    }
  }
}

function verifyTranspose(context: OperationContext, report: Report): void {
  const { shape } = operandTensor(context, 0);
  const permutation = integersAttribute(context.operation, 'permutation');
  if (permutation.length !== shape.length || !isUnique(permutation) || !inRange(permutation, shape.length)) {
    report('C2', `permutation ${formatNumbers(permutation)} is not an order of ${shape.length} dimensions`);
  }
}

function inferTranspose(context: OperationContext): readonly Type[] {
  const { shape, element } = operandTensor(context, 0);
  const permutation = integersAttribute(context.operation, 'permutation');
  return [
    tensorType(
      permutation.map(dimension => shape[dimension]),
      element,
    ),
  ];
}

function verifyReverse(context: OperationContext, report: Report): void {
  const { shape } = operandTensor(context, 0);
  const dimensions = integersAttribute(context.operation, 'dimensions');
  if (!isUnique(dimensions)) report('C2', `dimensions ${formatNumbers(dimensions)} repeat one`);
  if (!inRange(dimensions, shape.length)) {
    report('C3', `dimensions ${formatNumbers(dimensions)} are not in [0, ${shape.length})`);
  }
}

function verifyConcatenate(context: OperationContext, report: Report): void {
  const first = operandTensor(context, 0);
  const dimension = integerAttribute(context.operation, 'dimension');
  const rank = first.shape.length;
  if (dimension < 0 || dimension >= rank) report('C4', `dimension ${dimension} is not in [0, ${rank})`);
  const rest = (shape: readonly number[]): readonly number[] => shape.filter((_, index) => index !== dimension);
  for (let index = 1; index < context.operands.length; index++) {
    const other = operandTensor(context, index);
    if (other.element !== first.element) report('C1', `operand ${index} holds ${other.element}, not ${first.element}`);
    if (other.shape.length !== rank || !equalNumbers(rest(other.shape), rest(first.shape))) {
      report('C2', `${formatType(other)} does not fit beside ${formatType(first)} along dimension ${dimension}`);
    }
  }
}

function inferConcatenate(context: OperationContext): readonly Type[] {
  const first = operandTensor(context, 0);
  const dimension = integerAttribute(context.operation, 'dimension');
  const total = context.operands.reduce((sum, _, index) => sum + operandTensor(context, index).shape[dimension], 0);
  return [
    tensorType(
      first.shape.map((size, index) => (index === dimension ? total : size)),
      first.element,
    ),
  ];
}
