import { type Block, type Layout, type Piece, packBlocks } from './layout.ts';
import { type MemoryProblem, type MemoryTensor, roundUp } from './problem.ts';

/** The layout of a problem whose lifetimes are given, as a CSV states it. Times are replaced by their ranks. */
export function layoutOfLifetimes(problem: MemoryProblem): Layout {
  const times = new Set<number>();
  for (const { lifetime, gaps = [] } of problem.tensors) {
    for (const interval of lifetime === undefined ? [] : [lifetime, ...gaps]) {
      times.add(interval.start).add(interval.end);
    }
  }
  const sorted = [...times].sort((a, b) => a - b);
  const rank = new Map(sorted.map((time, index) => [time, index]));
  const blocks = problem.tensors.map((tensor): Block => {
    const alignment = tensor.alignmentBytes ?? problem.alignmentBytes;
    const bytes = roundUp(tensor.sizeBytes, alignment);
    return {
      bytes,
      alignment,
      bank: tensor.bank ?? 0,
      fixed: tensor.offsetBytes ?? -1,
      hint: tensor.hintBytes ?? -1,
      pieces: piecesOf(tensor, bytes, time => rank.get(time) ?? 0),
    };
  });
  const count = problem.tensors.length;
  const places = {
    blockOfTensor: Int32Array.from({ length: count }, (_, tensor) => tensor),
    shiftOfTensor: new Float64Array(count),
    blockOfWorkspace: new Int32Array(0),
  };
  return packBlocks(problem, blocks, Math.max(1, sorted.length - 1), places, Float64Array.from(sorted));
}

/** The given times, by rank: what a time of `layoutOfLifetimes` stands for. */
export function timesOfLifetimes(problem: MemoryProblem): number[] {
  const all = problem.tensors.flatMap(({ lifetime, gaps = [] }) =>
    lifetime === undefined ? [] : [lifetime, ...gaps].flatMap(({ start, end }) => [start, end]),
  );
  return [...new Set(all)].sort((a, b) => a - b);
}

/** A lifetime cut at its gaps, which do not overlap. */
function piecesOf({ lifetime, gaps = [] }: MemoryTensor, bytes: number, rank: (time: number) => number): Piece[] {
  if (lifetime === undefined) return [];
  const pieces: Piece[] = [];
  let from = lifetime.start;
  const add = (start: number, end: number, low: number, high: number): void => {
    if (start < end && low < high) pieces.push({ from: rank(start), to: rank(end), low, high });
  };
  for (const { start, end, window } of [...gaps].sort((a, b) => a.start - b.start)) {
    add(from, start, 0, bytes);
    if (window !== undefined) add(start, end, window.start, window.end);
    from = end;
  }
  add(from, lifetime.end, 0, bytes);
  return pieces;
}
