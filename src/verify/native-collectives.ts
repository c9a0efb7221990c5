import type { CompiledCollective } from './compiled-collectives.ts';

/**
 * The collectives of a program compiled for CPUs as an accelerator would have them: 16-bit floats in their own type
 * instead of f32, and a sum of which each device uses its slice as a reduce-scatter. A sum that is sliced in part only,
 * because several were combined, becomes one of each.
 */
export function nativeCollectives(collectives: readonly CompiledCollective[]): CompiledCollective[] {
  return collectives.flatMap(collective => {
    const { bytesPerDevice, slicedBytesPerDevice: sliced } = collective.native;
    const part = (kind: CompiledCollective['kind'], bytes: number): CompiledCollective => ({
      ...collective,
      kind,
      bytesPerDevice: bytes,
      slicedBytesPerDevice: 0,
      effectiveReduceScatter: false,
      native: { bytesPerDevice: bytes, slicedBytesPerDevice: 0 },
    });
    if (sliced === 0) return [part(collective.kind, bytesPerDevice)];
    const scattered = part('reduce-scatter', sliced);
    return bytesPerDevice > sliced ? [scattered, part(collective.kind, bytesPerDevice - sliced)] : [scattered];
  });
}
