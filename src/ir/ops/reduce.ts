import { integersAttribute } from '../access.ts';
import type { ElementType, TensorType, Type } from '../types.ts';
import { elementCount, formatType, tensorType } from '../types.ts';
import { requiredIntegers } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import {
  equalNumbers,
  formatNumbers,
  inRange,
  isUnique,
  one,
  operandTensor,
  some,
  terminatorTypes,
} from './definition.ts';
import { verifyReducer } from './reducer.ts';

/** `reduce`: folds dimensions away with a region. Operands are the inputs, then as many initial values. */
export const reduce: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.reduce',
    tier: 'A',
    attributes: { dimensions: requiredIntegers },
    operands: { minimum: 2, maximum: Number.POSITIVE_INFINITY },
    results: some,
    regions: one,
    infer: inferReduce,
    verify: verifyReduce,
    regionRuns: context => [elementCount(operandTensor(context, 0).shape)],
  },
];

/** Element types follow from the region, which may promote: bf16 inputs summed in f32. */
function inferReduce(context: OperationContext): readonly Type[] {
  const count = context.operands.length / 2;
  const dimensions = integersAttribute(context.operation, 'dimensions');
  const elements = reducerElements(context);
  return Array.from({ length: count }, (_, index) => {
    const input = operandTensor(context, index);
    const shape = input.shape.filter((_size, dimension) => !dimensions.includes(dimension));
    return tensorType(shape, elements[index] ?? input.element);
  });
}

/** Element types that the region of a reduction hands on. */
export function reducerElements(context: OperationContext): readonly (ElementType | undefined)[] {
  return terminatorTypes(context, context.operation.regions[0]).map(type =>
    type.kind === 'tensor' ? type.element : undefined,
  );
}

function verifyReduce(context: OperationContext, report: Report): void {
  const { operands, operation } = context;
  const count = operands.length / 2;
  if (!Number.isInteger(count) || (operation.results.length !== count && operation.results.length !== 0)) {
    report('C3', `${operands.length} operands for ${operation.results.length} results, not inputs and initial values`);
    return;
  }
  const first = operandTensor(context, 0);
  const dimensions = integersAttribute(operation, 'dimensions');
  const inputs: TensorType[] = [];
  for (let index = 0; index < count; index++) {
    const input = operandTensor(context, index);
    const initial = operandTensor(context, count + index);
    inputs.push(input);
    if (!equalNumbers(input.shape, first.shape)) report('C1', `input ${index} is ${formatType(input)}, unlike input 0`);
    if (initial.shape.length !== 0) report('I2', `initial value ${index} is ${formatType(initial)}, not a scalar`);
  }
  if (!inRange(dimensions, first.shape.length)) {
    report('C4', `dimensions ${formatNumbers(dimensions)} are not in [0, ${first.shape.length})`);
  }
  if (!isUnique(dimensions)) report('C5', `dimensions ${formatNumbers(dimensions)} repeat one`);
  verifyReducer(context, operation.regions[0], inputs, operands.slice(count), 'C6', report);
}
