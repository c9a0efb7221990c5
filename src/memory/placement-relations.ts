import { type Csr, packPairs } from './csr-kernel.ts';
import type { Obstacle, Placement } from './placement.ts';

/** Section → the rectangles that lie in it. */
export function membersOfSections({ count, sectionCount, runStart, runFrom, runTo }: Placement): Csr {
  const start = new Int32Array(sectionCount + 1);
  for (let run = 0; run < runFrom.length; run++) {
    for (let section = runFrom[run]; section < runTo[run]; section++) start[section + 1]++;
  }
  for (let section = 0; section < sectionCount; section++) start[section + 1] += start[section];
  const next = start.slice(0, sectionCount);
  const items = new Int32Array(start[sectionCount]);
  for (let rectangle = 0; rectangle < count; rectangle++) {
    for (let run = runStart[rectangle]; run < runStart[rectangle + 1]; run++) {
      for (let section = runFrom[run]; section < runTo[run]; section++) items[next[section]++] = rectangle;
    }
  }
  return { start, items };
}

/** Rectangle → those that share a section with it. O(overlapping pairs of runs + runs log runs). */
export function neighboursOf({ count, runStart, runFrom, runTo }: Placement): Csr {
  const owner = new Int32Array(runFrom.length);
  for (let rectangle = 0; rectangle < count; rectangle++) {
    owner.fill(rectangle, runStart[rectangle], runStart[rectangle + 1]);
  }
  const byStart = Int32Array.from(owner.keys()).sort((a, b) => runFrom[a] - runFrom[b]);
  const live: number[] = [];
  const [one, other]: [number[], number[]] = [[], []];
  for (const run of byStart) {
    let kept = 0;
    for (const before of live) {
      if (runTo[before] <= runFrom[run]) continue;
      live[kept++] = before;
      one.push(owner[run], owner[before]);
      other.push(owner[before], owner[run]);
    }
    live.length = kept;
    live.push(run);
  }
  return withoutRepeats(packPairs(count, Int32Array.from(one), Int32Array.from(other), one.length), count);
}

function withoutRepeats({ start, items }: Csr, count: number): Csr {
  const unique = new Int32Array(start.length);
  const stamp = new Int32Array(count).fill(-1);
  let end = 0;
  for (let list = 0; list + 1 < start.length; list++) {
    for (let place = start[list]; place < start[list + 1]; place++) {
      const item = items[place];
      if (stamp[item] === list) continue;
      stamp[item] = list;
      items[end++] = item;
    }
    unique[list + 1] = end;
  }
  return { start: unique, items: items.slice(0, end) };
}

/** For each rectangle the last one before it that could change places with it, or -1. */
export function twinsOf({ count, bytes, alignment, runStart, runFrom, runTo }: Placement): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from({ length: count }, (_, rectangle) => {
    const [first, end] = [runStart[rectangle], runStart[rectangle + 1]];
    const runs = Array.from({ length: end - first }, (_, at) => `${runFrom[first + at]}-${runTo[first + at]}`);
    const key = `${bytes[rectangle]} ${alignment[rectangle]} ${runs.join()}`;
    const twin = known.get(key) ?? -1;
    known.set(key, rectangle);
    return twin;
  });
}

/** Addresses that are taken, by rectangle or by section: disjoint, the lowest first. */
export interface TakenRanges {
  /** `[start[i], start[i + 1])` are those of item `i`. */
  readonly start: Int32Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The ranges that obstacles take from each section, and from each rectangle. */
export function takenRanges(placement: Placement): {
  readonly sections: TakenRanges;
  readonly rectangles: TakenRanges;
} {
  const { count, sectionCount, obstacles, runStart, runFrom, runTo } = placement;
  const sorted = [...obstacles].sort((a, b) => a.low - b.low);
  const bySection: Obstacle[][] = Array.from({ length: sectionCount }, () => []);
  const byRectangle: Obstacle[][] = Array.from({ length: count }, () => []);
  for (const obstacle of sorted) {
    for (let section = obstacle.from; section < obstacle.to; section++) bySection[section].push(obstacle);
    for (let rectangle = 0; rectangle < count; rectangle++) {
      for (let run = runStart[rectangle]; run < runStart[rectangle + 1]; run++) {
        if (runFrom[run] >= obstacle.to || runTo[run] <= obstacle.from) continue;
        byRectangle[rectangle].push(obstacle);
        break;
      }
    }
  }
  return { sections: packRanges(bySection), rectangles: packRanges(byRectangle) };
}

function packRanges(lists: readonly (readonly Obstacle[])[]): TakenRanges {
  const start = new Int32Array(lists.length + 1);
  const [lows, highs]: [number[], number[]] = [[], []];
  for (const [item, list] of lists.entries()) {
    for (const { low, high } of list) {
      const last = highs.length - 1;
      if (last >= start[item] && low <= highs[last]) highs[last] = Math.max(highs[last], high);
      else {
        lows.push(low);
        highs.push(high);
      }
    }
    start[item + 1] = lows.length;
  }
  return { start, low: Float64Array.from(lows), high: Float64Array.from(highs) };
}
