import type { MemoryProblem } from './problem.ts';

/**
 * What is left to decide when lifetimes are known: an address for each block. A block moves as one; its pieces say which
 * of its bytes are in use when.
 *
 * ```
 *  bytes
 *   ^  +-----+        +-----+
 *   |  |     |        |     |     one block of three pieces: idle in the middle
 *   |  |     +--------+     |     but for the bytes of a window
 *   |  +-----+--------+-----+
 *   +-------------------------> time
 * ```
 *
 * Columns by block, and `piece…` by piece; pieces of a block are in order of time and do not overlap in it.
 */
export interface Layout {
  readonly blockCount: number;
  readonly bytes: Float64Array;
  readonly alignment: Float64Array;
  readonly bank: Int32Array;
  /** The address that it must have, or -1. */
  readonly fixed: Float64Array;
  /** An address that was good before, or -1. */
  readonly hint: Float64Array;
  /** Block → its pieces: `[pieceStart[b], pieceStart[b + 1])`. */
  readonly pieceStart: Int32Array;
  /** Time is counted in steps, or in the ranks of the times of a problem whose lifetimes are given. */
  readonly pieceFrom: Int32Array;
  readonly pieceTo: Int32Array;
  /** Bytes in use, relative to the block: [low, high). */
  readonly pieceLow: Float64Array;
  readonly pieceHigh: Float64Array;
  readonly timeCount: number;
  /** What each time stands for, and the end of the last: steps, or the times that were given. */
  readonly times: Float64Array;
  readonly problem: MemoryProblem;
  /** Block of each tensor, and how many bytes into it the tensor begins. */
  readonly blockOfTensor: Int32Array;
  readonly shiftOfTensor: Float64Array;
  /** Block of each operator's workspace, or -1. */
  readonly blockOfWorkspace: Int32Array;
}

/** One block before it is packed into columns. */
export interface Block {
  readonly bytes: number;
  readonly alignment: number;
  readonly bank: number;
  readonly fixed: number;
  readonly hint: number;
  readonly pieces: readonly Piece[];
}

export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/** Packs blocks into columns. */
export function packBlocks(
  problem: MemoryProblem,
  blocks: readonly Block[],
  timeCount: number,
  places: Pick<Layout, 'blockOfTensor' | 'shiftOfTensor' | 'blockOfWorkspace'>,
  times = Float64Array.from({ length: timeCount + 1 }, (_, time) => time),
): Layout {
  const pieces = blocks.flatMap(block => block.pieces);
  const pieceStart = new Int32Array(blocks.length + 1);
  blocks.forEach((block, index) => {
    pieceStart[index + 1] = pieceStart[index] + block.pieces.length;
  });
  return {
    blockCount: blocks.length,
    bytes: Float64Array.from(blocks, block => block.bytes),
    alignment: Float64Array.from(blocks, block => block.alignment),
    bank: Int32Array.from(blocks, block => block.bank),
    fixed: Float64Array.from(blocks, block => block.fixed),
    hint: Float64Array.from(blocks, block => block.hint),
    pieceStart,
    pieceFrom: Int32Array.from(pieces, piece => piece.from),
    pieceTo: Int32Array.from(pieces, piece => piece.to),
    pieceLow: Float64Array.from(pieces, piece => piece.low),
    pieceHigh: Float64Array.from(pieces, piece => piece.high),
    timeCount,
    times,
    problem,
    ...places,
  };
}

/** Bytes in use at each time in a bank: what no layout can be below. O(pieces + times). */
export function sectionLoads(layout: Layout, bank: number): Float64Array {
  const change = new Float64Array(layout.timeCount + 1);
  for (let block = 0; block < layout.blockCount; block++) {
    if (layout.bank[block] !== bank) continue;
    for (let piece = layout.pieceStart[block]; piece < layout.pieceStart[block + 1]; piece++) {
      const bytes = layout.pieceHigh[piece] - layout.pieceLow[piece];
      change[layout.pieceFrom[piece]] += bytes;
      change[layout.pieceTo[piece]] -= bytes;
    }
  }
  const loads = change.subarray(0, layout.timeCount);
  for (let time = 1; time < layout.timeCount; time++) loads[time] += loads[time - 1];
  return loads;
}

/** Addresses of tensors and workspaces, from those of the blocks. */
export function placeTensors(layout: Layout, offsets: Float64Array): { tensors: number[]; workspaces: number[] } {
  return {
    tensors: Array.from(layout.blockOfTensor, (block, tensor) => offsets[block] + layout.shiftOfTensor[tensor]),
    workspaces: Array.from(layout.blockOfWorkspace, block => (block < 0 ? 0 : offsets[block])),
  };
}
