import type { Block } from '../program.ts';
import type { TensorType, Type } from '../types.ts';
import { equalTypes, formatType } from '../types.ts';
import type { OperationContext, Report } from './definition.ts';
import { terminatorTypes } from './definition.ts';

/**
 * Checks a region that folds values: for N inputs it takes 2N scalars, (accumulators, elements), and hands on N of the
 * accumulators' types. An accumulator may be wider than the input that it collects.
 */
export function verifyReducer(
  context: OperationContext,
  region: Block,
  inputs: readonly TensorType[],
  initial: readonly Type[],
  label: string,
  report: Report,
): void {
  const count = inputs.length;
  const parameters = region.arguments.map(value => context.typeOf(value));
  if (parameters.length !== 2 * count) {
    report(label, `the region takes ${parameters.length} arguments, not ${2 * count}`);
    return;
  }
  const returned = terminatorTypes(context, region);
  if (returned.length !== count) {
    report(label, `the region hands on ${returned.length} values, not ${count}`);
    return;
  }
  for (const [index, input] of inputs.entries()) {
    const accumulator = parameters[index];
    const element = parameters[count + index];
    const result = returned[index];
    if (!isScalar(accumulator) || !isScalar(element) || !isScalar(result)) {
      report(label, `argument ${index} of the region is ${formatType(accumulator)}, not a scalar`);
    } else if (!equalTypes(accumulator, result) || !equalTypes(accumulator, element)) {
      const types = `${formatType(accumulator)}, ${formatType(element)} and ${formatType(result)}`;
      report(label, `the region's types for input ${index} differ: ${types}`);
    } else if (!isPromotable(input.element, accumulator.element)) {
      report(label, `the region computes in ${accumulator.element}, which cannot hold ${input.element}`);
    } else if (initial[index]?.kind === 'tensor' && !isPromotable(initial[index].element, accumulator.element)) {
      report(label, `the region computes in ${accumulator.element}, which cannot hold ${initial[index].element}`);
    }
  }
}

/**
 * True when a reduction may compute in `to` what it reads as `from`: the same type, a wider one of the same kind (signs
 * and booleans are one kind here), or any float for any float. The specification is stricter; jaxlib is as this is.
 */
export function isPromotable(from: string, to: string): boolean {
  if (from === to) return true;
  const [fromKind, fromBits] = kindAndBits(from);
  const [toKind, toBits] = kindAndBits(to);
  return fromKind === toKind && (fromKind === 'float' || fromBits <= toBits);
}

function kindAndBits(element: string): readonly [string, number] {
  const bits = /^complex<f(\d+)>$/.exec(element) ?? /^f(8|6|4)E/.exec(element) ?? /(\d+)$/.exec(element);
  const kind = element.startsWith('complex') ? 'complex' : /^u?i\d/.test(element) ? 'integer' : 'float';
  return [kind, Number(bits?.[1] ?? 0)];
}

function isScalar(type: Type | undefined): type is TensorType {
  return type?.kind === 'tensor' && type.shape.length === 0;
}
