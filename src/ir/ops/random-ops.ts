import { enumerationAttribute } from '../access.ts';
import { elementCount, formatType } from '../types.ts';
import { enumeration } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { elementClass, equalNumbers, none, one, operandTensor, resultTensor, three, two } from './definition.ts';

/** Random numbers: `rng` (by distribution) and `rng_bit_generator` (bits and the next state). */
export const randomOps: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.rng',
    tier: 'A',
    attributes: { rng_distribution: enumeration('rng_distribution', ['UNIFORM', 'NORMAL']) },
    operands: three,
    results: one,
    regions: none,
    verify: verifyRng,
    flops: context => elementCount(resultTensor(context, 0).shape),
  },
  {
    name: 'stablehlo.rng_bit_generator',
    tier: 'A',
    attributes: { rng_algorithm: enumeration('rng_algorithm', ['DEFAULT', 'THREE_FRY', 'PHILOX']) },
    operands: one,
    results: two,
    regions: none,
    verify: verifyBitGenerator,
    flops: context => elementCount(resultTensor(context, 1).shape),
  },
];

const ordered = ['signed', 'unsigned', 'float'];

function verifyRng(context: OperationContext, report: Report): void {
  const [a, b, shape] = [0, 1, 2].map(index => operandTensor(context, index));
  const result = resultTensor(context, 0);
  if (a.element !== b.element || a.element !== result.element) {
    report('C1', `the bounds hold ${a.element} and ${b.element}, the result ${result.element}`);
  }
  if (a.shape.length !== 0 || b.shape.length !== 0) report('I1', 'the bounds are not scalars');
  const normal = enumerationAttribute(context.operation, 'rng_distribution') === 'NORMAL';
  if (normal && elementClass(a.element) !== 'float')
    report('C1', `a normal distribution of ${a.element}, not of floats`);
  if (!['boolean', ...ordered].includes(elementClass(a.element))) report('I1', `the bounds hold ${a.element}`);
  if (shape.shape.length !== 1 || !/^u?i([2-9]|\d\d)|^index$/.test(shape.element))
    report('I3', `the shape is ${formatType(shape)}, not a list of sizes`);
  else if (shape.shape[0] !== result.shape.length) {
    report('C3', `the shape has ${shape.shape[0]} sizes, the result rank ${result.shape.length}`);
  }
}

function verifyBitGenerator(context: OperationContext, report: Report): void {
  const state = operandTensor(context, 0);
  const next = resultTensor(context, 0);
  const bits = resultTensor(context, 1);
  for (const { element } of [state, next]) {
    if (!ordered.includes(elementClass(element))) report('I1', `the state holds ${element}`);
  }
  if (!equalNumbers(state.shape, next.shape)) {
    report('C1', `the next state is ${formatType(next)}, not ${formatType(state)}`);
  }
  if (!ordered.includes(elementClass(bits.element))) report('I2', `the result holds ${bits.element}`);
}
