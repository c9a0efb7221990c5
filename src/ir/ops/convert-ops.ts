import { integerAttribute } from '../access.ts';
import { elementBits, elementCount, formatType } from '../types.ts';
import type { AttributeDefinition, OperationContext, OperationDefinition, Report } from './definition.ts';
import { equalNumbers, none, one, operandTensor, resultTensor } from './definition.ts';

const requiredI32: AttributeDefinition = { form: { kind: 'integer', type: 'i32' }, required: true };

/** Operations that change how numbers are held: `convert`, `bitcast_convert` and `reduce_precision`. */
export const convertOps: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.convert',
    tier: 'A',
    attributes: {},
    operands: one,
    results: one,
    regions: none,
    verify: verifyConvert,
    flops: context => elementCount(operandTensor(context, 0).shape),
  },
  {
    name: 'stablehlo.bitcast_convert',
    tier: 'A',
    attributes: {},
    operands: one,
    results: one,
    regions: none,
    verify: verifyBitcast,
  },
  {
    name: 'stablehlo.reduce_precision',
    tier: 'A',
    attributes: { exponent_bits: requiredI32, mantissa_bits: requiredI32 },
    operands: one,
    results: one,
    regions: none,
    elements: ['float'],
    infer: context => [operandTensor(context, 0)],
    verify: (context, report) => {
      const exponent = integerAttribute(context.operation, 'exponent_bits');
      const mantissa = integerAttribute(context.operation, 'mantissa_bits');
      if (exponent < 1) report('C2', `exponent_bits is ${exponent}`);
      if (mantissa < 0) report('C3', `mantissa_bits is ${mantissa}`);
    },
    flops: context => elementCount(operandTensor(context, 0).shape),
  },
];

function verifyConvert(context: OperationContext, report: Report): void {
  const [operand, result] = [operandTensor(context, 0), resultTensor(context, 0)];
  if (!equalNumbers(operand.shape, result.shape)) {
    report('C1', `${formatType(operand)} and ${formatType(result)} differ in shape`);
  }
}

/** Equal widths keep the shape; else the wider side lacks the last dimension, whose size is the ratio of the widths. */
function verifyBitcast(context: OperationContext, report: Report): void {
  const [operand, result] = [operandTensor(context, 0), resultTensor(context, 0)];
  const [from, to] = [bitsOf(operand.element), bitsOf(result.element)];
  const isComplex = (element: string): boolean => element.startsWith('complex');
  if (isComplex(operand.element) !== isComplex(result.element)) {
    report('C2', `${operand.element} and ${result.element}: complex numbers only become complex numbers`);
    return;
  }
  const [wide, narrow] = from >= to ? [operand.shape, result.shape] : [result.shape, operand.shape];
  const ratio = Math.max(from, to) / Math.min(from, to);
  const expected = from === to ? wide : [...wide, ratio];
  if (!equalNumbers(narrow, expected)) {
    report('C1', `${formatType(operand)} and ${formatType(result)} do not hold the same bits per row`);
  }
}

function bitsOf(element: Parameters<typeof elementBits>[0]): number {
  return element === 'i1' ? 1 : elementBits(element);
}
