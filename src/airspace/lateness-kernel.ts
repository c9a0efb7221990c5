/**
 * Jobs of one machine, in columns: each may begin at `release`, lasts `seconds` (more than 0), and is over by `due`.
 * One at a time.
 */
export interface Jobs {
  readonly release: Float64Array;
  readonly due: Float64Array;
  readonly seconds: Float64Array;
}

/**
 * A lower bound of how many jobs cannot be done, whatever the order and even if a job could be interrupted.
 *
 * Take a time a. Of jobs that may begin at a or later, let all begin at a: that only helps, and then the fewest that
 * are late are known exactly (Moore, "An n Job, One Machine Sequencing Algorithm for Minimizing the Number of Late
 * Jobs", 1968: in the order of due times, whenever one is late, drop the longest so far). Up to each due time b this
 * is the fewest late of the jobs within [a, b]. Over intervals that do not overlap, jobs are different ones and
 * numbers add up; the chain of intervals with the largest sum is found in order of a. The same is done backwards in
 * time, where due times count and begins are all alike, and the larger answer is taken. O(n^2 log n).
 */
export function fewestLate(jobs: Jobs): number {
  const backward: Jobs = {
    release: jobs.due.map(time => -time),
    due: jobs.release.map(time => -time),
    seconds: jobs.seconds,
  };
  return Math.max(fewestLateForward(jobs), fewestLateForward(backward));
}

function fewestLateForward({ release, due, seconds }: Jobs): number {
  const count = release.length;
  const byDue = Int32Array.from(release.keys()).sort((a, b) => (due[a] as number) - (due[b] as number));
  const starts = release.slice().sort();
  /** By position in `byDue`: the most that are late in chains of intervals that end there. */
  const chains = new Int32Array(count);
  const heap = new Float64Array(count);
  let most = 0;
  let before = 0;
  let ended = 0;
  for (let index = 0; index < count; index++) {
    const start = starts[index] as number;
    if (index > 0 && start === starts[index - 1]) continue;
    for (; ended < count && (due[byDue[ended] as number] as number) <= start; ended++) {
      before = Math.max(before, chains[ended] as number);
    }
    let [size, load, late] = [0, start, 0];
    for (let position = ended; position < count; position++) {
      const job = byDue[position] as number;
      if ((release[job] as number) < start) continue;
      const length = seconds[job] as number;
      load += length;
      push(heap, size++, length);
      if (load > (due[job] as number)) {
        load -= heap[0] as number;
        pop(heap, --size);
        late++;
      }
      const chain = before + late;
      if (chain > (chains[position] as number)) chains[position] = chain;
      if (chain > most) most = chain;
    }
  }
  return most;
}

/** A binary heap, the largest first. */
function push(heap: Float64Array, size: number, value: number): void {
  let at = size;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if ((heap[parent] as number) >= value) break;
    heap[at] = heap[parent] as number;
    at = parent;
  }
  heap[at] = value;
}

/** Takes the largest out of a heap that has `size` entries without it. */
function pop(heap: Float64Array, size: number): void {
  const value = heap[size] as number;
  let at = 0;
  for (let child = 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && (heap[child + 1] as number) > (heap[child] as number)) child++;
    if ((heap[child] as number) <= value) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = value;
}
