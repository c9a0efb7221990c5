import type { CompiledCollective } from './compiled-collectives.ts';

/**
 * The collectives of a program compiled for CPUs as an accelerator would have them before it joins any: 16-bit floats in
 * their own type instead of f32, a sum of which each device uses its slice as a reduce-scatter, and what the CPU back end
 * combined taken apart into one collective for each tensor, side by side and with one name.
 */
export function nativeCollectives(collectives: readonly CompiledCollective[]): CompiledCollective[] {
  return collectives.flatMap(collective => {
    const { bytesPerDevice, tensors } = collective.native;
    const part = (kind: CompiledCollective['kind'], bytes: number, elementTypes: readonly string[]) => ({
      ...collective,
      kind,
      bytesPerDevice: bytes,
      count: 1,
      elementTypes,
      slicedBytesPerDevice: 0,
      effectiveReduceScatter: false,
      native: { bytesPerDevice: bytes, slicedBytesPerDevice: 0, tensors: [] },
    });
    if (collective.kind !== 'all-reduce') return [part(collective.kind, bytesPerDevice, collective.elementTypes)];
    const parts = tensors.map(({ bytesPerDevice: bytes, isSliced, isAsMoved }) =>
      part(isSliced ? 'reduce-scatter' : collective.kind, bytes, isAsMoved ? collective.elementTypes : ['bf16']),
    );
    const rest = bytesPerDevice - parts.reduce((sum, each) => sum + each.bytesPerDevice, 0);
    return rest > 0 ? [...parts, part(collective.kind, rest, collective.elementTypes)] : parts;
  });
}
