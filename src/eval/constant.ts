import { denseElements } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import type { Tensor } from './tensor.ts';

export const constant: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.constant': denseConstant,
  'chlo.constant': denseConstant,
  'sdy.constant': denseConstant,
};

function denseConstant({ operation }: TensorCall): readonly Tensor[] {
  const { value } = operation.attributes;
  if (value?.kind !== 'dense') throw new Error(`internal: ${operation.name} without a dense value`);
  return [{ type: value.type, data: denseElements(value) }];
}
