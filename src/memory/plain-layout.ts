import type { Layout } from './layout.ts';

/** True when the layout has only what an allocator of a running program could know. */
export function isPlain({ problem, blockCount, fixed }: Layout): boolean {
  if (problem.banks.some(({ reserved = [] }) => reserved.length > 0)) return false;
  if (problem.tensors.some(({ gaps = [] }) => gaps.length > 0)) return false;
  for (let block = 0; block < blockCount; block++) if (fixed[block] >= 0) return false;
  return true;
}

/** First and one past the last time of a block; idle times inside count as use. */
export function spanOf(layout: Layout, block: number): { readonly from: number; readonly to: number } {
  const [first, end] = [layout.pieceStart[block], layout.pieceStart[block + 1]];
  return first === end ? { from: 0, to: 0 } : { from: layout.pieceFrom[first], to: layout.pieceTo[end - 1] };
}
