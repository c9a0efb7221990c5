import type { Csr } from './csr-kernel.ts';
import type { Layout } from './layout.ts';

/**
 * The blocks of one bank as what a search places: rectangles over sections. A section is a set of blocks that live at
 * once and are not all part of another such set, so that two blocks live together just where they share a section.
 *
 * ```
 *   block  ├──a──┤├──c──┤
 *            ├─────b──────┤├d┤      sections: {a, b}, {c, b}, {d}
 * ```
 *
 * Blocks of fixed address and reserved ranges are obstacles. Index `[rectangle]` unless said otherwise.
 */
export interface Placement {
  readonly count: number;
  /** The layout's block. */
  readonly block: Int32Array;
  readonly bytes: Float64Array;
  readonly alignment: Float64Array;
  /** First section, and one past the last. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Rectangle → its runs of sections: `[runStart[r], runStart[r + 1])`, by run `[runFrom, runTo)`. */
  readonly runStart: Int32Array;
  readonly runFrom: Int32Array;
  readonly runTo: Int32Array;
  readonly sectionCount: number;
  readonly obstacles: readonly Obstacle[];
}

/** Addresses `[low, high)` that are taken in the sections `[from, to)`. */
export interface Obstacle {
  readonly low: number;
  readonly high: number;
  readonly from: number;
  readonly to: number;
}

/** The placement of a bank; undefined where a block has idle times in which a part of it is in use. O(pieces + times). */
export function placementOf(layout: Layout, bank: number): Placement | undefined {
  const { pieceStart, pieceFrom, pieceTo, pieceLow, pieceHigh, fixed, bytes } = layout;
  const blocks: number[] = [];
  for (let block = 0; block < layout.blockCount; block++) {
    if (layout.bank[block] === bank && bytes[block] > 0) blocks.push(block);
  }
  for (const block of blocks) {
    for (let piece = pieceStart[block]; piece < pieceStart[block + 1]; piece++) {
      if (pieceLow[piece] > 0 || pieceHigh[piece] < bytes[block]) return undefined;
    }
  }
  const before = sectionsBefore(layout, blocks);
  const sectionCount = before[layout.timeCount];
  const runsOf = (block: number): Run[] =>
    Array.from({ length: pieceStart[block + 1] - pieceStart[block] }, (_, index) => {
      const piece = pieceStart[block] + index;
      return { from: before[pieceFrom[piece]], to: before[pieceTo[piece]] };
    });
  const obstacles: Obstacle[] = (layout.problem.banks[bank].reserved ?? []).map(({ start, end }) => ({
    low: start,
    high: end,
    from: 0,
    to: sectionCount,
  }));
  for (const block of blocks) {
    const [low, high] = [fixed[block], fixed[block] + bytes[block]];
    if (low >= 0) obstacles.push(...runsOf(block).map(run => ({ low, high, ...run })));
  }
  const free = blocks.filter(block => fixed[block] < 0);
  return {
    block: Int32Array.from(free),
    bytes: Float64Array.from(free, block => bytes[block]),
    alignment: Float64Array.from(free, block => layout.alignment[block]),
    ...packRuns(free.map(runsOf)),
    sectionCount,
    obstacles,
  };
}

interface Run {
  readonly from: number;
  readonly to: number;
}

function packRuns(
  runs: readonly (readonly Run[])[],
): Pick<Placement, 'count' | 'from' | 'to' | 'runStart' | 'runFrom' | 'runTo'> {
  const runStart = new Int32Array(runs.length + 1);
  for (const [rectangle, own] of runs.entries()) runStart[rectangle + 1] = runStart[rectangle] + own.length;
  const all = runs.flat();
  return {
    count: runs.length,
    from: Int32Array.from(runs, own => own[0]?.from ?? 0),
    to: Int32Array.from(runs, own => own.at(-1)?.to ?? 0),
    runStart,
    runFrom: Int32Array.from(all, ({ from }) => from),
    runTo: Int32Array.from(all, ({ to }) => to),
  };
}

/**
 * Some rectangles of a placement by themselves, the others that live with them as obstacles where they lie. Only the
 * sections in which one of `free` lives are left.
 */
export function partOfPlacement(
  placement: Placement,
  neighbours: Csr,
  addresses: Float64Array,
  free: readonly number[],
): Placement {
  const { sectionCount, runStart, runFrom, runTo } = placement;
  const isKept = new Uint8Array(sectionCount);
  const isFree = new Set(free);
  const others = new Set<number>();
  for (const rectangle of free) {
    for (let run = runStart[rectangle]; run < runStart[rectangle + 1]; run++) isKept.fill(1, runFrom[run], runTo[run]);
    for (let place = neighbours.start[rectangle]; place < neighbours.start[rectangle + 1]; place++) {
      if (!isFree.has(neighbours.items[place])) others.add(neighbours.items[place]);
    }
  }
  const before = new Int32Array(sectionCount + 1);
  for (let section = 0; section < sectionCount; section++) before[section + 1] = before[section] + isKept[section];
  const runsOf = (rectangle: number): Run[] =>
    Array.from({ length: runStart[rectangle + 1] - runStart[rectangle] }, (_, index) => {
      const run = runStart[rectangle] + index;
      return { from: before[runFrom[run]], to: before[runTo[run]] };
    });
  const obstacles = [...others].flatMap(rectangle => {
    const [low, high] = [addresses[rectangle], addresses[rectangle] + placement.bytes[rectangle]];
    return runsOf(rectangle).map(run => ({ low, high, ...run }));
  });
  const kept = placement.obstacles.map(({ from, to, ...range }) => ({ ...range, from: before[from], to: before[to] }));
  return {
    block: Int32Array.from(free, rectangle => placement.block[rectangle]),
    bytes: Float64Array.from(free, rectangle => placement.bytes[rectangle]),
    alignment: Float64Array.from(free, rectangle => placement.alignment[rectangle]),
    ...packRuns(free.map(runsOf)),
    sectionCount: before[sectionCount],
    obstacles: [...obstacles, ...kept].filter(({ from, to }) => from < to),
  };
}

/** How many sections end before each time begins: a section ends where something dies that was not dead when one was born. */
function sectionsBefore({ pieceStart, pieceFrom, pieceTo, timeCount }: Layout, blocks: readonly number[]): Int32Array {
  const [births, deaths] = [new Uint8Array(timeCount + 1), new Uint8Array(timeCount + 1)];
  for (const block of blocks) {
    for (let piece = pieceStart[block]; piece < pieceStart[block + 1]; piece++) {
      births[pieceFrom[piece]] = 1;
      deaths[pieceTo[piece]] = 1;
    }
  }
  const before = new Int32Array(timeCount + 1);
  let born = false;
  for (let time = 0; time < timeCount; time++) {
    born ||= births[time] === 1;
    const ends = born && deaths[time + 1] === 1;
    before[time + 1] = before[time] + (ends ? 1 : 0);
    if (ends) born = false;
  }
  return before;
}
