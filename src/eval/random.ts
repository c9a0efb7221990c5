import { createRandom } from '../base/index.ts';
import { elementBits, elementCount, enumerationAttribute } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType } from './call.ts';
import { convertTensor } from './convert.ts';
import { philox, threefry } from './counter-random.ts';
import { indicesOf, positionOf, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';
import { scalarValue, tensor } from './tensor.ts';

/**
 * Random numbers. `rng_bit_generator` gives the bits that XLA's CPU backend gives; `rng`, whose numbers no
 * specification fixes, gives the same numbers in every run.
 */
export const random: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.rng': distribution,
  'stablehlo.rng_bit_generator': bitGenerator,
};

const words32 = 2n ** 32n;

function bitGenerator(call: TensorCall): readonly Tensor[] {
  const [state] = call.operands;
  const type = resultType(call, 1);
  const [key, ...counter] = Array.from(state.data as BigUint64Array);
  const algorithm = enumerationAttribute(call.operation, 'rng_algorithm', 'DEFAULT');
  const wide = elementBits(type.element) === 64;
  const run = algorithm === 'THREE_FRY' ? threefryBits : philoxBits;
  const { words, next } = run(key, counter, type.shape, wide);
  const bits = tensor(wide ? 'ui64' : 'ui32', type.shape, words);
  return [tensor('ui64', state.type.shape, [key, ...next]), convertTensor(bits, type.element)];
}

interface Bits {
  /** One word of 32 or 64 bits for each element. */
  readonly words: readonly bigint[];
  /** The state after them, without the key. */
  readonly next: readonly bigint[];
}

/** Counters run over one half of the first even dimension (or the longest one); each gives an element of either half. */
function threefryBits(key: bigint, [start]: readonly bigint[], shape: readonly number[], wide: boolean): Bits {
  const at = (i: number): readonly [bigint, bigint] => threefry(key, BigInt.asUintN(64, start + BigInt(i)));
  const count = elementCount(shape);
  if (wide) {
    const words = Array.from({ length: count }, (_, i) => joined(at(i)));
    return { words, next: [start + BigInt(count)] };
  }
  if (shape.length === 0) return { words: [at(0)[0]], next: [start + 1n] };
  const even = shape.findIndex(size => size % 2 === 0);
  const split = even >= 0 ? even : shape.indexOf(Math.max(...shape));
  const half = shape.with(split, Math.ceil(shape[split] / 2));
  const strides = stridesOf(half);
  const words: bigint[] = [];
  for (const index of indicesOf(shape)) {
    const place = index.with(split, Math.floor(index[split] / 2));
    words.push(at(positionOf(place, strides))[index[split] % 2]);
  }
  return { words, next: [start + BigInt(elementCount(half))] };
}

/** Counters of 128 bits give four words each, in order. A state of two words has the key as its counter's upper half. */
function philoxBits(key: bigint, counter: readonly bigint[], shape: readonly number[], wide: boolean): Bits {
  const [low, high = key] = counter;
  const start = low + (high << 64n);
  const count = elementCount(shape);
  const perCounter = wide ? 2 : 4;
  const counters = Math.ceil(count / perCounter);
  const words: bigint[] = [];
  for (let i = 0; i < counters; i++) {
    const four = philox(key, BigInt.asUintN(128, start + BigInt(i)));
    words.push(...(wide ? [joined([four[0], four[1]]), joined([four[2], four[3]])] : four));
  }
  const end = start + BigInt(counters);
  const next = counter.map((_, i) => BigInt.asUintN(64, end >> BigInt(64 * i)));
  return { words: words.slice(0, count), next };
}

function joined([low, high]: readonly [bigint, bigint]): bigint {
  return low + high * words32;
}

/** Uniform in [a, b), or normal with mean a and deviation b by the method of G. Box and M. Muller (1958). */
function distribution(call: TensorCall): readonly Tensor[] {
  const type = resultType(call);
  const [a, b] = call.operands.map(scalarValue);
  const source = createRandom(elementCount(type.shape));
  const normal = enumerationAttribute(call.operation, 'rng_distribution') === 'NORMAL';
  const draw = (): number => {
    if (!normal) return a + (b - a) * source.next();
    return a + b * Math.sqrt(-2 * Math.log(1 - source.next())) * Math.cos(2 * Math.PI * source.next());
  };
  const values = Array.from({ length: elementCount(type.shape) }, draw);
  return [convertTensor(tensor('f64', type.shape, values), type.element)];
}
