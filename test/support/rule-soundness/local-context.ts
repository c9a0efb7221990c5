import type { EvaluationContext } from '../../../src/eval/index.ts';
import type { Type } from '../../../src/ir/index.ts';
import { type Places, takePlaces } from './factor-cut.ts';
import type { Holding, RuledOperation } from './local-operation.ts';

const controlFlow = new Set(['stablehlo.while', 'stablehlo.case', 'stablehlo.if']);

/**
 * What is around an operation, as one device sees it. Rules of control flow speak of what goes into regions and comes
 * out; the regions are cut operation by operation. Here regions are elementwise, and no two results have one shape, so
 * whatever has the shape of a result is cut as that result is.
 */
export function localContext(
  { operation, resultTypes }: RuledOperation,
  { results }: Holding,
  context: EvaluationContext,
): EvaluationContext {
  if (!controlFlow.has(operation.name)) return context;
  const placesOf = (type: Type): Places | undefined => {
    if (type.kind !== 'tensor') return undefined;
    return results[resultTypes.findIndex(({ shape }) => shape.join() === type.shape.join())];
  };
  const valueTypes = context.func.valueTypes.map(type => {
    const places = placesOf(type);
    return places === undefined ? type : { ...type, shape: places.map(list => list.length) };
  });
  const values = [...(context.values ?? [])].map(([id, value]) => {
    const places = placesOf(value.type);
    return [id, places === undefined ? value : takePlaces(value, places)] as const;
  });
  return { ...context, func: { ...context.func, valueTypes }, values: new Map(values) };
}
