import type { Tensor } from '../../eval/index.ts';
import { nextAfter, tensor } from '../../eval/index.ts';
import { type ElementType, elementCount } from '../../ir/index.ts';
import type { ArgumentSpec } from '../inputs.ts';
import { Philox } from './philox.ts';

const blockElements = 2 ** 20;

/**
 * Makes argument `index` of a program. Uniform values, integers and constants are those that the worker makes for the
 * same seed, bit for bit; normal values come from another method (Box and Muller, 1958) and differ.
 */
export function generateArgument(spec: ArgumentSpec, seed: number, index: number): Tensor {
  const element = spec.dtype as ElementType;
  const parts = element.startsWith('complex') ? 2 : 1;
  const count = elementCount(spec.shape) * parts;
  const values: number[] = new Array(count);
  for (let start = 0; start < count; start += blockElements * parts) {
    const block = start / (blockElements * parts);
    const random = new Philox([BigInt(seed), (BigInt(index) << 32n) | BigInt(block)]);
    const draw = sampler(spec, element, random);
    const stop = Math.min(count, start + blockElements * parts);
    for (let position = start; position < stop; position++) values[position] = draw();
  }
  return count === 1
    ? tensor(element, spec.shape, [values[0]])
    : closeTop(spec, tensor(element, spec.shape, bigFor(element, values)));
}

function bigFor(element: ElementType, values: readonly number[]): readonly (number | bigint)[] {
  return element === 'i64' || element === 'ui64' ? values.map(BigInt) : values;
}

/** Keeps a uniform range half-open where rounding to the element type reached its end. */
function closeTop(spec: ArgumentSpec, made: Tensor): Tensor {
  const { element } = made.type;
  if (spec.distribution !== 'uniform' || element.startsWith('complex')) return made;
  const top = Number(tensor(element, [], [spec.high]).data[0]);
  const below = nextAfter(top, spec.low, element);
  for (let position = 0; position < made.data.length; position++) {
    if (made.data[position] >= top) made.data[position] = below;
  }
  return made;
}

function sampler(spec: ArgumentSpec, element: ElementType, random: Philox): () => number {
  const wide = element === 'f64' || element === 'complex<f64>';
  const round = wide ? (value: number) => value : Math.fround;
  const unit = wide ? () => Number(random.next64() >> 11n) * 2 ** -53 : () => (random.next32() >>> 8) * 2 ** -24;
  switch (spec.distribution) {
    case 'constant':
      return () => spec.value;
    case 'uniform': {
      const [span, low] = [round(spec.high - spec.low), round(spec.low)];
      return () => round(round(unit() * span) + low);
    }
    case 'normal':
      return () => spec.mean + spec.std * Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
    case 'integers':
      return integerSampler(spec.low, spec.high, random);
    default:
      return spec satisfies never;
  }
}

/** Integers in [low, high) without bias (Lemire, "Fast random integer generation in an interval", 2019). */
function integerSampler(low: number, high: number, random: Philox): () => number {
  const count = high - low;
  if (count === 1) return () => low;
  if (count > 2 ** 32) throw new Error('internal: integer ranges over 2^32 are not made by the interpreter');
  if (count === 2 ** 32) return () => low + random.next32();
  const wideCount = BigInt(count);
  const threshold = BigInt((2 ** 32 - count) % count);
  return () => {
    let product = BigInt(random.next32()) * wideCount;
    while ((product & 0xffffffffn) < threshold) product = BigInt(random.next32()) * wideCount;
    return low + Number(product >> 32n);
  };
}
