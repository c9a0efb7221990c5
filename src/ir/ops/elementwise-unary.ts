import type { ElementType, Type } from '../types.ts';
import { elementCount, tensorType } from '../types.ts';
import { resultAccuracy } from './attribute-forms.ts';
import type { ElementClass, OperationContext, OperationDefinition } from './definition.ts';
import { none, one, operandTensor } from './definition.ts';

const integers: readonly ElementClass[] = ['signed', 'unsigned'];
const floats: readonly ElementClass[] = ['float', 'quantized'];
const floatsComplex: readonly ElementClass[] = ['float', 'complex', 'quantized'];
const signedFloatsComplex: readonly ElementClass[] = ['signed', ...floatsComplex];

/** How the element type of the result follows from the operand's. */
type ElementRule = (element: ElementType) => ElementType;

const same: ElementRule = element => element;
const boolean: ElementRule = () => 'i1';
/** `complex<f32>` to `f32`; real types stay. */
const realPart: ElementRule = element =>
  element === 'complex<f32>' ? 'f32' : element === 'complex<f64>' ? 'f64' : element;

const cheap: readonly (readonly [string, readonly ElementClass[], ElementRule])[] = [
  ['stablehlo.abs', signedFloatsComplex, realPart],
  ['stablehlo.ceil', floats, same],
  ['stablehlo.count_leading_zeros', integers, same],
  ['stablehlo.floor', floats, same],
  ['stablehlo.imag', ['float', 'complex'], realPart],
  ['stablehlo.is_finite', floats, boolean],
  ['stablehlo.negate', ['unsigned', ...signedFloatsComplex], same],
  ['stablehlo.not', ['boolean', ...integers], same],
  ['stablehlo.popcnt', integers, same],
  ['stablehlo.real', ['float', 'complex'], realPart],
  ['stablehlo.round_nearest_afz', floats, same],
  ['stablehlo.round_nearest_even', floats, same],
  ['stablehlo.sign', signedFloatsComplex, same],
  ['chlo.conj', ['float', 'complex'], same],
  ['chlo.is_inf', ['float'], boolean],
  ['chlo.is_neg_inf', ['float'], boolean],
  ['chlo.is_pos_inf', ['float'], boolean],
  ['chlo.square', ['float', 'complex'], same],
];

const accurate = ['cbrt', 'cosine', 'exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'logistic'].concat(
  'rsqrt sine sqrt tan tanh'.split(' '),
);

const special: readonly (readonly [string, readonly ElementClass[]])[] = [
  ...['erf', 'erfc', 'erf_inv', 'lgamma', 'digamma'].map(name => [`chlo.${name}`, ['float']] as const),
  ...'acos acosh asin asinh atan atanh bessel_i1e cosh sinh tan'
    .split(' ')
    .map(name => [`chlo.${name}`, ['float', 'complex']] as const),
];

/** Operations on one tensor, element by element; the shape stays. */
export const elementwiseUnary: readonly OperationDefinition[] = [
  ...cheap.map(([name, elements, rule]) => unary(name, elements, rule)),
  ...accurate.map(name => ({
    ...unary(`stablehlo.${name}`, floatsComplex, same),
    attributes: { result_accuracy: resultAccuracy },
    transcendental: true,
  })),
  ...special.map(([name, elements]) => ({ ...unary(name, elements, same), transcendental: true })),
];

function unary(name: string, elements: readonly ElementClass[], rule: ElementRule): OperationDefinition {
  return {
    name,
    tier: 'A',
    attributes: {},
    operands: one,
    results: one,
    regions: none,
    elements,
    infer: context => inferUnary(context, rule),
    flops: context => elementCount(operandTensor(context, 0).shape),
  };
}

function inferUnary(context: OperationContext, rule: ElementRule): readonly Type[] {
  const operand = operandTensor(context, 0);
  return [tensorType(operand.shape, rule(operand.element))];
}
