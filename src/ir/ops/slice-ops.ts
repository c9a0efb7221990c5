import { integersAttribute } from '../access.ts';
import type { Type } from '../types.ts';
import { equalTypes, formatType, tensorType } from '../types.ts';
import { requiredIntegers } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { formatNumbers, none, one, operandTensor, some, two } from './definition.ts';

/** Operations that cut windows out of tensors or put them in: `slice`, `pad` and the dynamic slices. */
export const sliceOps: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.slice',
    tier: 'A',
    attributes: { start_indices: requiredIntegers, limit_indices: requiredIntegers, strides: requiredIntegers },
    operands: one,
    results: one,
    regions: none,
    infer: inferSlice,
    verify: verifySlice,
  },
  {
    name: 'stablehlo.pad',
    tier: 'A',
    attributes: {
      edge_padding_low: requiredIntegers,
      edge_padding_high: requiredIntegers,
      interior_padding: requiredIntegers,
    },
    operands: two,
    results: one,
    regions: none,
    infer: inferPad,
    verify: verifyPad,
  },
  {
    name: 'stablehlo.dynamic_slice',
    tier: 'A',
    attributes: { slice_sizes: requiredIntegers },
    operands: some,
    results: one,
    regions: none,
    infer: context => [
      tensorType(integersAttribute(context.operation, 'slice_sizes'), operandTensor(context, 0).element),
    ],
    verify: verifyDynamicSlice,
  },
  {
    name: 'stablehlo.dynamic_update_slice',
    tier: 'A',
    attributes: {},
    operands: { minimum: 2, maximum: Number.POSITIVE_INFINITY },
    results: one,
    regions: none,
    infer: context => [operandTensor(context, 0)],
    verify: verifyDynamicUpdateSlice,
  },
];

function verifySlice(context: OperationContext, report: Report): void {
  const { shape } = operandTensor(context, 0);
  const { start, limit, strides } = sliceOf(context);
  if (start.length !== shape.length || limit.length !== shape.length || strides.length !== shape.length) {
    report(
      'C2',
      `${start.length} starts, ${limit.length} limits and ${strides.length} strides for rank ${shape.length}`,
    );
    return;
  }
  for (const [index, size] of shape.entries()) {
    if (start[index] < 0 || start[index] > limit[index] || limit[index] > size) {
      report('C3', `[${start[index]}:${limit[index]}] does not lie in dimension ${index} of size ${size}`);
    }
    if (strides[index] <= 0) report('C4', `stride ${strides[index]} of dimension ${index} is not positive`);
  }
}

function inferSlice(context: OperationContext): readonly Type[] {
  const { element } = operandTensor(context, 0);
  const { start, limit, strides } = sliceOf(context);
  const shape = start.map((low, index) => Math.ceil((limit[index] - low) / strides[index]));
  return [tensorType(shape, element)];
}

function sliceOf({ operation }: OperationContext) {
  return {
    start: integersAttribute(operation, 'start_indices'),
    limit: integersAttribute(operation, 'limit_indices'),
    strides: integersAttribute(operation, 'strides'),
  };
}

function verifyPad(context: OperationContext, report: Report): void {
  const operand = operandTensor(context, 0);
  const value = operandTensor(context, 1);
  const { low, high, interior } = paddingOf(context);
  const rank = operand.shape.length;
  if (operand.element !== value.element) report('C1', `the padding is ${value.element}, not ${operand.element}`);
  if (value.shape.length !== 0) report('I2', `the padding is ${formatType(value)}, not a scalar`);
  if (low.length !== rank || high.length !== rank || interior.length !== rank) {
    report('C2', `${low.length} low, ${high.length} high and ${interior.length} interior paddings for rank ${rank}`);
    return;
  }
  if (interior.some(size => size < 0)) report('C3', `interior padding ${formatNumbers(interior)} is negative`);
  else if (paddedShape(context).some(size => size < 0)) report('C4', 'negative padding cuts off more than there is');
}

function inferPad(context: OperationContext): readonly Type[] {
  return [tensorType(paddedShape(context), operandTensor(context, 0).element)];
}

function paddedShape(context: OperationContext): readonly number[] {
  const { low, high, interior } = paddingOf(context);
  return operandTensor(context, 0).shape.map(
    (size, index) => size + low[index] + Math.max(size - 1, 0) * interior[index] + high[index],
  );
}

function paddingOf({ operation }: OperationContext) {
  return {
    low: integersAttribute(operation, 'edge_padding_low'),
    high: integersAttribute(operation, 'edge_padding_high'),
    interior: integersAttribute(operation, 'interior_padding'),
  };
}

function verifyDynamicSlice(context: OperationContext, report: Report): void {
  const { shape } = operandTensor(context, 0);
  const sizes = integersAttribute(context.operation, 'slice_sizes');
  if (sizes.length !== shape.length || context.operands.length - 1 !== shape.length) {
    report('C2', `${context.operands.length - 1} starts and ${sizes.length} slice_sizes for rank ${shape.length}`);
    return;
  }
  verifyStarts(context, 1, 'C3', report);
  for (const [index, size] of shape.entries()) {
    if (sizes[index] < 0 || sizes[index] > size) {
      report('C4', `slice size ${sizes[index]} does not fit dimension ${index} of size ${size}`);
    }
  }
}

function verifyDynamicUpdateSlice(context: OperationContext, report: Report): void {
  const operand = operandTensor(context, 0);
  const update = operandTensor(context, 1);
  const rank = operand.shape.length;
  if (update.element !== operand.element) report('C2', `the update holds ${update.element}, not ${operand.element}`);
  if (update.shape.length !== rank) {
    report('C3', `the update has rank ${update.shape.length}, not ${rank}`);
    return;
  }
  if (context.operands.length - 2 !== rank) {
    report('C4', `${context.operands.length - 2} starts for rank ${rank}`);
    return;
  }
  verifyStarts(context, 2, 'C5', report);
  for (const [index, size] of update.shape.entries()) {
    if (size > operand.shape[index]) {
      report('C6', `update size ${size} does not fit dimension ${index} of size ${operand.shape[index]}`);
    }
  }
}

/** Start indices are integer scalars of one type. */
function verifyStarts(context: OperationContext, first: number, label: string, report: Report): void {
  for (let index = first; index < context.operands.length; index++) {
    const type = operandTensor(context, index);
    if (type.shape.length !== 0 || !/^u?i([2-9]|\d\d)/.test(type.element)) {
      report('I2', `start index ${index - first} is ${formatType(type)}, not an integer scalar`);
    } else if (!equalTypes(type, context.operands[first])) {
      report(label, `start index ${index - first} is ${formatType(type)}, unlike the first`);
    }
  }
}
