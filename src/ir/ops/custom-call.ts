import { integerAttribute } from '../access.ts';
import type { Attribute } from '../attributes.ts';
import type { Type } from '../types.ts';
import { formatType } from '../types.ts';
import { optionalAny, optionalBoolean, optionalInteger, requiredString } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { any, formatNumbers, inRange, isUnique, none } from './definition.ts';
import { readDenseIntegers } from './dense-integers.ts';
import { fillsShape } from './dense-shape.ts';

/** `custom_call`: a call of something that the runtime knows. Only its layouts can be checked. */
export const customCall: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.custom_call',
    tier: 'A',
    anyType: true,
    attributes: {
      call_target_name: requiredString,
      has_side_effect: optionalBoolean(),
      backend_config: optionalAny,
      api_version: optionalInteger(1, 'i32'),
      called_computations: optionalAny,
      operand_layouts: optionalAny,
      result_layouts: optionalAny,
      output_operand_aliases: optionalAny,
    },
    operands: any,
    results: any,
    regions: none,
    verify: verifyCustomCall,
  },
];

/** The last version of the calling convention that the dialect knows (`API_VERSION_TYPED_FFI`). */
const lastApiVersion = 4;

function verifyCustomCall(context: OperationContext, report: Report): void {
  const version = integerAttribute(context.operation, 'api_version', 1);
  if (version < 0 || version > lastApiVersion) report('I4', `api_version ${version} is not in [0, ${lastApiVersion}]`);
  const { operand_layouts: operands, result_layouts: results } = context.operation.attributes;
  if ((operands === undefined) !== (results === undefined)) {
    report('I1', 'operand_layouts and result_layouts come together or not at all');
    return;
  }
  verifyLayouts('operand', operands, context.operands, report);
  const [single] = context.results;
  const parts = context.results.length === 1 && single.kind === 'tuple' ? single.elements : context.results;
  verifyLayouts('result', results, parts, report);
}

/** Each layout orders the dimensions of its tensor, the fastest first; what is no tensor has an empty one. */
function verifyLayouts(what: string, layouts: Attribute | undefined, types: readonly Type[], report: Report): void {
  if (layouts?.kind !== 'array') return;
  if (layouts.elements.length !== types.length) {
    report('I2', `${layouts.elements.length} ${what}_layouts for ${types.length} ${what}s`);
    return;
  }
  for (const [index, layout] of layouts.elements.entries()) {
    if (layout.kind !== 'dense' || !fillsShape(layout)) {
      report('I3', `${what} layout ${index} is not a full list of dimensions`);
      continue;
    }
    const order = readDenseIntegers(layout);
    const type = types[index];
    const rank = type.kind === 'tensor' ? type.shape.length : 0;
    if (order.length !== rank || !isUnique(order) || !inRange(order, rank)) {
      report('I3', `${what} layout ${formatNumbers(order)} is not an order of the dimensions of ${formatType(type)}`);
    }
  }
}
