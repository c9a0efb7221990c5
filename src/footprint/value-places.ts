import type { Block, Operation, Type } from '../ir/index.ts';
import {
  isElementwise,
  isFused,
  isMadeFromNothing,
  type Materialise,
  readValues,
  viewedOperand,
} from './memory-rules.ts';

/**
 * Where the bytes of a value are: in a tensor of its own, inside another value's, or nowhere, because whoever reads it
 * makes its elements from those of `sources`.
 */
export type ValuePlace =
  | { readonly kind: 'own' }
  | { readonly kind: 'inside'; readonly of: number; readonly shift: number }
  | { readonly kind: 'nowhere'; readonly sources: readonly number[] };

/**
 * Places every result of a block's own operations. What the block returns has bytes of its own or is a renaming of what
 * has. `bytesOf` gives what a value takes on a device: nothing larger is kept for want of a value.
 */
export function placeValues(
  block: Block,
  typeOf: (value: number) => Type,
  materialise: Materialise,
  bytesOf: (value: number) => number,
): Map<number, ValuePlace> {
  const places = new Map<number, ValuePlace>();
  const operations = block.operations.slice(0, -1);
  if (materialise === 'all') {
    for (const { results } of operations) for (const result of results) places.set(result, { kind: 'own' });
    return places;
  }
  const returned = new Set(block.operations.at(-1)?.operands ?? []);
  const fusable = findFusable(operations, returned, typeOf);
  const keptFor = (value: number): number => {
    const place = places.get(value);
    if (place?.kind === 'inside') return keptFor(place.of);
    return place?.kind === 'nowhere' ? place.sources.reduce((sum, source) => sum + keptFor(source), 0) : bytesOf(value);
  };
  const isMadeAnew = (operation: Operation, result: number): boolean => {
    if (materialise !== 'fused' || !fusable.has(result) || !isFused(operation, typeOf)) return false;
    return operation.operands.reduce((sum, operand) => sum + keptFor(operand), 0) <= bytesOf(result);
  };
  for (const operation of operations) {
    operation.results.forEach((result, index) => {
      const place = placeOf(operation, index, typeOf, places, fusable, returned);
      const isAnew = place.kind === 'own' && isMadeAnew(operation, result);
      places.set(result, isAnew ? { kind: 'nowhere', sources: operation.operands } : place);
    });
  }
  return places;
}

function placeOf(
  operation: Operation,
  index: number,
  typeOf: (value: number) => Type,
  places: ReadonlyMap<number, ValuePlace>,
  fusable: ReadonlySet<number>,
  returned: ReadonlySet<number>,
): ValuePlace {
  const result = operation.results[index];
  const isReturned = returned.has(result);
  if (isMadeFromNothing(operation) && !isReturned) return { kind: 'nowhere', sources: [] };
  if (operation.name === 'stablehlo.broadcast_in_dim' && fusable.has(result)) {
    return { kind: 'nowhere', sources: operation.operands };
  }
  const view = viewedOperand(operation, index, typeOf);
  if (view === undefined) return { kind: 'own' };
  const isSlice = operation.name === 'stablehlo.slice';
  if (places.get(view.operand)?.kind === 'nowhere') {
    // A renaming of what is nowhere is nowhere too; a part of it is made by whoever cuts it out.
    return isReturned || isSlice ? { kind: 'own' } : { kind: 'nowhere', sources: [view.operand] };
  }
  return isReturned && isSlice ? { kind: 'own' } : { kind: 'inside', of: view.operand, shift: view.shift };
}

/** Results that are only read, under whatever name or broadcast, by what computes element by element or reduces. */
function findFusable(
  operations: readonly Operation[],
  returned: ReadonlySet<number>,
  typeOf: (value: number) => Type,
): Set<number> {
  const blocked = new Set<number>(returned);
  for (const operation of [...operations].reverse()) {
    const read = readValues(operation);
    const isPassedOn = passes.has(operation.name);
    const fuses = isElementwise(operation, typeOf) || operation.name === 'stablehlo.reduce';
    if (isPassedOn ? operation.results.some(result => blocked.has(result)) : !fuses) {
      for (const value of read) blocked.add(value);
    }
  }
  return new Set(operations.flatMap(({ results }) => results.filter(result => !blocked.has(result))));
}

const passes: ReadonlySet<string> = new Set([
  'stablehlo.broadcast_in_dim',
  'stablehlo.reshape',
  'sdy.sharding_constraint',
  'stablehlo.optimization_barrier',
]);
