import type { LivenessColumns } from './graph.ts';
import { clearMatches, createReuseScratch, matchReuse } from './reuse-kernel.ts';

/**
 * The steps [start, end) in which each buffer lives, by buffer, when operator `o` runs at step `position[o]`. O(N + E).
 */
export function computeLifetimes(
  graph: LivenessColumns,
  position: Int32Array,
  start: Int32Array,
  end: Int32Array,
): void {
  const { touchedBy, buffers, operatorCount } = graph;
  const steps = Math.max(1, operatorCount);
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    let first = buffers.atStart[buffer] ? 0 : steps;
    let last = 0;
    for (let place = touchedBy.start[buffer]; place < touchedBy.start[buffer + 1]; place++) {
      const step = position[touchedBy.items[place]];
      if (step < first) first = step;
      if (step > last) last = step;
    }
    start[buffer] = first;
    end[buffer] = buffers.atEnd[buffer] ? steps : last + 1;
  }
}

/**
 * Bytes that are there at each step, by step: buffers and workspace of one bank (or of all: -1), less what outputs take
 * over from inputs that die at the step. O(N + E).
 */
export function sumLiveBytes(
  graph: LivenessColumns,
  order: Int32Array,
  start: Int32Array,
  end: Int32Array,
  bank: number,
  live: Float64Array,
): void {
  const { buffers, reuse, workspaceBytes, workspaceBank } = graph;
  const change = new Float64Array(live.length + 1);
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    if (bank >= 0 && buffers.bank[buffer] !== bank) continue;
    change[start[buffer]] += buffers.bytes[buffer];
    change[end[buffer]] -= buffers.bytes[buffer];
  }
  const scratch = createReuseScratch(reuse, buffers.count);
  let sum = 0;
  for (let step = 0; step < live.length; step++) {
    sum += change[step];
    live[step] = sum;
    if (step >= order.length) continue;
    const operator = order[step];
    if (bank < 0 || workspaceBank[operator] === bank) live[step] += workspaceBytes[operator];
    if (reuse.start[operator] === reuse.start[operator + 1]) continue;
    for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
      const [from, to] = [reuse.from[pair], reuse.to[pair]];
      const here = bank < 0 || buffers.bank[from] === bank;
      const dies = end[from] === step + 1 && !buffers.atEnd[from];
      scratch.usable[pair] = here && dies && start[to] === step && !buffers.atStart[to] ? 1 : 0;
    }
    live[step] -= matchReuse(reuse, operator, scratch, buffers.bytes);
    clearMatches(reuse, operator, scratch);
  }
}
