import type { ElementType } from '../ir/index.ts';
import type { Collective } from '../sharding/index.ts';

/** A named change of a list of collectives. */
export interface BackendRewrite {
  readonly name: string;
  /** Why the backend does so, in one sentence. */
  readonly reason: string;
  apply(collectives: readonly Collective[]): Collective[];
}

/** The CPU compiler forms no reduce-scatter: it reduces the whole and keeps a slice. */
export const reduceScatterToAllReduce: BackendRewrite = {
  name: 'reduce-scatter to all-reduce',
  reason: 'The compiler forms no reduce-scatter on CPUs; it reduces the whole and keeps a slice.',
  apply: collectives =>
    collectives.map(found => (found.kind === 'reduce-scatter' ? { ...found, kind: 'all-reduce' } : found)),
};

/**
 * Sums are taken right behind the operations that make the parts. A sum of several partial values (a tied embedding,
 * the input gradient of separate query, key and value products) becomes one all-reduce each.
 */
export const reduceAtSource: BackendRewrite = {
  name: 'reduce at the source',
  reason: 'The partitioner completes a sum right behind the operation that makes its parts, and adds afterwards.',
  apply: collectives =>
    collectives.flatMap(found => {
      if (found.kind !== 'all-reduce' || found.sources.length === 0) return [found];
      return found.sources.flatMap(source => {
        const axes = found.axes.filter(axis => source.factors.some(factor => factor.includes(axis)));
        if (axes.length === 0) return [];
        return [{ ...found, axes, value: source.value, bytesPerDevice: source.bytesPerDevice, sources: [source] }];
      });
    }),
};

/** A value that is summed over two dimensions is reduced for one after the other, the whole value each time. */
export const reduceByDimension: BackendRewrite = {
  name: 'reduce by dimension',
  reason: 'The partitioner reduces the dimensions of a sum one after the other.',
  apply: collectives =>
    collectives.flatMap(found => {
      const [source] = found.sources;
      if (found.kind !== 'all-reduce' || found.sources.length !== 1) return [found];
      const groups = source.factors
        .map(factor => found.axes.filter(axis => factor.includes(axis)))
        .filter(axes => axes.length > 0);
      return groups.length <= 1 ? [found] : groups.map(axes => ({ ...found, axes }));
    }),
};

/** The types that the CPU compiler widens, and to what; all others travel as they are, f16 too. */
const widened = (element: ElementType): ElementType | undefined => {
  if (element === 'bf16') return 'f32';
  return element.startsWith('f8') ? 'f16' : undefined;
};

/** Collectives of bf16 are computed and moved in f32, those of 8-bit floats in f16: sums, gathers and exchanges. */
export const widenSmallFloats: BackendRewrite = {
  name: 'small floats twice as wide',
  reason: 'The CPU runtime knows neither bf16 nor 8-bit floats, so such values are converted before they travel.',
  apply: collectives =>
    collectives.map(found => {
      const element = widened(found.element);
      return element === undefined ? found : { ...found, element, bytesPerDevice: 2 * found.bytesPerDevice };
    }),
};

/** The rewrites that turn the ideal collectives into those of XLA's CPU compiler, in order. */
export const cpuRewrites: readonly BackendRewrite[] = [
  reduceScatterToAllReduce,
  reduceAtSource,
  reduceByDimension,
  widenSmallFloats,
];

/**
 * The collectives that a backend is expected to run for a list of ideal ones. Nothing compiled is read: each rewrite
 * states one habit of the compiler. Other compilers than that of XLA for CPUs are taken at the ideal.
 */
export function backendPrediction(collectives: readonly Collective[], backend: 'xla-cpu' | 'ideal'): Collective[] {
  const rewrites = backend === 'xla-cpu' ? cpuRewrites : [];
  return rewrites.reduce<Collective[]>((list, rewrite) => rewrite.apply(list), [...collectives]);
}
