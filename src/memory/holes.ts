import type { PlanBox, PlanPicture } from './plan-picture.ts';
import type { MemoryProblem } from './problem.ts';

/** Free bytes below the top of an arena, at a time at which the top is in use. */
export interface Hole {
  readonly bank: number;
  /** Index of the picture's `times`. */
  readonly time: number;
  readonly low: number;
  readonly high: number;
  /** What lies on the hole. */
  readonly above: PlanBox;
  /**
   * What ends highest below it at other times of its block and so keeps it from lying lower; absent where nothing does but
   * a fixed address.
   */
  readonly keeper?: PlanBox;
}

/** Holes that are told. */
const told = 3;

/**
 * The largest holes, by bank, at the time at which most is live of those at which the top of the arena is in use. None
 * where nothing is wasted then. O(N log N).
 */
export function findHoles(problem: MemoryProblem, picture: PlanPicture): Hole[] {
  const holes = problem.banks.flatMap((_, bank) => {
    const boxes = picture.boxes.filter(box => box.bank === bank);
    const time = fullestTime(picture, boxes, picture.arenaBytes[bank]);
    if (time === undefined) return [];
    const reserved = problem.banks[bank].reserved ?? [];
    return holesAt(boxes, reserved, time).map(hole => ({ bank, time, ...hole }));
  });
  return holes.sort((a, b) => b.high - b.low - (a.high - a.low)).slice(0, told);
}

/** Of the times at which the top of the arena is in use the one with the fewest free bytes below it. */
function fullestTime({ times }: PlanPicture, boxes: readonly PlanBox[], arenaBytes: number): number | undefined {
  const used = new Float64Array(times.length);
  const topped = new Int32Array(times.length);
  for (const { from, to, low, high } of boxes) {
    used[from] += high - low;
    used[to] -= high - low;
    if (high === arenaBytes) {
      topped[from]++;
      topped[to]--;
    }
  }
  let best: number | undefined;
  for (let time = 0; time < times.length - 1; time++) {
    if (time > 0) {
      used[time] += used[time - 1];
      topped[time] += topped[time - 1];
    }
    if (topped[time] > 0 && (best === undefined || used[time] > used[best])) best = time;
  }
  return best;
}

function holesAt(
  boxes: readonly PlanBox[],
  reserved: readonly { readonly start: number; readonly end: number }[],
  time: number,
): Omit<Hole, 'bank' | 'time'>[] {
  const solid: { low: number; high: number; box?: PlanBox }[] = boxes
    .filter(({ from, to }) => from <= time && time < to)
    .map(box => ({ low: box.low, high: box.high, box }));
  solid.push(...reserved.map(({ start, end }) => ({ low: start, high: end })));
  solid.sort((a, b) => a.low - b.low);
  const holes: Omit<Hole, 'bank' | 'time'>[] = [];
  let top = 0;
  for (const { low, high, box } of solid) {
    if (low > top && box !== undefined) {
      const keeper = keeperOf(boxes, box, top);
      holes.push({ low: top, high: low, above: box, ...(keeper === undefined ? {} : { keeper }) });
    }
    top = Math.max(top, high);
  }
  return holes;
}

/** The box that ends highest above `floor` and below a block, at any time of the block. */
function keeperOf(boxes: readonly PlanBox[], above: PlanBox, floor: number): PlanBox | undefined {
  const block = boxes.filter(box => box.block === above.block && box.low === above.low);
  let keeper: PlanBox | undefined;
  for (const box of boxes) {
    if (box.block === above.block || box.high > above.low || box.high <= (keeper?.high ?? floor)) continue;
    if (block.some(({ from, to }) => from < box.to && box.from < to)) keeper = box;
  }
  return keeper;
}
