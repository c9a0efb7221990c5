import { type Block, type Operation, readValues, type Type } from '../ir/index.ts';
import {
  isElementwise,
  isFused,
  isHandedOn,
  isMadeFromNothing,
  type Materialise,
  viewedOperand,
} from './memory-rules.ts';

/**
 * Where the bytes of a value are: in a tensor of its own, inside another value's, or nowhere, because whoever reads it
 * makes its elements from those of `sources`, each from those at the same place where it is `aligned`.
 */
export type ValuePlace =
  | { readonly kind: 'own' }
  | { readonly kind: 'inside'; readonly of: number; readonly shift: number }
  | { readonly kind: 'nowhere'; readonly sources: readonly number[]; readonly aligned?: boolean };

const own: ValuePlace = { kind: 'own' };

/**
 * Places every result of a block's own operations. What the block returns has bytes of its own or is a renaming of what
 * has. `bytesOf` gives what a value takes on a device: nothing larger is kept for want of a value. `inKernels`: by value, 1
 * for those that only the kernel which makes them reads; empty where chains are not fused.
 */
export function placeValues(
  block: Block,
  typeOf: (value: number) => Type,
  materialise: Materialise,
  bytesOf: (value: number) => number,
  inKernels: Uint8Array,
): Map<number, ValuePlace> {
  const places = new Map<number, ValuePlace>();
  const operations = block.operations.slice(0, -1);
  if (materialise === 'all') {
    for (const { results } of operations) for (const result of results) places.set(result, own);
    return places;
  }
  const returned = new Set(block.operations.at(-1)?.operands ?? []);
  const kept = findKept(operations, returned, typeOf, materialise !== 'fused');
  const isCarried = operations.some(({ name }) => name === 'stablehlo.while') && materialise === 'fused';
  const carried = isCarried ? findKept(operations, returned, typeOf, true) : kept;
  const bytesRead = (value: number): number => {
    const place = places.get(value);
    if (place?.kind === 'inside') return bytesRead(place.of);
    return place?.kind === 'nowhere' ? sumOf(place.sources, bytesRead) : bytesOf(value);
  };
  for (const operation of operations) {
    const isFusable = materialise === 'fused' && isFused(operation, typeOf);
    if (operation.results.length === 1 && inKernels[operation.results[0]] === 1) {
      const aligned = isElementwise(operation, typeOf);
      places.set(operation.results[0], { kind: 'nowhere', sources: operation.operands, aligned });
      continue;
    }
    // What a loop hands on is made in it, where it is made from nothing.
    const held = isCarried && sumOf(operation.operands, bytesRead) > 0 ? carried : kept;
    for (const [index, result] of operation.results.entries()) {
      const place = placeOf(operation, index, typeOf, places, held, returned);
      const isAnew = isFusable && !held.has(result) && sumOf(operation.operands, bytesRead) <= bytesOf(result);
      places.set(result, isAnew ? { kind: 'nowhere', sources: operation.operands } : place);
    }
  }
  return places;
}

const sumOf = (values: readonly number[], bytesOf: (value: number) => number): number =>
  values.reduce((sum, value) => sum + bytesOf(value), 0);

function placeOf(
  operation: Operation,
  index: number,
  typeOf: (value: number) => Type,
  places: ReadonlyMap<number, ValuePlace>,
  kept: ReadonlySet<number>,
  returned: ReadonlySet<number>,
): ValuePlace {
  const result = operation.results[index];
  const isReturned = returned.has(result);
  if (isMadeFromNothing(operation) && !isReturned) return { kind: 'nowhere', sources: [] };
  if (operation.name === 'stablehlo.broadcast_in_dim' && !kept.has(result)) {
    return { kind: 'nowhere', sources: operation.operands };
  }
  const view = viewedOperand(operation, index, typeOf);
  if (view === undefined) return own;
  const isSlice = operation.name === 'stablehlo.slice';
  if (places.get(view.operand)?.kind === 'nowhere') {
    // A renaming of what is nowhere is nowhere too; a part of it is made by whoever cuts it out.
    return isReturned || isSlice ? own : { kind: 'nowhere', sources: [view.operand], aligned: true };
  }
  return isReturned && isSlice ? own : { kind: 'inside', of: view.operand, shift: view.shift };
}

/**
 * Values that are read by more, under whatever name or broadcast, than what computes element by element or reduces.
 * `byLoops`: loops also keep what they hand on as it was. Those of XLA do not, where it is constant
 * (WhileLoopConstantSinking).
 */
function findKept(
  operations: readonly Operation[],
  returned: ReadonlySet<number>,
  typeOf: (value: number) => Type,
  byLoops: boolean,
): Set<number> {
  const kept = new Set<number>(returned);
  for (let index = operations.length - 1; index >= 0; index--) {
    const operation = operations[index];
    const keeps = passes.has(operation.name)
      ? operation.results.some(result => kept.has(result))
      : operation.name !== 'stablehlo.reduce' && !isElementwise(operation, typeOf);
    if (!keeps) continue;
    const passed = byLoops ? [] : operation.operands.filter((_, operand) => isHandedOn(operation, operand));
    for (const value of readValues(operation)) if (!passed.includes(value)) kept.add(value);
  }
  return kept;
}

const passes: ReadonlySet<string> = new Set([
  'stablehlo.broadcast_in_dim',
  'stablehlo.reshape',
  'sdy.sharding_constraint',
  'stablehlo.optimization_barrier',
]);
