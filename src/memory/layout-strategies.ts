import { type BlockFacts, type PlacementKey, sortBlocks } from './block-facts.ts';
import { placeByCaching } from './caching-allocator.ts';
import type { Layout } from './layout.ts';
import { createPlaced, findOffset, insertBlock } from './placed-kernel.ts';
import { placeInSharedObjects } from './shared-objects.ts';

/** A way to place blocks: an immutable value with a name. */
export interface LayoutStrategy {
  readonly name: string;
  /** Addresses by block, or undefined where the strategy knows no fixed addresses, gaps or reserved ranges. */
  place(layout: Layout, facts: BlockFacts): Float64Array | undefined;
}

/** Places blocks one by one, in the order of `keys`, each at the lowest free address or in the tightest gap. */
export function placeByKeys(
  layout: Layout,
  facts: BlockFacts,
  keys: readonly PlacementKey[],
  bestFit: boolean,
): Float64Array {
  const offsets = new Float64Array(layout.blockCount);
  layout.problem.banks.forEach((_, bank) => {
    const placed = createPlaced(layout, bank);
    const order = sortBlocks(layout, facts, bank, keys);
    for (const block of order) {
      if (layout.fixed[block] < 0) continue;
      offsets[block] = layout.fixed[block];
      insertBlock(placed, layout, block, offsets[block]);
    }
    for (const block of order) {
      if (layout.fixed[block] >= 0 || layout.bytes[block] === 0) continue;
      offsets[block] = findOffset(placed, layout, block, bestFit);
      insertBlock(placed, layout, block, offsets[block]);
    }
  });
  return offsets;
}

function greedy(name: string, fit: 'first fit' | 'best fit', ...keys: PlacementKey[]): LayoutStrategy {
  return { name, place: (layout, facts) => placeByKeys(layout, facts, keys, fit === 'best fit') };
}

/** Address of the highest byte in use of a bank, plus one. */
export function topOf(layout: Layout, offsets: Float64Array, bank: number): number {
  let top = 0;
  for (let block = 0; block < layout.blockCount; block++) {
    if (layout.bank[block] === bank && layout.bytes[block] > 0)
      top = Math.max(top, offsets[block] + layout.bytes[block]);
  }
  return top;
}

/** Bytes of all banks together. */
export function arenaOf(layout: Layout, offsets: Float64Array): number {
  return layout.problem.banks.reduce((sum, _, bank) => sum + topOf(layout, offsets, bank), 0);
}

/** Long-lived first, best fit: ROAM's baseline LLFB. */
export const longLivedFirst = greedy('llfb', 'best fit', '-duration', '-bytes');
/** TensorFlow Lite Micro's greedy planner: the largest first, into the first gap that fits. */
export const greedyBySize = greedy('tflm', 'first fit', '-bytes', '+start');

/** XLA's heap of globally decreasing size, best fit, by size and by duration; the smaller of the two. */
export const xlaBestFit: LayoutStrategy = {
  name: 'xla',
  place(layout, facts) {
    const spatial = placeByKeys(layout, facts, ['-bytes', '-duration'], true);
    const temporal = placeByKeys(layout, facts, ['-duration', '-bytes'], true);
    return arenaOf(layout, temporal) < arenaOf(layout, spatial) ? temporal : spatial;
  },
};

/** ExecuTorch's greedy: buckets that never grow. */
export const executorchGreedy: LayoutStrategy = { name: 'executorch', place: placeInSharedObjects };
/** PyTorch's caching allocator, followed step by step. */
export const pytorchCaching: LayoutStrategy = { name: 'pytorch', place: placeByCaching };

/** By the addresses that were good before; nothing without them. */
const hinted: LayoutStrategy = {
  name: 'hint',
  place: (layout, facts) =>
    layout.hint.some(hint => hint >= 0) ? placeByKeys(layout, facts, ['+hint', '-contention'], false) : undefined,
};

/**
 * Placements that are tried, the best first; every rival's is among them, so that none is ever better. Contention first: what lives while the load is highest is placed
 * while there is most freedom.
 */
export const layoutPortfolio: readonly LayoutStrategy[] = [
  greedy('contention, duration, area', 'first fit', '-contention', '-duration', '-area'),
  greedy('contention, size', 'first fit', '-contention', '-bytes'),
  greedy('contention, size, duration', 'first fit', '-contention', '-bytes', '-duration'),
  greedy('duration, area, contention', 'first fit', '-duration', '-area', '-contention'),
  greedy('contention, area, duration', 'first fit', '-contention', '-area', '-duration'),
  greedy('size, duration', 'first fit', '-bytes', '-duration'),
  greedy('size, start', 'first fit', '-bytes', '+start'),
  greedy('area, size', 'first fit', '-area', '-bytes'),
  greedy('duration, size, best fit', 'best fit', '-duration', '-bytes'),
  greedy('span, size, best fit', 'best fit', '-span', '-bytes'),
  greedy('size, duration, best fit', 'best fit', '-bytes', '-duration'),
  greedy('start, duration, best fit', 'best fit', '+start', '-duration', '-bytes'),
  hinted,
  executorchGreedy,
  pytorchCaching,
];
