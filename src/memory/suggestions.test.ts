import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomMemoryProblem } from '../../test/support/memory-problems.ts';
import { createMemoryGraph } from './graph.ts';
import { measureLiveness } from './liveness.ts';
import { createPlanPicture, planInProgramOrder } from './plan-picture.ts';
import type { MemoryPlan, MemoryProblem } from './problem.ts';
import { parseBufferCsv } from './problem-csv.ts';
import { solveNow } from './solve.ts';
import { type Suggestions, suggestChanges } from './suggestions.ts';

const settings = { seed: 8, numRuns: 80 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const sizes = fc.integer({ min: 1, max: 30 });

function suggest(problem: MemoryProblem, plan: MemoryPlan): Suggestions {
  return suggestChanges(problem, plan, createPlanPicture(problem, plan));
}

function peakOf(problem: MemoryProblem, { order }: MemoryPlan): number {
  return measureLiveness(createMemoryGraph(problem), Int32Array.from(order)).peakBytes;
}

/** Calls `check` with plans of random problems, ours and that of the program's order. */
function forPlans(
  aliases: readonly ('view' | 'mayReuse' | 'mustReuse')[],
  check: (problem: MemoryProblem, plan: MemoryPlan, suggestions: Suggestions) => void,
): void {
  fc.assert(
    fc.property(seeds, sizes, (seed, operators) => {
      const problem = randomMemoryProblem(seed, { operators, aliases });
      for (const plan of [planInProgramOrder(problem), solveNow(problem, { nodes: 500 }).solution]) {
        if (plan !== undefined) check(problem, plan, suggest(problem, plan));
      }
    }),
    settings,
  );
}

describe('suggestions', () => {
  it('say what the peak is without tensors that are idle at it', () => {
    let count = 0;
    forPlans(['view', 'mayReuse', 'mustReuse'], (problem, plan, { idle, peakWithoutIdleBytes }) => {
      const { liveBytes, peakBytes } = measureLiveness(createMemoryGraph(problem), Int32Array.from(plan.order));
      const all = [...liveBytes];
      for (const { from, to, sizeBytes, fallBytes } of idle) {
        count++;
        const without = [...liveBytes].map((bytes, step) => (from <= step && step < to ? bytes - sizeBytes : bytes));
        expect(peakBytes - Math.max(...without)).toBe(fallBytes);
        expect(fallBytes).toBeGreaterThan(0);
        for (let step = from; step < to; step++) all[step] -= sizeBytes;
      }
      expect(peakWithoutIdleBytes).toBe(Math.max(...all));
    });
    expect(count).toBeGreaterThan(50);
  });

  it('find that nothing uses an idle tensor while it is idle, but right before and after', () => {
    forPlans([], (problem, plan, { idle }) => {
      for (const { name, from, to, before, after, isMade } of idle) {
        const tensor = problem.tensors.findIndex(one => one.name === name);
        const uses = plan.order.flatMap((operator, step) => {
          const { inputs, outputs } = problem.operators[operator];
          return inputs.includes(tensor) || outputs.includes(tensor) ? [step] : [];
        });
        expect(uses.filter(step => from <= step && step < to)).toEqual([]);
        if (before !== undefined) expect(problem.operators[plan.order[from - 1]].name).toBe(before);
        if (after !== undefined) expect(problem.operators[plan.order[to]].name).toBe(after);
        if (isMade) expect(before).toBeDefined();
      }
    });
  });

  it('say how far a donated input and a missing workspace let the peak fall', () => {
    const found = { donations: 0, workspaces: 0 };
    for (const aliases of [
      ['view', 'mustReuse'],
      ['view', 'mayReuse', 'mustReuse'],
    ] as const) {
      forPlans(aliases, (problem, plan, { donations, workspace }) => {
        const peak = peakOf(problem, plan);
        for (const { name, fallBytes } of donations) {
          found.donations++;
          const tensors = problem.tensors.map(one => (one.name === name ? { ...one, kind: 'donated' as const } : one));
          const fall = peak - peakOf({ ...problem, tensors }, plan);
          // Where results may be written over what they read, more may come of it.
          if (aliases.length === 2) expect(fall).toBe(fallBytes);
          else expect(fall).toBeGreaterThanOrEqual(fallBytes);
        }
        if (workspace === undefined) return;
        found.workspaces++;
        const operators = problem.operators.map(one =>
          one.name === workspace.operator ? { ...one, workspaceBytes: 0 } : one,
        );
        expect(peak - peakOf({ ...problem, operators }, plan)).toBe(workspace.fallBytes);
      });
    }
    expect(found.donations).toBeGreaterThan(5);
    expect(found.workspaces).toBeGreaterThan(20);
  });

  it('find holes that are free, and what keeps up what lies on them', () => {
    let count = 0;
    forPlans(['view', 'mayReuse', 'mustReuse'], (problem, plan, { holes }) => {
      const { boxes, arenaBytes } = createPlanPicture(problem, plan);
      for (const { time, low, high, above, keeper } of holes) {
        count++;
        const there = boxes.filter(({ from, to }) => from <= time && time < to);
        expect(there.filter(box => box.low < high && low < box.high)).toEqual([]);
        expect(there.some(box => box.high === arenaBytes[0])).toBe(true);
        expect(above.low).toBe(high);
        if (keeper === undefined) continue;
        expect(keeper.high > low && keeper.high <= above.low).toBe(true);
        const block = boxes.filter(box => box.block === above.block);
        expect(block.some(({ from, to }) => from < keeper.to && keeper.from < to)).toBe(true);
      }
    });
    expect(count).toBeGreaterThan(20);
  });

  /*
   *  7       +--+
   *  6 +-----+ d|      At time 2 a hole is below b, which a keeps up at time 1.
   *    |   c    |
   *  4 +--+-----+
   *    |  |  b  |
   *  2 +--+--+--+
   *    |  a  |
   *  0 +-----+--+
   */
  it('name the buffer above a hole and the one that it lies on', () => {
    const text = 'id,lower,upper,size\na,0,2,2\nb,1,3,2\nc,0,3,2\n';
    const offsets = [0, 2, 4, 6];
    const plain = parseBufferCsv(text, 'b.csv', { fixed: false }).problem;
    expect(suggest(plain, { order: [], offsets: offsets.slice(0, 3), workspaceOffsets: [] }).holes).toEqual([]);
    const { problem } = parseBufferCsv(`${text}d,2,3,1\n`, 'b.csv', { fixed: false });
    const [hole] = suggest(problem, { order: [], offsets, workspaceOffsets: [] }).holes;
    expect([hole.time, hole.low, hole.high, hole.above.name, hole.keeper?.name]).toEqual([2, 0, 2, 'b', 'a']);
  });
});
