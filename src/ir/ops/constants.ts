import { integerAttribute } from '../access.ts';
import { requiredInteger } from './attribute-forms.ts';
import type { AttributeDefinition, OperationContext, OperationDefinition, Report } from './definition.ts';
import { none, one, resultTensor } from './definition.ts';

const requiredDense: AttributeDefinition = { form: { kind: 'dense' }, required: true };

/** Operations that make tensors from nothing: `constant` and `iota`. */
export const constants: readonly OperationDefinition[] = [
  ...['stablehlo.constant', 'sdy.constant', 'chlo.constant'].map(constant),
  {
    name: 'stablehlo.iota',
    tier: 'A',
    attributes: { iota_dimension: requiredInteger },
    operands: none,
    results: one,
    regions: none,
    verify: verifyIota,
  },
];

function constant(name: string): OperationDefinition {
  return {
    name,
    tier: 'A',
    attributes: { value: requiredDense },
    operands: none,
    results: one,
    regions: none,
    infer: ({ operation }) => {
      const { value } = operation.attributes;
      return value?.kind === 'dense' ? [value.type] : undefined;
    },
  };
}

function verifyIota(context: OperationContext, report: Report): void {
  const { shape, element } = resultTensor(context, 0);
  const dimension = integerAttribute(context.operation, 'iota_dimension');
  if (shape.length === 0) report('C1', 'a scalar has no dimension to count along');
  else if (dimension < 0 || dimension >= shape.length) {
    report('C1', `iota_dimension ${dimension} is not in [0, ${shape.length})`);
  }
  if (element === 'i1') report('I1', 'the result holds i1, which cannot count');
}
