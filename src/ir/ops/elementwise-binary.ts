import type { TensorType } from '../types.ts';
import { elementCount, equalTypes, formatType, tensorType } from '../types.ts';
import type { ElementClass, OperationContext, OperationDefinition, Report } from './definition.ts';
import { none, one, operandTensor, two } from './definition.ts';

const integers: readonly ElementClass[] = ['signed', 'unsigned'];
const logical: readonly ElementClass[] = ['boolean', ...integers];
const numbers: readonly ElementClass[] = [...integers, 'float', 'complex', 'quantized'];
const everything: readonly ElementClass[] = ['boolean', ...numbers];

const families: readonly (readonly [readonly ElementClass[], readonly string[]])[] = [
  [everything, ['add', 'maximum', 'minimum', 'multiply']],
  [numbers, ['divide', 'power', 'remainder', 'subtract']],
  [logical, ['and', 'or', 'xor']],
  [integers, ['shift_left', 'shift_right_arithmetic', 'shift_right_logical']],
  [['float', 'complex', 'quantized'], ['atan2']],
];

const transcendental = new Set(['stablehlo.power', 'stablehlo.atan2', 'chlo.polygamma', 'chlo.zeta']);

/** Operations on two tensors of one type, element by element, and `complex`. */
export const elementwiseBinary: readonly OperationDefinition[] = [
  ...families.flatMap(([elements, names]) => names.map(name => binary(`stablehlo.${name}`, elements))),
  ...['next_after', 'polygamma', 'zeta'].map(name => binary(`chlo.${name}`, ['float'])),
  binary('chlo.mulhi', integers),
  {
    ...binary('stablehlo.complex', ['float']),
    infer: context => {
      const { shape, element } = operandTensor(context, 0);
      return [tensorType(shape, element === 'f64' ? 'complex<f64>' : 'complex<f32>')];
    },
    verify: (context, report) => {
      verifySameTypes(context, report);
      const { element } = operandTensor(context, 0);
      if (element !== 'f32' && element !== 'f64') report('C2', `the parts are ${element}, not f32 or f64`);
    },
  },
];

function binary(name: string, elements: readonly ElementClass[]): OperationDefinition {
  return {
    name,
    tier: 'A',
    attributes: {},
    operands: two,
    results: one,
    regions: none,
    elements,
    infer: context => [plain(operandTensor(context, 0))],
    verify: verifySameTypes,
    flops: context => elementCount(operandTensor(context, 0).shape),
    ...(transcendental.has(name) ? { transcendental: true } : {}),
  };
}

function plain(type: TensorType): TensorType {
  return tensorType(type.shape, type.element);
}

function verifySameTypes(context: OperationContext, report: Report): void {
  const [lhs, rhs] = context.operands;
  if (!equalTypes(lhs, rhs))
    report('C1', `the operands are ${formatType(lhs)} and ${formatType(rhs)}, not of one type`);
}
