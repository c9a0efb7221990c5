import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/index.ts';
import { collectBlockFacts } from './block-facts.ts';
import type { Layout } from './layout.ts';
import { layoutOfLifetimes } from './layout-of-lifetimes.ts';
import { greedyBySize, topOf } from './layout-strategies.ts';
import { createPlaced, findOffset, insertBlock } from './placed-kernel.ts';
import { placementOf } from './placement.ts';
import { membersOfSections, neighboursOf } from './placement-relations.ts';
import { lowerTop } from './placement-repair.ts';
import { searchBank } from './placement-search.ts';
import { PlacementSearch } from './placement-search-kernel.ts';
import type { MemoryProblem } from './problem.ts';
import { finishRounds } from './search-rounds.ts';
import { solveNow } from './solve.ts';
import { validateMemoryPlan } from './validate.ts';
import { createBudget } from './work-budget.ts';

const settings = { seed: 5, numRuns: 120 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

/** Buffers of small sizes, so that many layouts are equally good, some with idle times, alignments and fixed addresses. */
function drawBuffers(seed: number, count: number): MemoryProblem {
  const random = createRandom(seed);
  const tensors = Array.from({ length: count }, (_, index) => {
    const start = random.integer(0, 8);
    const end = start + random.integer(1, 6);
    const idle = random.integer(0, 4) === 0 && end - start > 2;
    return {
      name: `b${index}`,
      sizeBytes: random.integer(1, 7),
      kind: 'made' as const,
      lifetime: { start, end },
      ...(idle ? { gaps: [{ start: start + 1, end: end - 1 }] } : {}),
      ...(random.integer(0, 4) === 0 ? { alignmentBytes: 4 } : {}),
    };
  });
  const kind = random.integer(0, 4);
  const offsetBytes = 4 * random.integer(0, 3);
  if (kind === 0) tensors[0] = { ...tensors[0], ...{ offsetBytes } };
  const reserved = kind === 1 ? { reserved: [{ start: 3, end: 5 }] } : {};
  return {
    format: 'skein.memory/1',
    name: 'drawn',
    alignmentBytes: 1,
    banks: [{ name: 'memory', ...reserved }],
    tensors,
    operators: [],
    aliases: [],
  };
}

/**
 * The least arena: blocks in every order, each at the lowest free address, those with fixed addresses first. For some
 * order that is the best layout: the order of its addresses.
 */
function leastArena(layout: Layout): number {
  const blocks = Array.from({ length: layout.blockCount }, (_, block) => block);
  let least = Number.POSITIVE_INFINITY;
  for (const order of permutations(blocks)) {
    const placed = createPlaced(layout, 0);
    const offsets = new Float64Array(layout.blockCount);
    const put = (block: number, offset: number): void => {
      offsets[block] = offset;
      insertBlock(placed, layout, block, offset);
    };
    for (const block of order) if (layout.fixed[block] >= 0) put(block, layout.fixed[block]);
    for (const block of order) if (layout.fixed[block] < 0) put(block, findOffset(placed, layout, block, false));
    least = Math.min(least, topOf(layout, offsets, 0));
  }
  return least;
}

function* permutations(items: readonly number[]): Generator<readonly number[]> {
  if (items.length <= 1) yield items;
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}

describe('the search for addresses', () => {
  it('finds addresses below a capacity just where brute force does, in any order of preference', () => {
    const ends = { found: 0, none: 0, limit: 0 };
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, count) => {
        const layout = layoutOfLifetimes(drawBuffers(seed, count));
        const placement = placementOf(layout, 0);
        if (placement === undefined) throw new Error('no placement');
        const least = leastArena(layout);
        const search = new PlacementSearch(placement);
        const random = createRandom(seed);
        // Fixed blocks are in nobody's hands.
        const fixed = layout.fixed.reduce(
          (top, at, block) => (at < 0 ? top : Math.max(top, at + layout.bytes[block])),
          0,
        );
        for (let capacity = Math.max(fixed, least - 3); capacity < least + 3; capacity++) {
          for (const byLoad of [false, true]) {
            const order = Int32Array.from({ length: placement.count }, (_, at) => at).sort(() => random.next() - 0.5);
            const end = search.run(capacity, 1e6, { order, byLoad });
            ends[end]++;
            expect(end, `capacity ${capacity}, least ${least}`).toBe(capacity < least ? 'none' : 'found');
          }
        }
      }),
      settings,
    );
    expect(ends.none).toBeGreaterThan(100);
    expect(ends.limit).toBe(0);
  });

  it('proves the least arena without being told, and the validator accepts it', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, count) => {
        const problem = drawBuffers(seed, count);
        const { stats, solution, status } = solveNow(problem);
        expect(stats.arenaBytes).toBe(leastArena(layoutOfLifetimes(problem)));
        expect(status).toBe('optimal');
        expect(solution && validateMemoryPlan(problem, solution)).toEqual([]);
      }),
      settings,
    );
  });

  it('proves what does not fit a capacity, and stops at what does', () => {
    let proofs = 0;
    fc.assert(
      fc.property(seeds, fc.integer({ min: -2, max: 2 }), (seed, spare) => {
        const problem = drawBuffers(seed, 6);
        const capacityBytes = Math.max(1, leastArena(layoutOfLifetimes(problem)) + spare);
        const { status, stats, explanation } = solveNow({
          ...problem,
          banks: [{ ...problem.banks[0], capacityBytes }],
        });
        if (spare >= 0) expect(stats.arenaBytes).toBeLessThanOrEqual(capacityBytes);
        else expect(status).toBe('infeasible');
        if (explanation?.where.kind === 'search') proofs++;
      }),
      settings,
    );
    expect(proofs).toBeGreaterThan(5);
  });

  it('gives up within its limit, and says so', () => {
    const layout = layoutOfLifetimes(drawBuffers(3, 60));
    const facts = collectBlockFacts(layout);
    const known = { offsets: greedyBySize.place(layout, facts) ?? new Float64Array(), boundBytes: 0 };
    const budget = createBudget({ nodes: 40 });
    const { offsets, boundBytes } = finishRounds(searchBank(layout, facts, 0, known, 0, budget));
    expect(budget.nodes).toBeLessThanOrEqual(40);
    expect(boundBytes).toBeLessThanOrEqual(topOf(layout, offsets, 0));
  });

  it('lowers what lies highest, and moves nothing onto anything else', () => {
    let lowered = 0;
    fc.assert(
      fc.property(seeds, fc.integer({ min: 5, max: 25 }), (seed, count) => {
        const layout = layoutOfLifetimes(drawBuffers(seed, count));
        const placement = placementOf(layout, 0);
        if (placement === undefined) throw new Error('no placement');
        const neighbours = neighboursOf(placement);
        const random = createRandom(seed);
        const stacked = greedyBySize.place(layout, collectBlockFacts(layout)) ?? new Float64Array();
        const addresses = Float64Array.from(placement.block, block => stacked[block]);
        const highest = (): number => Math.max(...addresses.map((address, at) => address + placement.bytes[at]));
        const before = highest();
        const capacity = Math.max(topOf(layout, stacked, 0) - 2, ...placement.obstacles.map(({ high }) => high));
        for (let attempt = 0; attempt < 30; attempt++) {
          lowerTop({ placement, neighbours, addresses, capacity, random, limit: 100 }, attempt);
        }
        expect(highest()).toBeLessThanOrEqual(before);
        if (highest() < before) lowered++;
        const offsets = stacked.slice();
        for (const [at, block] of placement.block.entries()) offsets[block] = addresses[at];
        const plan = { order: [], offsets: Array.from(offsets), workspaceOffsets: [] };
        expect(validateMemoryPlan(layout.problem, plan)).toEqual([]);
      }),
      settings,
    );
    expect(lowered).toBeGreaterThan(20);
  });

  it('knows who lives together from sections alone', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 30 }), (seed, count) => {
        const layout = layoutOfLifetimes(drawBuffers(seed, count));
        const placement = placementOf(layout, 0);
        if (placement === undefined) throw new Error('no placement');
        const { start, items } = neighboursOf(placement);
        const meets = (a: number, b: number): boolean => items.subarray(start[a], start[a + 1]).includes(b);
        const rectangles = [...placement.block.entries()];
        for (const [a, one] of rectangles) {
          for (const [b, other] of rectangles) if (a !== b) expect(meets(a, b)).toBe(livesWith(layout, one, other));
        }
        const { start: starts } = membersOfSections(placement);
        expect(starts.length).toBe(placement.sectionCount + 1);
      }),
      settings,
    );
  });
});

function livesWith({ pieceStart, pieceFrom, pieceTo }: Layout, one: number, other: number): boolean {
  for (let a = pieceStart[one]; a < pieceStart[one + 1]; a++) {
    for (let b = pieceStart[other]; b < pieceStart[other + 1]; b++) {
      if (pieceFrom[a] < pieceTo[b] && pieceFrom[b] < pieceTo[a]) return true;
    }
  }
  return false;
}
