import type { DenseAttribute } from '../ir/index.ts';
import { elementCount } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { fromBytes } from './float-bits.ts';
import type { Tensor } from './tensor.ts';
import { isComplex, tensor } from './tensor.ts';

export const constant: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.constant': denseConstant,
  'chlo.constant': denseConstant,
  'sdy.constant': denseConstant,
};

function denseConstant({ operation }: TensorCall): readonly Tensor[] {
  const { value } = operation.attributes;
  if (value?.kind !== 'dense') throw new Error(`internal: ${operation.name} without a dense value`);
  return [denseTensor(value)];
}

/** The tensor that a dense attribute stands for. */
export function denseTensor({ type, form, source, start, end }: DenseAttribute): Tensor {
  const text = new TextDecoder().decode(source.subarray(start, end));
  const width = isComplex(type.element) ? 2 : 1;
  const count = elementCount(type.shape) * width;
  if (form === 'hex') return fromBytes(type, Buffer.from(text.slice(3, -1), 'hex'));
  const words = text.match(/[^\s,()[\]]+/g) ?? [];
  const values = words.map(word => (/^u?i\d|index/.test(type.element) ? integer(word) : Number(word)));
  const filled = form === 'splat' ? Array.from({ length: count }, (_, i) => values[i % width]) : values;
  return tensor(type.element, type.shape, filled);
}

function integer(word: string): bigint {
  if (word === 'true') return 1n;
  return word === 'false' ? 0n : BigInt(word);
}
