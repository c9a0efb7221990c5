import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomMemoryProblem } from '../../test/support/memory-problems.ts';
import { createMemoryGraph } from './graph.ts';
import { measureLiveness } from './liveness.ts';
import { createPlanPicture, type PlanBox, type PlanPicture, planInProgramOrder } from './plan-picture.ts';
import type { MemoryPlan, MemoryProblem } from './problem.ts';
import { parseBufferCsv } from './problem-csv.ts';
import { solveNow } from './solve.ts';
import { validateMemoryPlan } from './validate.ts';

const settings = { seed: 5, numRuns: 40 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const sizes = fc.integer({ min: 0, max: 30 });

/** Our plan, those of rivals, and the program's own order. */
function plansOf(problem: MemoryProblem): MemoryPlan[] {
  const { solution, stats } = solveNow(problem, { rivals: true, nodes: 2000 });
  const plans = [solution, planInProgramOrder(problem), ...stats.rivals.map(rival => rival.plan)];
  return plans.flatMap(plan => plan ?? []);
}

const meets = (a: PlanBox, b: PlanBox): boolean =>
  a.bank === b.bank && a.from < b.to && b.from < a.to && a.low < b.high && b.low < a.high;

function filledBytes({ boxes, liveBytes }: PlanPicture): number[] {
  return liveBytes.map((_, time) =>
    boxes.reduce((all, { from, to, low, high }) => all + (from <= time && time < to ? high - low : 0), 0),
  );
}

describe('the picture of a plan', () => {
  it('has no two rectangles that meet, and none above the arena', () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, operators) => {
        const problem = randomMemoryProblem(seed, { operators });
        for (const plan of plansOf(problem)) {
          const { boxes, arenaBytes } = createPlanPicture(problem, plan);
          const pairs = boxes.flatMap((a, index) => boxes.slice(index + 1).map(b => [a, b] as const));
          expect(pairs.filter(([a, b]) => meets(a, b))).toEqual([]);
          expect(Math.max(0, ...boxes.map(({ high }) => high))).toBe(arenaBytes[0]);
        }
      }),
      settings,
    );
  });

  it('has the live bytes of its order, and rectangles for at least as many', () => {
    fc.assert(
      fc.property(seeds, sizes, fc.boolean(), (seed, operators, mayReuse) => {
        const problem = randomMemoryProblem(seed, {
          operators,
          aliases: mayReuse ? ['view', 'mayReuse', 'mustReuse'] : ['view', 'mustReuse'],
        });
        for (const plan of plansOf(problem)) {
          const picture = createPlanPicture(problem, plan);
          const live = measureLiveness(createMemoryGraph(problem), Int32Array.from(plan.order));
          expect(picture.liveBytes).toEqual([...live.liveBytes]);
          expect(picture.peakTimes[0]).toBe(live.peakStep);
          const filled = filledBytes(picture);
          if (mayReuse)
            filled.forEach((bytes, step) => void expect(bytes).toBeGreaterThanOrEqual(live.liveBytes[step]));
          else expect(filled).toEqual(picture.liveBytes);
        }
      }),
      settings,
    );
  });

  it('is held against a program order that is valid', () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, operators) => {
        const problem = randomMemoryProblem(seed, { operators });
        const plan = planInProgramOrder(problem);
        expect(plan && validateMemoryPlan(problem, plan)).toEqual([]);
      }),
      settings,
    );
  });

  it('tells kinds, makers and last readers apart', () => {
    const problem: MemoryProblem = {
      format: 'skein.memory/1',
      name: 'a step',
      alignmentBytes: 1,
      banks: [{ name: 'main' }],
      tensors: [
        { name: 'weight', sizeBytes: 8, kind: 'donated' },
        { name: 'batch', sizeBytes: 4, kind: 'kept' },
        { name: 'one', sizeBytes: 1, kind: 'constant' },
        { name: 'hidden', sizeBytes: 6, kind: 'made' },
        { name: 'loss', sizeBytes: 1, kind: 'made', output: true },
        { name: 'gradient', sizeBytes: 8, kind: 'made' },
        { name: 'updated', sizeBytes: 8, kind: 'made', output: true },
      ],
      operators: [
        { name: 'forward', inputs: [0, 1], outputs: [3] },
        { name: 'score', inputs: [3, 2], outputs: [4], workspaceBytes: 30 },
        { name: 'backward', inputs: [1, 3], outputs: [5] },
        { name: 'update', inputs: [0, 5], outputs: [6] },
      ],
      aliases: [{ kind: 'mustReuse', tensor: 6, of: 0 }],
    };
    const [plan] = plansOf(problem);
    const picture = createPlanPicture(problem, plan);
    const told = picture.boxes.map(({ kind, name, from, to, maker = '', reader = '', isKept }) =>
      [kind, name, `[${from}, ${to})`, maker, reader, isKept ? 'kept' : ''].join(' ').trim(),
    );
    expect(told).toMatchInlineSnapshot(`
      [
        "state weight [0, 3)  update",
        "kept batch [0, 4)  backward kept",
        "constant one [0, 4)  score kept",
        "activation hidden [0, 3) forward backward",
        "output loss [1, 4) score  kept",
        "temporary gradient [2, 4) backward update",
        "state updated [3, 4) update  kept",
        "workspace score [1, 2)",
      ]
    `);
    expect(picture.peakTimes).toEqual([1]);
    const weights = picture.boxes.filter(({ kind }) => kind === 'state');
    expect(new Set(weights.map(({ block }) => block)).size).toBe(1);
  });

  it('cuts buffers with given lifetimes at their gaps', () => {
    const text = 'id,lower,upper,size,gaps\na,0,10,4,3-5\nb,3,5,4,\nc,20,30,2,\n';
    const { problem } = parseBufferCsv(text, 'b.csv', { fixed: false });
    const picture = createPlanPicture(problem, { order: [], offsets: [0, 0, 4], workspaceOffsets: [] });
    const { times } = picture;
    const told = picture.boxes.map(({ name, kind, from, to, low, high }) =>
      [name, kind, `[${times[from]}, ${times[to]})`, `[${low}, ${high})`].join(' '),
    );
    expect(told).toMatchInlineSnapshot(`
      [
        "a activation [0, 3) [0, 4)",
        "a temporary [5, 10) [0, 4)",
        "b temporary [3, 5) [0, 4)",
        "c temporary [20, 30) [4, 6)",
      ]
    `);
    expect(picture.liveBytes).toEqual([4, 4, 4, 0, 2]);
    expect(picture.arenaBytes).toEqual([6]);
  });
});
