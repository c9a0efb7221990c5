import type { Layout } from './layout.ts';

/**
 * What has been placed in one bank, as pieces sorted by their lowest address: piece `i` is in use during
 * [from[i], to[i]) at [low[i], high[i]).
 */
export interface Placed {
  count: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Scratch for blocks of several pieces: forbidden addresses. */
  readonly forbiddenLow: Float64Array;
  readonly forbiddenHigh: Float64Array;
}

/** An empty bank with the reserved ranges of the layout's problem taken. */
export function createPlaced(layout: Layout, bank: number): Placed {
  const { reserved = [] } = layout.problem.banks[bank];
  const capacity = layout.pieceFrom.length + reserved.length;
  const placed: Placed = {
    count: 0,
    from: new Int32Array(capacity),
    to: new Int32Array(capacity),
    low: new Float64Array(capacity),
    high: new Float64Array(capacity),
    forbiddenLow: new Float64Array(capacity),
    forbiddenHigh: new Float64Array(capacity),
  };
  for (const { start, end } of reserved) insertPiece(placed, 0, layout.timeCount, start, end);
  return placed;
}

/** Takes the addresses of a block at `offset`. O(pieces placed), by moving memory. */
export function insertBlock(placed: Placed, layout: Layout, block: number, offset: number): void {
  for (let piece = layout.pieceStart[block]; piece < layout.pieceStart[block + 1]; piece++) {
    const { pieceFrom, pieceTo, pieceLow, pieceHigh } = layout;
    insertPiece(placed, pieceFrom[piece], pieceTo[piece], offset + pieceLow[piece], offset + pieceHigh[piece]);
  }
}

function insertPiece(placed: Placed, from: number, to: number, low: number, high: number): void {
  if (low >= high) return;
  let [begin, end] = [0, placed.count];
  while (begin < end) {
    const middle = (begin + end) >> 1;
    if (placed.low[middle] <= low) begin = middle + 1;
    else end = middle;
  }
  for (const column of [placed.from, placed.to, placed.low, placed.high]) {
    column.copyWithin(begin + 1, begin, placed.count);
  }
  placed.from[begin] = from;
  placed.to[begin] = to;
  placed.low[begin] = low;
  placed.high[begin] = high;
  placed.count++;
}

/**
 * The address for a block among what is placed: the lowest that is free (`bestFit` false), or the one whose free room
 * is left the smallest, above everything only when nothing else fits (`bestFit` true).
 */
export function findOffset(placed: Placed, layout: Layout, block: number, bestFit: boolean): number {
  const first = layout.pieceStart[block];
  if (layout.pieceStart[block + 1] - first === 1) return findForPiece(placed, layout, block, first, bestFit);
  return findForPieces(placed, layout, block, bestFit);
}

function findForPiece(placed: Placed, layout: Layout, block: number, piece: number, bestFit: boolean): number {
  const from = layout.pieceFrom[piece];
  const to = layout.pieceTo[piece];
  const alignment = layout.alignment[block];
  const shift = layout.pieceLow[piece];
  const bytes = layout.pieceHigh[piece] - shift;
  const { from: froms, to: tos, low: lows, high: highs, count } = placed;
  let candidate = 0;
  let best = -1;
  let bestRoom = Number.POSITIVE_INFINITY;
  for (let index = 0; index < count; index++) {
    if (froms[index] >= to || tos[index] <= from) continue;
    const room = lows[index] - (candidate + shift) - bytes;
    if (room >= 0) {
      if (!bestFit) return candidate;
      if (room < bestRoom) [best, bestRoom] = [candidate, room];
    }
    const above = highs[index] - shift;
    if (above > candidate) candidate = alignUp(above, alignment);
  }
  return best < 0 ? candidate : best;
}

/** The same for a block that is idle in between: each of its pieces forbids addresses of the whole block. */
function findForPieces(placed: Placed, layout: Layout, block: number, bestFit: boolean): number {
  const { forbiddenLow, forbiddenHigh } = placed;
  const alignment = layout.alignment[block];
  let count = 0;
  for (let index = 0; index < placed.count; index++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let piece = layout.pieceStart[block]; piece < layout.pieceStart[block + 1]; piece++) {
      if (placed.from[index] >= layout.pieceTo[piece] || placed.to[index] <= layout.pieceFrom[piece]) continue;
      low = Math.min(low, placed.low[index] - layout.pieceHigh[piece]);
      high = Math.max(high, placed.high[index] - layout.pieceLow[piece]);
    }
    if (low >= high) continue;
    forbiddenLow[count] = low;
    forbiddenHigh[count] = high;
    count++;
  }
  const byLow = Int32Array.from({ length: count }, (_, index) => index);
  byLow.sort((a, b) => forbiddenLow[a] - forbiddenLow[b]);
  let candidate = 0;
  let best = -1;
  let bestRoom = Number.POSITIVE_INFINITY;
  for (const index of byLow) {
    const room = forbiddenLow[index] - candidate;
    if (room >= 0) {
      if (!bestFit) return candidate;
      if (room < bestRoom) [best, bestRoom] = [candidate, room];
    }
    if (forbiddenHigh[index] > candidate) candidate = alignUp(forbiddenHigh[index], alignment);
  }
  return best < 0 ? candidate : best;
}

function alignUp(value: number, alignment: number): number {
  const over = value % alignment;
  return over === 0 ? value : value + (alignment - over);
}
